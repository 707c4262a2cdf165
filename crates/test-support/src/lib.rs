//! Shared parts of several crates' tests: the starter model, a run of seconds, a local hub, and Tiller's window.
//!
//! The window (feature `window`) is Tiller behind Tauri's mock runtime.

#![expect(clippy::missing_panics_doc, reason = "a panic is how a test ends that cannot go on")]
#![cfg_attr(feature = "window", expect(clippy::missing_errors_doc, reason = "an error is the command's own"))]

#[cfg(feature = "window")]
pub mod engine;
pub mod hub;
mod small_disk;
pub mod upload_hub;
#[cfg(feature = "window")]
pub mod window;

#[cfg(feature = "app")]
pub use sandbox::resident_bytes;
pub use small_disk::SmallDisk;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Once;

#[cfg(feature = "app")]
use app::AppPaths;
use ipc::Id;
use ipc::behaviour::STARTER_BEHAVIOURS;
use ipc::score::Score;
use ipc::steering::Positions;
use ipc::sweep::{Arm, Curve, PromptSet, SweepSettings};
use ipc::train::{
    AnswerPosition, LoraConfig, Method, Schedule, TrainPrecision, TrainSettings, USUAL_FACTORS,
};
use ipc::vector::Vector;

/// Returns the path of the starter model's file. A missing file fails the test, because nothing can be tested without it.
pub fn starter_model() -> PathBuf {
    let named = std::env::var_os("TILLER_STARTER_MODEL").map(PathBuf::from);
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/SmolLM2-135M-Instruct.Q4_1.gguf");
    let path = named.unwrap_or_else(usual);
    assert!(
        path.exists(),
        "the starter model is not there: run `cargo xtask test`, which fetches it ({})",
        path.display()
    );
    path
}

/// Makes a folder that is deleted with its value.
#[must_use]
pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Returns the paths of a data folder with the starter model.
#[cfg(feature = "app")]
#[must_use]
pub fn app_paths(data: &Path) -> AppPaths {
    AppPaths { data: data.to_owned(), starter_model: starter_model(), sandbox_program: sandbox_program() }
}

/// Returns the paths of a data folder without a starter model, which opens quickly.
#[cfg(feature = "app")]
#[must_use]
pub fn paths_without_model(data: &Path) -> AppPaths {
    AppPaths {
        data: data.to_owned(),
        starter_model: data.join("nowhere.gguf"),
        sandbox_program: sandbox_program(),
    }
}

/// Returns the program that tries files of others: a test's own program runs tests.
#[cfg(feature = "app")]
#[must_use]
pub fn sandbox_program() -> sandbox::Program {
    let own = std::env::current_exe().expect("this program");
    // Test programs lie in a folder below those of the programs.
    let folder = own.ancestors().nth(2).expect("the folder of the programs");
    let names = ["tiller-cli", "tiller"]
        .map(|name| folder.join(name).with_extension(std::env::consts::EXE_EXTENSION));
    let built = |path: &PathBuf| path.metadata().and_then(|file| file.modified()).ok();
    // Of both, the one that was built last: a test of one crate builds only one of them anew.
    let newest = names.into_iter().filter_map(|path| Some((built(&path)?, path))).max();
    sandbox::Program::new(newest.expect("tiller or tiller-cli is built beside the tests").1)
}

/// Returns the settings of a run over few blocks: with few pairs, a step takes a fraction of a second.
#[must_use]
pub fn small_run(epochs: u32) -> TrainSettings {
    TrainSettings {
        method: Method::Bipo,
        layers: vec![26],
        position: AnswerPosition::Mean,
        epochs,
        learning_rate: 0.05,
        warmup_steps: 1,
        schedule: Schedule::Cosine,
        beta: 0.1,
        factors: USUAL_FACTORS.to_vec(),
        weight_decay: 0.0,
        clip_norm: 1.0,
        batch_pairs: 2,
        seed: 7,
        system_prompt: "You are a helpful, honest and concise assistant.".to_owned(),
        positions: Positions::Everywhere,
        precision: TrainPrecision::Stored,
        lora: LoraConfig::default(),
    }
}

/// Returns the vectors that did not come with the application.
#[must_use]
pub fn own(vectors: &[Vector]) -> Vec<Vector> {
    let is_own = |vector: &&Vector| STARTER_BEHAVIOURS.iter().all(|starter| starter.hash != vector.hash);
    vectors.iter().filter(is_own).cloned().collect()
}

/// The number of training pairs that a small run keeps of a data set.
pub const TRAIN_PAIRS: usize = 4;
/// The number of held-out pairs that a small run keeps of a data set.
pub const HELD_OUT_PAIRS: usize = 2;

/// The only curve of a sweep of one vector on one set with one score.
pub const FIRST_CURVE: Curve = Curve { arm: 0, set: Some(0), score: 0 };

/// Returns the settings of a sweep that measures a vector's preference on a data set's held-out pairs.
#[must_use]
pub fn sweep_of(vector: Id, data_set: Id, multipliers: &[f64]) -> SweepSettings {
    SweepSettings {
        arms: vec![Arm::vector(vector)],
        multipliers: multipliers.to_vec(),
        sets: vec![PromptSet::HeldOut { data_set, name: String::new() }],
        scores: vec![Score::LogOdds],
        ..SweepSettings::default()
    }
}

/// Keeps the keys of tests out of the system's keyring.
pub fn without_keyring() {
    static ONCE: Once = Once::new();
    // SAFETY: this happens once, and all readers of the environment in these tests use Rust's own lock.
    #[expect(unsafe_code, reason = "a variable of this process alone")]
    ONCE.call_once(|| unsafe { std::env::set_var("TILLER_NO_KEYRING", "1") });
}

/// Returns the bytes that Linux says of this process under a name, as `VmHWM`: the most memory that it had in use.
#[must_use]
pub fn process_status(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    value.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

/// Reports the running test as skipped, so that `cargo xtask test` does not count it as passed. It writes to standard error
/// directly, because the harness hides what a passing test prints.
pub fn skip(why: &str) {
    let thread = std::thread::current();
    // If the message cannot be written, the test still has nothing to check.
    let _ = writeln!(std::io::stderr(), "skipped: {}: {why}", thread.name().unwrap_or("a test"));
}

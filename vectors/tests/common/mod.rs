//! Fixtures shared by the tests on the starter model.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};
use tempfile::TempDir;
use vectors::model::{Device, Model};
use vectors::pairs::PreferencePair;

/// The system prompt of the authors' program.
pub(crate) const SYSTEM: &str = "You are a helpful, honest and concise assistant.";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns the path of the starter model's file.
pub(crate) fn starter_path() -> PathBuf {
    let path = std::env::var_os("TILLER_STARTER_MODEL")
        .map_or_else(|| root().join("models/SmolLM2-135M-Instruct.Q4_1.gguf"), PathBuf::from);
    assert!(path.exists(), "no starter model at {}: `cargo xtask set-up` fetches it", path.display());
    path
}

/// Returns the device of the tests' models: the CPU, or the one that `TILLER_TEST_DEVICE` names (`cuda`).
pub(crate) fn device() -> Device {
    let named = std::env::var("TILLER_TEST_DEVICE").ok();
    named.map_or_else(Device::default, |name| name.parse().expect("a device's name"))
}

/// Returns the starter model, loaded once for a test program.
pub(crate) fn starter() -> Arc<Model> {
    static MODEL: OnceLock<Arc<Model>> = OnceLock::new();
    let load = || Arc::new(Model::open(starter_path()).device(device()).load().unwrap());
    Arc::clone(MODEL.get_or_init(load))
}

/// Returns a file of the authors' data, which is not part of this project. `None` if it is not beside the checkout.
pub(crate) fn authors_file(name: &str) -> Option<PathBuf> {
    let path = root().join("../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    skip(&format!("{name} does not stand beside the checkout"));
    None
}

/// Reports the running test as skipped, so that `cargo xtask test` does not count it as passed. It writes to standard error
/// directly, because the harness hides what a passing test prints.
pub(crate) fn skip(why: &str) {
    let thread = std::thread::current();
    // If the message cannot be written, the test still has nothing to check.
    let _ = writeln!(std::io::stderr(), "skipped: {}: {why}", thread.name().unwrap_or("a test"));
}

/// Copies the folder of a family's tiny model, so that a test can change it.
pub(crate) fn copy_family(name: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    for file in fs::read_dir(oracle_path(&format!("families/{name}"))).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    let path = folder.path().to_owned();
    (folder, path)
}

/// Changes a JSON file in a model's folder; an object is begun where there is no such file.
pub(crate) fn change(folder: &Path, file: &str, change: impl FnOnce(&mut Value)) {
    let path = folder.join(file);
    let mut value =
        if path.exists() { serde_json::from_slice(&fs::read(&path).unwrap()).unwrap() } else { json!({}) };
    change(&mut value);
    fs::write(&path, value.to_string()).unwrap();
}

/// Returns the folders of a kind of shared cases, by name. `None`, and the test is skipped, if they do not stand beside the
/// checkout.
pub(crate) fn shared_cases(kind: &str) -> Option<Vec<PathBuf>> {
    let Ok(cases) = fs::read_dir(root().join("../shared/cases").join(kind)) else {
        skip("the cases do not stand beside the checkout");
        return None;
    };
    let mut cases: Vec<PathBuf> = cases.map(|case| case.unwrap().path()).collect();
    cases.sort();
    Some(cases)
}

/// Checks that every case is listed, and that `fault` finds nothing wrong with its outcome.
pub(crate) fn check_cases<O>(
    cases: &[PathBuf],
    outcomes: &[(&str, O)],
    fault: impl Fn(&Path, &O) -> Option<String>,
) {
    let faults: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let name = case.file_name().unwrap().to_string_lossy().into_owned();
            match outcomes.iter().find(|(listed, _)| *listed == name) {
                Some((_, outcome)) => fault(case, outcome).map(|fault| format!("{name}: {fault}")),
                None => Some(format!("{name}: it is not listed")),
            }
        })
        .collect();
    assert!(faults.is_empty(), "{} of {} cases:\n{}", faults.len(), cases.len(), faults.join("\n"));
}

/// Returns the path of an oracle file.
pub(crate) fn oracle_path(name: &str) -> PathBuf {
    root().join("tests/oracles").join(name)
}

/// Reads the results of an independent program. See `tests/oracles/README.md`.
pub(crate) fn oracle(name: &str) -> String {
    let path = oracle_path(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Reads the pairs of a BiPO CSV.
pub(crate) fn csv_pairs(path: &std::path::Path) -> Vec<PreferencePair> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows = reader.records().map(Result::unwrap);
    rows.map(|r| PreferencePair {
        prompt: r[0].into(),
        wanted: r[1].into(),
        opposite: r[2].into(),
        ..PreferencePair::default()
    })
    .collect()
}

/// Reads the pairs of a starter set with one split.
pub(crate) fn starter_pairs(name: &str, split: &str) -> Vec<PreferencePair> {
    let text = std::fs::read_to_string(root().join("datasets").join(name)).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    rows.filter(|row| row["split"] == split)
        .map(|row| {
            let text = |key: &str| row[key].as_str().unwrap().to_owned();
            PreferencePair {
                prompt: text("prompt"),
                wanted: text("wanted"),
                opposite: text("opposite"),
                ..PreferencePair::default()
            }
        })
        .collect()
}

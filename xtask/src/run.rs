//! `cargo xtask run`: installs, builds and opens the window.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use crate::display;
use crate::folders;
use crate::frontend;
use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};
use crate::program;
use crate::progress::Progress;
use crate::set_up;
use crate::starter_model;
use crate::test_programs::PRODUCT;
use crate::wasm_target::{self, WasmTarget};

/// The environment variable that gives Tiller the path of the starter model.
pub(crate) const STARTER_MODEL: &str = "TILLER_STARTER_MODEL";

/// Sets up, builds with the requested features, and runs Tiller until it ends.
pub(crate) fn run(features: Option<&str>, arguments: &[OsString]) -> Outcome<ExitCode> {
    // A first build takes minutes, so a missing display is reported before it.
    display::check()?;
    set_up::system_packages(false)?;
    let target = wasm_target::ensure()?;
    let model = build(target, features)?;
    print::step("Opening the window");
    let tiller = folders::target().join("debug").join(format!("tiller{}", std::env::consts::EXE_SUFFIX));
    let mut tiller = program::command(tiller);
    tiller.env(STARTER_MODEL, model).args(arguments);
    let status = tiller.status().with_context(|| "Tiller cannot be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds the page and the program and fetches the starter model, all at the same time. Returns the model's path.
fn build(target: WasmTarget, features: Option<&str>) -> Outcome<PathBuf> {
    let progress = Progress::start();
    let model = thread::scope(|scope| {
        let model = scope.spawn(starter_model::ensure);
        let page = scope.spawn(|| frontend::build(target, frontend::Build::Quick, &progress));
        print::step("Building Tiller");
        let program = program(&progress, features);
        let page = page.join().map_err(|_| Problem::new("Building the page ended in a panic."))?;
        let model = model.join().map_err(|_| Problem::new("Fetching the starter model ended in a panic."))?;
        page.and(program).and(model)
    })?;
    // The program embeds the page. If the page was new, it compiles and links once more, and nothing else does.
    program(&progress, features)?;
    Ok(model)
}

/// Builds the program with the features that the tests have, so that its dependencies compile once for both. Only with an example
/// does cargo add the features that the tests' own dependencies ask for, down to those of `syn`, on which nearly everything stands.
fn program(progress: &Progress, features: Option<&str>) -> Outcome {
    let mut build = program::cargo();
    build.arg("build").args(PRODUCT).args(["--bin", "tiller", "--example", "chat"]);
    if let Some(features) = features {
        build.args(["--features", features]);
    }
    progress.run("program", &mut build)
}

//! `cargo xtask run`: installs, builds and opens the window.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::folders;
use crate::frontend;
use crate::print;
use crate::problem::{Outcome, WithContext as _};
use crate::program;
use crate::set_up;
use crate::starter_model;
use crate::wasm_target;

/// The environment variable that gives Tiller the path of the starter model.
pub(crate) const STARTER_MODEL: &str = "TILLER_STARTER_MODEL";

/// Sets up, builds with the requested features, and runs Tiller until it ends.
pub(crate) fn run(features: Option<&str>, arguments: &[OsString]) -> Outcome<ExitCode> {
    set_up::system_packages(false)?;
    let target = wasm_target::ensure()?;
    let model = starter_model::ensure()?;
    frontend::build(target, frontend::Build::Full)?;
    print::step("Building Tiller");
    let mut build = program::cargo();
    build.args(["build", "--package", "tiller"]);
    if let Some(features) = features {
        build.args(["--features", features]);
    }
    program::run(&mut build)?;
    print::step("Opening the window");
    let tiller = folders::target().join("debug").join(format!("tiller{}", std::env::consts::EXE_SUFFIX));
    let mut tiller = program::command(tiller);
    tiller.env(STARTER_MODEL, model).args(arguments);
    let status = tiller.status().with_context(|| "Tiller cannot be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

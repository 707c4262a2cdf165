//! Runs a test that takes pictures in the real window, in surroundings that are the same on every machine.

use std::path::PathBuf;
use std::process::Command;

use crate::axe;
use crate::display::Display;
use crate::folders;
use crate::frontend;
use crate::print;
use crate::problem::{Outcome, Problem};
use crate::program;
use crate::progress::Progress;
use crate::run::STARTER_MODEL;
use crate::set_up;
use crate::starter_model;
use crate::test_programs::{PRODUCT, WINDOW_TESTS};
use crate::wasm_target;
use crate::windows;

/// Tells the test where the pictures go.
const FOLDER: &str = "TILLER_PICTURES";

/// More than twice as large as the largest window: the pointer stands in the middle of a new screen, and points at nothing there.
const SCREEN: &str = "4096x2400x24";

/// Returns the folder of the pictures that were taken last.
pub(super) fn folder() -> PathBuf {
    folders::target().join("pictures")
}

/// Builds the page and the window, and runs one test of the window, which is left out of the ordinary ones.
pub(super) fn run(test: &str) -> Outcome {
    if !cfg!(target_os = "linux") {
        return Err(Problem::new("Pictures are taken on Linux, because the window's driver is only there."));
    }
    set_up::system_packages(true)?;
    let target = wasm_target::ensure()?;
    let model = starter_model::ensure()?;
    let axe = axe::ensure()?;
    frontend::build(target, frontend::Build::Quick, &Progress::start())?;
    let display = Display::start(SCREEN)?;
    print::step("Taking pictures of the window, which needs some minutes");
    // What `cargo xtask test` has compiled is taken as it is.
    let mut cargo = program::linting_cargo()?;
    cargo
        .args(["test", "--quiet", "--test", "window"])
        .args(PRODUCT)
        .args(WINDOW_TESTS)
        .args(["--", "--ignored", "--exact", "--nocapture"])
        .arg(test)
        .env(STARTER_MODEL, model)
        .env(axe::AXE, axe)
        .env(FOLDER, folder());
    program::run(&mut windows::place(&display, plain(cargo)))
}

/// Takes away what a person's desktop says about sizes, letters, times and languages.
fn plain(mut command: Command) -> Command {
    command
        .env("GDK_SCALE", "1")
        .env("GDK_DPI_SCALE", "1")
        .env("GTK_THEME", "Adwaita")
        // The toolkit reads there how letters are smoothed. The folder need not exist.
        .env("XDG_CONFIG_HOME", folder().join("config"))
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .env_remove("GTK_MODULES")
        .env_remove("WAYLAND_DISPLAY");
    command
}

//! `cargo xtask set-up`: installs and fetches what a build needs.

use crate::packages;
use crate::print;
use crate::problem::Outcome;
use crate::starter_model;
use crate::wasm_target;

/// Installs and fetches what is missing for `cargo xtask run`, and with `tests` for `cargo xtask test`.
pub(crate) fn set_up(tests: bool) -> Outcome {
    system_packages(tests)?;
    wasm_target::ensure()?;
    starter_model::ensure()?;
    print::step("Everything is set up");
    Ok(())
}

/// Installs the libraries of the window, and with `tests` the packages of its tests.
pub(crate) fn system_packages(tests: bool) -> Outcome {
    if !packages::has_apt() {
        return packages::advise();
    }
    packages::ensure(packages::WINDOW, "the window's libraries")?;
    if tests {
        packages::ensure(packages::TESTS, "to drive and see the real window")?;
    }
    Ok(())
}

//! What must be there before anything is built.

use crate::packages;
use crate::problem::Outcome;
use crate::say;
use crate::starter_model;
use crate::wasm_target;

/// Installs and fetches what is missing for `cargo xtask run`, and for `cargo xtask test` besides.
pub(crate) fn set_up(tests: bool) -> Outcome {
    system_packages(tests)?;
    wasm_target::ensure()?;
    starter_model::ensure()?;
    say::step("Everything is set up");
    Ok(())
}

/// The libraries of the window, and what its tests need.
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

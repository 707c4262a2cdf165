//! Environments of Python with one package each.

use std::fs;
use std::path::{Path, PathBuf};

use super::write;
use crate::folders;
use crate::print;
use crate::problem::Outcome;
use crate::program;
use crate::starter_model::{clear, python};

/// The file that says which package the environment has.
const MARK: &str = "tiller-package";

/// Makes an environment with a package of PyPI if it is missing, and returns the folder of its programs.
pub(super) fn environment(folder: &Path, package: &str, why: &str) -> Outcome<PathBuf> {
    let programs = folder.join("bin");
    if fs::read_to_string(folder.join(MARK)).is_ok_and(|found| found == package) {
        return Ok(programs);
    }
    print::step(&format!("Installing {package} from PyPI into {} ({why})", folders::short(folder)));
    clear(folder)?;
    program::output(program::command(python()?).args(["-m", "venv"]).arg(folder))?;
    let mut pip = program::command(programs.join("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]);
    program::output(&mut pip)?;
    write(&folder.join(MARK), package)?;
    Ok(programs)
}

//! Puts an unmodified llama.cpp, which a Python package contains, into an environment of its own for the tests, and checks
//! its hash. It is no part of Tiller.

use std::fs;
use std::path::{Path, PathBuf};

use crate::folders;
use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};
use crate::program;
use crate::starter_model::{clear, python};

/// The environment variable that gives the tests the path of the environment's Python.
pub(crate) const LLAMA_CPP: &str = "TILLER_LLAMA_CPP";

const PACKAGE: &str = "xllamacpp==2026.10.11549";
/// The wheels of this version: Linux on x86-64 and on Arm, Windows.
const SHA256: [&str; 3] = [
    "c54e7d13520ecc989c63dc99d55de3065e2f343a91f43f053d16b5e62077c261",
    "e2a3e79e775515de4ad197e667f874070446ef9ac9cf2044bc9866bc4c72289e",
    "1b76730ab9af47ec8d05a3d55154305fa92642f694dd9ad87d9e5a5e9956a59d",
];
/// The file that says which package the environment has.
const MARK: &str = "tiller-package";

/// Makes the environment if it is missing or has another version, and returns the path of its Python.
pub(crate) fn ensure() -> Outcome<PathBuf> {
    let models = folders::root().join("models");
    let folder = models.join("llama-cpp");
    let own = own_python(&folder);
    if own.is_file() && fs::read_to_string(folder.join(MARK)).is_ok_and(|found| found == PACKAGE) {
        return Ok(own);
    }
    print::step("Fetching llama.cpp for the tests, 34 MB (a Python package in an environment of its own)");
    clear(&folder)?;
    let made = make(&models, &folder);
    if made.is_err() {
        clear(&folder)?;
    }
    made.map(|()| own)
}

/// Makes the environment. pip refuses a wheel whose hash is none of ours.
fn make(models: &Path, folder: &Path) -> Outcome {
    fs::create_dir_all(models).with_context(|| format!("{} cannot be made", folders::short(models)))?;
    program::output(program::command(python()?).args(["-m", "venv"]).arg(folder)).map_err(|problem| {
        problem.next("See that Python has its module venv (on Debian the package python3-venv).")
    })?;
    let wanted = folder.join("requirements.txt");
    let hashes = SHA256.map(|hash| format!(" --hash=sha256:{hash}")).concat();
    write(&wanted, &format!("{PACKAGE}{hashes}\n"))?;
    let install =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-cache-dir"];
    let mut pip = program::command(own_python(folder));
    pip.args(install).args(["--only-binary", ":all:", "--require-hashes", "--requirement"]).arg(&wanted);
    program::output(&mut pip)?;
    // It may be there and not run, as with an older C library.
    let mut import = program::command(own_python(folder));
    program::output(import.args(["-c", "import xllamacpp"]))
        .map_err(|_| Problem::new(format!("{PACKAGE} does not run on this machine.")))?;
    write(&folder.join(MARK), PACKAGE)
}

fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).with_context(|| format!("{} cannot be written", folders::short(path)))
}

fn own_python(folder: &Path) -> PathBuf {
    folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

//! Fetches real vocabularies and chat templates for the tests from the sources of llama.cpp, which a Python package
//! contains, and checks their hash. They are not part of Tiller.

use std::fs;
use std::path::{Path, PathBuf};

use crate::folders;
use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};
use crate::program;
use crate::starter_model::{clear, python, sha256};

/// The environment variable that gives the tests the path of the vocabularies.
pub(crate) const VOCABULARIES: &str = "TILLER_VOCABULARIES";

const NAME: &str = "llama-cpp-python";
const PACKAGE: &str = "llama-cpp-python==0.3.36";
const SHA256: &str = "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e";
/// The path of the vocabularies in the package, and the number of folders above them.
const MEMBER: &str = "llama_cpp_python-0.3.36/vendor/llama.cpp/models";
const ABOVE: &str = "4";

/// Fetches the vocabularies if they are missing, and returns their folder.
pub(crate) fn ensure() -> Outcome<PathBuf> {
    let models = folders::root().join("models");
    let folder = models.join("vocabularies");
    if folder.is_dir() {
        return Ok(folder);
    }
    print::step("Fetching real vocabularies for the tests, 77 MB (from the sources of llama.cpp)");
    let fetching = models.join("fetching-vocabularies");
    clear(&fetching)?;
    fs::create_dir_all(fetching.join("models"))
        .with_context(|| format!("{} cannot be made", folders::short(&fetching)))?;
    let fetched = fetch(&fetching).and_then(|made| {
        fs::rename(made, &folder).with_context(|| format!("{} cannot be written", folders::short(&folder)))
    });
    clear(&fetching)?;
    fetched.map(|()| folder)
}

/// Downloads the package's sources and extracts the folder.
fn fetch(into: &Path) -> Outcome<PathBuf> {
    let download =
        ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-cache-dir"];
    let mut pip = program::command(python()?);
    pip.args(download).args(["--no-binary", NAME, "--dest"]).arg(into).arg(PACKAGE);
    program::output(&mut pip)?;
    let archive = fs::read_dir(into)
        .with_context(|| format!("{} cannot be read", folders::short(into)))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "gz"))
        .ok_or_else(|| Problem::new(format!("pip downloaded {PACKAGE} and left no sources behind.")))?;
    let found = sha256(&archive)?;
    if found != SHA256 {
        return Err(Problem::new(format!("The SHA-256 of {PACKAGE} is {found}, not {SHA256}.")));
    }
    let made = into.join("models");
    let mut tar = program::command("tar");
    tar.arg("-xzf").arg(&archive).args(["--strip-components", ABOVE, "-C"]).arg(&made).arg(MEMBER);
    program::output(&mut tar)?;
    Ok(made)
}

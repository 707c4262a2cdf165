//! Writes files atomically. A file is either complete or absent, and replaces another one only if the person allows it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::Error;

/// Returns a path that a person typed.
pub(crate) fn path(typed: &str) -> Result<PathBuf, Error> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Error::invalid("No file is named.", "Type its path, or choose it."));
    }
    let path = std::path::absolute(Path::new(typed));
    path.map_err(|_| Error::invalid("This is not a path.", "Type the path of a file, or choose it."))
}

/// Refuses to replace an existing file without permission.
pub(crate) fn check_free(path: &Path, replace: bool) -> Result<(), Error> {
    if path.is_dir() {
        let message = format!("{} is a folder.", path.display());
        return Err(Error::invalid(message, "Add the file's name."));
    }
    if replace || !path.exists() {
        return Ok(());
    }
    Err(is_there(path))
}

/// Writes a file completely or not at all.
pub(crate) fn write(path: &Path, bytes: &[u8], replace: bool) -> Result<(), Error> {
    check_free(path, replace)?;
    vectors::files::atomic_write(path, bytes, replace).map_err(|source| match source.kind() {
        // Another program created the file meanwhile.
        ErrorKind::AlreadyExists if !replace => is_there(path),
        _ => Error::Unwritable { path: path.to_owned(), source },
    })
}

fn is_there(path: &Path) -> Error {
    let message = format!("There is already a file {}.", path.display());
    Error::invalid(message, "Choose another name, or allow it to be replaced.")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_there_stays_unless_it_may_be_replaced_and_no_part_is_left() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("pairs.csv");
        write(&file, b"one", false).expect("a new file");
        assert!(write(&file, b"two", false).is_err());
        assert_eq!(fs::read(&file).expect("the file"), b"one");
        write(&file, b"two", true).expect("a replaced file");
        assert_eq!(fs::read(&file).expect("the file"), b"two");
        assert!(write(dir.path(), b"x", true).is_err(), "a folder is no file");
        assert!(write(&dir.path().join("no/pairs.csv"), b"x", false).is_err());
        assert_eq!(fs::read_dir(dir.path()).expect("the folder").count(), 1);
    }
}

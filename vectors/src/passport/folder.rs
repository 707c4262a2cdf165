//! A passport as a folder, in the layout of a repository of the hub.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use super::{FILES, PASSPORT, limit};
use crate::files::{FileError, atomic_folder, read_bounded};

/// Reads the files of a passport. Other files of the folder, such as the hub's own, are not looked at. Links are followed: the
/// hub's cache consists of them.
pub(super) fn read(path: &Path) -> Result<BTreeMap<String, Vec<u8>>, FileError> {
    let mut files = BTreeMap::new();
    for name in FILES.iter().map(|(name, _)| *name).chain([PASSPORT]) {
        match read_bounded(&path.join(name), limit(name).unwrap_or_default()) {
            Ok(bytes) => drop(files.insert(name.to_owned(), bytes)),
            Err(FileError::Missing) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(files)
}

/// Writes the folder as a whole or not at all. Nothing may be there.
pub(super) fn write(path: &Path, files: &[(String, Vec<u8>)]) -> Result<(), FileError> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(FileError::Unwritable(io::Error::from(io::ErrorKind::AlreadyExists)));
    }
    let written: io::Result<()> = atomic_folder(path, |inside| {
        files.iter().try_for_each(|(name, bytes)| fs::write(inside.join(name), bytes))
    });
    written.map_err(FileError::Unwritable)
}

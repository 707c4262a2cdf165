//! A passport as one archive. The files are stored and not packed, in one order and with one date, so that the same content
//! has the same bytes on every machine and with every version of the library.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::{FILES, MAX_ARCHIVE_BYTES, damaged, limit};
use crate::files::{FileError, read_bounded};

/// The place of what is wrong with the archive itself.
const CONTENTS: &str = "its table of contents";

/// Reads the files of an archive.
pub(super) fn read(path: &Path) -> Result<BTreeMap<String, Vec<u8>>, FileError> {
    parse(&read_bounded(path, MAX_ARCHIVE_BYTES)?)
}

/// Reads the files of an archive's bytes. Nothing is written anywhere, and no name is used as a path.
pub(super) fn parse(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, FileError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(CONTENTS, error))?;
    if archive.len() > FILES.len() + 1 {
        return Err(damaged(CONTENTS, format!("it has {} files", archive.len())));
    }
    if archive.has_duplicate_names() {
        return Err(damaged(CONTENTS, "a name is there twice"));
    }
    if archive.has_overlapping_entries().map_err(|error| damaged(CONTENTS, error))? {
        return Err(damaged(CONTENTS, "its files lie over each other"));
    }
    let (mut files, mut left) = (BTreeMap::new(), MAX_ARCHIVE_BYTES);
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| damaged(CONTENTS, error))?;
        let name = entry.name().map_err(|error| damaged(CONTENTS, error))?.into_owned();
        let shown: String = name.chars().take(80).collect();
        let Some(limit) = limit(&name) else {
            return Err(damaged(format!("{shown:?}"), "it is no file of a passport, which has no folders"));
        };
        if !entry.is_file() {
            return Err(damaged(shown, "it is a link or a folder, not a file"));
        }
        let limit = limit.min(left);
        let mut content = Vec::new();
        entry.take(limit + 1).read_to_end(&mut content).map_err(|error| damaged(shown.as_str(), error))?;
        let size = content.len() as u64;
        left = left
            .checked_sub(size)
            .filter(|_| size <= limit)
            .ok_or(FileError::TooLarge { bytes: size, limit })?;
        if files.insert(name, content).is_some() {
            return Err(damaged(CONTENTS, "a name is there twice"));
        }
    }
    Ok(files)
}

/// Returns the bytes of an archive with these files, in this order.
pub(super) fn write(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, FileError> {
    let failed = |error: &dyn std::fmt::Display| damaged("the new archive", error);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644);
    for (name, bytes) in files {
        archive.start_file(name.as_str(), options).map_err(|error| failed(&error))?;
        archive.write_all(bytes).map_err(|error| failed(&error))?;
    }
    archive.finish().map(Cursor::into_inner).map_err(|error| failed(&error))
}

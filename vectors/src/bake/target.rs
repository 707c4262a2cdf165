//! The place of a baked model: free, not the source, and on a disk with room.

use std::fs;
use std::path::Path;

use super::BakeError;
use crate::model::model_path;

/// Refuses a target that is the source or lies in it, that is there and may not be replaced, or whose disk has less room than
/// is needed. A folder is never replaced.
///
/// # Errors
/// The first of these reasons.
pub fn check(source: &Path, target: &Path, replace: bool, needed: u64) -> Result<(), BakeError> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(folder) = fs::canonicalize(folder) else {
        return Err(BakeError::NoFolder(folder.to_owned()));
    };
    let named = target.file_name().map_or_else(|| folder.clone(), |name| folder.join(name));
    let full = fs::canonicalize(&named).unwrap_or(named);
    let source = model_path(source);
    let source = fs::canonicalize(&source).unwrap_or(source);
    if full == source || (source.is_dir() && full.starts_with(&source)) {
        return Err(BakeError::IsSource(target.to_owned()));
    }
    let is_replaced = replace && full.is_file() && source.is_file();
    if fs::symlink_metadata(target).is_ok() && !is_replaced {
        return Err(BakeError::Exists(target.to_owned()));
    }
    // A file system that does not tell is written to until it is full, and then nothing is left.
    match free_space(target) {
        Some(free) if free < needed => Err(BakeError::NoSpace { needed, free }),
        _ => Ok(()),
    }
}

/// Returns the bytes that are free where a target would be, where the file system tells.
#[must_use]
pub fn free_space(target: &Path) -> Option<u64> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs4::available_space(folder).ok()
}

//! Writes files atomically: a file is there as a whole, or not at all.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::time::Duration;

/// The beginning and the end of a temporary file's name.
const PART: (&str, &str) = (".tiller-", ".part");
/// The age at which a temporary file belongs to no process any more: writing one takes seconds.
const LEFT_BEHIND: Duration = Duration::from_hours(1);

/// Writes a temporary file in the same folder, syncs it and renames it to `path`. With `replace`, an existing file is replaced
/// by the rename; without it, an existing file stays, also one that another process wrote meanwhile. The file gets the
/// permissions of any new file. Temporary files that a killed process left in the folder are removed.
///
/// # Errors
/// Where the file cannot be written; [`ErrorKind::AlreadyExists`] where one is there that may not be replaced.
pub fn atomic_write(path: &Path, bytes: &[u8], replace: bool) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(PART.0).suffix(PART.1);
    remove_left_behind(folder);
    // Opened here: tempfile's own files can be read by nobody but their owner.
    let part = builder.make_in(folder, |part| File::create_new(part))?;
    part.as_file().write_all(bytes)?;
    part.as_file().sync_all()?;
    let moved = if replace {
        part.persist(path)
    } else {
        part.persist_noclobber(path).or_else(|failed| match failed.error.kind() {
            // Some file systems can neither rename without replacing nor link.
            ErrorKind::PermissionDenied | ErrorKind::Unsupported if !path.exists() => {
                failed.file.persist(path)
            }
            _ => Err(failed),
        })
    };
    moved.map_err(|failed| failed.error)?;
    #[cfg(unix)]
    if let Ok(folder) = File::open(folder) {
        // The new name must also survive a power cut. The file exists, so a file system that cannot do this is no
        // failure.
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Removes the temporary files of processes that were killed while they wrote.
fn remove_left_behind(folder: &Path) {
    // A folder that cannot be listed may be written all the same.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_part = name.to_str().is_some_and(|name| name.starts_with(PART.0) && name.ends_with(PART.1));
        let is_old = || entry.metadata().ok()?.modified().ok()?.elapsed().ok().map(|age| age > LEFT_BEHIND);
        if is_part && is_old() == Some(true) {
            // Another process may remove it at the same time.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_left_is_removed_by_the_next_one() {
        let folder = tempfile::tempdir().unwrap();
        let part = |name: &str, age: Duration| {
            let file = File::create(folder.path().join(name)).unwrap();
            file.set_modified(std::time::SystemTime::now() - age).unwrap();
        };
        part(".tiller-old.part", 2 * LEFT_BEHIND);
        part(".tiller-now.part", Duration::ZERO);
        part("mine.part", 2 * LEFT_BEHIND);
        atomic_write(&folder.path().join("vector.gguf"), b"one", false).unwrap();
        let mut left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [".tiller-now.part", "mine.part", "vector.gguf"]);
    }

    #[test]
    fn a_file_is_written_as_a_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("vector.gguf");
        atomic_write(&file, b"one", false).unwrap();
        let refused = atomic_write(&file, b"two", false).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&file).unwrap(), b"one");
        atomic_write(&file, b"two", true).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
        let missing = atomic_write(&folder.path().join("no/vector.gguf"), b"x", true).unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotFound);
        assert!(!missing.to_string().contains("part"), "{missing}");
        assert!(atomic_write(folder.path(), b"x", true).is_err(), "a folder is no file");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_it_as_they_may_any_new_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (plain, written) = (folder.path().join("plain"), folder.path().join("written"));
        fs::write(&plain, b"x").unwrap();
        atomic_write(&written, b"x", false).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&written), mode(&plain));
    }
}

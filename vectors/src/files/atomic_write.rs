//! Writes files atomically: a file is there as a whole, or not at all.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

/// The beginning and the end of a temporary file's name.
const PART: (&str, &str) = (".tiller-", ".part");
/// The age at which a temporary file that nobody has locked belongs to nobody: its writer locks it at once.
const MOMENT: Duration = Duration::from_secs(1);
/// The age at which it belongs to nobody where the file system has no locks: writing one takes seconds.
const LEFT_BEHIND: Duration = Duration::from_hours(1);

/// Writes a temporary file in the same folder, syncs it and renames it to `path`. With `replace`, an existing file is replaced
/// by the rename; without it, an existing file stays, also one that another process wrote meanwhile. The file gets the
/// permissions of any new file. Temporary files that killed processes left in the folder are removed. The temporary file is read
/// again before it is renamed, so that a file never appears with other bytes.
///
/// # Errors
/// Where the file cannot be written; [`ErrorKind::AlreadyExists`] where one is there that may not be replaced;
/// [`ErrorKind::InvalidData`] where other bytes are read than were written.
pub fn atomic_write(path: &Path, bytes: &[u8], replace: bool) -> io::Result<()> {
    atomic_write_with(path, replace, |part| {
        part.write_all(bytes)?;
        part.rewind()?;
        check(part, bytes)
    })
}

/// Refuses what is read where it is not `bytes`.
fn check(mut read: impl Read, mut bytes: &[u8]) -> io::Result<()> {
    let mut chunk = [0; 1 << 13];
    loop {
        let count = read.read(&mut chunk)?;
        if count == 0 && bytes.is_empty() {
            return Ok(());
        }
        match bytes.strip_prefix(&chunk[..count]) {
            Some(rest) if count > 0 => bytes = rest,
            _ => {
                return Err(io::Error::new(ErrorKind::InvalidData, "other bytes are read than were written"));
            }
        }
    }
}

/// As [`atomic_write`], with a function that writes the content. Where it fails, nothing is left.
pub(crate) fn atomic_write_with<E: From<io::Error>>(
    path: &Path,
    replace: bool,
    write: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(PART.0).suffix(PART.1);
    remove_parts(folder, MOMENT);
    // Opened here: tempfile's own files can be read by nobody but their owner.
    let mut part = builder.make_in(folder, |part| File::create_new(part))?;
    // The system unlocks it when this process ends, however it ends. Without locks the file's age has to do.
    let _ = part.as_file().try_lock();
    write(part.as_file_mut())?;
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
    sync_folder(folder);
    Ok(())
}

/// Writes a folder as a whole, or not at all: `write` fills a temporary folder beside it, which is then renamed. Nothing may
/// be at `path`. Where `write` fails, nothing is left; what a killed process left is removed by the next one.
pub(crate) fn atomic_folder<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), E> {
    let parent = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    remove_parts(parent, MOMENT);
    // The temporary folder can be read by nobody but its owner, so the one that is renamed lies in it.
    let holder = tempfile::Builder::new().prefix(PART.0).suffix(PART.1).tempdir_in(parent)?;
    let lock = File::open(holder.path());
    // As with files: unlocked by the system. Where a folder cannot be opened, its age has to do.
    let _ = lock.as_ref().map(File::try_lock);
    let inner = holder.path().join("folder");
    fs::create_dir(&inner)?;
    write(&inner)?;
    for file in fs::read_dir(&inner)? {
        File::options().append(true).open(file?.path())?.sync_all()?;
    }
    sync_folder(&inner);
    if fs::symlink_metadata(path).is_ok() {
        return Err(io::Error::from(ErrorKind::AlreadyExists).into());
    }
    fs::rename(&inner, path)?;
    sync_folder(parent);
    Ok(())
}

/// Lets a new name survive a power cut, too. What was renamed is there, so a file system that cannot do this is no failure.
fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    #[cfg(not(unix))]
    let _ = folder;
}

/// Removes the temporary files that killed processes left in a folder: those that are this old and that no process has
/// locked.
pub fn remove_parts(folder: &Path, age: Duration) {
    // A folder that cannot be listed may be written all the same.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_part = name.to_str().is_some_and(|name| name.starts_with(PART.0) && name.ends_with(PART.1));
        if is_part && is_left_behind(&entry.path(), age).unwrap_or(false) {
            // Another process may remove it at the same time.
            let _ = if entry.path().is_dir() {
                fs::remove_dir_all(entry.path())
            } else {
                fs::remove_file(entry.path())
            };
        }
    }
}

/// Whether no process writes a temporary file any more.
fn is_left_behind(path: &Path, age: Duration) -> io::Result<bool> {
    // A pipe of this name would be waited for.
    let part = match regular_file::open(path) {
        Ok((part, _)) => part,
        Err(_) if fs::symlink_metadata(path)?.is_dir() => File::open(path)?,
        Err(_) => return Ok(false),
    };
    // The clock may have been set back since.
    let old = part.metadata()?.modified()?.elapsed().unwrap_or_else(|ahead| ahead.duration());
    Ok(match part.try_lock() {
        Ok(()) => old >= age,
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(_)) => old >= LEFT_BEHIND,
    })
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn other_bytes_shorter_and_longer_ones_are_refused() {
        let written = vec![7; 100_000];
        check(&written[..], &written).unwrap();
        check(&[][..], &[]).unwrap();
        let mut other = written.clone();
        other[99_999] = 8;
        let longer = [&written[..], &[7]].concat();
        for read in [&other[..], &written[..99_999], &longer, &[]] {
            assert_eq!(check(read, &written).unwrap_err().kind(), ErrorKind::InvalidData);
        }
    }

    #[test]
    fn what_a_killed_process_left_is_removed_by_the_next_one() {
        let folder = tempfile::tempdir().unwrap();
        let part = |name: &str, time: SystemTime| {
            let file = File::create(folder.path().join(name)).unwrap();
            file.set_modified(time).unwrap();
            file
        };
        let now = SystemTime::now();
        drop(part(".tiller-old.part", now - 2 * MOMENT));
        drop(part(".tiller-of-tomorrow.part", now + 2 * LEFT_BEHIND));
        drop(part("mine.part", now - 2 * LEFT_BEHIND));
        // Its writer has not locked it yet.
        drop(part(".tiller-new.part", now + MOMENT / 2));
        let written = part(".tiller-written.part", now - 2 * LEFT_BEHIND);
        written.lock().unwrap();
        atomic_write(&folder.path().join("vector.gguf"), b"one", false).unwrap();
        let kept = [".tiller-new.part", ".tiller-written.part", "mine.part", "vector.gguf"];
        assert_eq!(names(folder.path()), kept);
        drop(written);
        remove_parts(folder.path(), Duration::ZERO);
        assert_eq!(names(folder.path()), ["mine.part", "vector.gguf"]);
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

//! Writes files atomically: a file is there as a whole, or not at all.

use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

/// Writes a temporary file in the same folder, syncs it and renames it to `path`. With `replace`, an existing file is replaced
/// by the rename; without it, an existing file stays, also one that another process wrote meanwhile. The file gets the
/// permissions of any new file.
///
/// # Errors
/// Where the file cannot be written; [`ErrorKind::AlreadyExists`] where one is there that may not be replaced.
pub fn atomic_write(path: &Path, bytes: &[u8], replace: bool) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tiller-").suffix(".part");
    // The file is opened here, because tempfile's own files can be read only by their owner.
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

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

//! Opens regular files only. To open a pipe is to wait until somebody writes to it, and a device may never end, so both
//! are recognised by their metadata before anything is opened.

use std::fs::{self, File, FileType};
use std::io;
use std::path::Path;

/// Says why a file is not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is nothing at the path.
    #[error("there is no file at this place")]
    Missing,
    /// Something other than a file, in words.
    #[error("it is {0}, not a file")]
    Special(&'static str),
    /// The system refuses it.
    #[error("the file cannot be read: {0}")]
    Unreadable(io::Error),
}

/// Opens a file to read it, and returns its size in bytes. Links are followed.
///
/// # Errors
/// Where the path leads to nothing, or to a folder, a pipe, a socket or a device, or where the file cannot be opened.
pub fn open(path: &Path) -> Result<(File, u64), OpenError> {
    let open_error = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => OpenError::Missing,
        _ => OpenError::Unreadable(error),
    };
    let metadata = fs::metadata(path).map_err(open_error)?;
    if let Some(what) = special(metadata.file_type()) {
        return Err(OpenError::Special(what));
    }
    File::open(path).map(|file| (file, metadata.len())).map_err(open_error)
}

/// What something is that is no regular file; `None` for a file.
fn special(kind: FileType) -> Option<&'static str> {
    if kind.is_file() {
        return None;
    }
    if kind.is_dir() {
        return Some("a folder");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("a pipe");
        }
        if kind.is_socket() {
            return Some("a socket");
        }
    }
    Some("a device")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_opened_and_a_folder_is_reported() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("file");
        fs::write(&path, b"abc").expect("a file");
        assert_eq!(open(&path).expect("a file").1, 3);
        assert!(matches!(open(folder.path()), Err(OpenError::Special("a folder"))));
        assert!(matches!(open(&folder.path().join("nothing")), Err(OpenError::Missing)));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_a_socket_and_a_device_are_reported_without_waiting() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
        assert!(made.success());
        assert!(matches!(open(&pipe), Err(OpenError::Special("a pipe"))));
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
        assert!(matches!(open(&socket), Err(OpenError::Special("a socket"))));
        assert!(matches!(open(Path::new("/dev/zero")), Err(OpenError::Special("a device"))));
    }
}

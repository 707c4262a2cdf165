//! Finds a path for the socket that the system accepts, which only the person's own processes reach.

use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use tokio::net::UnixListener;

use super::Engine;

/// The longest path of a socket that every Unix accepts, its closing zero included: macOS has 104 bytes.
const LONGEST_PATH: usize = 103;
/// The socket in the data folder.
const IN_DATA: &str = "tiller.sock";
/// The beginning of the name of a folder that is made for a socket.
const FOLDER: &str = "tiller-door-";

/// A socket that is listened at. Its file goes with this value.
pub(super) struct Socket {
    pub(super) path: PathBuf,
}

impl Socket {
    /// Listens in the data folder. If its path is too long, or its disk has no sockets, a new folder of the runtime or
    /// temporary directory takes the socket.
    pub(super) fn listen(data: &Path) -> io::Result<(Self, UnixListener)> {
        let in_data = data.join(IN_DATA);
        // Whoever holds the lock may remove what another process has left.
        if let Some(left) =
            Engine::read(data).and_then(|engine| engine.socket).filter(|left| own_folder(left).is_some())
        {
            remove(&left);
        }
        remove(&in_data);
        let mut bound = Self::bind(in_data);
        let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        for base in runtime.into_iter().chain([env::temp_dir(), PathBuf::from("/tmp")]) {
            if bound.is_ok() {
                break;
            }
            bound = new_folder(&base).and_then(|folder| {
                let bound = Self::bind(folder.join("socket"));
                if bound.is_err() {
                    // It is empty, and was made for the socket alone.
                    let _ = fs::remove_dir(&folder);
                }
                bound
            });
        }
        bound
    }

    fn bind(path: PathBuf) -> io::Result<(Self, UnixListener)> {
        if path.as_os_str().len() > LONGEST_PATH {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path of the socket is too long"));
        }
        let listener = UnixListener::bind(&path)?;
        let socket = Self { path };
        // In a folder that others may enter, the file keeps them out, and every connection is asked whose it is.
        fs::set_permissions(&socket.path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        Ok((socket, listener))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// Makes a folder that only its owner enters.
fn new_folder(base: &Path) -> io::Result<PathBuf> {
    let number = RandomState::new().hash_one(std::process::id());
    let folder = base.join(format!("{FOLDER}{number:016x}"));
    let mut builder = fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder)?;
    Ok(folder)
}

/// The folder that was made for a socket.
fn own_folder(path: &Path) -> Option<&Path> {
    let is_made = |name: &str| name.starts_with(FOLDER);
    path.parent().filter(|folder| folder.file_name().and_then(|name| name.to_str()).is_some_and(is_made))
}

/// Removes a socket, and the folder that was made for it.
fn remove(path: &Path) {
    use std::os::unix::fs::FileTypeExt as _;
    let is_socket = |path: &Path| fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
    if is_socket(path)
        && let Err(error) = fs::remove_file(path)
    {
        tracing::warn!("a socket stays that nobody listens at: {error}");
    }
    if let Some(folder) = own_folder(path) {
        // A folder that is gone, or holds something else, stays as it is.
        let _ = fs::remove_dir(folder);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[tokio::test]
    async fn a_path_that_is_too_long_gets_a_closed_folder_elsewhere() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let (socket, _listener) = Socket::listen(dir.path()).expect("a socket");
        assert_eq!(socket.path, dir.path().join(IN_DATA));
        let deep = dir.path().join("d".repeat(120));
        fs::create_dir(&deep).expect("a folder");
        let (socket, _listener) = Socket::listen(&deep).expect("a socket");
        let folder = socket.path.parent().expect("a folder").to_owned();
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&socket.path)), (0o700, 0o600));
        drop(socket);
        assert!(!folder.exists());
    }

    #[tokio::test]
    async fn what_a_killed_process_left_is_replaced() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let (socket, listener) = Socket::listen(dir.path()).expect("a socket");
        std::mem::forget(socket);
        drop(listener);
        assert!(dir.path().join(IN_DATA).exists());
        Socket::listen(dir.path()).expect("the next process listens");
        assert!(!dir.path().join(IN_DATA).exists(), "it goes with its owner");
    }
}

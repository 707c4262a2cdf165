//! Ends the process with a sentence where a model's file is cut off while weights are read from it.
//!
//! Large models stay in their files, which are mapped into memory. Where another program cuts such a file off, reading
//! behind its new end raises SIGBUS in the reading thread, and nothing can be computed from then on. The handler writes
//! a sentence, leaves the file's path in the data folder, and ends the process. The store is whole, as after a power cut;
//! the next start reads the path and says why the job is paused. On Windows a mapped file cannot be cut off.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use ipc::{Code, Failure};

/// The file in the data folder that the handler writes the path into.
const NAME: &str = "cut-off";

/// Has a file that was cut off end this process with a sentence on standard error. Calling it again changes nothing.
///
/// # Errors
/// Returns an error if the system takes no handler.
pub fn listen() -> std::io::Result<()> {
    #[cfg(unix)]
    handler::listen()?;
    Ok(())
}

/// The file that the handler writes into. It is there, empty, while the application runs.
pub(crate) struct Marker {
    path: PathBuf,
    /// What the last process left.
    left: Option<PathBuf>,
    file: Option<File>,
}

impl Marker {
    /// Reads what the last process left in the data folder, and listens. Without a marker only the reason of a pause is
    /// lost, so no error of the file keeps the application from opening.
    pub(crate) fn open(folder: &Path) -> Self {
        let path = folder.join(NAME);
        let left = match fs::read(&path) {
            Ok(bytes) if bytes.is_empty() => None,
            Ok(bytes) => Some(PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                tracing::warn!("why the last process ended cannot be read: {error}");
                None
            }
        };
        if let Err(error) = listen() {
            tracing::warn!("a model file that is cut off will end Tiller without a sentence: {error}");
        }
        Self { path, left, file: None }
    }

    /// Returns why the last process ended, if a cut-off file ended it.
    pub(crate) fn left(&self) -> Option<Failure> {
        self.left.as_ref().map(|path| {
            Failure::new(
                Code::ModelUnusable,
                "The model's file was cut off while it was read, and Tiller had to end.",
            )
            .detail(path.display().to_string())
            .next("Fetch or copy the file again, then resume.")
        })
    }

    /// Forgets what the last process left, and has the handler write into this folder from now on.
    pub(crate) fn arm(&mut self) {
        match File::create(&self.path) {
            Ok(file) => {
                #[cfg(unix)]
                handler::set(&file);
                self.file = Some(file);
            }
            Err(error) => tracing::warn!("a model file that is cut off will leave no reason: {error}"),
        }
    }
}

impl Drop for Marker {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            #[cfg(unix)]
            handler::forget(&file);
            drop(file);
            // An empty file that stays behind says nothing.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(unix)]
mod handler {
    use std::fs::File;
    use std::io;
    use std::os::fd::{AsRawFd as _, RawFd};
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicI32, Ordering};

    use libc::siginfo_t;
    use vectors::model::{LONGEST_PATH, mapped_file_at};

    const BEFORE: &[u8] = b"Tiller ends: a model's file was cut off while it was read: ";
    const AFTER: &[u8] =
        b"\nFetch or copy the file again. What was stored up to the last checkpoint is kept.\n";
    const NONE: RawFd = -1;
    /// The exit code of a failure.
    const FAILED: i32 = 1;

    /// The open marker of the data folder.
    static MARKER: AtomicI32 = AtomicI32::new(NONE);

    pub(super) fn listen() -> io::Result<()> {
        static LISTENS: OnceLock<Result<(), i32>> = OnceLock::new();
        let listens = LISTENS.get_or_init(|| {
            #[expect(unsafe_code, reason = "a signal handler must keep to what is safe inside one")]
            // SAFETY: `end` takes no lock and no memory: it reads atomic numbers and calls write and _exit, which POSIX
            // lists as safe in a handler. It returns where the fault is not about a mapped file, and the handler that was
            // there before runs next: the standard library's, which ends the process as it would without this one.
            let registered = unsafe { signal_hook_registry::register_sigaction(libc::SIGBUS, end) };
            registered.map(drop).map_err(|error| error.raw_os_error().unwrap_or_default())
        });
        listens.map_err(io::Error::from_raw_os_error)
    }

    pub(super) fn set(marker: &File) {
        MARKER.store(marker.as_raw_fd(), Ordering::SeqCst);
    }

    /// Writes nothing into this file from now on.
    pub(super) fn forget(marker: &File) {
        // Another application in this process may have set its own.
        let _ = MARKER.compare_exchange(marker.as_raw_fd(), NONE, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// Runs inside the signal: ends the process if the fault lies in a mapped model file.
    fn end(info: &siginfo_t) {
        #[expect(unsafe_code, reason = "the field of a union of C")]
        // SAFETY: the system fills in the address for SIGBUS.
        let address = unsafe { info.si_addr() }.addr();
        let mut path = [0; LONGEST_PATH];
        let Some(length) = mapped_file_at(address, &mut path) else { return };
        let path = &path[..length];
        for part in [BEFORE, path, AFTER] {
            write(libc::STDERR_FILENO, part);
        }
        write(MARKER.load(Ordering::SeqCst), path);
        #[expect(unsafe_code, reason = "nothing else may run in this process")]
        // SAFETY: _exit is safe inside a signal handler.
        unsafe {
            libc::_exit(FAILED);
        }
    }

    /// Writes all bytes, or as many as can be written.
    fn write(to: RawFd, mut bytes: &[u8]) {
        while to != NONE && !bytes.is_empty() {
            #[expect(unsafe_code, reason = "the standard library's writers take locks")]
            // SAFETY: write is safe inside a signal handler, and the bytes are valid for their length.
            let written = unsafe { libc::write(to, bytes.as_ptr().cast(), bytes.len()) };
            match usize::try_from(written) {
                Ok(written) if written > 0 => bytes = &bytes[written..],
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_is_reported_once() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join(NAME), "/models/big.gguf").expect("a marker");
        let mut marker = Marker::open(folder.path());
        let why = marker.left().expect("a reason");
        assert_eq!(why.detail.as_deref(), Some("/models/big.gguf"));
        marker.arm();
        drop(marker);
        assert!(!folder.path().join(NAME).exists(), "an orderly end leaves nothing");
        assert_eq!(Marker::open(folder.path()).left(), None);
        // A process that was killed leaves the file empty.
        fs::write(folder.path().join(NAME), "").expect("an empty marker");
        assert_eq!(Marker::open(folder.path()).left(), None);
    }
}

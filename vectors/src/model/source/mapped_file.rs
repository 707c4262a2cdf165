//! Model files that are mapped into memory, and the table of where they lie.
//!
//! Reading a page behind the end of a file that was cut off meanwhile raises SIGBUS. The table lets the handler of that
//! signal tell such a page from any other fault, and name the file.

use std::fs::File;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::SystemTime;

use memmap2::Mmap;

use crate::model::ModelError;

/// The most bytes of a path that [`mapped_file_at`] returns; of a longer one it returns the last.
pub const LONGEST_PATH: usize = 512;

/// The most files whose paths are known. A model has at most 1,024 files.
const PLACES: usize = 2048;

static TABLE: [Place; PLACES] = [const { Place::free() }; PLACES];

/// Where a file lies in memory. A start of 0 is a free place, and one of [`Place::TAKEN`] is being filled.
struct Place {
    start: AtomicUsize,
    end: AtomicUsize,
    length: AtomicUsize,
    path: [AtomicU8; LONGEST_PATH],
}

impl Place {
    const TAKEN: usize = usize::MAX;

    const fn free() -> Self {
        Self {
            start: AtomicUsize::new(0),
            end: AtomicUsize::new(0),
            length: AtomicUsize::new(0),
            path: [const { AtomicU8::new(0) }; LONGEST_PATH],
        }
    }

    /// Enters a file. Returns its index, or `None` where the table is full.
    fn enter(map: &[u8], path: &Path) -> Option<usize> {
        let is_ours =
            |place: &Place| place.start.compare_exchange(0, Self::TAKEN, Ordering::AcqRel, Ordering::Relaxed);
        let index = TABLE.iter().position(|place| is_ours(place).is_ok())?;
        let place = &TABLE[index];
        let bytes = path.as_os_str().as_encoded_bytes();
        let last = &bytes[bytes.len().saturating_sub(LONGEST_PATH)..];
        for (kept, byte) in place.path.iter().zip(last) {
            kept.store(*byte, Ordering::Relaxed);
        }
        place.length.store(last.len(), Ordering::Relaxed);
        let start = map.as_ptr().addr();
        place.end.store(start + map.len(), Ordering::Relaxed);
        place.start.store(start, Ordering::Release);
        Some(index)
    }

    fn leave(index: usize) {
        TABLE[index].start.store(0, Ordering::Release);
    }
}

/// Writes the path of the model file that lies at an address into `path`, and returns its length; `None` where no mapped
/// model file lies there. It only reads atomic numbers, so a signal handler may call it. A file that lies there cannot
/// leave meanwhile where a thread has just read through it.
#[must_use]
pub fn mapped_file_at(address: usize, path: &mut [u8; LONGEST_PATH]) -> Option<usize> {
    let holds = |place: &&Place| {
        let start = place.start.load(Ordering::Acquire);
        start != 0 && start != Place::TAKEN && (start..place.end.load(Ordering::Relaxed)).contains(&address)
    };
    let place = TABLE.iter().find(holds)?;
    let length = place.length.load(Ordering::Relaxed).min(LONGEST_PATH);
    for (byte, kept) in path.iter_mut().zip(&place.path[..length]) {
        *byte = kept.load(Ordering::Relaxed);
    }
    Some(length)
}

/// A file that is mapped into memory to be read.
pub(crate) struct MappedFile {
    map: Mmap,
    file: File,
    path: PathBuf,
    /// The time of its last change when it was mapped, where the system tells it.
    modified: Option<SystemTime>,
    index: Option<usize>,
}

/// A mapped file that is not as it was when it was mapped.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct ChangedFile {
    /// The file.
    pub path: PathBuf,
    /// What has changed.
    pub source: ModelError,
}

impl MappedFile {
    /// Maps a file.
    pub(crate) fn open(path: &Path) -> Result<Self, ModelError> {
        let (file, size) = regular_file::open(path)?;
        // Not every system maps an empty file.
        if size == 0 {
            return Err(ModelError::NotGguf);
        }
        let modified = file.metadata().map_err(ModelError::Unreadable)?.modified().ok();
        #[expect(unsafe_code, reason = "the system cannot promise that no one else writes the file")]
        // SAFETY: the map is only read, as numbers and as text that is checked, for which any bits are valid. A program
        // that writes the file meanwhile changes numbers. One that cuts it off ends this process with a signal, whose
        // handler names the file.
        let map = unsafe { Mmap::map(&file) }.map_err(ModelError::Unreadable)?;
        let index = Place::enter(&map, path);
        Ok(Self { map, file, path: path.to_owned(), modified, index })
    }

    /// Refuses a file that was cut off or written since it was mapped. A file that was replaced by another one of the
    /// same name is still there as it was.
    pub(crate) fn check(&self) -> Result<(), ChangedFile> {
        let refuse = |source| Err(ChangedFile { path: self.path.clone(), source });
        let metadata = match self.file.metadata() {
            Ok(metadata) => metadata,
            Err(error) => return refuse(ModelError::Unreadable(error)),
        };
        let (expected, found) = (self.map.len() as u64, metadata.len());
        if found < expected {
            return refuse(ModelError::CutOff { expected, found });
        }
        if metadata.modified().ok() != self.modified {
            return refuse(ModelError::Changed);
        }
        Ok(())
    }
}

impl Deref for MappedFile {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map
    }
}

impl Drop for MappedFile {
    fn drop(&mut self) {
        if let Some(index) = self.index {
            Place::leave(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn named(address: usize) -> Option<String> {
        let mut path = [0; LONGEST_PATH];
        let length = mapped_file_at(address, &mut path)?;
        Some(String::from_utf8_lossy(&path[..length]).into_owned())
    }

    #[test]
    fn an_address_in_a_mapped_file_names_it_until_it_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        fs::write(&one, vec![1; 10_000]).unwrap();
        fs::write(&other, vec![2; 10]).unwrap();
        let (one, other) = (MappedFile::open(&one).unwrap(), MappedFile::open(&other).unwrap());
        let start = one.as_ptr().addr();
        assert_eq!(named(start).as_deref(), one.path.to_str());
        assert_eq!(named(start + 9_999).as_deref(), one.path.to_str());
        assert_ne!(named(start + 10_000).as_deref(), one.path.to_str());
        assert_eq!(named(other.as_ptr().addr()).as_deref(), other.path.to_str());
        assert_eq!(named(0), None);
        assert_eq!(named(usize::MAX), None);
        let path = one.path.clone();
        drop(one);
        assert_ne!(named(start).as_deref(), path.to_str());
    }

    #[test]
    fn of_a_long_path_the_end_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a".repeat(200)).join("b".repeat(200)).join("c".repeat(200));
        fs::create_dir_all(&deep).unwrap();
        let path = deep.join("model.gguf");
        fs::write(&path, [1]).unwrap();
        let file = MappedFile::open(&path).unwrap();
        let name = named(file.as_ptr().addr()).unwrap();
        assert!(name.len() == LONGEST_PATH && path.to_str().unwrap().ends_with(&name));
    }

    #[test]
    fn a_file_that_was_cut_off_or_written_is_refused_and_one_that_was_replaced_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        fs::write(&path, vec![1; 10_000]).unwrap();
        let file = MappedFile::open(&path).unwrap();
        assert!(file.check().is_ok());
        // Another file takes the name; the mapped one stays.
        fs::write(folder.path().join("next"), [2]).unwrap();
        fs::rename(folder.path().join("next"), &path).unwrap();
        assert!(file.check().is_ok());

        let file = MappedFile::open(&path).unwrap();
        fs::write(&path, [3, 3]).unwrap();
        File::options().append(true).open(&path).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert!(matches!(file.check().unwrap_err().source, ModelError::Changed));
        let file = MappedFile::open(&path).unwrap();
        File::options().append(true).open(&path).unwrap().set_len(1).unwrap();
        let cut = file.check().unwrap_err();
        assert!(matches!(cut.source, ModelError::CutOff { expected: 2, found: 1 }), "{cut}");
    }
}

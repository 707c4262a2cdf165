//! A passport with all its files, as it is packed and unpacked.

use std::collections::BTreeMap;
use std::path::Path;

use super::numbers::{content_hash, sha256};
use super::record::{FileRecord, Passport};
use super::{GGUF, MAX_ARCHIVE_BYTES, PAIRS, PASSPORT, SAFETENSORS, archive, damaged, folder, limit};
use crate::files::{FileError, Format, VectorFile, atomic_write};

/// A passport with all its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Package {
    /// What is known of the vector.
    pub passport: Passport,
    /// The numbers.
    pub vector: VectorFile,
    /// The other files by their names, `passport.json` left out.
    files: BTreeMap<String, Vec<u8>>,
}

impl Package {
    /// Packs a vector. `more` are its further files: the model card, the chart, the pairs, the licence. The numbers are written
    /// as safetensors, and as GGUF where that can hold them; the passport gets the sizes and hashes of all.
    ///
    /// # Errors
    /// Where a further file is none that a passport may have, or is too large.
    pub fn new(
        mut passport: Passport,
        vector: VectorFile,
        more: Vec<(&'static str, Vec<u8>)>,
    ) -> Result<Self, FileError> {
        let mut files: BTreeMap<String, Vec<u8>> =
            more.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect();
        files.insert(SAFETENSORS.to_owned(), vector.to_bytes(Format::Safetensors)?);
        match vector.to_bytes(Format::Gguf) {
            Ok(bytes) => drop(files.insert(GGUF.to_owned(), bytes)),
            // A vector of layer 0 has no control vector; the model card says so.
            Err(FileError::Inexpressible { .. }) => {}
            Err(error) => return Err(error),
        }
        for (name, bytes) in &files {
            let limit = limit(name).filter(|_| name != PASSPORT);
            let limit = limit.ok_or_else(|| damaged(name.as_str(), "it is no file of a passport"))?;
            if bytes.len() as u64 > limit {
                return Err(FileError::TooLarge { bytes: bytes.len() as u64, limit });
            }
        }
        let record = |bytes: &Vec<u8>| FileRecord { bytes: bytes.len() as u64, sha256: sha256(bytes) };
        passport.files = files.iter().map(|(name, bytes)| (name.clone(), record(bytes))).collect();
        Ok(Self { passport, vector, files })
    }

    /// Reads a passport: an archive, or a folder.
    ///
    /// # Errors
    /// Where it is missing, too large or damaged, has a file twice or none that belongs to it, is a link or leads out of its
    /// folder, or where a file has not the size, the hash or the numbers that the passport says.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let files = if path.is_dir() { folder::read(path)? } else { archive::read(path)? };
        Self::checked(files)
    }

    /// As [`Package::read`], from the bytes of an archive.
    ///
    /// # Errors
    /// As [`Package::read`].
    pub fn parse(bytes: &[u8]) -> Result<Self, FileError> {
        if bytes.len() as u64 > MAX_ARCHIVE_BYTES {
            return Err(FileError::TooLarge { bytes: bytes.len() as u64, limit: MAX_ARCHIVE_BYTES });
        }
        Self::checked(archive::parse(bytes)?)
    }

    /// Believes the files only where they are what the passport says.
    fn checked(mut files: BTreeMap<String, Vec<u8>>) -> Result<Self, FileError> {
        let own = files.remove(PASSPORT).ok_or_else(|| damaged(PASSPORT, "it is not there"))?;
        let passport = Passport::parse(&own)?;
        for (name, record) in &passport.files {
            let bytes = files.get(name).ok_or_else(|| damaged(name.as_str(), "it is not there"))?;
            if bytes.len() as u64 != record.bytes || sha256(bytes) != record.sha256 {
                let detail =
                    "its content is not what passport.json says: it was changed or damaged on the way";
                return Err(damaged(name.as_str(), detail));
            }
        }
        files.retain(|name, _| passport.files.contains_key(name));
        let numbers = files.get(SAFETENSORS).ok_or_else(|| damaged(SAFETENSORS, "it is not there"))?;
        let vector = VectorFile::parse(Format::Safetensors, numbers, None)?;
        if content_hash(&vector.vectors) != passport.vector.content_hash {
            return Err(damaged(SAFETENSORS, "its numbers are not those that passport.json names"));
        }
        if let Some(gguf) = files.get(GGUF) {
            let other = VectorFile::parse(Format::Gguf, gguf, None)?;
            if other.vectors != vector.vectors {
                return Err(damaged(GGUF, "its numbers are not those of vector.safetensors"));
            }
        }
        Ok(Self { passport, vector, files })
    }

    /// Returns the names of all files with their bytes, `passport.json` first.
    ///
    /// # Errors
    /// Where the passport has no JSON form.
    pub fn all_files(&self) -> Result<Vec<(String, Vec<u8>)>, FileError> {
        let mut all = vec![(PASSPORT.to_owned(), self.passport.to_bytes()?)];
        all.extend(self.files.iter().map(|(name, bytes)| (name.clone(), bytes.clone())));
        Ok(all)
    }

    /// Returns the bytes of one of the other files.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    /// Returns the pairs as JSON lines, where the passport has them.
    #[must_use]
    pub fn pairs(&self) -> Option<&[u8]> {
        self.file(PAIRS)
    }

    /// Returns the bytes of the archive: the same for the same content.
    ///
    /// # Errors
    /// Where the passport has no JSON form.
    pub fn to_archive(&self) -> Result<Vec<u8>, FileError> {
        archive::write(&self.all_files()?)
    }

    /// Writes the archive where the path ends in `.zip`, else a folder. A folder that is there is refused; an archive is
    /// replaced only with `replace`. It is there as a whole or not at all.
    ///
    /// # Errors
    /// Where something is there that may not be replaced, or nothing can be written.
    pub fn write(&self, path: &Path, replace: bool) -> Result<(), FileError> {
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip")) {
            return atomic_write(path, &self.to_archive()?, replace).map_err(FileError::Unwritable);
        }
        folder::write(path, &self.all_files()?)
    }
}

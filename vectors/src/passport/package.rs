//! A passport with all its files, as it is packed and unpacked.

use std::collections::BTreeMap;
use std::path::Path;

use super::numbers::sha256;
use super::record::{FileRecord, Passport, SteeringRecord};
use super::{
    ADAPTER, ADAPTER_CONFIG, ADAPTER_GGUF, GGUF, MAX_ARCHIVE_BYTES, PAIRS, PASSPORT, SAFETENSORS, archive,
    damaged, folder, limit,
};
use crate::files::{AdapterFile, FileError, Format, GgufTarget, SteeringFile, VectorFile, atomic_write};

/// A passport with all its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Package {
    /// What is known of the vector or the adapter.
    pub passport: Passport,
    /// The numbers.
    pub steering: SteeringFile,
    /// The other files by their names, `passport.json` left out.
    files: BTreeMap<String, Vec<u8>>,
}

impl Package {
    /// Packs a vector or an adapter. `more` are its further files: the model card, the chart, the pairs, the licence, an
    /// adapter's GGUF file, whose order only its model knows. The numbers of a vector are written as safetensors, and as GGUF
    /// where that can hold them, those of an adapter as peft has them; the passport gets the sizes and hashes of all.
    ///
    /// # Errors
    /// Where a further file is none that a passport may have, or is too large.
    pub fn new(
        mut passport: Passport,
        steering: SteeringFile,
        more: Vec<(&'static str, Vec<u8>)>,
    ) -> Result<Self, FileError> {
        let mut files: BTreeMap<String, Vec<u8>> =
            more.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect();
        match &steering {
            SteeringFile::Vectors(vector) => {
                files.insert(SAFETENSORS.to_owned(), vector.to_bytes(Format::Safetensors)?);
                match vector.to_bytes(Format::Gguf) {
                    Ok(bytes) => drop(files.insert(GGUF.to_owned(), bytes)),
                    // A vector of layer 0 has no control vector; the model card says so.
                    Err(FileError::Inexpressible { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            SteeringFile::Adapter(adapter) => {
                files.insert(ADAPTER.to_owned(), adapter.to_bytes());
                files.insert(ADAPTER_CONFIG.to_owned(), adapter.config_bytes());
            }
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
        Ok(Self { passport, steering, files })
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
        let (steering, place) = match passport.steering {
            SteeringRecord::Vector(_) => (SteeringFile::Vectors(vector(&files)?), SAFETENSORS),
            SteeringRecord::Adapter(_) => (SteeringFile::Adapter(adapter(&files)?), ADAPTER),
        };
        if SteeringRecord::of(&steering).content_hash() != passport.steering.content_hash() {
            return Err(damaged(place, "its numbers are not those that passport.json names"));
        }
        Ok(Self { passport, steering, files })
    }

    /// Compares the numbers of an adapter's GGUF file, where there is one, with those that peft reads. Only the model says in
    /// which order they are.
    ///
    /// # Errors
    /// Where they differ, or the file cannot be read for this model.
    pub fn check_adapter_gguf(&self, model: &GgufTarget) -> Result<(), FileError> {
        let (SteeringFile::Adapter(file), Some(bytes)) = (&self.steering, self.file(ADAPTER_GGUF)) else {
            return Ok(());
        };
        let adapter = |bytes: &[u8]| AdapterFile::parse_gguf(bytes, model).map(|file| file.adapter);
        if adapter(bytes)? == adapter(&file.to_gguf(model)?)? {
            return Ok(());
        }
        let detail = "its numbers are not those of adapter_model.safetensors for this model";
        Err(damaged(ADAPTER_GGUF, detail))
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
    /// Where the passport has no JSON form, or an adapter is too large for an archive: a folder holds it.
    pub fn to_archive(&self) -> Result<Vec<u8>, FileError> {
        let bytes = archive::write(&self.all_files()?)?;
        let (bytes_there, limit) = (bytes.len() as u64, MAX_ARCHIVE_BYTES);
        if bytes_there > limit {
            return Err(FileError::TooLarge { bytes: bytes_there, limit });
        }
        Ok(bytes)
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

/// Reads the vector of a passport's files. Its control vector must have the same numbers.
fn vector(files: &BTreeMap<String, Vec<u8>>) -> Result<VectorFile, FileError> {
    refuse(files, &[ADAPTER, ADAPTER_CONFIG, ADAPTER_GGUF], "a vector")?;
    let vector = VectorFile::parse(Format::Safetensors, file(files, SAFETENSORS)?, None)?;
    if let Some(gguf) = files.get(GGUF) {
        let other = VectorFile::parse(Format::Gguf, gguf, None)?;
        if other.vectors != vector.vectors {
            return Err(damaged(GGUF, "its numbers are not those of vector.safetensors"));
        }
    }
    Ok(vector)
}

/// Reads the adapter of a passport's files.
fn adapter(files: &BTreeMap<String, Vec<u8>>) -> Result<AdapterFile, FileError> {
    refuse(files, &[SAFETENSORS, GGUF], "an adapter")?;
    AdapterFile::parse(file(files, ADAPTER)?, Some(file(files, ADAPTER_CONFIG)?), None)
}

fn file<'a>(files: &'a BTreeMap<String, Vec<u8>>, name: &str) -> Result<&'a [u8], FileError> {
    files.get(name).map(Vec::as_slice).ok_or_else(|| damaged(name, "it is not there"))
}

/// Refuses files of the other kind of passport, which nothing would compare.
fn refuse(files: &BTreeMap<String, Vec<u8>>, names: &[&str], of: &str) -> Result<(), FileError> {
    match names.iter().find(|name| files.contains_key(**name)) {
        Some(name) => Err(damaged(*name, format!("it is no file of the passport of {of}"))),
        None => Ok(()),
    }
}

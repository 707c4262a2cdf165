//! Reads and writes steering vectors in the file formats of several programs.
//!
//! | extension | format | layers | provenance |
//! | --- | --- | --- | --- |
//! | `.safetensors` | Tiller's own, lossless | several | yes |
//! | `.gguf` | llama.cpp's and repeng's control vectors | several, not 0 | yes |
//! | `.json` | plain JSON | several | yes |
//! | `.pt` | PyTorch, as the BiPO authors save it | one, or rows 0, 1, ... | no |
//! | `.npy` | NumPy | one, or rows 0, 1, ... | no |
//!
//! PyTorch's other endings `.pth` and `.bin`, and NumPy's archives `.npz`, are read and not written. [`Contents`] is what a
//! file holds before it is decided which layer is meant. A passport ([`crate::passport`]) is read wherever a vector is.
//!
//! An adapter is a `.safetensors` file with the tensor names of peft ([`AdapterFile`]); [`SteeringFile`] reads either.
//!
//! Files are untrusted input: the size is bounded before a file is read, every length in it is checked before memory is
//! allocated, and nothing in it is executed.

pub mod adapter;
mod atomic_write;
mod beside;
mod bytes;
mod contents;
mod error;
pub mod gguf;
pub mod json;
mod json_node;
mod name;
pub mod npz;
pub mod numpy;
mod pickle;
mod provenance;
pub mod safetensors;
mod steering;
mod table;
pub mod torch;

use std::io::Read;
use std::path::Path;

use regular_file::OpenError;

pub use adapter::{AdapterFile, FileToWrite, GgufTarget};
pub(crate) use adapter::{CONFIG_NAME as ADAPTER_CONFIG_NAME, MAX_ADAPTER_BYTES, MODEL_NAME as ADAPTER_NAME};
pub(crate) use atomic_write::{atomic_folder, atomic_write_with};
pub use atomic_write::{atomic_write, remove_parts};
pub use contents::{Contents, Holds, VECTOR_NAMES};
pub use error::FileError;
pub use name::NameHint;
pub use provenance::Provenance;
pub use steering::{SteeringContents, SteeringFile};
pub use table::Table;

use crate::steering::SteeringVector;

/// The largest vector file that is read, in bytes: twice the size of 126 layers of 16,384 numbers in f64.
pub const MAX_FILE_BYTES: u64 = 32 << 20;

/// Layers in a file are below this bound; no model has as many.
pub const MAX_LAYERS: usize = 1024;

/// The extensions that are read, in the order of the documentation.
pub const ENDINGS: [&str; 8] = ["pt", "pth", "bin", "npy", "npz", "safetensors", "gguf", "json"];

/// The most numbers that are read of a file, all its tensors together: as many as f16 has in [`MAX_FILE_BYTES`].
pub const MAX_NUMBERS: usize = 16 << 20;

/// The content of a vector file: one vector for each of some layers, and their provenance.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorFile {
    /// At least one vector; all of one size, in ascending order of distinct layers, with finite numbers.
    pub vectors: Vec<SteeringVector>,
    /// Where they come from, according to the file.
    pub provenance: Provenance,
    /// What was left out or guessed when they were read, as sentences.
    pub notes: Vec<String>,
}

/// A file format, identified by its extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `.safetensors`
    Safetensors,
    /// `.gguf`
    Gguf,
    /// `.pt`
    Torch,
    /// `.npy`
    Numpy,
    /// `.json`
    Json,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 5] = [Self::Safetensors, Self::Gguf, Self::Torch, Self::Numpy, Self::Json];

    /// Returns the file extension, without its dot.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Safetensors => "safetensors",
            Self::Gguf => "gguf",
            Self::Torch => "pt",
            Self::Numpy => "npy",
            Self::Json => "json",
        }
    }

    /// Returns the format of a path, by its extension.
    ///
    /// # Errors
    /// [`FileError::Ending`] where the extension is unknown.
    pub fn from_path(path: &Path) -> Result<Self, FileError> {
        let found =
            path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        let known = Self::ALL.into_iter().find(|format| format.ending() == found);
        known.ok_or(FileError::Ending { found })
    }
}

impl VectorFile {
    /// Sorts the vectors by layer and checks that they can be in one file.
    ///
    /// # Errors
    /// Where there is no vector, sizes differ, a layer occurs twice or is out of bounds, or a number is not finite.
    pub fn new(mut vectors: Vec<SteeringVector>, provenance: Provenance) -> Result<Self, FileError> {
        vectors.sort_by_key(|vector| vector.layer);
        let Some(first) = vectors.first() else {
            return Err(FileError::NotAVector { detail: "there is no vector in it".into() });
        };
        if first.values.is_empty() {
            return Err(FileError::NotAVector { detail: "the vector has no numbers".into() });
        }
        for vector in &vectors {
            let (layer, size) = (vector.layer, vector.values.len());
            if layer >= MAX_LAYERS {
                return Err(FileError::Mismatch { detail: format!("there is no layer {layer}") });
            }
            if size != first.values.len() {
                let detail = format!(
                    "layer {} has {} numbers, layer {layer} has {size}",
                    first.layer,
                    first.values.len()
                );
                return Err(FileError::Mismatch { detail });
            }
            if let Some(index) = vector.values.iter().position(|value| !value.is_finite()) {
                return Err(FileError::NotFinite { layer, index });
            }
        }
        if let Some(twice) = vectors.windows(2).find(|two| two[0].layer == two[1].layer) {
            return Err(FileError::Mismatch { detail: format!("layer {} is there twice", twice[0].layer) });
        }
        Ok(Self { vectors, provenance, notes: Vec::new() })
    }

    /// Returns the size of each vector.
    #[must_use]
    pub fn size(&self) -> usize {
        self.vectors.first().map_or(0, |vector| vector.values.len())
    }

    /// Reads a file in the format of its extension. `layer` is needed for files that name no layer; of a file that names
    /// several it takes that one.
    ///
    /// # Errors
    /// Where the file is missing, too large or damaged, refers to code, contains no vector or not that of `layer`, or names
    /// no layer while none is given.
    pub fn read(path: &Path, layer: Option<usize>) -> Result<Self, FileError> {
        Self::read_for(path, layer, None)
    }

    /// As [`VectorFile::read`], for a model of so many blocks: where a table has one row more, the first one is the
    /// embedding's.
    ///
    /// # Errors
    /// As [`VectorFile::read`].
    pub fn read_for(path: &Path, layer: Option<usize>, blocks: Option<usize>) -> Result<Self, FileError> {
        if crate::passport::is_passport(path) {
            return steering::passport_vector(path, layer);
        }
        Contents::read(path)?.vectors(layer, blocks)
    }

    /// As [`VectorFile::read`], from the bytes of a file.
    ///
    /// # Errors
    /// As [`VectorFile::read`].
    pub fn parse(format: Format, bytes: &[u8], layer: Option<usize>) -> Result<Self, FileError> {
        Contents::parse(format, bytes)?.vectors(layer, None)
    }

    /// The bytes of the file in a format.
    ///
    /// # Errors
    /// Where the format cannot represent the vectors, such as layer 0 in a GGUF file.
    pub fn to_bytes(&self, format: Format) -> Result<Vec<u8>, FileError> {
        match format {
            Format::Safetensors => safetensors::write(self),
            Format::Gguf => gguf::write(self),
            Format::Json => json::write(self),
            Format::Torch => torch::write(&Table::from_vectors("a .pt file", &self.vectors)?),
            Format::Numpy => Ok(numpy::write(&Table::from_vectors("a .npy file", &self.vectors)?)),
        }
    }

    /// Writes a file in the format of its extension. An existing file is replaced atomically.
    ///
    /// # Errors
    /// Where the format cannot represent the vectors or the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), FileError> {
        replace(path, &self.to_bytes(Format::from_path(path)?)?)
    }
}

impl Contents {
    /// Reads a file in the format of its extension, whatever layers it names.
    ///
    /// # Errors
    /// Where the file is missing, too large or damaged, refers to code, or contains no vector.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let parse = reader(path)?;
        let bytes = read_bounded(path, MAX_FILE_BYTES)?;
        let mut contents = check_kind(&bytes).and_then(|()| parse(&bytes))?;
        contents.suggestion = contents.suggestion.or(NameHint::from_path(path).layer);
        Ok(contents)
    }

    /// As [`Contents::read`], from the bytes of a file.
    ///
    /// # Errors
    /// As [`Contents::read`].
    pub fn parse(format: Format, bytes: &[u8]) -> Result<Self, FileError> {
        match format {
            Format::Safetensors => safetensors::parse(bytes),
            Format::Gguf => gguf::parse(bytes),
            Format::Json => json::parse(bytes),
            Format::Torch => torch::parse(bytes),
            Format::Numpy => numpy::parse(bytes),
        }
    }
}

/// Reads the content of a file's bytes.
type Reader = fn(&[u8]) -> Result<Contents, FileError>;

/// How a file is read, by its extension: PyTorch and NumPy have others than those that are written.
fn reader(path: &Path) -> Result<Reader, FileError> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("pth" | "bin") => Ok(torch::parse),
        Some("npz") => Ok(npz::parse),
        _ => Ok(match Format::from_path(path)? {
            Format::Safetensors => safetensors::parse,
            Format::Gguf => gguf::parse,
            Format::Json => json::parse,
            Format::Torch => torch::parse,
            Format::Numpy => numpy::parse,
        }),
    }
}

/// Refuses what is no file of its own by its first bytes, with what to do.
fn check_kind(bytes: &[u8]) -> Result<(), FileError> {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = start[..start.len().min(256)].trim_ascii_start().to_ascii_lowercase();
    let foreign = |kind, next| Err(FileError::Foreign { kind, next });
    if start.starts_with(b"version https://git-lfs") {
        return foreign("a Git LFS pointer", "fetch the content itself with `git lfs pull`");
    }
    if [b"<!doctype".as_slice(), b"<html", b"<?xml"].iter().any(|mark| start.starts_with(mark)) {
        return foreign("a web page", "download the file itself");
    }
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return foreign("compressed with gzip", "unpack it first");
    }
    Ok(())
}

/// Writes a file under a temporary name and renames it, so that an existing file is replaced atomically.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    atomic_write(path, bytes, true).map_err(FileError::Unwritable)
}

/// Reads a file of at most `limit` bytes, whatever size its metadata claim.
pub(crate) fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    let (file, size) = regular_file::open(path).map_err(|error| match error {
        OpenError::Missing => FileError::Missing,
        OpenError::Special(what) => FileError::Special(what),
        OpenError::Unreadable(error) => FileError::Unreadable(error),
    })?;
    let mut bytes = Vec::new();
    if size <= limit {
        file.take(limit + 1).read_to_end(&mut bytes).map_err(FileError::Unreadable)?;
    }
    let found = size.max(bytes.len() as u64);
    if found > limit {
        return Err(FileError::TooLarge { bytes: found, limit });
    }
    Ok(bytes)
}

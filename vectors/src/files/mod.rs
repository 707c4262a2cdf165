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
//! An adapter is a `.safetensors` file with the tensor names of peft ([`AdapterFile`]); [`SteeringFile`] reads either.
//!
//! Files are untrusted input: the size is bounded before a file is read, every length in it is checked before memory is
//! allocated, and nothing in it is executed.

pub mod adapter;
mod atomic_write;
mod bytes;
mod error;
pub mod gguf;
pub mod json;
mod name;
pub mod numpy;
mod pickle;
mod provenance;
pub mod safetensors;
mod steering;
mod table;
pub mod torch;

use std::fs::File;
use std::io::Read;
use std::path::Path;

pub use adapter::{AdapterFile, FileToWrite};
pub use atomic_write::atomic_write;
pub use error::FileError;
pub use name::NameHint;
pub use provenance::Provenance;
pub use steering::SteeringFile;
pub use table::Table;

use crate::steering::SteeringVector;

/// The largest vector file that is read, in bytes: twice the size of 126 layers of 16,384 numbers in f64.
pub const MAX_FILE_BYTES: u64 = 32 << 20;

/// Layers in a file are below this bound; no model has as many.
pub const MAX_LAYERS: usize = 1024;

/// The content of a vector file: one vector for each of some layers, and their provenance.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorFile {
    /// At least one vector; all of one size, in ascending order of distinct layers, with finite numbers.
    pub vectors: Vec<SteeringVector>,
    /// Where they come from, according to the file.
    pub provenance: Provenance,
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
        Ok(Self { vectors, provenance })
    }

    /// Returns the size of each vector.
    #[must_use]
    pub fn size(&self) -> usize {
        self.vectors.first().map_or(0, |vector| vector.values.len())
    }

    /// Reads a file in the format of its extension. `layer` is needed for files that name no layer; where the file names
    /// its layers, `layer` must agree.
    ///
    /// # Errors
    /// Where the file is missing, too large or damaged, refers to code, contains no vector, or names no layer while none is
    /// given.
    pub fn read(path: &Path, layer: Option<usize>) -> Result<Self, FileError> {
        let format = Format::from_path(path)?;
        let bytes = read_bounded(path, MAX_FILE_BYTES)?;
        Self::parse(format, &bytes, layer).map_err(|error| suggest(path, error))
    }

    /// As [`VectorFile::read`], from the bytes of a file.
    ///
    /// # Errors
    /// As [`VectorFile::read`].
    pub fn parse(format: Format, bytes: &[u8], layer: Option<usize>) -> Result<Self, FileError> {
        let file = match format {
            Format::Safetensors => safetensors::parse(bytes, layer)?,
            Format::Gguf => gguf::parse(bytes)?,
            Format::Json => json::parse(bytes)?,
            Format::Torch => return torch::parse(bytes)?.with_layer(layer),
            Format::Numpy => return numpy::parse(bytes)?.with_layer(layer),
        };
        match layer {
            Some(given) if file.vectors.iter().any(|vector| vector.layer != given) => {
                let found: Vec<String> = file.vectors.iter().map(|vector| vector.layer.to_string()).collect();
                Err(FileError::OtherLayer { found: found.join(", "), given })
            }
            _ => Ok(file),
        }
    }

    /// Returns the bytes of the file in a format.
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

/// Adds the layer that the file name suggests to [`FileError::NoLayer`].
fn suggest(path: &Path, error: FileError) -> FileError {
    match error {
        FileError::NoLayer { .. } => FileError::NoLayer { suggestion: NameHint::from_path(path).layer },
        error => error,
    }
}

/// Writes a file under a temporary name and renames it, so that an existing file is replaced atomically.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    atomic_write(path, bytes, true).map_err(FileError::Unwritable)
}

/// Reads a file of at most `limit` bytes, whatever size its metadata claim.
fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => FileError::Missing,
        _ => FileError::Unreadable(error),
    })?;
    let metadata = file.metadata().map_err(FileError::Unreadable)?;
    if metadata.is_dir() {
        return Err(FileError::Unreadable(std::io::Error::from(std::io::ErrorKind::IsADirectory)));
    }
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(FileError::Unreadable)?;
    let found = metadata.len().max(bytes.len() as u64);
    if found > limit {
        return Err(FileError::TooLarge { bytes: found, limit });
    }
    Ok(bytes)
}

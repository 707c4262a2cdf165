//! Steering vectors as files of several programs' formats.
//!
//! | ending | whose | layers | provenance |
//! | --- | --- | --- | --- |
//! | `.safetensors` | Tiller's own: loses nothing | several | yes |
//! | `.gguf` | llama.cpp's and repeng's control vectors | several, not 0 | yes |
//! | `.json` | anyone's | several | yes |
//! | `.pt` | the BiPO authors', PyTorch's | one, or rows 0, 1, ... | no |
//! | `.npy` | NumPy's | one, or rows 0, 1, ... | no |
//!
//! An adapter's file is a `.safetensors` with peft's names ([`AdapterFile`]); [`SteeringFile`] reads whichever it is.
//!
//! A file is another person's until it is parsed: its size is bounded before it is read, every length in it is checked
//! before memory is taken for it, and nothing in it is run.

pub mod adapter;
mod atomic;
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

pub use adapter::AdapterFile;
pub use atomic::atomic_write;
pub use error::FileError;
pub use name::NameHint;
pub use provenance::Provenance;
pub use steering::SteeringFile;
pub use table::Table;

use crate::steering::SteeringVector;

/// The most bytes that are read: a vector for each of 126 layers of 16,384 numbers in f64 takes half of it.
pub const LARGEST_FILE: u64 = 32 << 20;

/// Layers that a file can name: no model has as many.
pub const MOST_LAYERS: usize = 1024;

/// What a vector file says: one vector for each of some layers, and where they come from.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorFile {
    /// At least one, of one size, in the layers' order, no layer twice, all numbers finite.
    pub vectors: Vec<SteeringVector>,
    /// What the file says about them.
    pub provenance: Provenance,
}

/// A format, by its file ending.
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
    /// Every format.
    pub const ALL: [Self; 5] = [Self::Safetensors, Self::Gguf, Self::Torch, Self::Numpy, Self::Json];

    /// The ending, without its dot.
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

    /// The format that a file's name promises.
    ///
    /// # Errors
    /// Where the ending is not known.
    pub fn of(path: &Path) -> Result<Self, FileError> {
        let found =
            path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        let known = Self::ALL.into_iter().find(|format| format.ending() == found);
        known.ok_or(FileError::Ending { found })
    }
}

impl VectorFile {
    /// Vectors that belong together, put in the layers' order.
    ///
    /// # Errors
    /// Where there is none, sizes differ, a layer is there twice or out of bounds, or a number is not finite.
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
            if layer >= MOST_LAYERS {
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

    /// Numbers in each vector.
    #[must_use]
    pub fn size(&self) -> usize {
        self.vectors.first().map_or(0, |vector| vector.values.len())
    }

    /// Reads a file by its ending. `layer` is for formats that name none; where the file names its layers, it must be
    /// the one that is there.
    ///
    /// # Errors
    /// Where the file is missing, too large, damaged, asks for code to be run, holds no vector, or names no layer and
    /// none is given.
    pub fn read(path: &Path, layer: Option<usize>) -> Result<Self, FileError> {
        let format = Format::of(path)?;
        let bytes = read_bounded(path, LARGEST_FILE)?;
        Self::parse(format, &bytes, layer).map_err(|error| suggest(path, error))
    }

    /// As [`VectorFile::read`], from a file's bytes.
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

    /// The file's bytes in some format.
    ///
    /// # Errors
    /// Where the format cannot say it: layer 0 in a GGUF file.
    pub fn to_bytes(&self, format: Format) -> Result<Vec<u8>, FileError> {
        match format {
            Format::Safetensors => safetensors::write(self),
            Format::Gguf => gguf::write(self),
            Format::Json => json::write(self),
            Format::Torch => torch::write(&Table::of("a .pt file", &self.vectors)?),
            Format::Numpy => Ok(numpy::write(&Table::of("a .npy file", &self.vectors)?)),
        }
    }

    /// Writes a file by its ending. What stood there before stays until the new file is whole.
    ///
    /// # Errors
    /// Where the format cannot say it or the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), FileError> {
        replace(path, &self.to_bytes(Format::of(path)?)?)
    }
}

/// The same error, with the layer that a file's name suggests.
fn suggest(path: &Path, error: FileError) -> FileError {
    match error {
        FileError::NoLayer { .. } => FileError::NoLayer { suggestion: NameHint::of(path).layer },
        error => error,
    }
}

/// Writes a file. What stood there before stays until the new file is whole.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    atomic_write(path, bytes, true).map_err(FileError::Unwritable)
}

/// A file's bytes, never more than `limit` however large the file says it is.
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

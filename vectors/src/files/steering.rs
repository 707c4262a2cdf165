//! A file that steers: of vectors, or of an adapter.

use std::path::Path;

use super::adapter::{self, AdapterFile, LARGEST_ADAPTER};
use super::{FileError, Format, LARGEST_FILE, Provenance, VectorFile, read_bounded, suggest};
use crate::steering::{Intervention, Term};

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub enum SteeringFile {
    /// Vectors, each for a layer.
    Vectors(VectorFile),
    /// An adapter.
    Adapter(AdapterFile),
}

impl SteeringFile {
    /// Reads a file by its ending and its names of tensors.
    ///
    /// # Errors
    /// As [`VectorFile::read`] and [`AdapterFile::read`].
    pub fn read(path: &Path, layer: Option<usize>) -> Result<Self, FileError> {
        if Format::of(path)? != Format::Safetensors {
            return VectorFile::read(path, layer).map(Self::Vectors);
        }
        let bytes = read_bounded(path, LARGEST_ADAPTER)?;
        if adapter::is_adapter(&bytes) {
            return AdapterFile::parse(&bytes, &|| adapter::config_beside(path)).map(Self::Adapter);
        }
        if bytes.len() as u64 > LARGEST_FILE {
            return Err(FileError::TooLarge { bytes: bytes.len() as u64, limit: LARGEST_FILE });
        }
        let file = VectorFile::parse(Format::Safetensors, &bytes, layer);
        file.map(Self::Vectors).map_err(|error| suggest(path, error))
    }

    /// What the file says about where it comes from.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        match self {
            Self::Vectors(file) => &file.provenance,
            Self::Adapter(file) => &file.provenance,
        }
    }

    /// The lowest layer that it acts on; `None` for an adapter, which acts in every block.
    #[must_use]
    pub fn lowest(&self) -> Option<usize> {
        match self {
            Self::Vectors(file) => file.vectors.first().map(|vector| vector.layer),
            Self::Adapter(_) => None,
        }
    }

    /// All of it at one multiplier; vectors are added at every token.
    #[must_use]
    pub fn terms(&self, multiplier: f32) -> Vec<Term> {
        match self {
            Self::Vectors(file) => {
                let intervention = Intervention::default();
                let term =
                    |vector: &_| Term::Vector { vector: Clone::clone(vector), multiplier, intervention };
                file.vectors.iter().map(term).collect()
            }
            Self::Adapter(file) => vec![Term::Adapter { adapter: file.adapter.clone(), multiplier }],
        }
    }
}

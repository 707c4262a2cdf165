//! Reads a file that contains either vectors or an adapter.

use std::path::Path;

use super::adapter::{self, AdapterFile, MAX_ADAPTER_BYTES};
use super::{
    Contents, FileError, Format, MAX_FILE_BYTES, Provenance, VectorFile, check_kind, read_bounded, suggest,
};
use crate::layer::{Layer, PrefixBlocks};
use crate::passport::{self, Package};
use crate::steering::{Intervention, Term};

/// The content of a steering file.
#[derive(Debug, Clone, PartialEq)]
pub enum SteeringFile {
    /// Vectors, one for each of some layers.
    Vectors(VectorFile),
    /// An adapter.
    Adapter(AdapterFile),
}

impl SteeringFile {
    /// Reads a file, or the adapter in a folder of peft's. Its extension and its tensor names decide what it contains.
    ///
    /// # Errors
    /// As [`VectorFile::read`] and [`AdapterFile::read`].
    pub fn read(path: &Path, layer: Option<usize>) -> Result<Self, FileError> {
        Self::read_for(path, layer, None)
    }

    /// As [`SteeringFile::read`], for a model of so many blocks.
    ///
    /// # Errors
    /// As [`VectorFile::read_for`] and [`AdapterFile::read`].
    pub fn read_for(path: &Path, layer: Option<usize>, blocks: Option<usize>) -> Result<Self, FileError> {
        if passport::is_passport(path) {
            return match Package::read(path)?.steering {
                Self::Vectors(vector) => at_layer(vector, layer).map(Self::Vectors),
                adapter @ Self::Adapter(_) => Ok(adapter),
            };
        }
        // peft's users name the folder.
        let in_folder = path.join(adapter::MODEL_NAME);
        if path.is_dir() && in_folder.is_file() {
            return Self::read_for(&in_folder, layer, blocks);
        }
        if !matches!(Format::from_path(path), Ok(Format::Safetensors)) {
            return VectorFile::read_for(path, layer, blocks).map(Self::Vectors);
        }
        let bytes = read_bounded(path, MAX_ADAPTER_BYTES)?;
        check_kind(&bytes)?;
        if adapter::is_adapter(&bytes) {
            return AdapterFile::parse_at(path, &bytes, blocks).map(Self::Adapter);
        }
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(FileError::TooLarge { bytes: bytes.len() as u64, limit: MAX_FILE_BYTES });
        }
        let file = Contents::parse(Format::Safetensors, &bytes)?.vectors(layer, blocks);
        file.map(Self::Vectors).map_err(|error| suggest(path, error))
    }

    /// What was left out or guessed when the file was read, as sentences.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        match self {
            Self::Vectors(file) => &file.notes,
            Self::Adapter(file) => &file.notes,
        }
    }

    /// Returns where the vectors or the adapter come from, according to the file.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        match self {
            Self::Vectors(file) => &file.provenance,
            Self::Adapter(file) => &file.provenance,
        }
    }

    /// Returns the blocks that it leaves unchanged: those up to the lowest layer, none for an adapter.
    #[must_use]
    pub fn prefix(&self) -> PrefixBlocks {
        match self {
            Self::Vectors(file) => {
                file.vectors.first().map_or(PrefixBlocks::NONE, |vector| Layer(vector.layer).prefix())
            }
            Self::Adapter(_) => PrefixBlocks::NONE,
        }
    }

    /// Returns the steering terms at a multiplier; vectors are added at every token.
    #[must_use]
    pub fn terms(&self, multiplier: f32) -> Vec<Term> {
        match self {
            Self::Vectors(file) => {
                let intervention = Intervention::default();
                let term = |vector: &_| Term::Vector {
                    vector: Clone::clone(vector),
                    multiplier,
                    intervention,
                    gate: None,
                };
                file.vectors.iter().map(term).collect()
            }
            Self::Adapter(file) => vec![Term::Adapter { adapter: file.adapter.clone(), multiplier }],
        }
    }
}

/// Reads the vector of a passport: of several layers the one that is asked for.
pub(super) fn passport_vector(path: &Path, layer: Option<usize>) -> Result<VectorFile, FileError> {
    match Package::read(path)?.steering {
        SteeringFile::Vectors(vector) => at_layer(vector, layer),
        SteeringFile::Adapter(_) => {
            Err(FileError::NotAVector { detail: "it is the passport of an adapter".into() })
        }
    }
}

/// Keeps of several layers the one that is asked for.
fn at_layer(mut vector: VectorFile, layer: Option<usize>) -> Result<VectorFile, FileError> {
    if let Some(layer) = layer {
        let found: Vec<String> = vector.vectors.iter().map(|vector| vector.layer.to_string()).collect();
        vector.vectors.retain(|vector| vector.layer == layer);
        if vector.vectors.is_empty() {
            return Err(FileError::OtherLayer { found: found.join(", "), given: layer });
        }
    }
    Ok(vector)
}

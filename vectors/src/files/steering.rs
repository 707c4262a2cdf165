//! Reads a file that contains either vectors or an adapter.

use std::path::Path;

use super::adapter::{self, AdapterFile, MAX_ADAPTER_BYTES};
use super::{
    Contents, FileError, Format, MAX_FILE_BYTES, NameHint, Provenance, VectorFile, check_kind, read_bounded,
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

/// What a steering file holds, before it is decided for which model and which layer it is read. The file is opened once,
/// so that all that is said about it is about the same bytes.
#[derive(Debug, Clone)]
pub struct SteeringContents(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Vectors(Contents),
    Passport(SteeringFile),
    Adapter { file: Vec<u8>, config: Option<Vec<u8>> },
}

impl SteeringContents {
    /// Reads a file, or the adapter in a folder of peft's.
    ///
    /// # Errors
    /// Where the file is missing, too large or damaged, refers to code, or contains neither a vector nor an adapter.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        if passport::is_passport(path) {
            return Package::read(path).map(|package| Self(Kind::Passport(package.steering)));
        }
        // peft's users name the folder.
        let in_folder = path.join(adapter::MODEL_NAME);
        if path.is_dir() && in_folder.is_file() {
            return Self::read(&in_folder);
        }
        if !matches!(Format::from_path(path), Ok(Format::Safetensors)) {
            return Contents::read(path).map(|contents| Self(Kind::Vectors(contents)));
        }
        let file = read_bounded(path, MAX_ADAPTER_BYTES)?;
        check_kind(&file)?;
        if adapter::is_adapter(&file) {
            let config = AdapterFile::config_for(path, &file)?;
            return Ok(Self(Kind::Adapter { file, config }));
        }
        if file.len() as u64 > MAX_FILE_BYTES {
            return Err(FileError::TooLarge { bytes: file.len() as u64, limit: MAX_FILE_BYTES });
        }
        let mut contents = Contents::parse(Format::Safetensors, &file)?;
        contents.suggestion = contents.suggestion.or(NameHint::from_path(path).layer);
        Ok(Self(Kind::Vectors(contents)))
    }

    /// Returns the vectors of `layer`, or of all layers, or the adapter. `blocks` is the number of the model's blocks, where it is known.
    ///
    /// # Errors
    /// As [`VectorFile::read_for`] and [`AdapterFile::read`], where the numbers are not those of a vector or an adapter.
    pub fn for_model(&self, layer: Option<usize>, blocks: Option<usize>) -> Result<SteeringFile, FileError> {
        match &self.0 {
            Kind::Vectors(contents) => contents.clone().vectors(layer, blocks).map(SteeringFile::Vectors),
            Kind::Passport(SteeringFile::Vectors(vector)) => {
                at_layer(vector.clone(), layer).map(SteeringFile::Vectors)
            }
            Kind::Passport(adapter) => Ok(adapter.clone()),
            Kind::Adapter { file, config } => {
                AdapterFile::parse(file, config.as_deref(), blocks).map(SteeringFile::Adapter)
            }
        }
    }

    /// The same of the vector under a name, in a file that holds several.
    ///
    /// # Errors
    /// Where the file holds no vector under this name.
    pub fn entry(self, name: &str) -> Result<Self, FileError> {
        match self.0 {
            Kind::Vectors(contents) => contents.entry(name).map(|contents| Self(Kind::Vectors(contents))),
            Kind::Passport(_) | Kind::Adapter { .. } => {
                Err(FileError::NoEntry { given: name.to_owned(), names: String::new() })
            }
        }
    }

    /// The vectors with whatever layers the file names; `None` of a passport or an adapter.
    #[must_use]
    pub fn vectors(&self) -> Option<&Contents> {
        match &self.0 {
            Kind::Vectors(contents) => Some(contents),
            Kind::Passport(_) | Kind::Adapter { .. } => None,
        }
    }
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
        SteeringContents::read(path)?.for_model(layer, blocks)
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

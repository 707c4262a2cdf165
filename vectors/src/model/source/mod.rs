//! Opens a model's files, a GGUF file or a folder of safetensors files, and checks them before anything in them is
//! used.

mod fingerprint;
mod foreign;
mod gguf_header;
mod gguf_shards;
mod hugging_face;
mod mapped_file;
mod metadata;
mod template_notes;
mod tensor_names;
mod tensors;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use fingerprint::fingerprint;
pub(crate) use gguf_header::{GgufHeader, Number, TensorInfo, extent};
pub use gguf_shards::{first_gguf_file, gguf_files};
pub(crate) use hugging_face::{HuggingFaceFolder, read_bytes};
pub(crate) use mapped_file::MappedFile;
pub use mapped_file::{ChangedFile, LONGEST_PATH, mapped_file_at};
pub use metadata::read_facts;
use tensor_names::TensorNames;
pub use tensors::MAX_COPIED_BYTES;
pub(crate) use tensors::{TensorPlace, Tensors};

use super::{Config, ModelError, choose_template};
use crate::tokens::{ChatTemplate, Tokenizer};

/// An open model, before any weights are read.
pub(crate) struct Source {
    pub(crate) config: Config,
    pub(crate) tensors: Tensors,
    pub(crate) metadata: Metadata,
}

/// The metadata beside the weights.
pub(crate) enum Metadata {
    Gguf(GgufHeader),
    Folder(HuggingFaceFolder),
}

impl Metadata {
    /// Reads a GGUF file's header, or the JSON files of a folder.
    pub(crate) fn open(path: &Path) -> Result<Self, ModelError> {
        match hugging_face::find_folder(path) {
            Some(folder) => HuggingFaceFolder::open(folder).map(Self::Folder),
            // The first shard has all metadata.
            None => GgufHeader::parse(&map(&first_gguf_file(path))?).map(Self::Gguf),
        }
    }

    /// Returns the chat template in the files.
    pub(crate) fn template(&self) -> Result<Option<String>, ModelError> {
        match self {
            Self::Gguf(header) => Ok(header.text("tokenizer.chat_template").map(str::to_owned)),
            Self::Folder(folder) => folder.template(),
        }
    }
}

impl Source {
    /// Opens a GGUF file or its shards, a folder with safetensors, or the folder of one of its files.
    pub(crate) fn open(path: &Path) -> Result<Self, ModelError> {
        if let Some(folder) = hugging_face::find_folder(path) {
            return Self::open_folder(folder);
        }
        let mut shards = gguf_shards::open(path)?;
        let config = Config::from_gguf(&shards[0].header)?;
        let tensors = Tensors::from_gguf(&shards)?;
        Ok(Self { config, tensors, metadata: Metadata::Gguf(shards.swap_remove(0).header) })
    }

    /// Builds the tokenizer and the chat template of the model at `path`, and fits the one to the other. `custom` stands in
    /// place of the model's template.
    pub(crate) fn chat(
        &self,
        path: &Path,
        custom: Option<&str>,
    ) -> Result<(Tokenizer, ChatTemplate), ModelError> {
        let mut tokenizer = Tokenizer::from_metadata(&self.metadata, path)?;
        let in_files = self.metadata.template()?;
        let template = choose_template(custom, in_files.as_deref(), &self.facts(path), &tokenizer)?;
        tokenizer.fit_to(&template)?;
        Ok((tokenizer, template))
    }

    fn open_folder(path: &Path) -> Result<Self, ModelError> {
        let folder = HuggingFaceFolder::open(path)?;
        let config = Config::from_json(&folder.config)?;
        let tensors = Tensors::from_safetensors(&folder.weight_files, config.family.has_post_norms())?;
        Ok(Self { config, tensors, metadata: Metadata::Folder(folder) })
    }
}

/// Returns the path that stands for the model that a path names: the folder for any of its files, the first shard for
/// any shard of a GGUF model, else the path itself.
#[must_use]
pub fn model_path(path: &Path) -> PathBuf {
    hugging_face::find_folder(path).map_or_else(|| first_gguf_file(path), Path::to_owned)
}

/// Returns whether a file begins as a GGUF file does, whatever its name says.
#[must_use]
pub fn is_gguf_file(path: &Path) -> bool {
    let mut magic = [0; 4];
    let read = regular_file::open(path).is_ok_and(|(mut file, _)| file.read_exact(&mut magic).is_ok());
    read && &magic == b"GGUF"
}

/// Maps a file into memory.
fn map(path: &Path) -> Result<Arc<MappedFile>, ModelError> {
    MappedFile::open(path).map(Arc::new)
}

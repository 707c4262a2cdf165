//! A model's files, checked before anything in them is believed: a GGUF file, or a folder of safetensors files.

mod facts;
mod fingerprint;
mod folder;
mod header;
mod names;
mod parts;
mod tensors;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use facts::read_facts;
pub use fingerprint::fingerprint;
pub(crate) use folder::{Folder, read_bytes};
pub(crate) use header::{Header, Number, TensorInfo, extent};
use memmap2::Mmap;
use names::Naming;
pub use parts::{first_gguf_file, gguf_files};
pub(crate) use tensors::Tensors;

use super::{Config, ModelError};

/// An open model, none of whose weights were read.
pub(crate) struct Source {
    pub(crate) config: Config,
    pub(crate) tensors: Tensors,
    pub(crate) described: Described,
}

/// What stands beside the weights.
pub(crate) enum Described {
    Gguf(Header),
    Folder(Folder),
}

impl Described {
    /// Reads a GGUF file's header, or what stands in a folder.
    pub(crate) fn open(path: &Path) -> Result<Self, ModelError> {
        match folder::of(path) {
            Some(folder) => Folder::open(folder).map(Self::Folder),
            // The first part of a model in several has all that is not a tensor.
            None => Header::parse(&map(&first_gguf_file(path))?).map(Self::Gguf),
        }
    }

    /// The chat template that the files carry.
    pub(crate) fn template(&self) -> Result<Option<String>, ModelError> {
        match self {
            Self::Gguf(header) => Ok(header.text("tokenizer.chat_template").map(str::to_owned)),
            Self::Folder(folder) => folder.template(),
        }
    }
}

impl Source {
    /// Opens a GGUF file or the parts of one, a folder with safetensors, or one of a folder's files.
    pub(crate) fn open(path: &Path) -> Result<Self, ModelError> {
        if let Some(folder) = folder::of(path) {
            return Self::open_folder(folder);
        }
        let mut parts = parts::open(path)?;
        let config = Config::from_gguf(&parts[0].header)?;
        let tensors = Tensors::of_gguf(&parts)?;
        Ok(Self { config, tensors, described: Described::Gguf(parts.swap_remove(0).header) })
    }

    fn open_folder(path: &Path) -> Result<Self, ModelError> {
        let folder = Folder::open(path)?;
        let config = Config::from_json(&folder.config)?;
        let tensors = Tensors::of_folder(&folder.weight_files, config.family.norms_output())?;
        Ok(Self { config, tensors, described: Described::Folder(folder) })
    }
}

/// The path that stands for the model that a path names: a folder for any of its files, the first part for any part of a GGUF
/// model, else the path itself.
#[must_use]
pub fn model_path(path: &Path) -> PathBuf {
    folder::of(path).map_or_else(|| first_gguf_file(path), Path::to_owned)
}

/// Maps a file into memory.
fn map(path: &Path) -> Result<Arc<Mmap>, ModelError> {
    let file = File::open(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => ModelError::Missing,
        _ => ModelError::Unreadable(e),
    })?;
    let metadata = file.metadata().map_err(ModelError::Unreadable)?;
    // An empty file cannot be mapped on every system.
    if !metadata.is_file() || metadata.len() == 0 {
        return Err(ModelError::NotGguf);
    }
    #[expect(unsafe_code, reason = "the system cannot promise that no one else writes the file")]
    // SAFETY: the map is only read, as numbers and checked text of which any bits make some. A program that writes the
    // file meanwhile changes numbers; one that cuts it off ends this process, as it would any reader of a map.
    let map = unsafe { Mmap::map(&file) };
    map.map(Arc::new).map_err(ModelError::Unreadable)
}

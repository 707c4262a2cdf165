//! Adapter files in the format of peft: `adapter_model.safetensors`, with `adapter_config.json` beside it.
//!
//! Every block has the tensors `base_model.model.model.layers.N.self_attn.q_proj.lora_A.weight` `[rank, inputs]`, the same
//! with `lora_B` `[outputs, rank]`, and both for every other projection that the adapter acts on. Rows have the order of Hugging Face's weights, so that the file
//! fits the model's safetensors folder even where it was trained on a GGUF file. The metadata contain provenance, rank and
//! alpha. What the configuration of another program's adapter asks for is applied, or refused by its name.

mod config;
mod entries;
mod gguf;
mod joined;
mod pattern;
mod targets;
mod tensors;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use safetensors::SafeTensors;
use serde_json::{Value, json};

use self::config::Config;
// For the test that holds docs/vectors.md against what is read.
#[doc(hidden)]
pub use self::config::{APPLIED, ONE_VALUE, REFUSED, WITHOUT_EFFECT};
pub use self::gguf::GgufTarget;
use self::tensors::Tensors;
use super::error::damaged;
use super::{FileError, Provenance, atomic_folder, bytes, read_bounded, replace, safetensors as layout};
use crate::adapter::Adapter;

/// The largest adapter file that is read, in bytes: rank 64 on 80 blocks of hidden size 8,192 takes 460 MB.
pub const MAX_ADAPTER_BYTES: u64 = 512 << 20;
/// The name by which peft finds an adapter's numbers.
pub(crate) const MODEL_NAME: &str = "adapter_model.safetensors";
/// The name of the configuration beside them.
pub(crate) const CONFIG_NAME: &str = "adapter_config.json";
/// The largest configuration that is read, in bytes.
const MAX_CONFIG_BYTES: u64 = 1 << 20;
const FORMAT: &str = "safetensors";

/// The content of an adapter file.
#[derive(Debug, Clone, PartialEq)]
pub struct AdapterFile {
    /// The adapter, with finite numbers.
    pub adapter: Arc<Adapter>,
    /// Where it comes from, according to the file.
    pub provenance: Provenance,
    /// What was passed over or changed in form when it was read, as sentences.
    pub notes: Vec<String>,
}

/// A file with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileToWrite {
    /// Where it goes.
    pub path: PathBuf,
    /// Its whole content.
    pub bytes: Vec<u8>,
}

impl AdapterFile {
    /// Reads a file, with `adapter_config.json` beside it where the file has peft's own name or does not say its alpha.
    ///
    /// # Errors
    /// Where the file is missing, too large or damaged, its matrices are not those of a block's projections, or the
    /// configuration asks for what is not known.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        Self::read_for(path, None)
    }

    /// As [`AdapterFile::read`], for a model of so many blocks, the last of which a configuration may leave out.
    ///
    /// # Errors
    /// As [`AdapterFile::read`].
    pub fn read_for(path: &Path, blocks: Option<usize>) -> Result<Self, FileError> {
        let file = read_bounded(path, MAX_ADAPTER_BYTES)?;
        let config = Self::config_for(path, &file)?;
        Self::parse(&file, config.as_deref(), blocks)
    }

    /// Reads the configuration beside a file with these bytes, where the file has peft's own name or does not say its alpha.
    pub(super) fn config_for(path: &Path, file: &[u8]) -> Result<Option<Vec<u8>>, FileError> {
        let is_pefts = path.file_name().is_some_and(|name| name == MODEL_NAME);
        if is_pefts || metadata_alpha(file)?.is_none() { config_beside(path) } else { Ok(None) }
    }

    /// As [`AdapterFile::read`], from the bytes of the file and of the configuration.
    ///
    /// # Errors
    /// As [`AdapterFile::read`].
    pub fn parse(file: &[u8], config: Option<&[u8]>, blocks: Option<usize>) -> Result<Self, FileError> {
        let refuse = |error| damaged(FORMAT, "its header", error);
        let in_metadata = metadata_alpha(file)?;
        let config = match (config, in_metadata) {
            (None, None) => {
                return Err(unusable(format!(
                    "it does not say its alpha, and no {CONFIG_NAME} is beside it"
                )));
            }
            (None, Some(alpha)) => Config::of_alpha(alpha),
            (Some(config), in_metadata) => {
                let config = Config::parse(config)?;
                // Both were written as f32 by some programs.
                let differs =
                    |in_metadata: &f64| (*in_metadata as f32).to_bits() != (config.alpha as f32).to_bits();
                if let Some(in_metadata) = in_metadata.filter(differs) {
                    return Err(unusable(format!(
                        "its metadata say alpha {in_metadata}, and {CONFIG_NAME} says lora_alpha {}: make them the same",
                        config.alpha
                    )));
                }
                config
            }
        };
        let tensors = Tensors::read(&SafeTensors::deserialize(file).map_err(refuse)?)?;
        let (adapter, notes) = joined::adapter(tensors, &config, blocks)?;
        let (_, header) = SafeTensors::read_metadata(file).map_err(refuse)?;
        let texts = header.metadata().as_ref();
        let text = |key: &str| texts.and_then(|texts| texts.get(key)).cloned();
        Ok(Self { adapter: Arc::new(adapter), provenance: Provenance::from_texts(text), notes })
    }

    /// Returns the bytes of the file; equal content gives equal bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (adapter, shape) = (&self.adapter, self.adapter.shape());
        let tensors = (0..shape.blocks).flat_map(|block| {
            adapter.pairs(block).into_iter().flat_map(move |(projection, pair)| {
                let [inputs, outputs] = shape.sizes(projection);
                let matrix = |letter: &str, shape: Vec<usize>, values: &[f32]| {
                    let (part, projection) = (projection.part(), projection.name());
                    let name = format!(
                        "base_model.model.model.layers.{block}.{part}.{projection}.lora_{letter}.weight"
                    );
                    (name, shape, bytes::to_bytes(values))
                };
                [
                    matrix("A", vec![shape.rank, inputs], pair.a),
                    matrix("B", vec![outputs, shape.rank], pair.b),
                ]
            })
        });
        let mut texts = self.provenance.to_texts();
        texts.extend([("rank", shape.rank.to_string()), ("alpha", adapter.alpha().to_string())]);
        layout::serialize(texts, tensors)
    }

    /// Returns the content of `adapter_config.json`.
    fn config(&self) -> Value {
        json!({
            "peft_type": "LORA",
            "task_type": "CAUSAL_LM",
            "base_model_name_or_path": self.provenance.model,
            "r": self.adapter.shape().rank,
            "lora_alpha": self.adapter.alpha(),
            "lora_dropout": 0.0,
            "bias": "none",
            "fan_in_fan_out": false,
            "inference_mode": true,
            "target_modules": self.adapter.shape().on,
        })
    }

    /// Returns the bytes of `adapter_config.json`.
    #[must_use]
    pub fn config_bytes(&self) -> Vec<u8> {
        format!("{:#}\n", self.config()).into_bytes()
    }

    /// The files to write: the adapter at `path` and, where its name is `adapter_model.safetensors`,
    /// `adapter_config.json` beside it.
    #[must_use]
    pub fn files(&self, path: &Path) -> Vec<FileToWrite> {
        let mut files = vec![FileToWrite { path: path.to_owned(), bytes: self.to_bytes() }];
        if path.file_name().is_some_and(|name| name == MODEL_NAME) {
            files.push(FileToWrite { path: path.with_file_name(CONFIG_NAME), bytes: self.config_bytes() });
        }
        files
    }

    /// Writes [`AdapterFile::files`]. Existing files are replaced atomically.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), FileError> {
        self.files(path).iter().try_for_each(|file| replace(&file.path, &file.bytes))
    }
}

impl AdapterFile {
    /// Writes a folder as peft's `save_pretrained` does, as a whole or not at all. Nothing may be there.
    ///
    /// # Errors
    /// Where it cannot be written, or something is there.
    pub fn write_folder(&self, path: &Path) -> Result<(), FileError> {
        let write = |folder: &Path| -> std::io::Result<()> {
            self.files(&folder.join(MODEL_NAME))
                .iter()
                .try_for_each(|file| std::fs::write(&file.path, &file.bytes))
        };
        atomic_folder(path, write).map_err(FileError::Unwritable)
    }

    /// Returns the adapter file of a folder that [`AdapterFile::write_folder`] or peft wrote.
    #[must_use]
    pub fn in_folder(folder: &Path) -> PathBuf {
        folder.join(MODEL_NAME)
    }

    /// Returns the folder that peft knows the adapter by, where a file has the name of peft's.
    #[must_use]
    pub fn folder_of(file: &Path) -> Option<&Path> {
        file.parent().filter(|folder| Self::in_folder(folder) == file)
    }
}

/// Returns whether the tensors of a safetensors file are low-rank pairs; `false` where it cannot be parsed.
#[must_use]
pub fn is_adapter(file: &[u8]) -> bool {
    let has_pairs = |tensors: SafeTensors<'_>| tensors.names().iter().any(|name| name.contains(".lora_"));
    layout::check_header(file).is_ok() && SafeTensors::deserialize(file).is_ok_and(has_pairs)
}

/// Reads the configuration beside an adapter file; `None` where there is none.
fn config_beside(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    match read_bounded(&path.with_file_name(CONFIG_NAME), MAX_CONFIG_BYTES) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(FileError::Missing) => Ok(None),
        Err(error) => Err(unusable(format!("{CONFIG_NAME} beside it cannot be read: {error}"))),
    }
}

/// Reads alpha from the metadata, where Tiller writes it.
fn metadata_alpha(file: &[u8]) -> Result<Option<f64>, FileError> {
    layout::check_header(file)?;
    let (_, header) =
        SafeTensors::read_metadata(file).map_err(|error| damaged(FORMAT, "its header", error))?;
    let Some(text) = header.metadata().as_ref().and_then(|texts| texts.get("alpha")) else { return Ok(None) };
    match text.parse::<f64>() {
        Ok(alpha) if alpha.is_finite() && alpha > 0.0 => Ok(Some(alpha)),
        _ => Err(unusable(format!("its alpha is {:?}", text.chars().take(40).collect::<String>()))),
    }
}

fn unusable(detail: impl Into<String>) -> FileError {
    FileError::NotAnAdapter { detail: detail.into() }
}

#[cfg(test)]
mod tests;

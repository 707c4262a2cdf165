//! Adapter files in the format of peft: `adapter_model.safetensors`, with `adapter_config.json` beside it.
//!
//! Every block has the tensors `base_model.model.model.layers.N.self_attn.q_proj.lora_A.weight` `[rank, inputs]`, the same
//! with `lora_B` `[outputs, rank]`, and both for `v_proj`. Rows have the order of Hugging Face's weights, so that the file
//! fits the model's safetensors folder even where it was trained on a GGUF file. The metadata contain provenance, rank and
//! alpha.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use safetensors::SafeTensors;
use serde_json::{Value, json};

use super::error::damaged;
use super::{FileError, MAX_LAYERS, Provenance, bytes, read_bounded, replace, safetensors as layout};
use crate::adapter::{Adapter, Shape};

/// The largest adapter file that is read, in bytes: rank 64 on 80 blocks of hidden size 8,192 takes 460 MB.
pub const MAX_ADAPTER_BYTES: u64 = 512 << 20;
/// The file names that peft looks for.
const MODEL_NAME: &str = "adapter_model.safetensors";
const CONFIG_NAME: &str = "adapter_config.json";
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
}

/// A file with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileToWrite {
    /// Where it goes.
    pub path: PathBuf,
    /// Its whole content.
    pub bytes: Vec<u8>,
}

/// Shape and numbers of each matrix, by block and index in [`MATRICES`].
type FoundMatrices = BTreeMap<(usize, usize), (Vec<usize>, Vec<f32>)>;

/// The four matrices of a block: projection and letter.
const MATRICES: [(&str, &str); 4] = [("q_proj", "A"), ("q_proj", "B"), ("v_proj", "A"), ("v_proj", "B")];

impl AdapterFile {
    /// Reads a file. Where its metadata have no alpha, it is read from `adapter_config.json` beside the file.
    ///
    /// # Errors
    /// Where the file is missing, too large or damaged, or its matrices are not those of queries and values of every block.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        Self::parse(&read_bounded(path, MAX_ADAPTER_BYTES)?, &|| config_beside(path))
    }

    /// As [`AdapterFile::read`], from the bytes of the file and the configuration.
    ///
    /// # Errors
    /// As [`AdapterFile::read`].
    pub fn parse(file: &[u8], config: &dyn Fn() -> Result<Value, FileError>) -> Result<Self, FileError> {
        let refuse = |error| damaged(FORMAT, "its header", error);
        let tensors = SafeTensors::deserialize(file).map_err(refuse)?;
        let (_, header) = SafeTensors::read_metadata(file).map_err(refuse)?;
        let texts = header.metadata().as_ref();
        let text = |key: &str| texts.and_then(|texts| texts.get(key)).cloned();
        let mut found = FoundMatrices::new();
        for (name, tensor) in tensors.iter() {
            let index = matrix_index(name)
                .ok_or_else(|| unusable(format!("{name:?} is none of queries or values in a block")))?;
            let kind = layout::float_type(tensor.dtype())
                .ok_or_else(|| unusable(format!("{name:?} is stored as {:?}", tensor.dtype())))?;
            let values = kind.read(tensor.data());
            if values.iter().any(|x| !x.is_finite()) {
                return Err(unusable(format!("{name:?} has a number that is not finite")));
            }
            if found.insert(index, (tensor.shape().to_vec(), values)).is_some() {
                return Err(unusable(format!("{name:?} is there twice")));
            }
        }
        let shape = shape(&found)?;
        let alpha = match text("alpha").and_then(|alpha| alpha.parse::<f32>().ok()) {
            Some(alpha) => alpha,
            None => alpha_of(&config()?)?,
        };
        if !alpha.is_finite() || alpha <= 0.0 {
            return Err(unusable(format!("its alpha is {alpha}")));
        }
        let values = found.into_values().flat_map(|(_, values)| values).collect();
        let adapter = Adapter::new(shape, alpha, values).map_err(|_| unusable("it has no numbers"))?;
        Ok(Self { adapter: Arc::new(adapter), provenance: Provenance::from_texts(text) })
    }

    /// Returns the bytes of the file; equal content gives equal bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (adapter, shape) = (&self.adapter, self.adapter.shape());
        let shapes = [
            vec![shape.rank, shape.inputs],
            vec![shape.queries, shape.rank],
            vec![shape.rank, shape.inputs],
            vec![shape.values, shape.rank],
        ];
        let tensors = (0..shape.blocks).flat_map(|block| {
            let named = MATRICES.iter().zip(shapes.clone()).zip(adapter.matrices(block));
            named.map(move |(((projection, letter), shape), values)| {
                let name = format!(
                    "base_model.model.model.layers.{block}.self_attn.{projection}.lora_{letter}.weight"
                );
                (name, shape, bytes::to_bytes(values))
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
            "target_modules": ["q_proj", "v_proj"],
        })
    }

    /// The files to write: the adapter at `path` and, where its name is `adapter_model.safetensors`,
    /// `adapter_config.json` beside it.
    #[must_use]
    pub fn files(&self, path: &Path) -> Vec<FileToWrite> {
        let mut files = vec![FileToWrite { path: path.to_owned(), bytes: self.to_bytes() }];
        if path.file_name().is_some_and(|name| name == MODEL_NAME) {
            let bytes = format!("{:#}\n", self.config()).into_bytes();
            files.push(FileToWrite { path: path.with_file_name(CONFIG_NAME), bytes });
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

/// Returns whether the tensors of a safetensors file are low-rank pairs; `false` where it cannot be parsed.
#[must_use]
pub fn is_adapter(file: &[u8]) -> bool {
    let has_pairs = |tensors: SafeTensors<'_>| tensors.names().iter().any(|name| name.contains(".lora_"));
    layout::check_header(file).is_ok() && SafeTensors::deserialize(file).is_ok_and(has_pairs)
}

/// Reads the configuration beside an adapter file.
pub(super) fn config_beside(path: &Path) -> Result<Value, FileError> {
    let beside = path.with_file_name(CONFIG_NAME);
    let bytes = read_bounded(&beside, MAX_CONFIG_BYTES).map_err(|error| match error {
        FileError::Missing => {
            unusable(format!("it does not say its alpha, and no {CONFIG_NAME} is beside it"))
        }
        error => error,
    })?;
    serde_json::from_slice(&bytes).map_err(|error| damaged("JSON", CONFIG_NAME, error))
}

/// Reads alpha from a configuration; refuses variants of `LoRA` that are not implemented.
fn alpha_of(config: &Value) -> Result<f32, FileError> {
    for key in ["use_rslora", "use_dora", "fan_in_fan_out"] {
        if config[key] == true {
            return Err(unusable(format!("{CONFIG_NAME} asks for {key}, which is not known")));
        }
    }
    let alpha = config["lora_alpha"].as_f64().map(|alpha| alpha as f32);
    alpha.ok_or_else(|| unusable(format!("{CONFIG_NAME} has no lora_alpha")))
}

/// Returns the block and the index in [`MATRICES`] of a tensor name.
fn matrix_index(name: &str) -> Option<(usize, usize)> {
    let (_, after) = name.rsplit_once("layers.")?;
    let (block, part) = after.split_once('.')?;
    let is_named =
        |(projection, letter): &(&str, &str)| part == format!("self_attn.{projection}.lora_{letter}.weight");
    Some((block.parse().ok()?, MATRICES.iter().position(is_named)?))
}

/// Returns the shape of the adapter; refused where a matrix is missing or differs in size from that of block 0.
fn shape(found: &FoundMatrices) -> Result<Shape, FileError> {
    let size = |index: usize, axis: usize| {
        let shape = found.get(&(0, index)).map(|(shape, _)| shape.as_slice());
        shape.filter(|shape| shape.len() == 2).map(|shape| shape[axis])
    };
    let (rank, inputs) = (size(0, 0), size(0, 1));
    let (Some(rank), Some(inputs), Some(queries), Some(values)) = (rank, inputs, size(1, 0), size(3, 0))
    else {
        return Err(unusable("block 0 lacks one of A and B of queries and values"));
    };
    let blocks = found.keys().last().map_or(0, |(block, _)| block.saturating_add(1));
    if blocks > MAX_LAYERS {
        return Err(unusable(format!("there is no block {}", blocks - 1)));
    }
    let shape = Shape { blocks, rank, inputs, queries, values };
    let expected = [[rank, inputs], [queries, rank], [rank, inputs], [values, rank]];
    for block in 0..blocks {
        for (at, expected) in expected.iter().enumerate() {
            let (projection, letter) = MATRICES[at];
            match found.get(&(block, at)) {
                Some((shape, _)) if shape == expected => {}
                Some((shape, _)) => {
                    let detail = format!(
                        "lora_{letter} of {projection} in block {block} is {shape:?}, block 0 asks for {expected:?}"
                    );
                    return Err(unusable(detail));
                }
                None => {
                    return Err(unusable(format!(
                        "lora_{letter} of {projection} in block {block} is missing"
                    )));
                }
            }
        }
    }
    Ok(shape)
}

fn unusable(detail: impl Into<String>) -> FileError {
    FileError::NotAnAdapter { detail: detail.into() }
}

#[cfg(test)]
mod tests {
    use super::super::SteeringFile;
    use super::*;
    use crate::layer::PrefixBlocks;
    use crate::steering::Term;

    fn file() -> AdapterFile {
        let shape = Shape { blocks: 11, rank: 2, inputs: 3, queries: 4, values: 2 };
        let values = (0..shape.numbers()).map(|at| at as f32 * 0.5).collect();
        let adapter = Arc::new(Adapter::new(shape, 16.0, values).unwrap());
        let provenance =
            Provenance { method: Some("dpo_lora".into()), seed: Some(7), ..Provenance::default() };
        AdapterFile { adapter, provenance }
    }

    fn message(file: &[u8]) -> String {
        AdapterFile::parse(file, &|| Err(unusable("nothing is beside it"))).unwrap_err().to_string()
    }

    #[test]
    fn a_file_is_read_back_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(MODEL_NAME);
        file().write(&path).unwrap();
        let read = SteeringFile::read(&path, None).unwrap();
        assert_eq!(read, SteeringFile::Adapter(file()));
        assert_eq!((read.prefix(), read.terms(0.5).len()), (PrefixBlocks::NONE, 1));
        assert!(matches!(read.terms(0.5)[0], Term::Adapter { multiplier: 0.5, .. }));
        let config = config_beside(&path).unwrap();
        assert_eq!((alpha_of(&config).unwrap(), config["r"].as_u64()), (16.0, Some(2)));
    }

    #[test]
    fn alpha_comes_from_the_configuration_where_the_file_has_none() {
        // The other key has the same length, so that the header stays valid.
        let mut without = file().to_bytes();
        let key = b"\"alpha\"";
        let place = without.windows(key.len()).position(|bytes| bytes == key).unwrap();
        without[place..place + key.len()].copy_from_slice(b"\"other\"");
        let read = |config: Value| AdapterFile::parse(&without, &|| Ok(config.clone()));
        assert_eq!(read(json!({"lora_alpha": 4})).unwrap().adapter.alpha(), 4.0);
        assert!(
            read(json!({"lora_alpha": 4, "use_dora": true})).unwrap_err().to_string().contains("use_dora")
        );
        assert!(read(json!({})).is_err() && message(&without).contains("nothing is beside it"));
    }

    #[test]
    fn matrices_that_are_missing_or_of_another_kind_are_refused() {
        let tensors = |names: &[(&str, [usize; 2])]| {
            let tensor = |(name, shape): &(&str, [usize; 2])| {
                let name = format!("base_model.model.model.layers.{name}.weight");
                (name, shape.to_vec(), vec![0; 4 * shape[0] * shape[1]])
            };
            layout::serialize(vec![("alpha", "1".into())], names.iter().map(tensor))
        };
        let block = [
            ("0.self_attn.q_proj.lora_A", [1, 3]),
            ("0.self_attn.q_proj.lora_B", [4, 1]),
            ("0.self_attn.v_proj.lora_A", [1, 3]),
            ("0.self_attn.v_proj.lora_B", [2, 1]),
        ];
        assert!(AdapterFile::parse(&tensors(&block), &|| Ok(Value::Null)).is_ok());
        assert!(message(&tensors(&block[..3])).contains("block 0 lacks"));
        let more = |name, shape| tensors(&[&block[..], &[(name, shape)]].concat());
        assert!(message(&more("2.self_attn.q_proj.lora_A", [1, 3])).contains("in block 1 is missing"));
        assert!(message(&more("0.mlp.up_proj.lora_A", [1, 3])).contains("up_proj"));
        let wide = [&block[..2], &[("0.self_attn.v_proj.lora_A", [1, 4])], &block[3..]].concat();
        assert!(message(&tensors(&wide)).contains("[1, 4]"));
    }
}

//! An adapter as peft lays it out: `adapter_model.safetensors`, with `adapter_config.json` beside it.
//!
//! Of every block there are `base_model.model.model.layers.N.self_attn.q_proj.lora_A.weight` `[rank, inputs]`, the same
//! with `lora_B` `[outputs, rank]`, and both of `v_proj`. Rows have the order of Hugging Face's weights, so that the file
//! fits the model's safetensors folder whatever file it was trained on. The metadata has the provenance, rank and alpha.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use safetensors::SafeTensors;
use serde_json::{Value, json};

use super::error::damaged;
use super::{FileError, MOST_LAYERS, Provenance, bytes, read_bounded, replace, safetensors as layout};
use crate::adapter::{Adapter, Shape};

/// The most bytes that are read: rank 64 on 80 blocks of 8,192 numbers takes 460 MB.
pub const LARGEST_ADAPTER: u64 = 512 << 20;
/// What the file is called where peft is to find it, and its configuration.
const MODEL_NAME: &str = "adapter_model.safetensors";
const CONFIG_NAME: &str = "adapter_config.json";
/// The most bytes of a configuration.
const LARGEST_CONFIG: u64 = 1 << 20;
const FORMAT: &str = "safetensors";

/// What an adapter's file says.
#[derive(Debug, Clone, PartialEq)]
pub struct AdapterFile {
    /// The adapter; all its numbers are finite.
    pub adapter: Arc<Adapter>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Matrices by their block and their place in [`MATRICES`]: shape and numbers of each.
type Found = BTreeMap<(usize, usize), (Vec<usize>, Vec<f32>)>;

/// The four matrices of a block, by projection and letter.
const MATRICES: [(&str, &str); 4] = [("q_proj", "A"), ("q_proj", "B"), ("v_proj", "A"), ("v_proj", "B")];

impl AdapterFile {
    /// Reads a file. Where its metadata has no alpha, `adapter_config.json` beside it says it.
    ///
    /// # Errors
    /// Where the file is missing, too large or damaged, or its matrices are not those of queries and values of every block.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        Self::parse(&read_bounded(path, LARGEST_ADAPTER)?, &|| config_beside(path))
    }

    /// As [`AdapterFile::read`], from a file's bytes and the configuration beside it.
    ///
    /// # Errors
    /// As [`AdapterFile::read`].
    pub fn parse(file: &[u8], config: &dyn Fn() -> Result<Value, FileError>) -> Result<Self, FileError> {
        let refuse = |error| damaged(FORMAT, "its header", error);
        let tensors = SafeTensors::deserialize(file).map_err(refuse)?;
        let (_, header) = SafeTensors::read_metadata(file).map_err(refuse)?;
        let texts = header.metadata().as_ref();
        let text = |key: &str| texts.and_then(|texts| texts.get(key)).cloned();
        let mut found = Found::new();
        for (name, tensor) in tensors.iter() {
            let place = place(name)
                .ok_or_else(|| unusable(format!("{name:?} is none of queries or values in a block")))?;
            let kind = layout::kind(tensor.dtype())
                .ok_or_else(|| unusable(format!("{name:?} is stored as {:?}", tensor.dtype())))?;
            let values = kind.read(tensor.data());
            if values.iter().any(|x| !x.is_finite()) {
                return Err(unusable(format!("{name:?} has a number that is not finite")));
            }
            if found.insert(place, (tensor.shape().to_vec(), values)).is_some() {
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
        let adapter = Adapter::new(shape, alpha, values).ok_or_else(|| unusable("it has no numbers"))?;
        Ok(Self { adapter: Arc::new(adapter), provenance: Provenance::from_texts(text) })
    }

    /// The file's bytes; the same for the same content.
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
        layout::lay_out(texts, tensors)
    }

    /// What peft wants to know about it.
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

    /// The files that it is written as: one, with the given path. One that is called `adapter_model.safetensors`, as peft
    /// looks for it, has its `adapter_config.json` beside it.
    #[must_use]
    pub fn files(&self, path: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = vec![(path.to_owned(), self.to_bytes())];
        if path.file_name().is_some_and(|name| name == MODEL_NAME) {
            files.push((path.with_file_name(CONFIG_NAME), format!("{:#}\n", self.config()).into_bytes()));
        }
        files
    }

    /// Writes [`AdapterFile::files`]. What stood there before stays until the new file is whole.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), FileError> {
        self.files(path).iter().try_for_each(|(path, bytes)| replace(path, bytes))
    }
}

/// Whether a file's tensors are low-rank pairs; `false` where it cannot be read.
#[must_use]
pub fn is_adapter(file: &[u8]) -> bool {
    let has_pairs = |tensors: SafeTensors<'_>| tensors.names().iter().any(|name| name.contains(".lora_"));
    SafeTensors::deserialize(file).is_ok_and(has_pairs)
}

/// The configuration beside an adapter's file.
pub(super) fn config_beside(path: &Path) -> Result<Value, FileError> {
    let beside = path.with_file_name(CONFIG_NAME);
    let bytes = read_bounded(&beside, LARGEST_CONFIG).map_err(|error| match error {
        FileError::Missing => {
            unusable(format!("it does not say its alpha, and no {CONFIG_NAME} is beside it"))
        }
        error => error,
    })?;
    serde_json::from_slice(&bytes).map_err(|error| damaged("JSON", CONFIG_NAME, error))
}

/// Alpha, refused where the configuration asks for more than plain pairs.
fn alpha_of(config: &Value) -> Result<f32, FileError> {
    for key in ["use_rslora", "use_dora", "fan_in_fan_out"] {
        if config[key] == true {
            return Err(unusable(format!("{CONFIG_NAME} asks for {key}, which is not known")));
        }
    }
    let alpha = config["lora_alpha"].as_f64().map(|alpha| alpha as f32);
    alpha.ok_or_else(|| unusable(format!("{CONFIG_NAME} has no lora_alpha")))
}

/// A matrix by its name: the block, and the place in [`MATRICES`].
fn place(name: &str) -> Option<(usize, usize)> {
    let (_, after) = name.rsplit_once("layers.")?;
    let (block, part) = after.split_once('.')?;
    let is_called =
        |(projection, letter): &(&str, &str)| part == format!("self_attn.{projection}.lora_{letter}.weight");
    Some((block.parse().ok()?, MATRICES.iter().position(is_called)?))
}

/// The sizes, refused where a matrix is missing or of another size than the first block's.
fn shape(found: &Found) -> Result<Shape, FileError> {
    let size = |place: usize, axis: usize| {
        let shape = found.get(&(0, place)).map(|(shape, _)| shape.as_slice());
        shape.filter(|shape| shape.len() == 2).map(|shape| shape[axis])
    };
    let (rank, inputs) = (size(0, 0), size(0, 1));
    let (Some(rank), Some(inputs), Some(queries), Some(values)) = (rank, inputs, size(1, 0), size(3, 0))
    else {
        return Err(unusable("block 0 lacks one of A and B of queries and values"));
    };
    let blocks = found.keys().last().map_or(0, |(block, _)| block.saturating_add(1));
    if blocks > MOST_LAYERS {
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

    fn told(file: &[u8]) -> String {
        AdapterFile::parse(file, &|| Err(unusable("nothing is beside it"))).unwrap_err().to_string()
    }

    #[test]
    fn a_file_says_everything_again() {
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
        // Another key of the same length, so that the header stays sound.
        let mut without = file().to_bytes();
        let key = b"\"alpha\"";
        let place = without.windows(key.len()).position(|bytes| bytes == key).unwrap();
        without[place..place + key.len()].copy_from_slice(b"\"other\"");
        let read = |config: Value| AdapterFile::parse(&without, &|| Ok(config.clone()));
        assert_eq!(read(json!({"lora_alpha": 4})).unwrap().adapter.alpha(), 4.0);
        assert!(
            read(json!({"lora_alpha": 4, "use_dora": true})).unwrap_err().to_string().contains("use_dora")
        );
        assert!(read(json!({})).is_err() && told(&without).contains("nothing is beside it"));
    }

    #[test]
    fn matrices_that_are_missing_or_of_another_kind_are_refused() {
        let tensors = |names: &[(&str, [usize; 2])]| {
            let tensor = |(name, shape): &(&str, [usize; 2])| {
                let name = format!("base_model.model.model.layers.{name}.weight");
                (name, shape.to_vec(), vec![0; 4 * shape[0] * shape[1]])
            };
            layout::lay_out(vec![("alpha", "1".into())], names.iter().map(tensor))
        };
        let block = [
            ("0.self_attn.q_proj.lora_A", [1, 3]),
            ("0.self_attn.q_proj.lora_B", [4, 1]),
            ("0.self_attn.v_proj.lora_A", [1, 3]),
            ("0.self_attn.v_proj.lora_B", [2, 1]),
        ];
        assert!(AdapterFile::parse(&tensors(&block), &|| Ok(Value::Null)).is_ok());
        assert!(told(&tensors(&block[..3])).contains("block 0 lacks"));
        let more = |name, shape| tensors(&[&block[..], &[(name, shape)]].concat());
        assert!(told(&more("2.self_attn.q_proj.lora_A", [1, 3])).contains("in block 1 is missing"));
        assert!(told(&more("0.mlp.up_proj.lora_A", [1, 3])).contains("up_proj"));
        let wide = [&block[..2], &[("0.self_attn.v_proj.lora_A", [1, 4])], &block[3..]].concat();
        assert!(told(&tensors(&wide)).contains("[1, 4]"));
    }
}

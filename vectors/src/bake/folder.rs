//! Copies a folder of safetensors with `mlp_bias`, or without a direction: what changes in its configuration and weights.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::folder_files::{Added, Content, WeightFile, copied_files, write_copy};
use super::patched_copy::{Meter, Patch, With};
use super::recipe::{Change, Label};
use super::{BakeError, numbers, project_out};
use crate::model::{HuggingFaceFolder, ModelError, Source, TensorPlace};

const CONFIG: &str = "config.json";
const INDEX: &str = "model.safetensors.index.json";
/// What a baked folder says about itself.
pub(super) const OWN: &str = "tiller-baked.json";
/// The added tensors of a model whose weights are in several files.
const ADDED: &str = "model-baked.safetensors";

/// A folder as it will be written.
pub(super) struct Edited {
    weights: Vec<WeightFile>,
    /// Small files by their names: what changes beside the weights.
    small: Vec<(&'static str, Vec<u8>)>,
    copied: Vec<PathBuf>,
}

impl Edited {
    pub(super) fn new(
        source: &Source,
        folder: &HuggingFaceFolder,
        change: &Change,
        label: &Label,
    ) -> Result<Self, BakeError> {
        let mut config = read_json(&folder.path, CONFIG)?;
        let (mut patches, added) = match change {
            Change::Bias(biases) if biases.is_empty() => (Vec::new(), Vec::new()),
            Change::Bias(biases) => {
                let had = decoder(&mut config)["mlp_bias"].as_bool().unwrap_or(false);
                decoder(&mut config)["mlp_bias"] = json!(true);
                biases_of(source, biases, had)?
            }
            Change::TakeOut(direction) => {
                let patches = project_out::patches(source, direction)?;
                let head = project_out::shared_head(source);
                if head.is_some() {
                    decoder(&mut config)["tie_word_embeddings"] = json!(false);
                }
                let name = source.tensors.name_in_file("output.weight");
                let content = |place: TensorPlace| Added {
                    name: name.clone(),
                    content: Content::Copied { file: place.file, range: place.range },
                    shape: place.shape,
                    format: place.format,
                };
                (patches, head.map(content).into_iter().collect())
            }
        };
        patches.sort_by_key(|(file, patch)| (*file, patch.range.start));
        let mut weights: Vec<WeightFile> =
            folder.weight_files.iter().map(|path| WeightFile::copy_of(path.clone())).collect();
        for (file, patch) in patches {
            weights[file].patches.push(patch);
        }
        let mut small = vec![(OWN, pretty(&described(label)))];
        let is_whole = folder.path.join("model.safetensors").is_file();
        if is_whole || !folder.path.join(INDEX).is_file() {
            weights[0].added = added;
        } else if !added.is_empty() {
            small.push((INDEX, pretty(&indexed(read_json(&folder.path, INDEX)?, &added))));
            weights.push(WeightFile::of_added(ADDED.into(), added));
        } else {
            small.push((INDEX, pretty(&read_json(&folder.path, INDEX)?)));
        }
        small.push((CONFIG, pretty(&config)));
        Ok(Self { weights, small, copied: copied_files(&folder.path, &[CONFIG, INDEX, OWN])? })
    }

    pub(super) fn write(&self, out: &Path, meter: &mut Meter<'_>) -> Result<(), BakeError> {
        for path in &self.copied {
            write_copy(path, out)?;
        }
        for (name, bytes) in &self.small {
            fs::write(out.join(name), bytes)?;
        }
        let sources: Vec<&Path> = self.weights.iter().map(|file| file.path.as_path()).collect();
        self.weights.iter().try_for_each(|file| file.write(out, &sources, meter))
    }
}

/// Patches, each with the number of its file, and tensors that are added.
type Biases = (Vec<(usize, Patch)>, Vec<Added>);

/// Returns the patches of the biases that are there, with their files, and the biases that are added: all of every block, with
/// zeros where nothing is.
fn biases_of(
    source: &Source,
    biases: &BTreeMap<usize, Vec<f32>>,
    had_biases: bool,
) -> Result<Biases, BakeError> {
    let (mut patches, mut added) = (Vec::new(), Vec::new());
    let config = &source.config;
    let zeros = |size: usize| vec![0.0; size];
    for block in 0..config.blocks {
        for (part, size) in [
            ("ffn_gate", config.feed_forward),
            ("ffn_up", config.feed_forward),
            ("ffn_down", config.hidden_size),
        ] {
            let name = format!("blk.{block}.{part}.bias");
            let sum = biases.get(&block).filter(|_| part == "ffn_down");
            match (source.tensors.place(&name), sum) {
                (Some(_), _) if !had_biases => {
                    let detail = "its weights have biases of the feed-forward part that config.json switches off (mlp_bias)";
                    return Err(BakeError::Folder(detail.to_owned()));
                }
                (Some(_), None) => {}
                (Some(place), Some(sum)) => {
                    if place.shape != [size] {
                        return Err(
                            ModelError::Shape { name, expected: vec![size], found: place.shape }.into()
                        );
                    }
                    let stored = &source.tensors.files()[place.file][place.range.clone()];
                    let bytes = numbers::with_sum(stored, place.format, &name, sum)?;
                    patches.push((place.file, Patch { range: place.range, with: With::Bytes(bytes) }));
                }
                (None, sum) => {
                    let weight = format!("blk.{block}.{part}.weight");
                    let Some(place) = source.tensors.place(&weight) else {
                        return Err(ModelError::NoTensor { name: weight }.into());
                    };
                    let sum = sum.cloned().unwrap_or_else(|| zeros(size));
                    added.push(Added {
                        content: Content::Bytes(numbers::encode(place.format, &sum, &name)?),
                        name: source.tensors.name_in_file(&name),
                        shape: vec![size],
                        format: place.format,
                    });
                }
            }
        }
    }
    Ok((patches, added))
}

/// The decoder's part of a configuration.
fn decoder(config: &mut Value) -> &mut Value {
    if config["text_config"].is_object() { &mut config["text_config"] } else { config }
}

/// The index with the added tensors.
fn indexed(mut index: Value, added: &[Added]) -> Value {
    for tensor in added {
        index["weight_map"][&tensor.name] = json!(ADDED);
    }
    let bytes: usize = added.iter().map(|tensor| tensor.content.len()).sum();
    if let Some(total) = index["metadata"]["total_size"].as_u64() {
        index["metadata"]["total_size"] = json!(total + bytes as u64);
    }
    index
}

fn described(label: &Label) -> Value {
    let mut texts: serde_json::Map<String, Value> =
        label.texts.iter().map(|(key, text)| ((*key).to_owned(), json!(text))).collect();
    texts.insert("name".to_owned(), json!(label.name));
    if let Some(vectors) = texts.get_mut("vectors") {
        let parsed = vectors.as_str().and_then(|text| serde_json::from_str(text).ok());
        *vectors = parsed.unwrap_or_default();
    }
    Value::Object(texts)
}

fn pretty(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

/// Reads a file that is written again. What Python writes and JSON does not have would be lost.
fn read_json(folder: &Path, name: &str) -> Result<Value, BakeError> {
    let bytes = fs::read(folder.join(name))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| BakeError::Folder(format!("{name} is no plain JSON: {error}")))
}

//! A model folder as transformers' `save_pretrained` writes it: config.json, safetensors files, and tokenizer files.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use regular_file::OpenError;
use serde_json::Value;

use super::foreign::foreign;
use super::gguf_shards::in_shard;
use crate::model::ModelError;
use crate::tokens::template_from_config;

const CONFIG: &str = "config.json";
const SINGLE: &str = "model.safetensors";
const INDEX: &str = "model.safetensors.index.json";
/// The most bytes of the index and of a template. The index of the largest models takes nine million.
const LONGEST: u64 = 1 << 24;
/// The most bytes of any other JSON file, which takes thirty times its size in memory. Those of tokenizers with thousands
/// of special tokens take a million.
const LONGEST_CONFIG: u64 = 1 << 22;
/// The most weight files that are accepted.
const MOST_FILES: usize = 1 << 10;

/// An open folder, before any weights are read.
pub(crate) struct HuggingFaceFolder {
    pub(crate) path: PathBuf,
    pub(crate) config: Value,
    /// `generation_config.json`; null where it is missing.
    pub(crate) generation: Value,
    /// `tokenizer_config.json`; null where it is missing.
    pub(crate) tokenizer: Value,
    /// `special_tokens_map.json`; null where it is missing.
    pub(crate) special_tokens: Value,
    /// `added_tokens.json`; null where it is missing.
    pub(crate) added_tokens: Value,
    pub(crate) weight_files: Vec<PathBuf>,
    /// What was chosen or left aside, in sentences for people.
    pub(crate) notes: Vec<String>,
}

/// Returns the model folder that a path names: the folder itself, or the parent of a safetensors or JSON file.
pub(super) fn find_folder(path: &Path) -> Option<&Path> {
    if path.is_dir() {
        return Some(path);
    }
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    let is_part = extension.eq_ignore_ascii_case("safetensors") || extension.eq_ignore_ascii_case("json");
    let parent = path.parent().filter(|_| is_part && path.is_file())?;
    Some(if parent.as_os_str().is_empty() { Path::new(".") } else { parent })
}

impl HuggingFaceFolder {
    pub(super) fn open(path: &Path) -> Result<Self, ModelError> {
        let read = |name: &str| read(path, name, LONGEST_CONFIG);
        let optional = |name: &str| read(name).map(Option::unwrap_or_default);
        let config = read(CONFIG)?.ok_or_else(|| missing_config(path))?;
        let (weight_files, note) = weight_files(path)?;
        Ok(Self {
            config,
            generation: optional("generation_config.json")?,
            tokenizer: optional("tokenizer_config.json")?,
            special_tokens: optional("special_tokens_map.json")?,
            added_tokens: optional("added_tokens.json")?,
            weight_files,
            notes: note.into_iter().collect(),
            path: path.to_owned(),
        })
    }

    /// Returns the chat template, from `chat_template.jinja`, `tokenizer_config.json` or `chat_template.json`.
    pub(super) fn template(&self) -> Result<Option<String>, ModelError> {
        const FILE: &str = "chat_template.jinja";
        if let Some(bytes) = read_bytes(&self.path.join(FILE), LONGEST)? {
            let text = String::from_utf8(bytes);
            return text.map(Some).map_err(|_| bad_file(FILE, "it is no UTF-8 text"));
        }
        if let Some(template) = template_from_config(&self.tokenizer) {
            return Ok(Some(template.to_owned()));
        }
        // Multimodal models of some years have a file for the template alone.
        let file = read(&self.path, "chat_template.json", LONGEST_CONFIG)?.unwrap_or_default();
        Ok(template_from_config(&file).map(str::to_owned))
    }

    /// Returns the model's name: `org/name` in the Hugging Face cache, else the folder's name.
    pub(super) fn name(&self) -> String {
        let full = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let parts: Vec<String> = full.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        match parts.as_slice() {
            [.., model, snapshots, _] if snapshots == "snapshots" && model.starts_with("models--") => {
                model["models--".len()..].replace("--", "/")
            }
            [.., last] => last.clone(),
            [] => String::new(),
        }
    }
}

/// The error of a folder without a config.json: a folder of GGUF files is not a model, each of them is.
fn missing_config(folder: &Path) -> ModelError {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_gguf = |path: PathBuf| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("gguf"));
    if files.map(|file| file.path()).any(is_gguf) {
        let next = "choose one of the files, or search the folder for models";
        return ModelError::Foreign { kind: "a folder of GGUF files", next };
    }
    ModelError::MissingFile { name: CONFIG.into() }
}

/// Reads a JSON file; `None` where it is missing.
fn read(folder: &Path, name: &str, limit: u64) -> Result<Option<Value>, ModelError> {
    let Some(bytes) = read_bytes(&folder.join(name), limit)? else { return Ok(None) };
    let parsed = serde_json::from_slice(&bytes)
        .or_else(|error| serde_json::from_slice(&with_quoted_numbers(&bytes)).map_err(|_| error));
    parsed.map(Some).map_err(|error| match foreign(&bytes) {
        Some(ModelError::Foreign { kind: "a JSON file", .. }) | None => {
            bad_file(name, format!("it is no JSON ({error})"))
        }
        Some(foreign) => in_shard(name, foreign),
    })
}

fn bad_file(name: &str, detail: impl Into<String>) -> ModelError {
    ModelError::BadFile { name: name.to_owned(), detail: detail.into() }
}

/// Puts the numbers that Python writes and JSON does not have, `Infinity` and `NaN`, in quotation marks. A key that is
/// used is then refused, because it is no number.
fn with_quoted_numbers(json: &[u8]) -> Vec<u8> {
    let (mut text, mut rest, mut is_quoted) = (Vec::with_capacity(json.len()), json, false);
    while let Some(first) = rest.first() {
        let number = [b"-Infinity".as_slice(), b"Infinity", b"NaN"].into_iter().find(|n| rest.starts_with(n));
        let taken = match (first, number) {
            (b'\\', _) if is_quoted => rest.len().min(2),
            (_, Some(number)) if !is_quoted => {
                text.push(b'"');
                text.extend_from_slice(number);
                text.push(b'"');
                rest = &rest[number.len()..];
                continue;
            }
            _ => 1,
        };
        is_quoted ^= *first == b'"';
        text.extend_from_slice(&rest[..taken]);
        rest = &rest[taken..];
    }
    text
}

/// Reads a file of at most `limit` bytes; `None` where it is missing.
pub(crate) fn read_bytes(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, ModelError> {
    let (file, _) = match regular_file::open(path) {
        Ok(opened) => opened,
        Err(OpenError::Missing) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(ModelError::Unreadable)?;
    if bytes.len() as u64 > limit {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Err(bad_file(&name, format!("it is longer than {limit} bytes")));
    }
    Ok(Some(bytes))
}

/// Returns the safetensors files with the weights, and what is to be said about the choice. As in transformers, the whole
/// weights go before the parts that an index names.
fn weight_files(folder: &Path) -> Result<(Vec<PathBuf>, Option<String>), ModelError> {
    if folder.join(SINGLE).is_file() {
        let note = folder.join(INDEX).is_file().then(|| {
            format!("The weights are those of {SINGLE}; {INDEX} beside it is not used, as in transformers.")
        });
        return Ok((vec![folder.join(SINGLE)], note));
    }
    if let Some(index) = read(folder, INDEX, LONGEST)? {
        return Ok((indexed_files(folder, &index)?, None));
    }
    let files = fs::read_dir(folder).map_err(ModelError::Unreadable)?;
    let mut found: Vec<PathBuf> = files
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "safetensors"))
        .take(2)
        .collect();
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok((vec![only], None)),
        _ if has_pytorch(folder) => {
            let next = "save it as safetensors with transformers' `save_pretrained`";
            Err(ModelError::Foreign { kind: "a folder with PyTorch's own weights (.bin)", next })
        }
        _ => Err(ModelError::MissingFile { name: SINGLE.into() }),
    }
}

/// Whether a folder has weights as transformers saved them before safetensors.
fn has_pytorch(folder: &Path) -> bool {
    ["pytorch_model.bin", "pytorch_model.bin.index.json"].iter().any(|name| folder.join(name).is_file())
}

/// Returns the files that an index names.
fn indexed_files(folder: &Path, index: &Value) -> Result<Vec<PathBuf>, ModelError> {
    let map = index["weight_map"].as_object();
    let names: Option<BTreeSet<&str>> = map.and_then(|map| map.values().map(Value::as_str).collect());
    let names = names.filter(|names| !names.is_empty() && names.len() <= MOST_FILES);
    let names = names.ok_or_else(|| bad_file(INDEX, "it does not say where weights are"))?;
    if let Some(name) = names.iter().find(|name| Path::new(name).file_name() != Some(OsStr::new(name))) {
        return Err(bad_file(INDEX, format!("it names {name:?}, which is not a file beside it")));
    }
    Ok(names.into_iter().map(|name| folder.join(name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_only_python_writes_are_no_numbers() {
        let text = br#"{"a": [0.0, Infinity, -Infinity], "b": NaN, "c": "NaN \" Infinity", "d\\": 1}"#;
        let value: Value = serde_json::from_slice(&with_quoted_numbers(text)).unwrap();
        assert_eq!(value["a"], serde_json::json!([0.0, "Infinity", "-Infinity"]));
        assert_eq!((value["b"].as_f64(), value["c"].as_str()), (None, Some("NaN \" Infinity")));
        assert_eq!(value["d\\"], 1);
    }
}

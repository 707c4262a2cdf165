//! A model folder as transformers' `save_pretrained` writes it: config.json, safetensors files, and tokenizer files.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use regular_file::OpenError;
use serde_json::Value;

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
    pub(crate) weight_files: Vec<PathBuf>,
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
        Ok(Self {
            config: read(CONFIG)?.ok_or_else(|| ModelError::MissingFile { name: CONFIG.into() })?,
            generation: optional("generation_config.json")?,
            tokenizer: optional("tokenizer_config.json")?,
            weight_files: weight_files(path)?,
            path: path.to_owned(),
        })
    }

    /// Returns the chat template, from `chat_template.jinja` or from `tokenizer_config.json`.
    pub(super) fn template(&self) -> Result<Option<String>, ModelError> {
        let own = read_bytes(&self.path.join("chat_template.jinja"), LONGEST)?;
        let own = own.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Ok(own.or_else(|| template_from_config(&self.tokenizer).map(str::to_owned)))
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

/// Reads a JSON file; `None` where it is missing.
fn read(folder: &Path, name: &str, limit: u64) -> Result<Option<Value>, ModelError> {
    let Some(bytes) = read_bytes(&folder.join(name), limit)? else { return Ok(None) };
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|e| ModelError::Header { detail: format!("{name} is no JSON: {e}") })
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
        return Err(ModelError::Header { detail: format!("{name} is longer than {limit} bytes") });
    }
    Ok(Some(bytes))
}

/// Returns the safetensors files with the weights: those that the index names, or the only one.
fn weight_files(folder: &Path) -> Result<Vec<PathBuf>, ModelError> {
    if let Some(index) = read(folder, INDEX, LONGEST)? {
        let map = index["weight_map"].as_object();
        let names: Option<BTreeSet<&str>> = map.and_then(|map| map.values().map(Value::as_str).collect());
        let names = names.filter(|names| !names.is_empty() && names.len() <= MOST_FILES);
        let names = names.ok_or_else(|| ModelError::Header {
            detail: format!("{INDEX} does not say where weights are"),
        })?;
        if let Some(name) = names.iter().find(|name| Path::new(name).file_name() != Some(OsStr::new(name))) {
            let detail = format!("{INDEX} names {name:?}, which is not a file beside it");
            return Err(ModelError::Header { detail });
        }
        return Ok(names.into_iter().map(|name| folder.join(name)).collect());
    }
    if folder.join(SINGLE).is_file() {
        return Ok(vec![folder.join(SINGLE)]);
    }
    let files = fs::read_dir(folder).map_err(ModelError::Unreadable)?;
    let mut found: Vec<PathBuf> = files
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "safetensors"))
        .take(2)
        .collect();
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(vec![only]),
        _ => Err(ModelError::MissingFile { name: SINGLE.into() }),
    }
}

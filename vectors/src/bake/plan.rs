//! Looks at a recipe before anything is written, and recognises a model that was baked by it.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::recipe::{self, Change, Recipe};
use super::{BakeError, folder, gguf, project_out};
use crate::model::{Metadata, Source, gguf_files};

/// What baking would write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// About how many bytes.
    pub bytes: u64,
    /// Whether it is a folder of safetensors and no GGUF file.
    pub is_folder: bool,
    /// What is rounded, added to or left out, in sentences.
    pub notes: Vec<String>,
}

/// Checks a recipe against the model at `source` by its header, and returns what baking would write.
///
/// # Errors
/// Where the model, its architecture or the steering cannot be baked.
pub fn plan(source: &Path, recipe: &Recipe) -> Result<Plan, BakeError> {
    let opened = open(source)?;
    let change = Change::new(recipe, &opened)?;
    if let Change::TakeOut(direction) = &change {
        // A tensor in a format that is not written is refused here, and not when everything has been measured.
        project_out::patches(&opened, direction)?;
    }
    Ok(Plan {
        bytes: bytes(&opened) + change.more_bytes(&opened),
        is_folder: matches!(opened.metadata, Metadata::Folder(_)),
        notes: change.notes(&opened),
    })
}

/// Opens a model that can be copied as one file or one folder.
pub(super) fn open(source: &Path) -> Result<Source, BakeError> {
    let opened = Source::open(source)?;
    if matches!(opened.metadata, Metadata::Gguf(_)) && gguf_files(source).len() > 1 {
        return Err(BakeError::Split);
    }
    Ok(opened)
}

/// Returns the bytes of a model's weight files.
pub(super) fn bytes(source: &Source) -> u64 {
    source.tensors.files().iter().map(|file| file.len() as u64).sum()
}

/// Returns whether the model at a path says that it was baked by this recipe, whatever its vectors were called then. Whoever goes
/// on after an interruption sees by it that the model is there already, and that it is no other file of the same name.
#[must_use]
pub fn is_baked_by(path: &Path, recipe: &Recipe) -> bool {
    let said = if path.is_dir() {
        let text = fs::read(path.join(folder::OWN)).unwrap_or_default();
        serde_json::from_slice::<Value>(&text).ok().map(|said| said["vectors"].clone())
    } else {
        match Metadata::open(path) {
            Ok(Metadata::Gguf(header)) => {
                let text = header.text(&format!("{}vectors", gguf::OWN));
                text.and_then(|text| serde_json::from_str(text).ok())
            }
            _ => None,
        }
    };
    said.is_some_and(|said| without_names(said) == without_names(recipe::vectors(recipe)))
}

fn without_names(mut vectors: Value) -> Value {
    for vector in vectors.as_array_mut().into_iter().flatten() {
        vector.as_object_mut().map(|vector| vector.remove("name"));
    }
    vectors
}

//! Describes a model from its files' metadata, without loading the weights.

use std::path::Path;

use super::gguf_shards::stem;
use super::template_notes::template_notes;
use super::{Metadata, Source};
use crate::model::{Facts, ModelError};
use crate::ops::weight::Format;

/// Reads the description of a model from a GGUF header or a folder's JSON files, without loading the weights.
///
/// # Errors
/// As [`crate::model::ModelBuilder::load`].
pub fn read_facts(path: &Path) -> Result<Facts, ModelError> {
    Ok(Source::open(path)?.facts(path))
}

impl Source {
    pub(crate) fn facts(&self, path: &Path) -> Facts {
        let (config, tensors) = (&self.config, &self.tensors);
        let (mut parameters, mut weight_bytes) = (0, 0);
        let mut kinds: Vec<(Format, u64)> = Vec::new();
        for (format, numbers, bytes) in tensors.sizes() {
            parameters += numbers;
            weight_bytes += bytes;
            match kinds.iter_mut().find(|(known, _)| *known == format) {
                Some((_, sum)) => *sum += numbers,
                None => kinds.push((format, numbers)),
            }
        }
        let most = kinds.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.name().cmp(a.0.name())));
        Facts {
            name: self.name(path),
            family: config.family.name().to_owned(),
            architecture: config.architecture.clone(),
            quantization: most.map_or_else(String::new, |(format, _)| format.name().to_owned()),
            blocks: config.blocks,
            hidden_size: config.hidden_size,
            feed_forward: config.feed_forward,
            heads: config.heads.query_heads,
            kv_heads: config.heads.kv_heads,
            head_size: config.heads.head_size,
            vocabulary: self.vocabulary(),
            context_length: config.context_length,
            parameters,
            weight_bytes,
            file_bytes: tensors.file_bytes(),
            notes: self.notes(),
        }
    }

    /// Returns the rows of the embedding. Some models have more of them than tokens.
    pub(crate) fn vocabulary(&self) -> usize {
        self.tensors.shape("token_embd.weight").first().copied().unwrap_or(0)
    }

    /// Returns what is to be said about the files.
    fn notes(&self) -> Vec<String> {
        let folder = match &self.metadata {
            Metadata::Folder(folder) => folder.notes.as_slice(),
            Metadata::Gguf(_) => &[],
        };
        let notes = folder.iter().chain(&self.config.notes).cloned();
        notes.chain(template_notes(&self.metadata)).collect()
    }

    fn name(&self, path: &Path) -> String {
        match &self.metadata {
            Metadata::Folder(folder) => folder.name(),
            Metadata::Gguf(header) => match header.text("general.name").map(str::trim) {
                Some(name) if !name.is_empty() => name.to_owned(),
                _ => stem(path),
            },
        }
    }
}

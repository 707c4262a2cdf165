//! Manages the models on this machine: it finds their files, notices changes, and estimates their memory. Nothing here
//! loads a model.

pub(crate) mod catalogue;
pub(crate) mod memory;
pub(crate) mod scan;
pub(crate) mod watch;
pub(crate) mod watched;

use std::path::Path;

use hub::{files, hub_cache};
use ipc::model::{FileState, ModelFacts, ModelOrigin};
use store::models::ModelRow;
use vectors::model::Facts;

/// Returns whether a model's file exists and is unchanged.
pub(crate) fn file_state(row: &ModelRow) -> FileState {
    match (files::stamp(Path::new(&row.path)), &row.stamp) {
        (None, _) => FileState::Gone,
        (Some(now), Some(then)) if now != *then => FileState::Changed,
        _ => FileState::Present,
    }
}

/// Returns the origin of a model by its path.
pub(crate) fn origin(row: &ModelRow, cache: &Path) -> ModelOrigin {
    if row.expected_fingerprint.is_some() {
        return ModelOrigin::Starter;
    }
    match hub_cache::belongs_to(cache, Path::new(&row.path)) {
        Some((repository, commit)) => ModelOrigin::Hub { repository, commit },
        None => ModelOrigin::File,
    }
}

/// Converts the facts of a header to the window's type.
pub(crate) fn facts(facts: &Facts) -> ModelFacts {
    ModelFacts {
        family: facts.family.clone(),
        architecture: facts.architecture.clone(),
        quantization: facts.quantization.clone(),
        blocks: facts.blocks as u32,
        hidden_size: facts.hidden_size as u32,
        vocabulary: facts.vocabulary as u32,
        context_length: facts.context_length as u32,
        parameters: facts.parameters,
        file_bytes: facts.file_bytes,
        weight_bytes: facts.weight_bytes,
        feed_forward: facts.feed_forward as u32,
        heads: facts.heads as u32,
        kv_heads: facts.kv_heads as u32,
        head_size: facts.head_size as u32,
    }
}

/// Returns the name of a device for a person.
pub(crate) fn device_label(device: vectors::model::Device) -> String {
    use vectors::model::Device;
    match device {
        Device::Cpu => "CPU".to_owned(),
        Device::Cuda(card) => format!("NVIDIA card {card}"),
        Device::Metal => "Apple GPU".to_owned(),
        Device::Candle => "CPU, by candle".to_owned(),
    }
}

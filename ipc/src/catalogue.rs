//! What a person sees who looks for a model: a list of models that Tiller reads, and what the hub finds.

use serde::{Deserialize, Serialize};

use crate::model::MemoryNeed;

/// A model of the list that comes with Tiller.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CatalogueModel {
    /// The name.
    pub name: String,
    /// `organisation/name`.
    pub repository: String,
    /// The path of its file in the repository.
    pub file: String,
    /// The format of its weights, as the file's name says it.
    pub quantization: String,
    /// The number of weights.
    pub parameters: u64,
    /// The size of the file.
    pub bytes: u64,
    /// The name of its licence.
    pub licence: String,
    /// A sentence on what it is good for.
    pub good_for: String,
    /// The estimated memory with the weights as they are stored.
    pub need: MemoryNeed,
}

/// The hub's answer to a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubSearch {
    /// The host that answered.
    pub host: String,
    /// The models, in the hub's order.
    pub models: Vec<FoundModel>,
}

/// A model that the hub has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundModel {
    /// `organisation/name`.
    pub repository: String,
    /// The number of downloads that the hub counts. `None` if it does not say.
    pub downloads: Option<u64>,
    /// The day of the last change, as `2026-10-02`. `None` if the hub does not say.
    pub updated: Option<String>,
    /// The number of weights. `None` if the hub does not say.
    pub parameters: Option<u64>,
    /// Whether the owners require an agreement on the hub's page first.
    pub is_gated: bool,
    /// The reason why the engine cannot use it, if that is known.
    pub unusable: Option<String>,
}

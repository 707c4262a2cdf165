//! Language models.

use serde::{Deserialize, Serialize};

use crate::{Failure, Id};

/// A model the store knows: its file stays where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Its id.
    pub id: Id,
    /// What it is called.
    pub name: String,
    /// Where its file is.
    pub path: String,
    /// What the file's header says; absent until the file was read once.
    pub facts: Option<ModelFacts>,
    /// Whether it is in memory.
    pub state: ModelState,
}

/// What a model's header says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelFacts {
    /// The architecture, as the file names it (`llama`).
    pub architecture: String,
    /// How the weights are stored (`Q4_1`).
    pub quantization: String,
    /// The number of decoder blocks.
    pub blocks: u32,
    /// The width of the residual stream.
    pub hidden_size: u32,
    /// The number of tokens known.
    pub vocabulary: u32,
    /// The longest sequence, in tokens.
    pub context_length: u32,
    /// The number of weights.
    pub parameters: u64,
    /// The file's size in bytes.
    pub file_bytes: u64,
}

/// Whether a model is in memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum ModelState {
    /// On disk only.
    Unloaded,
    /// On its way into memory: the share that is there, 0 to 1.
    Loading {
        /// 0 to 1.
        fraction: f64,
    },
    /// In memory, on the device named.
    Ready {
        /// `CPU`, ...
        device: String,
    },
    /// Could not be loaded, and why.
    Failed {
        /// Why, and what to do.
        failure: Failure,
    },
}

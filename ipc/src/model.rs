//! Language models of the library.

use serde::{Deserialize, Serialize};
pub use steering_types::Precision;

use crate::{Failure, Id};

/// A model the store knows: its file stays where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Its id.
    pub id: Id,
    /// The name.
    pub name: String,
    /// The path of its file or folder.
    pub path: String,
    /// What the file's header says; absent until the file was read once.
    pub facts: Option<ModelFacts>,
    /// The state in memory.
    pub state: ModelState,
    /// The state of its file.
    pub file: FileState,
    /// The origin.
    pub origin: ModelOrigin,
    /// The SHA-256 of what was read last; absent until the file was read once.
    pub fingerprint: Option<String>,
    /// The chosen precision of its weights.
    pub precision: Precision,
    /// How they stand there now, if they do.
    pub in_memory: Option<InMemory>,
    /// The person's own chat template, in place of the file's.
    pub template: Option<String>,
    /// What it takes, for every precision; empty until the file was read once.
    pub needs: Vec<MemoryNeed>,
    /// What its loading waits for, as a sentence.
    pub waits_for: Option<String>,
}

impl Model {
    /// What it takes with the precision that is chosen.
    #[must_use]
    pub fn need(&self) -> Option<MemoryNeed> {
        self.needs.iter().find(|need| need.precision == self.precision).copied()
    }
}

/// The facts in a model's header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelFacts {
    /// The family, as people call it (`Llama`); empty until a header was read that says it.
    #[serde(default)]
    pub family: String,
    /// The architecture, as the file names it (`llama`).
    pub architecture: String,
    /// The storage format of the weights (`Q4_1`).
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
    /// The file's size in bytes; of a folder, that of its weights.
    pub file_bytes: u64,
    /// Bytes of the weights as they are stored.
    #[serde(default)]
    pub weight_bytes: u64,
    /// The width of the feed-forward layers.
    #[serde(default)]
    pub feed_forward: u32,
    /// Query heads.
    #[serde(default)]
    pub heads: u32,
    /// Key-value heads.
    #[serde(default)]
    pub kv_heads: u32,
    /// Numbers in a head.
    #[serde(default)]
    pub head_size: u32,
}

/// The state of a model in memory.
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

/// The state of a model's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// It is there, as it was.
    Present,
    /// It is not there any more.
    Gone,
    /// Something else is there than when it was read last.
    Changed,
}

/// The origin of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "origin")]
pub enum ModelOrigin {
    /// It comes with Tiller.
    Starter,
    /// A person has added its file.
    File,
    /// It lies in the cache that programs share for models from the Hugging Face hub.
    Hub {
        /// `organisation/name`.
        repository: String,
        /// The commit that it belongs to.
        commit: String,
    },
}

/// A model in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InMemory {
    /// The precision of its weights there.
    pub precision: Precision,
    /// Bytes that they take.
    pub bytes: u64,
}

/// What a model takes of memory with one precision, in bytes: estimates, for advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryNeed {
    /// The precision.
    pub precision: Precision,
    /// To load it.
    pub load: u64,
    /// To answer a question with and without steering.
    pub chat: u64,
    /// To train a vector on a data set like the starter ones.
    pub train: u64,
}

/// The devices and the memory of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Bytes that can still be taken without swapping.
    pub free_bytes: u64,
    /// Bytes in all.
    pub total_bytes: u64,
    /// Where models can be: the processor first.
    pub devices: Vec<MachineDevice>,
    /// Whether the processor multiplies bf16 numbers: runs may ask for it.
    pub has_bf16: bool,
}

/// A device that can hold a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineDevice {
    /// As settings and `tiller-cli --device` name it: `cpu`, `cuda`, `cuda:1`, `metal`.
    pub name: String,
    /// As a person reads it.
    pub label: String,
}

/// How a model comes into memory where a job uses another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// The jobs of other models are paused first; they can be resumed.
    PauseJobs,
    /// It is loaded in addition to what is there.
    Beside,
}

/// The chat template that a model uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateText {
    /// The template.
    pub text: String,
    /// The origin.
    pub origin: TemplateOrigin,
    /// Whether it knows no system message: that stands before the first question then.
    pub folds_system: bool,
    /// A short conversation as the template writes it.
    pub example: String,
    /// Tiller's own templates, to begin with.
    pub built_in: Vec<NamedTemplate>,
}

/// A chat template that comes with Tiller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedTemplate {
    /// The name.
    pub name: String,
    /// The template.
    pub text: String,
}

/// The origin of a chat template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum TemplateOrigin {
    /// The model's files.
    File,
    /// Tiller, because the model's files carry none.
    BuiltIn {
        /// The name.
        name: String,
    },
    /// The person.
    Person,
    /// There is none, and the model cannot be loaded without one.
    Nowhere,
}

/// A search of a folder for models.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scan {
    /// The folder.
    pub path: String,
    /// Whether it is still under way.
    pub is_running: bool,
    /// How many files and folders were looked at.
    pub looked_at: u32,
    /// How many models were new.
    pub added: u32,
    /// How many were known before.
    pub known: u32,
    /// How many model files cannot be used.
    pub refused: u32,
    /// The first of those.
    pub first_refused: Vec<RefusedModel>,
    /// Why it did not come to its end, if it did not.
    pub cut_short: Option<String>,
}

/// A model's file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedModel {
    /// The path.
    pub path: String,
    /// What is wrong with it.
    pub reason: String,
}

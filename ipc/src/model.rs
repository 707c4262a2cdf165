//! The language models of the library.

use serde::{Deserialize, Serialize};
pub use steering_types::Precision;

use crate::{Failure, Id};

/// A model that the store knows. Its file stays at its path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Its id.
    pub id: Id,
    /// The name.
    pub name: String,
    /// The path of its file or folder.
    pub path: String,
    /// The facts in the file's header. `None` until the file was read.
    pub facts: Option<ModelFacts>,
    /// The state in memory.
    pub state: ModelState,
    /// The state of its file.
    pub file: FileState,
    /// The way in which the model came into the library.
    pub origin: ModelOrigin,
    /// The SHA-256 of the content that was read last. `None` until the file was read.
    pub fingerprint: Option<String>,
    /// The precision in which its weights are loaded.
    pub precision: Precision,
    /// The precision and size of its weights in memory. `None` if it is not loaded.
    pub in_memory: Option<InMemory>,
    /// The person's own chat template, which replaces the file's.
    pub template: Option<String>,
    /// Its memory needs for each precision. Empty until the file was read.
    pub needs: Vec<MemoryNeed>,
    /// A sentence that says what the loading of the model waits for.
    pub waits_for: Option<String>,
}

impl Model {
    /// Its memory needs at the chosen precision.
    #[must_use]
    pub fn need(&self) -> Option<MemoryNeed> {
        self.needs.iter().find(|need| need.precision == self.precision).copied()
    }
}

/// The facts in a model's header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelFacts {
    /// The name of the family (`Llama`). Empty until a header that gives it was read.
    #[serde(default)]
    pub family: String,
    /// The architecture's name in the file (`llama`).
    pub architecture: String,
    /// The storage format of the weights (`Q4_1`).
    pub quantization: String,
    /// The number of decoder blocks.
    pub blocks: u32,
    /// The width of the residual stream.
    pub hidden_size: u32,
    /// The size of the vocabulary.
    pub vocabulary: u32,
    /// The longest sequence, in tokens.
    pub context_length: u32,
    /// The number of weights.
    pub parameters: u64,
    /// The file's size in bytes. Of a folder, the size of its weights.
    pub file_bytes: u64,
    /// The size of the stored weights in bytes.
    #[serde(default)]
    pub weight_bytes: u64,
    /// The width of the feed-forward layers.
    #[serde(default)]
    pub feed_forward: u32,
    /// The number of query heads.
    #[serde(default)]
    pub heads: u32,
    /// The number of key-value heads.
    #[serde(default)]
    pub kv_heads: u32,
    /// The size of a head.
    #[serde(default)]
    pub head_size: u32,
}

/// The state of a model in memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum ModelState {
    /// Only on disk.
    Unloaded,
    /// Being loaded.
    Loading {
        /// The loaded share, from 0 to 1.
        fraction: f64,
    },
    /// Loaded on a device.
    Ready {
        /// The device's name, for example `CPU`.
        device: String,
    },
    /// Loading failed.
    Failed {
        /// The reason and the next step.
        failure: Failure,
    },
}

/// The state of a model's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// The file is unchanged.
    Present,
    /// The file is missing.
    Gone,
    /// The file has changed since it was read.
    Changed,
}

/// The way in which a model came into the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "origin")]
pub enum ModelOrigin {
    /// It comes with Tiller.
    Starter,
    /// A person added its file.
    File,
    /// It lies in the hub's cache, which other programs share.
    Hub {
        /// `organisation/name`.
        repository: String,
        /// The commit.
        commit: String,
    },
}

/// A model in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InMemory {
    /// The precision of its weights.
    pub precision: Precision,
    /// The size of its weights in bytes.
    pub bytes: u64,
}

/// A model's estimated memory needs with one precision, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryNeed {
    /// The precision.
    pub precision: Precision,
    /// Bytes to load it.
    pub load: u64,
    /// Bytes to answer a question with and without steering.
    pub chat: u64,
    /// Bytes to train a vector on a data set of the starter sets' size.
    pub train: u64,
}

/// The devices and the memory of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Bytes that are available without swapping, and no more than the limit of the settings leaves.
    pub free_bytes: u64,
    /// The total number of bytes, and no more than the limit of the settings.
    pub total_bytes: u64,
    /// The bytes that the machine has, whatever the settings say.
    pub installed_bytes: u64,
    /// The threads of the processor.
    pub threads: u32,
    /// The threads over which the engine spreads its work since the start.
    pub engine_threads: u32,
    /// The devices that can hold a model, the processor first.
    pub devices: Vec<MachineDevice>,
    /// Whether the processor has bf16 instructions, so that runs may use them.
    pub has_bf16: bool,
}

/// A device that can hold a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineDevice {
    /// The name in settings and in `tiller-cli --device`: `cpu`, `cuda`, `cuda:1`, `metal`.
    pub name: String,
    /// The name on the screen.
    pub label: String,
}

/// The way in which a model is loaded while a job uses another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// The jobs of other models are paused first and can be resumed.
    PauseJobs,
    /// It is loaded in addition to the models in memory.
    Beside,
}

/// The chat template that a model uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateText {
    /// The template.
    pub text: String,
    /// The source of the template.
    pub origin: TemplateOrigin,
    /// Whether the template has no system role, so that the system message is put before the first question.
    pub folds_system: bool,
    /// A short conversation as the template writes it.
    pub example: String,
    /// The templates that come with Tiller, to start from.
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

/// The source of a chat template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum TemplateOrigin {
    /// The model's files.
    File,
    /// Tiller, because the model's files have none.
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
    /// Whether the search is running.
    pub is_running: bool,
    /// The number of files and folders that were visited.
    pub looked_at: u32,
    /// The number of models that were added.
    pub added: u32,
    /// The number of models that were already known.
    pub known: u32,
    /// The number of unusable model files.
    pub refused: u32,
    /// The first unusable files.
    pub first_refused: Vec<RefusedModel>,
    /// The reason why the search ended early.
    pub cut_short: Option<String>,
}

/// An unusable model file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedModel {
    /// The path.
    pub path: String,
    /// The reason.
    pub reason: String,
}

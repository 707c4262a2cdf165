//! Models into which a vector was baked, and exported files of adapters, with the proof of each.

use serde::{Deserialize, Serialize};

use crate::job::JobState;
use crate::{Failure, Id, Millis};

/// The most strengths that are baked in one go.
pub const MOST_STRENGTHS: usize = 3;

/// A vector that is baked into copies of a model, one for each strength. Of an adapter it is a proof: its only copy is the file
/// that it was exported to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bake {
    /// Its id.
    pub id: Id,
    /// The job that writes and proves the copies.
    pub job: Id,
    /// The job's state.
    pub state: JobState,
    /// The vector.
    pub vector: Id,
    /// The model that is copied.
    pub model: Id,
    /// Whether files that are there may be replaced.
    pub replace: bool,
    /// Whether the model may have other weights than the one that the vector was made on: the same model in another format.
    pub other_weights: bool,
    /// The copies, in the order of the work.
    pub copies: Vec<BakedCopy>,
    /// The time at which it was queued.
    pub created: Millis,
}

/// A copy of a model with a vector baked in, or the exported file of an adapter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BakedCopy {
    /// The strength.
    pub multiplier: f64,
    /// The path of the file or folder.
    pub path: String,
    /// Whether writing it was begun.
    #[serde(default)]
    pub is_begun: bool,
    /// Its bytes, once it is proved.
    #[serde(default)]
    pub bytes: u64,
    /// What was rounded, added to or left out, in sentences.
    #[serde(default)]
    pub notes: Vec<String>,
    /// The comparison with the steered original. `None` until it is made.
    #[serde(default)]
    pub proof: Option<Proof>,
}

/// What may be said of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All numbers are the steered original's to the bit.
    Identical,
    /// All numbers are within the bounds, and all answers are the same.
    Exact,
    /// They are not.
    NotExact,
}

/// How a copy compares with the steered original.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// What may be said.
    pub verdict: Verdict,
    /// The number of prompts.
    pub prompts: u32,
    /// The largest difference of two logits after the prompts. `None` where a number is not finite.
    pub logit_gap: Option<f64>,
    /// The number of answers with the same tokens.
    pub same_answers: u32,
    /// The tokens of each answer, at most.
    pub answer_tokens: u32,
    /// The perplexity of the neutral text under the steered original. `None` where it is not finite.
    pub steered_perplexity: Option<f64>,
    /// The perplexity under the copy. `None` where it is not finite.
    pub baked_perplexity: Option<f64>,
}

/// What baking would write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BakePlan {
    /// The copies.
    pub copies: Vec<PlannedCopy>,
    /// Whether a copy is a folder and no GGUF file.
    pub is_folder: bool,
    /// The name that the dialog suggests, without an ending.
    pub name: String,
    /// The bytes that are free where the copies go. `None` until that is chosen, and where it is not known.
    pub free: Option<u64>,
    /// What is rounded, added to or left out, in sentences.
    pub notes: Vec<String>,
    /// Whether the model has other weights than the one that the vector was made on, as far as both are known.
    pub other_weights: bool,
    /// Why nothing can be baked, and what to do instead.
    pub refusal: Option<Failure>,
}

/// A copy that would be written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedCopy {
    /// The strength.
    pub multiplier: f64,
    /// The name of the file or folder.
    pub name: String,
    /// About how many bytes it has.
    pub bytes: u64,
}

//! The data sets and lists of prompts of a plan.

use std::path::PathBuf;

use ipc::score::Rubric;
use serde::{Deserialize, Serialize};

use super::is_false;

/// A data set: a starter set, a file, or the pairs themselves.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataPlan {
    /// Its name.
    pub name: String,
    /// The name of the starter set that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starter: Option<String>,
    /// Its file, from the folder of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// A file whose pairs are all held out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out_file: Option<PathBuf>,
    /// The columns of those files, where their format is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<ColumnNames>,
    /// Whether rows that cannot be used are left out.
    #[serde(default, skip_serializing_if = "is_false")]
    pub skip_refused: bool,
    /// The behaviour of its wanted answers, in one sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub behaviour: String,
    /// The rubric of a judge. Without it, the one made from name and behaviour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rubric: Option<Rubric>,
    /// The suffixes with which each prompt is measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suffixes: Vec<String>,
    /// The share of pairs that is held out, where no pair says its split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_out: Option<f64>,
    /// The seed of that draw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_out_seed: Option<u64>,
    /// The number of training pairs that are kept, the first ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_train: Option<u32>,
    /// The number of held-out pairs that are kept, the first ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_held_out: Option<u32>,
    /// The SHA-256 of the pairs as a model sees them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The pairs as lines of Tiller's JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairs: Option<String>,
}

/// The columns of a file of pairs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnNames {
    /// The prompt's.
    pub prompt: String,
    /// The wanted answer's.
    pub wanted: String,
    /// The opposite answer's.
    pub opposite: String,
}

/// A list of prompts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptList {
    /// Its name.
    pub name: String,
    /// The prompts.
    pub prompts: Vec<String>,
    /// The rubric of a judge. Without it, the score's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rubric: Option<Rubric>,
    /// The suffixes with which each prompt is measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suffixes: Vec<String>,
}

//! What a plan measures, and how it chooses a multiplier.

use std::path::PathBuf;

use ipc::drafts::EndpointSettings;
use ipc::mmlu::MmluGroup;
use ipc::score::Rubric;
use serde::{Deserialize, Serialize};

use crate::kebab;

/// What is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// The multipliers; 0 is always among them.
    pub multipliers: Vec<f64>,
    /// The scores. Without any the vectors are trained, and nothing is measured.
    pub scores: Vec<ScorePlan>,
    /// The number of prompts of each set that are answered, the first ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<u32>,
    /// The most tokens of an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_new_tokens: Option<u32>,
    /// The sampling temperature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The seed of the sampler.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation_seed: Option<u64>,
    /// A text that is appended to every prompt.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suffix: String,
    /// The seed that draws worked examples, where an arm has no seed of its own for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub examples_seed: Option<u64>,
}

/// A score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScorePlan {
    /// Which score it is.
    pub score: ScoreKind,
    /// The file of its questions, or the folder of MMLU, from the folder of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// The number of worked examples before a question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shots: Option<u8>,
    /// The number of questions of each subject of MMLU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// The group of MMLU's subjects.
    #[serde(default, with = "kebab", skip_serializing_if = "Option::is_none")]
    pub group: Option<MmluGroup>,
    /// The server of a judge. Without it the model itself judges, unsteered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<EndpointSettings>,
    /// A judge's rubric for sets that have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rubric: Option<Rubric>,
}

/// The scores that a plan can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScoreKind {
    /// Log-odds of the wanted answer.
    Preference,
    /// The same for each token.
    PreferencePerToken,
    /// The share of pairs whose wanted answer is the likelier.
    WinRate,
    /// The probability of the wanted letter.
    Choice,
    /// The perplexity of neutral text.
    Perplexity,
    /// The divergence from the unsteered model on it.
    Divergence,
    /// Repetition in answers.
    Repetition,
    /// Tokens of answers.
    Length,
    /// The share of answers that do not refuse, by phrases.
    AttackSuccess,
    /// The same by a judge.
    AttackSuccessJudged,
    /// A judge's rating.
    Judge,
    /// Multiple choice.
    Knowledge,
    /// MMLU.
    Mmlu,
    /// `TruthfulQA` MC1.
    TruthfulqaMc1,
    /// `TruthfulQA` MC2.
    TruthfulqaMc2,
}

/// How a multiplier is chosen: on one half of the held-out pairs, so that the other half reports what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choose {
    /// The score that is to be largest.
    pub by: ScoreKind,
    /// The seed of the halves.
    #[serde(default)]
    pub seed: u64,
    /// The largest perplexity of a multiplier, as a multiple of the unsteered one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_perplexity: Option<f64>,
}

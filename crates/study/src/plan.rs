//! The types of a plan. Every table refuses a key that it does not know, so that a slip of the pen is no silent default.

use std::path::PathBuf;

use ipc::drafts::EndpointSettings;
use ipc::mmlu::MmluGroup;
use ipc::score::Rubric;
use ipc::steering::{GateAt, Intervention, Positions};
use ipc::train::{AnswerPosition, Method, Schedule, TrainPrecision};
use serde::{Deserialize, Serialize};

use crate::kebab;

/// A whole study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The study's name, which is that of its project.
    pub name: String,
    /// A note for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The seeds: each arm that draws anything is made once with each.
    #[serde(default = "usual_seeds")]
    pub seeds: Vec<u64>,
    /// The layers: each arm that has one is made once at each. Empty for a third of the way up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<Layers>,
    /// The only cells that are run: a shard. Empty for all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// The model.
    #[serde(default)]
    pub model: ModelPlan,
    /// What is measured.
    pub measure: Measure,
    /// How a multiplier is chosen. `None` chooses none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choose: Option<Choose>,
    /// The data sets.
    #[serde(default)]
    pub data: Vec<DataPlan>,
    /// The lists of prompts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prompts: Vec<PromptList>,
    /// What is compared.
    pub arm: Vec<Arm>,
    /// Vectors that are given by their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vector: Vec<VectorPlan>,
}

fn usual_seeds() -> Vec<u64> {
    vec![11]
}

/// The layer of a vector, or the layers of one that acts at several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Layers {
    /// One layer.
    One(u32),
    /// Several layers, trained together.
    Together(Vec<u32>),
}

impl Layers {
    /// Returns the layers, ascending.
    #[must_use]
    pub fn list(&self) -> Vec<u32> {
        let mut list = match self {
            Self::One(layer) => vec![*layer],
            Self::Together(layers) => layers.clone(),
        };
        list.sort_unstable();
        list.dedup();
        list
    }
}

/// The model.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelPlan {
    /// Its file, from the folder of the plan. Without it and without a name, the starter model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// The name of a model that the store has, in place of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The SHA-256 that its file must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

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

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
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

/// One of the things that are compared: a method, a control, given vectors, a way of prompting, or one of the first three
/// together with a way of prompting.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arm {
    /// Its name.
    pub name: String,
    /// The method that makes its vector.
    #[serde(default, with = "kebab", skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// The control that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Control>,
    /// The arm that it is the control of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The data sets that it is trained on, each by itself. Empty for all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<String>,
    /// The data sets and lists that it is measured on. Empty for its own data set and all lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measured_on: Vec<String>,
    /// Its layers, in place of the study's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<Layers>,
    /// Its seeds, in place of the study's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seeds: Vec<u64>,
    /// The settings of its training that are not the usual ones.
    #[serde(default, skip_serializing_if = "ArmSettings::is_usual")]
    pub settings: ArmSettings,
    /// The way of prompting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompting: Option<PromptingPlan>,
    /// Given vectors, which act together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steer: Vec<Steer>,
}

/// A control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// A vector in a random direction, with the norm of the arm's vector at each layer.
    RandomVector,
    /// The arm's method on the same pairs, the wanted and the opposite answer exchanged in a random half.
    ShuffledLabels,
}

impl Control {
    /// Returns its name in a plan.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RandomVector => "random-vector",
            Self::ShuffledLabels => "shuffled-labels",
        }
    }
}

/// The settings of training that an arm has in place of the usual ones. They have the names of a run's settings.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArmSettings {
    /// How often every pair is seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epochs: Option<u32>,
    /// The peak learning rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learning_rate: Option<f64>,
    /// The steps over which it rises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warmup_steps: Option<u32>,
    /// How it goes afterwards.
    #[serde(default, with = "kebab", skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// The strength of the preference term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beta: Option<f64>,
    /// The multipliers that `RePS` trains at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factors: Option<Vec<f64>>,
    /// The weight decay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_decay: Option<f64>,
    /// The largest norm of the gradient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clip_norm: Option<f64>,
    /// Pairs in a step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_pairs: Option<u32>,
    /// The tokens whose activations Freeform reads: `mean` or `last`.
    #[serde(default, with = "kebab", skip_serializing_if = "Option::is_none")]
    pub position: Option<AnswerPosition>,
    /// The tokens at which the vector acts.
    #[serde(default, with = "kebab", skip_serializing_if = "Option::is_none")]
    pub on: Option<Positions>,
    /// The precision of the run.
    #[serde(default, with = "kebab", skip_serializing_if = "Option::is_none")]
    pub precision: Option<TrainPrecision>,
    /// The system prompt around every prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_prompt: Option<String>,
    /// The rank of an adapter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<u32>,
    /// The alpha of an adapter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpha: Option<f64>,
}

impl ArmSettings {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// A way of prompting. Exactly one of `system`, `template` and `examples` is given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptingPlan {
    /// A system prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The name of a chat template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// That template's source, where it is not a built-in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The number of worked examples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub examples: Option<u32>,
    /// Whether the examples show the opposite answers.
    #[serde(default, skip_serializing_if = "is_false")]
    pub opposite: bool,
}

/// A given vector of an arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steer {
    /// The name of a vector of the plan.
    pub vector: String,
    /// The factor on the multiplier.
    #[serde(default = "one")]
    pub weight: f64,
    /// Whether the weight is the whole coefficient, whatever the multiplier is.
    #[serde(default, skip_serializing_if = "is_false")]
    pub fixed: bool,
    /// The condition under which it acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<SteerGate>,
}

fn one() -> f64 {
    1.0
}

/// The gate of a given vector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SteerGate {
    /// The vector whose projection decides.
    pub vector: String,
    /// The layer after which it is computed.
    pub layer: u32,
    /// The threshold.
    pub above: f64,
    /// The width of a soft gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub soft: Option<f64>,
    /// Where it is decided.
    #[serde(default, with = "kebab", skip_serializing_if = "Option::is_none")]
    pub at: Option<GateAt>,
}

/// What is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// The multipliers; 0 is always among them.
    pub multipliers: Vec<f64>,
    /// The scores.
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

/// A vector by its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VectorPlan {
    /// Its name.
    pub name: String,
    /// The system prompt that it was trained with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_prompt: Option<String>,
    /// The operation, and the tokens at which it acts.
    #[serde(default)]
    pub intervention: Intervention,
    /// Its numbers at each layer.
    pub part: Vec<VectorPart>,
}

/// The numbers of a vector at one layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VectorPart {
    /// The layer.
    pub layer: u32,
    /// The numbers, each of which a 32-bit number holds exactly.
    pub values: Vec<f64>,
}

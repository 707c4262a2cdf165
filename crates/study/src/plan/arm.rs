//! What a plan compares: methods, controls, given vectors, ways of prompting.

use ipc::steering::{GateAt, Positions};
use ipc::train::{AnswerPosition, Method, Schedule, TrainPrecision};
use serde::{Deserialize, Serialize};

use super::{Layers, is_false};
use crate::kebab;

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
    /// The epoch whose vector is taken, in place of the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<u32>,
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

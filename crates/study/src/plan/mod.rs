//! The types of a plan. Every table refuses a key that it does not know, so that a slip of the pen is no silent default.

mod arm;
mod data;
mod measure;

use std::path::PathBuf;

use ipc::steering::Intervention;
use serde::{Deserialize, Serialize};

pub use arm::{Arm, ArmSettings, Control, PromptingPlan, Steer, SteerGate};
pub use data::{ColumnNames, DataPlan, PromptList};
pub use measure::{Choose, Measure, ScoreKind, ScorePlan};

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

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

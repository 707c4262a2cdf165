//! Distils a steered model into an adapter: what the window's jobs and the command line have in common. The steps themselves are
//! the engine's (`vectors::distil`).

mod proof;
mod samples;

use ipc::distil::Remaining;
use vectors::adapter::Projection;
use vectors::bake::{Ingredient, Recipe};
use vectors::distil::{DistilSettings, Divergence};
use vectors::files::Provenance;
use vectors::model::Model;

pub(crate) use proof::write_beside;
pub use proof::{Distilled, DistilledProof};
pub use samples::Samples;

use crate::baking::made_by;

/// What a distilled adapter comes from.
#[derive(Debug, Clone, Copy)]
pub struct DistilledFrom<'a> {
    /// What steers the teacher.
    pub recipe: &'a Recipe,
    /// The settings.
    pub settings: &'a DistilSettings,
    /// The SHA-256 of the model's files.
    pub model_fingerprint: &'a str,
    /// The hash of the pairs.
    pub data_hash: &'a str,
}

impl DistilledFrom<'_> {
    /// Describes the teacher, the pairs and the settings, which are enough to repeat the run.
    #[must_use]
    pub fn provenance(&self, name: Option<String>, model: &Model) -> Provenance {
        let named = |one: &Ingredient| format!("{} x {} ({})", one.name, one.multiplier, one.hash);
        let from: Vec<String> = self.recipe.ingredients.iter().map(named).collect();
        let names: Vec<&str> = self.settings.on.iter().map(Projection::name).collect();
        let facts = model.facts();
        Provenance {
            name,
            method: Some("distil".to_owned()),
            model: Some(facts.name.clone()),
            architecture: Some(facts.architecture.clone()),
            model_fingerprint: Some(self.model_fingerprint.to_owned()),
            data_hash: Some(self.data_hash.to_owned()),
            policy: Some(format!(
                "add multiplier times alpha / rank times B A to the weights of {}",
                names.join(", ")
            )),
            made_by: Some(made_by()),
            seed: Some(self.settings.seed),
            // The settings are numbers and names, which JSON always holds.
            settings: serde_json::to_string(self.settings).ok(),
            made_from: Some(format!("distilled from {}", from.join(", "))),
        }
    }
}

/// Puts what was measured before the first step and after the last one together.
#[must_use]
pub fn remaining(before: &Divergence, left: &Divergence) -> Remaining {
    Remaining {
        before: before.interval.value,
        left: left.interval.value,
        low: left.interval.low,
        high: left.interval.high,
        samples: left.samples as u32,
        tokens: left.tokens as u32,
    }
}

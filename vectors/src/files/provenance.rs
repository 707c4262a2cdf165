//! The provenance of a vector, stored in the metadata of file formats.

use crate::steering::{Intervention, InterventionOp, Positions};

/// The origin of vectors, according to the file; nothing is checked against a model.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Provenance {
    /// The name of the vector.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The training method: `bipo`, `caa`, ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The model's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The model's architecture, as GGUF names it: `llama`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// The SHA-256 of the model's file, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_fingerprint: Option<String>,
    /// The SHA-256 of the training pairs, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_hash: Option<String>,
    /// The operation of the vector and the positions where it acts, in words: [`Provenance::ADD_EVERYWHERE`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The program that made it, with its version number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_by: Option<String>,
    /// The seed of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// All settings of the run, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<String>,
    /// A description of how it was computed from other vectors, with the SHA-256 of each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_from: Option<String>,
}

impl Provenance {
    /// The policy of BiPO and of llama.cpp: multiplier times vector is added at every position, prompt and answer.
    pub const ADD_EVERYWHERE: &'static str = "add at every position";

    /// The policy of an adapter.
    pub const ADD_TO_WEIGHTS: &'static str =
        "add multiplier times alpha / rank times B A to the weights of queries and values";

    /// Words the intervention as a policy, for [`Provenance::policy`].
    #[must_use]
    pub fn policy_of(intervention: Intervention) -> String {
        let how = match intervention.op {
            InterventionOp::Add => "add".to_owned(),
            InterventionOp::ProjectOut => "project out".to_owned(),
            // The cap has 32 bits, as in the engine.
            InterventionOp::Cap { at } => format!("cap the projection at {}", at as f32),
        };
        let on = match intervention.positions {
            Positions::Everywhere => "at every position",
            Positions::PromptEnd => "from the last token of the prompt on",
            Positions::Answer => "at the positions of the answer",
        };
        format!("{how} {on}")
    }

    /// Parses the policy; `None` for a policy in other words than [`Provenance::policy_of`]'s.
    #[must_use]
    pub fn intervention(&self) -> Option<Intervention> {
        let policy = self.policy.as_deref()?;
        // The cap is the only number in the policy.
        let at = policy.split(' ').find_map(|word| word.parse::<f32>().ok()).filter(|at| at.is_finite());
        let ways = [
            InterventionOp::Add,
            InterventionOp::ProjectOut,
            InterventionOp::Cap { at: f64::from(at.unwrap_or(0.0)) },
        ];
        let places = [Positions::Everywhere, Positions::PromptEnd, Positions::Answer];
        let all = ways.into_iter().flat_map(|how| places.map(|on| Intervention { positions: on, op: how }));
        all.into_iter().find(|intervention| Self::policy_of(*intervention) == policy)
    }

    /// Returns the known fields as keys and texts, for formats whose metadata are texts.
    pub(super) fn to_texts(&self) -> Vec<(&'static str, String)> {
        let texts = [
            ("name", &self.name),
            ("method", &self.method),
            ("model", &self.model),
            ("architecture", &self.architecture),
            ("model_fingerprint", &self.model_fingerprint),
            ("data_hash", &self.data_hash),
            ("policy", &self.policy),
            ("made_by", &self.made_by),
            ("settings", &self.settings),
            ("made_from", &self.made_from),
        ];
        let known = texts.into_iter().filter_map(|(key, text)| Some((key, text.clone()?)));
        known.chain(self.seed.map(|seed| ("seed", seed.to_string()))).collect()
    }

    /// Reads the texts of [`Provenance::to_texts`]; a seed that is not a number is left out.
    pub(super) fn from_texts(text: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            name: text("name"),
            method: text("method"),
            model: text("model"),
            architecture: text("architecture"),
            model_fingerprint: text("model_fingerprint"),
            data_hash: text("data_hash"),
            policy: text("policy"),
            made_by: text("made_by"),
            seed: text("seed").and_then(|seed| seed.parse().ok()),
            settings: text("settings"),
            made_from: text("made_from"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_in_our_words_is_read_back() {
        let places = [Positions::Everywhere, Positions::PromptEnd, Positions::Answer];
        for how in [InterventionOp::Add, InterventionOp::ProjectOut, InterventionOp::Cap { at: -1.25 }] {
            for intervention in places.map(|on| Intervention { positions: on, op: how }) {
                let policy = Some(Provenance::policy_of(intervention));
                assert_eq!(Provenance { policy, ..Provenance::default() }.intervention(), Some(intervention));
            }
        }
        let other = Provenance { policy: Some("add where it rains".into()), ..Provenance::default() };
        assert_eq!((other.intervention(), Provenance::default().intervention()), (None, None));
    }
}

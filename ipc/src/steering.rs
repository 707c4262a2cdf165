//! The vectors that steer a model with their weights, and the tokens at which they act.

use serde::{Deserialize, Serialize};
pub use steering_types::{CapSide, Caps, Gate, GateAt, Intervention, InterventionOp, Positions};

use crate::Id;

/// A library vector that steers, with its weight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SteeringTerm {
    /// The vector.
    pub vector: Id,
    /// The factor on the multiplier, or the whole coefficient if `fixed` is set.
    pub weight: f64,
    /// Whether the multiplier leaves the coefficient unchanged. Such vectors form the second axis of a heat map.
    #[serde(default)]
    pub fixed: bool,
    /// An epoch of the vector's run. Its vector is used in place of the final one.
    #[serde(default)]
    pub epoch: Option<u32>,
    /// The condition under which it acts. `None` for always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<TermGate>,
    /// The caps that act in place of the vector's own operation. `None` for that operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caps: Option<Caps>,
}

/// The condition of a term: a gate, and the vector whose projection decides.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TermGate {
    /// The vector of the condition. It may be the term's own.
    pub vector: Id,
    /// The layer, the threshold, the width, and where it is decided.
    pub gate: Gate,
}

impl TermGate {
    /// Returns the condition in a few words, with the name of its vector.
    #[must_use]
    pub fn words(&self, name: &str) -> String {
        let Gate { layer, above, soft, at } = self.gate;
        let soft = soft.map(|width| format!(", soft over {width}")).unwrap_or_default();
        let at = if at == GateAt::Prompt { ", at the prompt" } else { "" };
        format!("where {name} after layer {layer} is over {above}{soft}{at}")
    }
}

impl SteeringTerm {
    /// Makes a term whose coefficient is the multiplier.
    #[must_use]
    pub fn new(vector: Id) -> Self {
        Self { vector, weight: 1.0, fixed: false, epoch: None, gate: None, caps: None }
    }

    /// Returns the coefficient at a multiplier, in the engine's precision.
    #[must_use]
    pub fn coefficient(&self, multiplier: f64) -> f32 {
        (if self.fixed { self.weight } else { self.weight * multiplier }) as f32
    }
}

/// A token of a conversation, with whether it is steered and scored.
#[expect(clippy::struct_excessive_bools, reason = "four independent facts about a token")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenPreview {
    /// Its text. Of a special token, its name.
    pub text: String,
    /// Whether it is one of the model's special tokens.
    pub is_special: bool,
    /// Whether it belongs to the answer.
    pub is_answer: bool,
    /// Whether the vector acts on it.
    pub is_steered: bool,
    /// Whether its log-probability counts.
    pub is_scored: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_stored_as_earlier_versions_stored_it() {
        let term = SteeringTerm { weight: 0.5, fixed: true, ..SteeringTerm::new(3) };
        let text = serde_json::to_string(&term).expect("serialized");
        assert_eq!(text, r#"{"vector":3,"weight":0.5,"fixed":true,"epoch":null}"#);
        let text = serde_json::to_string(&SteeringTerm { epoch: Some(2), ..SteeringTerm::new(3) });
        assert_eq!(text.expect("serialized"), r#"{"vector":3,"weight":1.0,"fixed":false,"epoch":2}"#);
        let gate =
            TermGate { vector: 4, gate: Gate { layer: 1, above: 2.5, soft: None, at: GateAt::Prompt } };
        let gated = SteeringTerm { gate: Some(gate), ..term.clone() };
        let text = serde_json::to_string(&gated).expect("serialized");
        assert_eq!(serde_json::from_str::<SteeringTerm>(&text).expect("read"), gated);
        let caps = Caps {
            percentile: 25,
            side: CapSide::AtMost,
            over: "the neutral text".into(),
            thresholds: vec![1.5],
        };
        let capped = SteeringTerm { caps: Some(caps), ..term };
        let text = serde_json::to_string(&capped).expect("serialized");
        assert_eq!(serde_json::from_str::<SteeringTerm>(&text).expect("read"), capped);
        assert_eq!(gate.words("C"), "where C after layer 1 is over 2.5, at the prompt");
    }

    #[test]
    fn the_multiplier_leaves_a_fixed_coefficient_alone() {
        let term = SteeringTerm { weight: 0.5, ..SteeringTerm::new(3) };
        let fixed = SteeringTerm { fixed: true, ..term.clone() };
        let coefficients = [term, fixed].map(|term| term.coefficient(3.0).to_bits());
        assert_eq!(coefficients, [1.5_f32, 0.5].map(f32::to_bits));
    }
}

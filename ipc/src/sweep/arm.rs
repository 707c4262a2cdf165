//! The arms of a sweep: vectors, ways of prompting, or both together.

use serde::{Deserialize, Serialize};

use crate::Id;
use crate::steering::SteeringTerm;

/// An arm: vectors, a way of prompting, or both together.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Arm {
    /// The name. If empty, a name is made from the rest.
    #[serde(default)]
    pub name: String,
    /// An index into the chart palette.
    #[serde(default)]
    pub color: u8,
    /// The vectors that are added to the residual stream. Empty for a way of prompting alone.
    pub terms: Vec<SteeringTerm>,
    /// The way of prompting.
    #[serde(default)]
    pub prompting: Prompting,
    /// The indices of the sets that it is measured on; empty for all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sets: Vec<u32>,
}

/// A way of prompting: the text before a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "prompting")]
pub enum Prompting {
    /// The system prompt that the vector was trained with.
    #[default]
    AsTrained,
    /// Another system prompt.
    System {
        /// The system prompt.
        text: String,
    },
    /// Another chat template, with the system prompt that the vector was trained with.
    Template {
        /// The template's name.
        name: String,
        /// The template in Jinja. If empty, the built-in one of that name.
        source: String,
    },
    /// Worked examples from the set's training pairs, as earlier turns of the conversation.
    Shots {
        /// Whether they show the wanted or the opposite answers.
        wanted: bool,
        /// The number of examples.
        count: u32,
    },
}

/// The names of the built-in chat templates, under which a vector can be measured.
pub const TEMPLATES: [&str; 4] = ["Llama 2", "Llama2-Chinese", "Mistral", "Vicuna"];

impl Arm {
    /// Makes an arm of a single vector, prompted as it was trained.
    #[must_use]
    pub fn vector(vector: Id) -> Self {
        Self { terms: vec![SteeringTerm::new(vector)], ..Self::default() }
    }

    /// Returns whether it is measured on a set.
    #[must_use]
    pub fn is_measured_on(&self, set: u32) -> bool {
        self.sets.is_empty() || self.sets.contains(&set)
    }

    /// Returns whether its multiplier is that of this vector alone, which does what it does by itself.
    #[must_use]
    pub fn is_vector_alone(&self, vector: Id) -> bool {
        let [term] = self.terms.as_slice() else { return false };
        let is_plain = !term.fixed
            && term.gate.is_none()
            && term.caps.is_none()
            && term.epoch.is_none()
            && (term.weight - 1.0).abs() < 1e-9;
        term.vector == vector && is_plain && self.prompting == Prompting::AsTrained
    }

    /// Returns whether its scores depend on the multiplier.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.terms.iter().any(|term| !term.fixed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steering::{CapSide, Caps, Gate, GateAt, TermGate};

    #[test]
    fn a_vector_alone_has_no_weight_gate_caps_or_company() {
        let alone = Arm::vector(3);
        assert!(alone.is_vector_alone(3) && !alone.is_vector_alone(4));
        let mut heavy = alone.clone();
        heavy.terms[0].weight = 2.0;
        assert!(!heavy.is_vector_alone(3));
        let mut gated = alone.clone();
        let gate = Gate { layer: 1, above: 0.0, soft: None, at: GateAt::Token };
        gated.terms[0].gate = Some(TermGate { vector: 3, gate });
        assert!(!gated.is_vector_alone(3));
        let mut capped = alone.clone();
        capped.terms[0].caps =
            Some(Caps { percentile: 25, side: CapSide::AtMost, over: "quiet".into(), thresholds: vec![0.0] });
        assert!(!capped.is_vector_alone(3));
        let mut sum = alone;
        sum.terms.extend(Arm::vector(4).terms);
        assert!(!sum.is_vector_alone(3));
    }
}

//! Vectors made of other vectors, and what several of them come to together.

use serde::{Deserialize, Serialize};

use crate::Id;

/// What makes a new vector of one that is there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum Change {
    /// The same numbers.
    Duplicate,
    /// Every number times a factor.
    Scale {
        /// The factor; neither 0 nor infinite.
        factor: f64,
    },
    /// The other way round.
    Negate,
    /// Scaled so that the norm of all parts together is this.
    Normalize {
        /// The norm; over 0.
        norm: f64,
    },
    /// Scaled to the norm of another vector.
    MatchNorm {
        /// The other vector.
        other: Id,
    },
    /// weight × v + other weight × another vector of the same model and layers.
    Add {
        /// How many times the vector itself.
        weight: f64,
        /// The other vector.
        other: Id,
        /// How many times that one.
        other_weight: f64,
    },
    /// What is left at every layer once the part along another vector of the same model and layers is taken out.
    Orthogonalize {
        /// The other vector.
        against: Id,
    },
    /// The same numbers for another model of the same hidden size and as many layers.
    Transfer {
        /// The other model.
        model: Id,
    },
}

impl Change {
    /// The other vector that it takes.
    #[must_use]
    pub fn other(&self) -> Option<Id> {
        match self {
            Self::MatchNorm { other } | Self::Add { other, .. } | Self::Orthogonalize { against: other } => {
                Some(*other)
            }
            _ => None,
        }
    }
}

/// A vector that another one was made of, as it was then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its id; it may be gone since.
    pub vector: Id,
    /// Its name.
    pub name: String,
    /// The SHA-256 of its layers and numbers.
    pub hash: String,
    /// The model it was for.
    pub model: String,
}

/// How a vector was made of others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// What was done.
    pub change: Change,
    /// The vector that was changed, and behind it the other one where the change takes one.
    pub from: Vec<Source>,
}

impl Made {
    /// What was done, in words.
    #[must_use]
    pub fn said(&self) -> String {
        let name = |place: usize| {
            let source = self.from.get(place);
            source.map_or_else(|| "?".to_owned(), |source| format!("\u{201c}{}\u{201d}", source.name))
        };
        match self.change {
            Change::Duplicate => format!("a copy of {}", name(0)),
            Change::Scale { factor } => format!("{} \u{d7} {factor}", name(0)),
            Change::Negate => format!("{} the other way round", name(0)),
            Change::Normalize { norm } => format!("{} at norm {norm}", name(0)),
            Change::MatchNorm { .. } => format!("{} at the norm of {}", name(0), name(1)),
            Change::Add { weight, other_weight, .. } => {
                format!("{weight} \u{d7} {} + {other_weight} \u{d7} {}", name(0), name(1))
            }
            Change::Orthogonalize { .. } => format!("{} without what lies along {}", name(0), name(1)),
            Change::Transfer { .. } => {
                let model = self.from.first().map(|source| source.model.as_str()).unwrap_or_default();
                format!("{} as it was made for {model}", name(0))
            }
        }
    }

    /// The same with the content of what it was made of, for a file.
    #[must_use]
    pub fn with_hashes(&self) -> String {
        let hash = |source: &Source| format!("\u{201c}{}\u{201d} has SHA-256 {}", source.name, source.hash);
        let hashes: Vec<String> = self.from.iter().map(hash).collect();
        format!("{}; {}", self.said(), hashes.join("; "))
    }

    /// Whether the vector is one that was made for another model.
    #[must_use]
    pub fn is_transfer(&self) -> bool {
        matches!(self.change, Change::Transfer { .. })
    }
}

/// How alike some vectors are.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Likeness {
    /// The layers that at least one of them has, ascending.
    pub layers: Vec<u32>,
    /// Of each vector a row: its cosine with each of them; nothing where the two share no layer. Two vectors of one layer
    /// each are compared whatever their layers; else over the parts of all layers that both have, one after the other.
    pub cosines: Vec<Vec<Option<f64>>>,
    /// Of each vector, its parts: layer and norm.
    pub parts: Vec<Vec<(u32, f64)>>,
}

/// What several vectors come to together, at multiplier 1.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Together {
    /// Two vectors that pull against each other at one layer.
    pub conflicts: Vec<Conflict>,
    /// What is added at each layer at which more than one vector acts, or else at the strongest.
    pub layers: Vec<Added>,
}

/// The cosine below which two vectors are said to pull against each other.
pub const CONFLICT: f64 = -0.5;

/// Two vectors that pull against each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// The name of one.
    pub one: String,
    /// The name of the other.
    pub other: String,
    /// The layer.
    pub layer: u32,
    /// The cosine of what both add there, the weights' signs included.
    pub cosine: f64,
}

/// What is added at a layer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Added {
    /// The layer.
    pub layer: u32,
    /// How many vectors are added there.
    pub count: u32,
    /// The norm of their sum.
    pub norm: f64,
    /// The sum of their norms.
    pub apart: f64,
    /// The residual stream's typical norm there, where it is known.
    pub residual: Option<f64>,
}

/// The vocabulary's tokens that a vector points to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lens {
    /// The part that was looked at, by its layer.
    pub layer: u32,
    /// The tokens of the highest logits for +v, the highest first.
    pub along: Vec<LensToken>,
    /// Those for −v.
    pub against: Vec<LensToken>,
}

/// A token and its logit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LensToken {
    /// The token's text.
    pub text: String,
    /// Its id.
    pub id: u32,
    /// Its logit.
    pub logit: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_said_with_names_and_hashes() {
        let source = |name: &str| Source {
            vector: 1,
            name: name.into(),
            hash: format!("{name}{name}"),
            model: "M".into(),
        };
        let change = Change::Add { weight: 0.5, other: 2, other_weight: -1.0 };
        let made = Made { change, from: vec![source("a"), source("b")] };
        assert_eq!(made.said(), "0.5 \u{d7} \u{201c}a\u{201d} + -1 \u{d7} \u{201c}b\u{201d}");
        assert!(
            made.with_hashes()
                .ends_with("\u{201c}a\u{201d} has SHA-256 aa; \u{201c}b\u{201d} has SHA-256 bb")
        );
        let made = Made { change: Change::Transfer { model: 2 }, from: vec![source("a")] };
        assert!(made.is_transfer() && made.said().ends_with("made for M"));
    }
}

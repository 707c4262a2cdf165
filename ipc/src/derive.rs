//! Vectors made from other vectors, and sums of several vectors.

use serde::{Deserialize, Serialize};

use crate::Id;

/// An operation that makes a new vector from an existing one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum Change {
    /// Copies the numbers.
    Duplicate,
    /// Multiplies every number by a factor.
    Scale {
        /// The factor, which is finite and not 0.
        factor: f64,
    },
    /// Negates every number.
    Negate,
    /// Scales the vector to a norm, taken over all its layers together.
    Normalize {
        /// The norm, above 0.
        norm: f64,
    },
    /// Scales the vector to the norm of another one.
    MatchNorm {
        /// The other vector.
        other: Id,
    },
    /// Computes weight × v + `other_weight` × w, where w has the same model and layers.
    Add {
        /// The weight of the vector itself.
        weight: f64,
        /// The other vector.
        other: Id,
        /// The weight of the other vector.
        other_weight: f64,
    },
    /// Removes at every layer the component along another vector of the same model and layers.
    Orthogonalize {
        /// The other vector.
        against: Id,
    },
    /// Copies the numbers for another model with the same hidden size and number of layers.
    Transfer {
        /// The other model.
        model: Id,
    },
}

impl Change {
    /// Returns the other vector that the operation uses.
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

/// A source of a derived vector, as it was when it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The source's id. The source may have been deleted since.
    pub vector: Id,
    /// Its name.
    pub name: String,
    /// The SHA-256 of its layers and numbers.
    pub hash: String,
    /// The model of the source.
    pub model: String,
}

/// The record of how a vector was made from others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Derivation {
    /// The operation.
    pub change: Change,
    /// The vector that was changed, followed by the other one if the operation uses one.
    pub from: Vec<Source>,
    /// The learned map that transferred the vector to another model. `None` if no map was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub map: Option<LearnedMap>,
}

/// A linear map between two models' residual streams, learned from texts that both read (experimental).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LearnedMap {
    /// The layer of the original vector.
    pub from_layer: u32,
    /// The layer of the new vector.
    pub layer: u32,
    /// The texts that both models read, for example `the neutral text and “Seeks wealth”`.
    pub texts: String,
    /// The SHA-256 of the pairs among the texts. `None` if there are none.
    pub data_hash: Option<String>,
    /// The SHA-256 of the source model's file.
    pub from_fingerprint: Option<String>,
    /// The number of paired rows that the map was fitted and measured on.
    pub rows: u32,
    /// The number of rows that were left out because their norm is many times the typical one.
    pub left_out: u32,
    /// The λ of the ridge regression.
    pub lambda: f64,
    /// The coefficient of determination R² on rows outside the fit. 1 explains all variance.
    pub r_squared: f64,
    /// The same after a fit on randomly paired rows.
    pub shuffled_r_squared: f64,
    /// The norm of the mapped vector before it was scaled.
    pub mapped_norm: f64,
    /// The mean L2 norm of the source model's paired rows.
    pub from_norm: f64,
    /// The mean L2 norm of the target model's paired rows.
    pub norm: f64,
}

impl LearnedMap {
    /// Describes the map in words.
    #[must_use]
    pub fn description(&self) -> String {
        format!(
            "ridge regression over {} paired rows of {}, \u{3bb} {:.3e}; R\u{b2} {:.3} on rows that it was not fitted on, {:.3} \
             where rows are paired by chance; norm {:.4} before it was scaled to the same share of the residual stream \
             ({:.1} there, {:.1} here)",
            self.rows,
            self.texts,
            self.lambda,
            self.r_squared,
            self.shuffled_r_squared,
            self.mapped_norm,
            self.from_norm,
            self.norm
        )
    }
}

/// Returns the layer of a model with `to` blocks at the same relative depth as `layer` in a model with `from` blocks.
#[must_use]
pub fn same_depth(layer: u32, from: u32, to: u32) -> u32 {
    let (from, to) = (u64::from(from.max(1)), u64::from(to.max(1)));
    let blocks = ((u64::from(layer) + 1) * to + from / 2) / from;
    (blocks.clamp(1, to) - 1) as u32
}

impl Derivation {
    /// Describes the operation in words.
    #[must_use]
    pub fn description(&self) -> String {
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
                match &self.map {
                    Some(map) => format!(
                        "{} as it was made for {model}, transferred from layer {} there to layer {} by a learned linear map \
                         (experimental)",
                        name(0),
                        map.from_layer,
                        map.layer
                    ),
                    None => format!("{} as it was made for {model}", name(0)),
                }
            }
        }
    }

    /// Describes the operation with the hashes of its sources, for a vector file.
    #[must_use]
    pub fn with_hashes(&self) -> String {
        let hash = |source: &Source| format!("\u{201c}{}\u{201d} has SHA-256 {}", source.name, source.hash);
        let hashes: Vec<String> = self.from.iter().map(hash).collect();
        let map = self.map.as_ref().map(|map| format!("; {}", map.description())).unwrap_or_default();
        format!("{}{map}; {}", self.description(), hashes.join("; "))
    }

    /// Returns whether the vector was made for another model.
    #[must_use]
    pub fn is_transfer(&self) -> bool {
        matches!(self.change, Change::Transfer { .. })
    }
}

/// The similarity of vectors.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Similarity {
    /// The layers that at least one of the vectors has, ascending.
    pub layers: Vec<u32>,
    /// The matrix of cosines, one row for each vector. `None` if two vectors share no layer. Two vectors of one layer each
    /// are compared across layers. Otherwise the cosine is over the concatenation of all shared layers.
    pub cosines: Vec<Vec<Option<f64>>>,
    /// The parts of each vector as (layer, norm).
    pub parts: Vec<Vec<(u32, f64)>>,
}

/// The sum of several vectors, at multiplier 1.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct VectorSum {
    /// Pairs of vectors whose cosine at one layer is below [`CONFLICT`].
    pub conflicts: Vec<Conflict>,
    /// The norms at the layers at which several vectors act. If there are none, the strongest layer.
    pub layers: Vec<Added>,
}

/// The cosine below which two vectors are reported as a conflict.
pub const CONFLICT: f64 = -0.5;

/// Two vectors that work against each other at one layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// The name of the first vector.
    pub one: String,
    /// The name of the second vector.
    pub other: String,
    /// The layer.
    pub layer: u32,
    /// The cosine of the two added vectors, with the signs of their weights.
    pub cosine: f64,
}

/// The sum of the vectors at a layer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Added {
    /// The layer.
    pub layer: u32,
    /// The number of vectors added there.
    pub count: u32,
    /// The norm of their sum.
    pub norm: f64,
    /// The sum of their norms.
    pub apart: f64,
    /// The mean norm of the residual stream there, if it is known.
    pub residual: Option<f64>,
}

/// The tokens that a vector promotes and suppresses, by the logit lens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogitLens {
    /// The layer whose part of the vector was read.
    pub layer: u32,
    /// The tokens with the highest logits for +v, in descending order.
    pub along: Vec<LensToken>,
    /// The tokens with the highest logits for −v, in descending order.
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
    fn the_description_has_names_and_hashes() {
        let source = |name: &str| Source {
            vector: 1,
            name: name.into(),
            hash: format!("{name}{name}"),
            model: "M".into(),
        };
        let change = Change::Add { weight: 0.5, other: 2, other_weight: -1.0 };
        let made = Derivation { change, from: vec![source("a"), source("b")], map: None };
        assert_eq!(made.description(), "0.5 \u{d7} \u{201c}a\u{201d} + -1 \u{d7} \u{201c}b\u{201d}");
        assert!(
            made.with_hashes()
                .ends_with("\u{201c}a\u{201d} has SHA-256 aa; \u{201c}b\u{201d} has SHA-256 bb")
        );
        let mut made =
            Derivation { change: Change::Transfer { model: 2 }, from: vec![source("a")], map: None };
        assert!(made.is_transfer() && made.description().ends_with("made for M"));
        // Vectors of earlier versions have no map.
        let json = serde_json::to_string(&made).expect("JSON");
        assert!(
            !json.contains("map") && serde_json::from_str::<Derivation>(&json).expect("read back") == made
        );
        made.map = Some(LearnedMap {
            from_layer: 14,
            layer: 3,
            texts: "the neutral text".into(),
            data_hash: None,
            from_fingerprint: None,
            rows: 700,
            left_out: 2,
            lambda: 0.5,
            r_squared: 0.75,
            shuffled_r_squared: -0.125,
            mapped_norm: 2.0,
            from_norm: 100.0,
            norm: 30.0,
        });
        assert!(
            made.description()
                .ends_with("from layer 14 there to layer 3 by a learned linear map (experimental)")
        );
        let text = made.with_hashes();
        assert!(
            text.contains("700 paired rows of the neutral text") && text.contains("R\u{b2} 0.750"),
            "{text}"
        );
        assert!(
            text.contains("-0.125 where rows are paired by chance") && text.ends_with("SHA-256 aa"),
            "{text}"
        );
    }

    #[test]
    fn a_layer_keeps_its_depth() {
        assert_eq!((same_depth(14, 30, 30), same_depth(14, 30, 2), same_depth(29, 30, 2)), (14, 0, 1));
        assert_eq!((same_depth(0, 30, 2), same_depth(1, 2, 30), same_depth(0, 2, 30)), (0, 29, 14));
        assert_eq!((same_depth(5, 0, 0), same_depth(99, 30, 32)), (0, 31));
    }
}

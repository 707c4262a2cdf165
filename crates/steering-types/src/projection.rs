//! The linear projections of a decoder block, on which a low-rank adapter may act.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A linear projection of a decoder block, by the name that transformers and peft give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Projection {
    /// Of attention's queries.
    #[serde(rename = "q_proj")]
    Query,
    /// Of attention's keys.
    #[serde(rename = "k_proj")]
    Key,
    /// Of attention's values.
    #[serde(rename = "v_proj")]
    Value,
    /// Of attention's output, to the residual stream.
    #[serde(rename = "o_proj")]
    Output,
    /// Of the feed-forward part's gate.
    #[serde(rename = "gate_proj")]
    Gate,
    /// Of what the gate lets through.
    #[serde(rename = "up_proj")]
    Up,
    /// Of the feed-forward part's output, to the residual stream.
    #[serde(rename = "down_proj")]
    Down,
}

impl Projection {
    /// All projections of a block, in the order of an adapter's matrices.
    pub const ALL: [Self; 7] =
        [Self::Query, Self::Key, Self::Value, Self::Output, Self::Gate, Self::Up, Self::Down];

    /// Returns its name in transformers and peft.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Query => "q_proj",
            Self::Key => "k_proj",
            Self::Value => "v_proj",
            Self::Output => "o_proj",
            Self::Gate => "gate_proj",
            Self::Up => "up_proj",
            Self::Down => "down_proj",
        }
    }

    /// Returns the name of the part of the block that it belongs to.
    #[must_use]
    pub fn part(self) -> &'static str {
        match self {
            Self::Query | Self::Key | Self::Value | Self::Output => "self_attn",
            Self::Gate | Self::Up | Self::Down => "mlp",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// The projections of every block on which an adapter acts. It is serialized as the list of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<Projection>", into = "Vec<Projection>")]
pub struct Projections(u8);

impl Projections {
    /// Returns whether it has this projection.
    #[must_use]
    pub fn contains(self, projection: Projection) -> bool {
        self.0 & projection.bit() != 0
    }

    /// Returns whether it has one of these projections.
    #[must_use]
    pub fn contains_any(self, projections: &[Projection]) -> bool {
        projections.iter().any(|projection| self.contains(*projection))
    }

    /// Iterates over the projections, in the order of [`Projection::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Projection> {
        Projection::ALL.into_iter().filter(move |projection| self.contains(*projection))
    }

    /// Returns the number of projections.
    #[must_use]
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns all seven projections.
    #[must_use]
    pub fn all() -> Self {
        Projection::ALL.into_iter().collect()
    }
}

impl Default for Projections {
    /// Queries and values, as in Hu et al. 2021 and in TRL's DPO example.
    fn default() -> Self {
        [Projection::Query, Projection::Value].into_iter().collect()
    }
}

impl FromIterator<Projection> for Projections {
    fn from_iter<I: IntoIterator<Item = Projection>>(all: I) -> Self {
        Self(all.into_iter().fold(0, |bits, projection| bits | projection.bit()))
    }
}

impl From<Vec<Projection>> for Projections {
    fn from(all: Vec<Projection>) -> Self {
        all.into_iter().collect()
    }
}

impl From<Projections> for Vec<Projection> {
    fn from(all: Projections) -> Self {
        all.iter().collect()
    }
}

/// A name that is no projection's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no projection: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj and down_proj are, and all-linear is all of them"
)]
pub struct UnknownProjection(pub String);

impl FromStr for Projections {
    type Err = UnknownProjection;

    /// Reads names that are separated by commas, or peft's word for all of them.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim() == "all-linear" {
            return Ok(Self::all());
        }
        let named = |name: &str| {
            let known = Projection::ALL.into_iter().find(|projection| projection.name() == name.trim());
            known.ok_or_else(|| UnknownProjection(name.trim().to_owned()))
        };
        text.split(',').map(named).collect()
    }
}

//! Versions of a data set: those that runs and sweeps have read, and those that a person has named.

use serde::{Deserialize, Serialize};

use crate::data::PairContent;
use crate::{Id, Millis};

/// A data set at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The SHA-256 of its content, which runs and exported vectors refer to.
    pub hash: String,
    /// The time of its first use.
    pub created: Millis,
    /// The number of pairs.
    pub pairs: u32,
    /// The number of held-out pairs.
    pub held_out: u32,
    /// Whether it has only the held-out pairs, as a sweep reads them.
    pub held_out_only: bool,
    /// Whether it equals the current content of the data set.
    pub is_current: bool,
    /// The names that a person gave it, and those of the runs trained on it and of the vectors measured on it.
    pub uses: Vec<VersionUse>,
}

/// A use of a version: a run, a vector or a sweep that used it, or the name that a person gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionUse {
    /// The kind of use.
    pub kind: UseKind,
    /// The name.
    pub name: String,
}

/// The kind of use of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UseKind {
    /// A person named it.
    Named,
    /// A training run used it.
    Run,
    /// A vector whose run was deleted used it.
    Vector,
    /// A sweep used it.
    Sweep,
}

/// A range of a version's pairs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionPage {
    /// The index of the first pair, from 0.
    pub first: u32,
    /// The pairs, in order.
    pub pairs: Vec<PairContent>,
    /// The number of pairs of the version.
    pub all: u32,
}

/// The differences between a version and the current content of the data set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VersionDifference {
    /// The number of pairs that are the same in both.
    pub same: u32,
    /// The number of pairs with the same prompt and other differences.
    pub changed: u32,
    /// The number of pairs that only the data set has.
    pub added: u32,
    /// The number of pairs that only the version has.
    pub removed: u32,
    /// The first differences.
    pub first: Vec<PairDifference>,
}

/// A pair that differs between the version (before) and the data set (after).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairDifference {
    /// The pair in the version.
    pub before: Option<PairContent>,
    /// The pair in the data set.
    pub after: Option<PairContent>,
}

/// The destination of a restored version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "into")]
pub enum RestoreInto {
    /// A new data set.
    New {
        /// The name.
        name: String,
    },
    /// The data set itself. Restoring is one edit, which [`crate::command::Undo`] undoes.
    Place,
}

/// The result of restoring a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// The data set that received the version.
    pub data_set: Id,
    /// The number of changed pairs. In a new data set, all of them.
    pub changed: u32,
}

//! Versions of a data set that runs and sweeps have read, and those that a person has kept.

use serde::{Deserialize, Serialize};

use crate::data::PairContent;
use crate::{Id, Millis};

/// A data set as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The SHA-256 of its content, by which runs and exported vectors name it.
    pub hash: String,
    /// The time of its first use.
    pub created: Millis,
    /// How many pairs it has.
    pub pairs: u32,
    /// How many of them are held out.
    pub held_out: u32,
    /// Whether it holds only the held-out pairs: what a sweep sees.
    pub held_out_only: bool,
    /// Whether it is what the data set says now.
    pub is_current: bool,
    /// The names under which it was kept, and those of the runs that it was trained in and of the vectors that were swept
    /// over it.
    pub uses: Vec<VersionUse>,
}

/// Something that was made from a version, or the name that a person gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionUse {
    /// What it is.
    pub kind: UseKind,
    /// The name.
    pub name: String,
}

/// What was made from a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UseKind {
    /// A person kept it under a name.
    Kept,
    /// A training run.
    Run,
    /// A vector whose run is gone.
    Vector,
    /// A sweep.
    Sweep,
}

/// Some of a version's pairs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionPage {
    /// The place of the first of these, from 0.
    pub first: u32,
    /// The pairs, in order.
    pub pairs: Vec<PairContent>,
    /// How many pairs the version has.
    pub all: u32,
}

/// What the data set says now, compared with a version.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VersionDifference {
    /// Pairs that are in both, word for word.
    pub same: u32,
    /// Pairs of which both have the prompt, but which differ elsewhere.
    pub changed: u32,
    /// Pairs that are only in the data set.
    pub added: u32,
    /// Pairs that are only in the version.
    pub removed: u32,
    /// The first of the differences.
    pub first: Vec<PairDifference>,
}

/// One pair that differs: before in the version, after in the data set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairDifference {
    /// The pair in the version.
    pub before: Option<PairContent>,
    /// The pair in the data set.
    pub after: Option<PairContent>,
}

/// The place to which a version is restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "into")]
pub enum RestoreInto {
    /// A new data set.
    New {
        /// The name.
        name: String,
    },
    /// The data set itself: one edit, which [`crate::command::Undo`] takes back.
    Place,
}

/// The data set that a version was put into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// The data set.
    pub data_set: Id,
    /// How many pairs have changed; all of them in a new data set.
    pub changed: u32,
}

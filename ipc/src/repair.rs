//! A store that cannot be opened, and how it can be mended.

use serde::{Deserialize, Serialize};

use crate::Millis;

/// A copy of the whole store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreCopy {
    /// Its file's name.
    pub name: String,
    /// The time at which it was made.
    pub made: Millis,
    /// Its size.
    pub bytes: u64,
}

/// The ways in which a store can be mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repairs {
    /// The copies that can be put back, newest first.
    pub copies: Vec<StoreCopy>,
    /// Whether the store can be opened as it is, without what was stored last.
    pub as_it_is: bool,
}

/// How a store is mended. What was there is kept in a folder beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum RepairHow {
    /// A copy is put back.
    Copy {
        /// Its name.
        name: String,
    },
    /// It is opened as it is.
    AsItIs,
    /// An empty store takes its place.
    Anew,
}

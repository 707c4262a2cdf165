//! What was deleted and can be taken back.

use serde::{Deserialize, Serialize};

use crate::Id;

/// A deletion. [`crate::command::UndoDeletion`] takes it back until Tiller is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// Its id. Later deletions have higher ids and are taken back first.
    pub id: Id,
    /// The name of what was deleted, for a person: "the vector V".
    pub title: String,
}

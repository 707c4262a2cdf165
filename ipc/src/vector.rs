//! Steering vectors.

use serde::{Deserialize, Serialize};

use crate::derive::Made;
use crate::steering::{Acts, Where};
use crate::train::Method;
use crate::{Id, Millis};

/// A steering vector, without its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vector {
    /// Its id.
    pub id: Id,
    /// What it is called.
    pub name: String,
    /// How it was made; `None` for an imported one whose file does not say it.
    pub method: Option<Method>,
    /// The lowest of its layers.
    pub layer: u32,
    /// The 0-based blocks on whose outputs it acts, ascending: one part of it for each.
    pub layers: Vec<u32>,
    /// On which tokens it acts, and how.
    pub acts: Acts,
    /// On which tokens it acted while it was trained; `None` where that is not known.
    pub trained_on: Option<Where>,
    /// The length of each part: the model's hidden size.
    pub size: u32,
    /// The L2 norm of all parts together.
    pub norm: f64,
    /// The L2 norm of each part, in the layers' order.
    pub norms: Vec<f64>,
    /// The mean L2 norm of the residual stream after that block, over the training tokens; of one that a learned map carried, over
    /// the rows that the map was learned from; `None` for an imported one.
    pub residual_norm: Option<f64>,
    /// The model it was made for.
    pub model: Id,
    /// The run that made it; `None` where that is gone, and for an imported one.
    pub run: Option<Id>,
    /// The epoch of that run after which it was taken; `None` for the run's end.
    pub epoch: Option<u32>,
    /// The data set it was made from.
    pub data_set: Option<Id>,
    /// Its colour, as a place in the chart palette: the same everywhere.
    pub color: u8,
    /// When it was made.
    pub created: Millis,
    /// A person's words for it, by which it is found.
    pub tags: Vec<String>,
    /// What a person wrote about it.
    pub note: String,
    /// The SHA-256 of its layers and numbers, in hexadecimal.
    pub hash: String,
    /// The SHA-256 of the pairs that it was made from; `None` for an imported one.
    pub data_hash: Option<String>,
    /// The version of Tiller that made or imported it.
    pub app_version: String,
    /// How it was made of other vectors, if it was.
    pub made: Option<Made>,
}

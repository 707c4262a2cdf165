//! Steering vectors.

use serde::{Deserialize, Serialize};

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
    /// The 0-based block after which it is added.
    pub layer: u32,
    /// Its length: the model's hidden size.
    pub size: u32,
    /// Its L2 norm.
    pub norm: f64,
    /// The mean L2 norm of the residual stream after that block, over the training tokens; `None` for an imported one.
    pub residual_norm: Option<f64>,
    /// The model it was made for.
    pub model: Id,
    /// The run that made it; `None` where that is gone, and for an imported one.
    pub run: Option<Id>,
    /// The data set it was made from.
    pub data_set: Option<Id>,
    /// Its colour, as a place in the chart palette: the same everywhere.
    pub color: u8,
    /// When it was made.
    pub created: Millis,
}

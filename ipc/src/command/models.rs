//! Models.

use super::commands;
use crate::Id;
use crate::model::Model;

commands! {
    /// Makes a model's file known and loads it.
    AddModel = "add_model" -> Model {
        /// Where the file is.
        path: String,
    }

    /// Loads a known model.
    LoadModel = "load_model" -> () {
        /// The model.
        model: Id,
    }
}

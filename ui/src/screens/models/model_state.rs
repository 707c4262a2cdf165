//! The words for the state of a model.

use ipc::model::{FileState, Model, ModelState};

use crate::format;
use crate::t;
use crate::text::said;

/// Returns the class of the dot before a model, and the words for its state.
#[must_use]
pub fn model_state(model: &Model) -> (&'static str, String) {
    match (&model.state, model.file) {
        (ModelState::Loading { .. }, _) if model.waits_for.is_some() => ("loading", t!("models-state-waits")),
        (ModelState::Loading { fraction }, _) => {
            ("loading", t!("models-state-loading", percent = format::percent(*fraction)))
        }
        (ModelState::Ready { device }, FileState::Present) => {
            ("ready", t!("models-state-ready", device = said(device)))
        }
        (ModelState::Ready { .. }, FileState::Gone) => ("loading", t!("models-state-ready-gone")),
        (ModelState::Ready { .. }, FileState::Changed) => ("loading", t!("models-state-ready-changed")),
        (_, FileState::Gone) => ("failed", t!("models-state-gone")),
        (ModelState::Failed { .. }, _) => ("failed", t!("models-state-failed")),
        (ModelState::Unloaded, FileState::Changed) => ("loading", t!("models-state-changed")),
        (ModelState::Unloaded, FileState::Present) => ("unloaded", t!("models-state-unloaded")),
    }
}

//! The words for the state of a model.

use ipc::model::{FileState, Model, ModelState};

use crate::format;

/// Returns the class of the dot before a model, and the words for its state.
#[must_use]
pub fn model_state(model: &Model) -> (&'static str, String) {
    match (&model.state, model.file) {
        (ModelState::Loading { .. }, _) if model.waits_for.is_some() => ("loading", "waits".into()),
        (ModelState::Loading { fraction }, _) => {
            ("loading", format!("loading {}", format::percent(*fraction)))
        }
        (ModelState::Ready { device }, FileState::Present) => ("ready", format!("in memory, {device}")),
        (ModelState::Ready { .. }, FileState::Gone) => ("loading", "in memory, file gone".into()),
        (ModelState::Ready { .. }, FileState::Changed) => ("loading", "in memory, file changed".into()),
        (_, FileState::Gone) => ("failed", "file gone".into()),
        (ModelState::Failed { .. }, _) => ("failed", "cannot be used".into()),
        (ModelState::Unloaded, FileState::Changed) => ("loading", "file changed".into()),
        (ModelState::Unloaded, FileState::Present) => ("unloaded", "on disk".into()),
    }
}

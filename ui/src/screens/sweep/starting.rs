//! Starts the sweep that the form describes.

use ipc::command::StartSweep;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::form::Form;
use super::form_settings::by_model;
use crate::bridge;
use crate::state::Store;

impl Form {
    /// Whether a sweep can be started with what is chosen.
    #[must_use]
    pub fn can_start(self, store: Store) -> bool {
        store.model().is_some() && self.settings(store).is_ok() && !self.faults.are_there()
    }

    /// Starts the sweep; vectors of several models are swept one model after the other, and laid over each other.
    pub fn start(self, store: Store) {
        if !untrack(|| self.can_start(store)) {
            return;
        }
        let Some(model) = store.model() else { return };
        let Ok(settings) = untrack(|| self.settings(store)) else { return };
        self.failure.set(None);
        let parts = by_model(&settings, &store.vectors.read_untracked(), model.id);
        spawn_local(async move {
            let mut begun = Vec::new();
            for (model, settings) in parts {
                match bridge::call(StartSweep { model, settings }).await {
                    Ok(sweep) => begun.push(sweep.id),
                    Err(failure) => self.failure.set(Some(failure)),
                }
            }
            if let Some((first, others)) = begun.split_first() {
                self.view.choose(*first);
                self.view.overlaid.update(|all| all.extend(others));
            }
        });
    }
}

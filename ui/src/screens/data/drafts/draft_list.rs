//! The drafts of the data set in use, and what a person decides about them.

use ipc::command::{AcceptDrafts, ListDrafts, RejectDrafts};
use ipc::drafts::{Draft, Drafts};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::screens::data::pairs::Pairs;
use crate::state::{Store, UndoDelete};
use crate::t;

/// The drafts of the data set in use. Copies point to the same signals.
#[derive(Clone, Copy)]
pub(super) struct DraftList {
    pub(super) data_set: RwSignal<Option<Id>>,
    pub(super) drafts: RwSignal<Drafts>,
    pub(super) failure: RwSignal<Option<Failure>>,
    is_reading: StoredValue<bool>,
    /// Whether the drafts changed while they were being read.
    is_stale: StoredValue<bool>,
}

impl DraftList {
    /// Returns an empty list, which belongs to no data set yet.
    pub(super) fn new() -> Self {
        Self {
            data_set: RwSignal::new(None),
            drafts: RwSignal::default(),
            failure: RwSignal::new(None),
            is_reading: StoredValue::new(false),
            is_stale: StoredValue::new(false),
        }
    }

    /// Reads the drafts of the data set. A call while they are being read has them read once more afterwards.
    pub(super) fn read(self) {
        let Some(data_set) = self.data_set.get_untracked() else { return };
        if self.is_reading.get_value() {
            self.is_stale.set_value(true);
            return;
        }
        self.is_reading.set_value(true);
        spawn_local(async move {
            let found = bridge::call(ListDrafts { data_set }).await;
            self.is_reading.try_set_value(false);
            if self.data_set.try_get_untracked().flatten() == Some(data_set) {
                match found {
                    Ok(drafts) => drop(self.drafts.try_set(drafts)),
                    Err(failure) => drop(self.failure.try_set(Some(failure))),
                }
            }
            if self.is_stale.try_update_value(std::mem::take) == Some(true) {
                self.read();
            }
        });
    }

    /// Makes pairs of these drafts.
    pub(super) fn accept(self, pairs: Pairs, drafts: Vec<Id>) {
        let Some(data_set) = self.data_set.get_untracked() else { return };
        self.failure.set(None);
        spawn_local(async move {
            match bridge::call(AcceptDrafts { data_set, drafts }).await {
                Ok(Some(_)) => pairs.read_again(),
                Ok(None) => (),
                Err(failure) => drop(self.failure.try_set(Some(failure))),
            }
        });
    }

    /// Rejects these drafts.
    pub(super) fn reject(self, store: Store, drafts: Vec<Id>) {
        let Some(data_set) = self.data_set.get_untracked() else { return };
        self.failure.set(None);
        spawn_local(async move {
            match bridge::call(RejectDrafts { data_set, drafts: drafts.clone() }).await {
                Ok(()) => {
                    let title = t!("data-count-drafts", count = drafts.len());
                    store.was_deleted(title, UndoDelete::Drafts { data_set, drafts });
                }
                Err(failure) => drop(self.failure.try_set(Some(failure))),
            }
        });
    }

    /// Returns the ids of the drafts that `takes` accepts.
    pub(super) fn ids(self, takes: impl Fn(&Draft) -> bool) -> Vec<Id> {
        self.drafts
            .read_untracked()
            .drafts
            .iter()
            .filter(|draft| takes(draft))
            .map(|draft| draft.id)
            .collect()
    }
}

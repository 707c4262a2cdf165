//! The state of the quality check of a data set.

use ipc::command::{CheckQuality, RepairPairs};
use ipc::quality::{QualityReport, Repair};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::latest::Latest;
use crate::screens::data::pairs::Pairs;
use crate::state::UndoDelete;
use crate::t;

/// Whether a repair deletes pairs.
fn is_deletion(repair: Repair) -> bool {
    matches!(repair, Repair::DeleteDuplicates | Repair::DeleteEmpty | Repair::DeleteIdentical)
}

/// The state of the check. Copies point to the same signals.
#[derive(Clone, Copy)]
pub(super) struct Check {
    pub(super) report: RwSignal<Option<QualityReport>>,
    pub(super) is_busy: RwSignal<bool>,
    pub(super) failure: RwSignal<Option<Failure>>,
    latest: Latest,
}

impl Check {
    /// Returns the state before the first check.
    pub(super) fn new() -> Self {
        Self {
            report: RwSignal::new(None),
            is_busy: RwSignal::new(false),
            failure: RwSignal::new(None),
            latest: Latest::new(),
        }
    }

    /// Checks a data set. An earlier check that ends later is ignored.
    pub(super) fn run(self, data_set: Id) {
        let turn = self.latest.begin();
        self.failure.set(None);
        self.is_busy.set(true);
        spawn_local(async move {
            let found = bridge::call(CheckQuality { data_set }).await;
            if !turn.is_current() {
                return;
            }
            match found {
                Ok(report) => self.report.set(Some(report)),
                Err(failure) => self.failure.set(Some(failure)),
            }
            self.is_busy.set(false);
        });
    }

    /// Repairs the pairs of a finding, or only some of them.
    pub(super) fn repair(self, pairs: Pairs, repair: Repair, only: Option<Vec<Id>>) {
        let Some(data_set) = self.report.read_untracked().as_ref().map(|report| report.data_set) else {
            return;
        };
        self.failure.set(None);
        self.is_busy.set(true);
        spawn_local(async move {
            match bridge::call(RepairPairs { data_set, repair, pairs: only }).await {
                // The data set's event starts the check again.
                Ok(Some(edited)) => {
                    pairs.read_again();
                    if is_deletion(repair) {
                        let title = t!("count-pairs", count = edited.pairs);
                        pairs.store.was_deleted(title, UndoDelete::Pairs { data_set });
                    }
                }
                Ok(None) => self.run(data_set),
                Err(failure) => {
                    self.failure.set(Some(failure));
                    self.is_busy.set(false);
                }
            }
        });
    }
}

//! Asks which pairs pass the filter, and reads the rows that can be seen.

use std::collections::HashSet;
use std::time::Duration;

use ipc::list::{Found, PairFilter};
use ipc::train::SYSTEM_PROMPT;
use ipc::{Id, command};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::pairs::Pairs;
use crate::bridge;

/// The pause after an edit before the counts of the filters are read again.
const PAUSE: Duration = Duration::from_millis(600);

/// The most rows that the window keeps beside those that can be seen.
const MOST_ROWS: usize = 3000;

impl Pairs {
    /// Changes the filter and lists the pairs that pass it.
    pub fn look_for(self, change: impl FnOnce(&mut PairFilter)) {
        let mut filter = self.filter.get_untracked();
        change(&mut filter);
        if filter == self.filter.get_untracked() {
            return;
        }
        self.filter.set(filter);
        if let Some(data_set) = self.store.data_set().map(|set| set.id) {
            self.find(data_set, false);
        }
    }

    /// Reads which pairs pass the filter; the last call wins. Opens the first of them if none is open.
    pub(super) fn find(self, data_set: Id, is_other: bool) {
        let turn = self.next_turn();
        let filter = self.filter.get_untracked();
        if is_other {
            self.failure.set(None);
        }
        spawn_local(async move {
            let found = bridge::call(command::FindPairs { data_set, filter }).await;
            if self.find_turn.try_get_value() != Some(turn) {
                return;
            }
            match found {
                Ok(found) => self.take_found(data_set, found),
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    fn next_turn(self) -> u32 {
        let next = |turn: &mut u32| {
            *turn += 1;
            *turn
        };
        self.find_turn.try_update_value(next).unwrap_or_default()
    }

    fn take_found(self, data_set: Id, found: Found) {
        if self.data_set.get_untracked() != Some(data_set) {
            self.data_set.set(Some(data_set));
        }
        let ids: Vec<Id> = found.ids.iter().collect();
        if self.selected.with_untracked(|selected| !selected.is_empty()) {
            // Pairs that cannot be seen must not be changed by accident.
            let listed: HashSet<Id> = ids.iter().copied().collect();
            self.selected.update(|selected| selected.retain(|id| listed.contains(id)));
        }
        if self.current().is_none() {
            self.head_for(ids.first().copied());
        }
        self.marks.set(found.marks);
        self.tags.set(found.tags);
        self.listed.set(ids);
        self.rows_turn.update(|turn| *turn += 1);
    }

    /// Updates the numbers of marks and tags a moment after an edit. The list does not change, because a pair must not
    /// vanish from a filter while a person repairs it.
    pub(super) fn find_counts(self, data_set: Id) {
        let turn = self.find_turn.get_value();
        let ask = move || {
            spawn_local(async move {
                let filter = PairFilter::default();
                let found = bridge::call(command::FindPairs { data_set, filter }).await;
                if let (Ok(found), true) = (found, self.find_turn.try_get_value() == Some(turn)) {
                    self.marks.set(found.marks);
                    self.tags.set(found.tags);
                }
            });
            self.count(data_set);
        };
        set_timeout(ask, PAUSE);
    }

    /// Reads the rows of these pairs; all others are forgotten where they are of another turn.
    pub(super) fn read_rows(self, pairs: Vec<Id>, turn: u32, is_new_turn: bool) {
        let (Some(data_set), false) = (self.data_set.get_untracked(), pairs.is_empty()) else { return };
        let text = self.filter.with_untracked(|filter| filter.text.clone());
        spawn_local(async move {
            let Ok(rows) = bridge::call(command::ReadRows { data_set, pairs, text }).await else { return };
            if self.rows_turn.try_get_untracked() != Some(turn) {
                return;
            }
            self.rows.update(|known| {
                if is_new_turn || known.len() > MOST_ROWS {
                    known.clear();
                }
                known.extend(rows.into_iter().map(|row| (row.id, row)));
            });
        });
    }

    /// Requests the token counts whenever there are a model and pairs, and reads the rows again when counts arrive.
    pub(super) fn count_when_ready(self) {
        let store = self.store;
        let is_ready = Memo::new(move |_| store.model_is_ready());
        Effect::new(move |_| {
            if let (true, Some(data_set)) = (is_ready.get(), self.data_set.get()) {
                self.count(data_set);
            }
        });
        Effect::new(move |_| {
            if store
                .counted
                .get()
                .is_some_and(|counted| Some(counted.data_set) == self.data_set.get_untracked())
            {
                self.rows_turn.update(|turn| *turn += 1);
            }
        });
    }

    fn count(self, data_set: Id) {
        if !untrack(|| self.store.model_is_ready()) {
            return;
        }
        spawn_local(async move {
            let request = command::CountPairs { data_set, system_prompt: SYSTEM_PROMPT.into() };
            // Without a model there are no counts, and the list shows nothing about tokens.
            drop(bridge::call(request).await);
        });
    }
}

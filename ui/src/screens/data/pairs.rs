//! The state of the Data screen: the pairs of the data set in use, the open pair, and what is typed into it.
//!
//! Typed text is a draft, which becomes an edit half a second after the last key. The list always shows the latest
//! state of the store. Of 50,000 pairs the window holds only the ids and the visible rows. The state outlives the
//! screen, so that it is unchanged when a person comes back.

use std::collections::{HashMap, HashSet};

use ipc::data::{Pair, PairContent};
use ipc::list::{Mark, PairFilter, PairRow};
use ipc::{Failure, Id, command};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::edits::{EditQueue, UnsavedTexts};
use super::shown_view::ShownView;
use crate::actions::DataView;
use crate::bridge;
use crate::state::Store;

/// The state of the open pair in the store, compared with the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum SaveState {
    /// It is stored.
    Saved,
    /// Something was typed or is being stored.
    Saving,
    /// It could not be stored.
    Failed(Failure),
}

/// A step through the history of edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryStep {
    /// Whether the edit was undone; else it was done again.
    pub is_undo: bool,
    /// The title of the edit.
    pub title: String,
}

/// The state of the Data screen. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct Pairs {
    pub(super) store: Store,
    /// The data set whose pairs these are; `None` until they are there.
    pub data_set: RwSignal<Option<Id>>,
    /// The pairs that are listed, in order.
    pub listed: RwSignal<Vec<Id>>,
    /// The rows that were read of them.
    pub rows: RwSignal<HashMap<Id, PairRow>>,
    /// Counts up when the rows must be read again.
    pub(super) rows_turn: RwSignal<u32>,
    /// The number of pairs with each mark.
    pub marks: RwSignal<Vec<(Mark, u32)>>,
    /// The data set's tags with their numbers of pairs.
    pub tags: RwSignal<Vec<(String, u32)>>,
    /// The listed pairs.
    pub filter: RwSignal<PairFilter>,
    pub(super) find_turn: StoredValue<u32>,
    /// The reason why they could not be read, if so.
    pub failure: RwSignal<Option<Failure>>,
    /// The pairs that are selected; the open one alone is no selection.
    pub selected: RwSignal<HashSet<Id>>,
    /// The pair at which a selection with Shift begins.
    pub(super) anchor: StoredValue<Option<Id>>,
    /// The pair that is open.
    pub open: RwSignal<Option<Id>>,
    /// The pair that opens as soon as it has been read.
    pub(super) heading: StoredValue<Option<Id>>,
    /// The content of the open pair's fields.
    pub draft: RwSignal<PairContent>,
    /// Whether the draft is stored.
    pub saved: RwSignal<SaveState>,
    /// The last undone or redone edit.
    pub status: RwSignal<Option<HistoryStep>>,
    /// The view beside the list.
    pub(super) views: ShownView,
    pub(super) queue: StoredValue<EditQueue>,
    /// What was typed into pairs that are no longer open, and could not be stored.
    pub(super) unsaved: StoredValue<UnsavedTexts>,
    /// The pair from which a tag was taken last, and the tag, until that is stored.
    pub(super) untagged: StoredValue<Option<(Id, String)>>,
    /// Whether the draft holds text that has not been sent to the store yet.
    pub(super) is_typed: StoredValue<bool>,
    pub(super) timer: StoredValue<Option<TimeoutHandle>>,
}

impl Pairs {
    /// Returns the state, which reads another data set's pairs whenever another is in use.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let pairs = Self {
            store,
            data_set: RwSignal::new(None),
            listed: RwSignal::default(),
            rows: RwSignal::default(),
            rows_turn: RwSignal::new(0),
            marks: RwSignal::default(),
            tags: RwSignal::default(),
            filter: RwSignal::new(PairFilter::default()),
            find_turn: StoredValue::new(0),
            failure: RwSignal::new(None),
            selected: RwSignal::default(),
            anchor: StoredValue::new(None),
            open: RwSignal::new(None),
            heading: StoredValue::new(None),
            draft: RwSignal::default(),
            saved: RwSignal::new(SaveState::Saved),
            status: RwSignal::new(None),
            views: ShownView::new(),
            queue: StoredValue::default(),
            unsaved: StoredValue::default(),
            untagged: StoredValue::new(None),
            is_typed: StoredValue::new(false),
            timer: StoredValue::new(None),
        };
        let wanted = Memo::new(move |_| store.data_set().map(|set| set.id));
        Effect::new(move |_| {
            let wanted = wanted.get();
            pairs.save_typed();
            pairs.change_data_set(wanted);
        });
        pairs.count_when_ready();
        store.store_all.set_value(Some(Callback::new(move |is_first| pairs.store_all(is_first))));
        store.on_pairs.set_value(Some(Callback::new(move |action| pairs.act(action))));
        pairs
    }

    fn change_data_set(self, data_set: Option<Id>) {
        self.set_typed_aside();
        self.data_set.set(None);
        self.listed.set(Vec::new());
        self.rows.set(HashMap::new());
        self.selected.set(HashSet::new());
        self.filter.set(PairFilter::default());
        self.heading.set_value(None);
        self.open.set(None);
        self.status.set(None);
        if let Some(id) = data_set {
            self.find(id, true);
        }
    }

    /// Reads the pairs again, after many of them have changed at once.
    pub fn read_again(self) {
        if let Some(id) = self.data_set.get_untracked() {
            self.store.pairs_were_edited(id);
            self.find(id, true);
            self.reopen();
        }
    }

    /// Returns whether there is no data set.
    pub fn has_no_data_set(self) -> bool {
        self.store.data_sets.read().is_empty()
    }

    /// Opens a pair, after storing what was typed into another one.
    pub fn open(self, pair: Id) {
        self.save_typed();
        self.head_for(Some(pair));
    }

    /// Opens a pair and shows it beside the list.
    pub(super) fn show_pair(self, pair: Id) {
        self.open(pair);
        self.views.show(DataView::Pair);
    }

    /// Opens a pair as soon as it is read; the last requested one wins.
    pub(super) fn head_for(self, pair: Option<Id>) {
        self.heading.set_value(pair);
        let Some(id) = pair else {
            self.show(None);
            return;
        };
        spawn_local(async move {
            let read = bridge::call(command::ReadPair { pair: id }).await;
            if self.heading.try_get_value() != Some(Some(id)) {
                return;
            }
            match read {
                Ok(pair) if Some(pair.data_set) == self.data_set.get_untracked() => self.show(Some(pair)),
                Ok(_) => (),
                Err(failure) => self.store.failure.set(Some(failure)),
            }
        });
    }

    /// Reads the open pair again.
    pub(super) fn reopen(self) {
        self.head_for(self.heading.get_value());
    }

    /// Returns the pair that is open or about to be.
    pub(super) fn current(self) -> Option<Id> {
        self.heading.get_value()
    }

    fn show(self, pair: Option<Pair>) {
        let (open, content) = pair.map(|pair| (pair.id, pair.content)).unzip();
        if self.is_typed.get_value() {
            if open.is_some() && open == self.open.get_untracked() {
                // The fields have something newer than the store.
                return;
            }
            self.set_typed_aside();
        }
        self.draft.set(content.unwrap_or_default());
        self.open.set(open);
        if let Some(pair) = open {
            self.put_typed_back(pair);
        }
    }
}

//! The pairs of the data set in use, the one that is open, and what is typed into it.
//!
//! What is typed is a draft; half a second after the last key it becomes an edit. The list always shows what the store
//! said last. This outlives the screen: coming back to it finds everything where it was.

use std::time::Duration;

use ipc::data::{Edited, Pair, PairContent, Split};
use ipc::{Failure, Id, command};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::edits::{Edit, Waiting};
use crate::bridge;
use crate::state::Store;

/// How long after the last key what is typed is kept.
const PAUSE: Duration = Duration::from_millis(500);

/// Whether what is on the screen is in the store.
#[derive(Debug, Clone, PartialEq)]
pub enum SaveState {
    /// It is.
    Saved,
    /// Something was typed or is being stored.
    Saving,
    /// It could not be stored, and why.
    Failed(Failure),
}

/// Which pairs are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Words that must all be somewhere in the pair, in small letters.
    pub words: Vec<String>,
    /// Only those of one split.
    pub split: Option<Split>,
}

/// The state of the Data screen. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct Pairs {
    store: Store,
    /// The data set whose pairs these are; `None` until they are there.
    pub data_set: RwSignal<Option<Id>>,
    /// The pairs as the store knows them, in order.
    pub all: RwSignal<Vec<Pair>>,
    /// Why they could not be read, if so.
    pub failure: RwSignal<Option<Failure>>,
    /// The pair that is open.
    pub open: RwSignal<Option<Id>>,
    /// What the open pair's fields say.
    pub draft: RwSignal<PairContent>,
    /// Whether that is in the store.
    pub saved: RwSignal<SaveState>,
    /// Which pairs are listed.
    pub filter: RwSignal<Filter>,
    /// Places in `all` of the pairs that are listed.
    pub listed: Memo<Vec<usize>>,
    waiting: StoredValue<Waiting>,
    /// Whether the draft holds something that is not on its way into the store yet.
    is_typed: StoredValue<bool>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Pairs {
    /// The state, which reads another data set's pairs whenever another is in use.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let all = RwSignal::new(Vec::<Pair>::new());
        let filter = RwSignal::new(Filter::default());
        let listed = Memo::new(move |_| {
            let (all, filter) = (all.read(), filter.read());
            (0..all.len()).filter(|index| filter.takes(&all[*index].content)).collect()
        });
        let pairs = Self {
            store,
            data_set: RwSignal::new(None),
            all,
            failure: RwSignal::new(None),
            open: RwSignal::new(None),
            draft: RwSignal::default(),
            saved: RwSignal::new(SaveState::Saved),
            filter,
            listed,
            waiting: StoredValue::default(),
            is_typed: StoredValue::new(false),
            timer: StoredValue::new(None),
        };
        let wanted = Memo::new(move |_| store.data_set().map(|set| set.id));
        Effect::new(move |_| {
            let wanted = wanted.get();
            pairs.keep_typed();
            pairs.read(wanted);
        });
        pairs
    }

    fn read(self, data_set: Option<Id>) {
        self.data_set.set(None);
        self.all.set(Vec::new());
        self.open.set(None);
        self.failure.set(None);
        let Some(id) = data_set else { return };
        spawn_local(async move {
            match bridge::call(command::ListPairs { data_set: id }).await {
                // Another data set may have been chosen while this one was read.
                _ if self.store.data_set().map(|set| set.id) != Some(id) => (),
                Ok(pairs) => {
                    let first = pairs.first().map(|pair| pair.id);
                    self.all.set(pairs);
                    self.data_set.set(Some(id));
                    self.show(first);
                }
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    /// Reads the pairs again: many of them have changed at once.
    pub fn read_again(self) {
        self.read(self.data_set.get_untracked());
    }

    /// Whether there is nothing that pairs could be in.
    pub fn has_no_data_set(self) -> bool {
        self.store.data_sets.read().is_empty()
    }

    /// Opens a pair; what was typed into another one is kept.
    pub fn open(self, pair: Id) {
        self.keep_typed();
        self.show(Some(pair));
    }

    fn show(self, pair: Option<Id>) {
        let content = pair.and_then(|id| {
            self.all.read_untracked().iter().find(|known| known.id == id).map(|p| p.content.clone())
        });
        self.is_typed.set_value(false);
        self.draft.set(content.unwrap_or_default());
        self.open.set(pair);
    }

    /// Opens the pair that stands so many places further in the list.
    pub fn step(self, by: isize) {
        let target = {
            let (all, listed) = (self.all.read_untracked(), self.listed.read_untracked());
            let open = self.open.get_untracked();
            let at = listed.iter().position(|index| Some(all[*index].id) == open);
            let next = at.map_or(0, |at| at.saturating_add_signed(by).min(listed.len().saturating_sub(1)));
            listed.get(next).map(|index| all[*index].id)
        };
        if let Some(target) = target {
            self.open(target);
        }
    }

    /// Takes in what is typed; it is kept after a pause.
    pub fn typed(self, change: impl FnOnce(&mut PairContent)) {
        self.draft.update(change);
        self.is_typed.set_value(true);
        self.saved.set(SaveState::Saving);
        self.stop_timer();
        self.timer.set_value(set_timeout_with_handle(move || self.keep_typed(), PAUSE).ok());
    }

    /// Keeps what is typed now.
    pub fn keep_typed(self) {
        self.stop_timer();
        let is_typed = self.is_typed.try_update_value(std::mem::take) == Some(true);
        if let Some(pair) = self.open.get_untracked().filter(|_| is_typed) {
            self.make(Edit::Change { pair, content: self.draft.get_untracked() });
        }
    }

    fn stop_timer(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }

    /// Exchanges the wanted and the opposite answer.
    pub fn swap(self) {
        self.typed(|content| std::mem::swap(&mut content.wanted, &mut content.opposite));
        self.keep_typed();
    }

    /// Trains on the open pair, or holds it out.
    pub fn set_split(self, split: Split) {
        self.typed(|content| content.split = split);
        self.keep_typed();
    }

    /// Adds an empty pair after the open one.
    pub fn add(self) {
        self.keep_typed();
        self.make(Edit::Add { after: self.open.get_untracked(), content: PairContent::default() });
    }

    /// Adds a copy of the open pair after it.
    pub fn duplicate(self) {
        if let Some(open) = self.open.get_untracked() {
            self.keep_typed();
            self.make(Edit::Add { after: Some(open), content: self.draft.get_untracked() });
        }
    }

    /// Deletes the open pair.
    pub fn delete(self) {
        if let Some(open) = self.open.get_untracked() {
            self.stop_timer();
            self.is_typed.set_value(false);
            self.make(Edit::Delete { pair: open });
        }
    }

    /// Takes the last edit back.
    pub fn undo(self) {
        self.keep_typed();
        self.make(Edit::Undo);
    }

    /// Makes the last undone edit again.
    pub fn redo(self) {
        self.keep_typed();
        self.make(Edit::Redo);
    }

    fn make(self, edit: Edit) {
        let Some(data_set) = self.data_set.get_untracked() else { return };
        self.saved.set(SaveState::Saving);
        let is_busy = self.waiting.try_update_value(|waiting| {
            waiting.push(data_set, edit);
            std::mem::replace(&mut waiting.is_busy, true)
        });
        if is_busy == Some(false) {
            spawn_local(self.work());
        }
    }

    /// Makes the edits that wait, one after another.
    async fn work(self) {
        let mut refused = None;
        while let Some((data_set, edit)) = self.waiting.try_update_value(Waiting::pop).flatten() {
            match edit.clone().make(data_set).await {
                Ok(Some(edited)) => self.take(data_set, &edit, edited),
                Ok(None) => (),
                Err(failure) => {
                    // What follows was made on top of what was refused.
                    self.waiting.update_value(Waiting::clear);
                    self.is_typed.set_value(matches!(edit, Edit::Change { .. }));
                    refused = Some(failure);
                }
            }
        }
        self.waiting.update_value(|waiting| waiting.is_busy = false);
        self.saved.set(match refused {
            Some(failure) => SaveState::Failed(failure),
            None if self.is_typed.get_value() => SaveState::Saving,
            None => SaveState::Saved,
        });
    }

    /// Takes what an edit left behind into the list, and opens what the edit was about.
    fn take(self, data_set: Id, edit: &Edit, edited: Edited) {
        if self.data_set.get_untracked() != Some(data_set) {
            return;
        }
        if edited.is_many {
            self.read_again();
            return;
        }
        let at = self.all.read_untracked().iter().position(|pair| pair.id == edited.pair_id);
        let was_there = at.is_some();
        self.all.update(|all| place(all, at, edited.pair));
        let is_own_change = matches!(edit, Edit::Change { .. });
        if is_own_change && was_there {
            return;
        }
        let all = self.all.read_untracked();
        let target = all
            .iter()
            .find(|pair| pair.id == edited.pair_id)
            // A pair that is gone leaves its neighbour open.
            .or_else(|| at.and_then(|at| all.get(at.min(all.len().saturating_sub(1)))))
            .map(|pair| pair.id);
        drop(all);
        self.show(target);
    }
}

/// Puts a pair as it is now in its place; takes it out where it is gone.
fn place(all: &mut Vec<Pair>, at: Option<usize>, pair: Option<Pair>) {
    if let Some(at) = at {
        all.remove(at);
    }
    if let Some(pair) = pair {
        let at = all.partition_point(|known| (known.position, known.id) < (pair.position, pair.id));
        all.insert(at, pair);
    }
}

impl Filter {
    fn takes(&self, content: &PairContent) -> bool {
        let is_there = |word: &String| {
            [&content.prompt, &content.wanted, &content.opposite]
                .iter()
                .any(|text| text.to_lowercase().contains(word.as_str()))
        };
        self.split.is_none_or(|split| split == content.split) && self.words.iter().all(is_there)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(id: Id, position: f64) -> Pair {
        Pair { id, data_set: 1, position, content: PairContent::default(), changed: 0 }
    }

    #[test]
    fn a_pair_stands_where_its_position_says() {
        let mut all = vec![pair(1, 1.0), pair(2, 2.0)];
        place(&mut all, None, Some(pair(3, 1.5)));
        place(&mut all, Some(0), None);
        place(&mut all, Some(1), Some(pair(2, 2.0)));
        assert_eq!(all.iter().map(|pair| pair.id).collect::<Vec<_>>(), [3, 2]);
    }

    #[test]
    fn a_filter_wants_every_word_somewhere() {
        let content =
            PairContent { prompt: "A Large sum".into(), wanted: "of money".into(), ..PairContent::default() };
        let filter = |words: &[&str], split| Filter {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            split,
        };
        assert!(filter(&["large", "money"], Some(Split::Train)).takes(&content));
        assert!(!filter(&["large", "house"], None).takes(&content));
        assert!(!filter(&[], Some(Split::HeldOut)).takes(&content));
    }
}

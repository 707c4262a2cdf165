//! Indexes one data set's pairs in memory: their folded texts for search, their marks, and the numbers of their tokens.
//!
//! SQLite would read every text from its pages at each key stroke in the search field, and folds no case beyond ASCII. A
//! folded copy of the texts answers in milliseconds; 50,000 pairs take some 40 MB. Only the data set that was shown last
//! is indexed; every edit updates the index.

mod entry;
mod excerpt;
mod find;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ipc::Id;
use ipc::data::{Pair, PairTokens};
use ipc::list::Mark;
use ipc::tokens::Counted;

use entry::Entry;
pub use entry::{Key, key};
pub use excerpt::excerpt;
pub use find::fold;

/// After an edit of more pairs than this, all pairs are read again, which is quicker.
pub const MANY: usize = 2000;

/// Holds the index of the data set that was shown last.
#[derive(Default)]
pub struct LoadedIndex {
    current: Mutex<Option<PairIndex>>,
}

impl LoadedIndex {
    /// Says whether the index of this data set is loaded.
    pub fn is_of(&self, data_set: Id) -> bool {
        self.lock().as_ref().is_some_and(|index| index.data_set == data_set)
    }

    /// Replaces the loaded index.
    pub fn set(&self, index: PairIndex) {
        *self.lock() = Some(index);
    }

    /// Drops the index of a data set, where it is loaded.
    pub fn forget(&self, data_set: Id) {
        let mut current = self.lock();
        if current.as_ref().is_some_and(|index| index.data_set == data_set) {
            *current = None;
        }
    }

    /// Runs `work` on the index of a data set; returns `None` where that index is not loaded.
    pub fn with<T>(&self, data_set: Id, work: impl FnOnce(&mut PairIndex) -> T) -> Option<T> {
        self.lock().as_mut().filter(|index| index.data_set == data_set).map(work)
    }

    fn lock(&self) -> MutexGuard<'_, Option<PairIndex>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The token counts of a pair, as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tokens {
    /// They are not counted yet.
    Open,
    /// They are counted.
    Known(PairTokens),
    /// The model's template or tokenizer refuses the text.
    Refused,
}

/// The index of one data set's pairs.
pub struct PairIndex {
    data_set: Id,
    entries: HashMap<Id, Entry>,
    /// The ids of the pairs, in the data set's order.
    order: Vec<Id>,
    /// The number of pairs with the same texts, by the hash of these texts.
    text_counts: HashMap<u64, u32>,
    /// The number of the model with its system prompt that counted the tokens.
    counted_with: Option<u64>,
}

impl PairIndex {
    /// Indexes these pairs.
    #[must_use]
    pub fn new(data_set: Id, pairs: &[Pair]) -> Self {
        let mut index = Self {
            data_set,
            entries: HashMap::with_capacity(pairs.len()),
            order: vec![],
            text_counts: HashMap::with_capacity(pairs.len()),
            counted_with: None,
        };
        for pair in pairs {
            index.insert(pair);
        }
        index.sort();
        index
    }

    /// Updates the index after an edit. `touched` are the edited pairs, `now` those of them that still exist; `order`
    /// says whether any pair was added, removed or moved.
    pub fn refresh(&mut self, touched: &[Id], now: &[Pair], order: bool) {
        for id in touched {
            self.remove(*id);
        }
        for pair in now {
            self.insert(pair);
        }
        if order {
            self.sort();
        }
    }

    fn insert(&mut self, pair: &Pair) {
        let entry = Entry::new(pair);
        *self.text_counts.entry(entry.text_hash).or_default() += 1;
        self.entries.insert(pair.id, entry);
    }

    fn remove(&mut self, id: Id) {
        let Some(entry) = self.entries.remove(&id) else { return };
        if let Some(count) = self.text_counts.get_mut(&entry.text_hash) {
            *count -= 1;
            if *count == 0 {
                self.text_counts.remove(&entry.text_hash);
            }
        }
    }

    fn sort(&mut self) {
        let mut order: Vec<(f64, Id)> =
            self.entries.iter().map(|(id, entry)| (entry.position, *id)).collect();
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        self.order = order.into_iter().map(|(_, id)| id).collect();
    }

    /// Returns a pair's number in the data set, from 1; 0 where the pair is not indexed.
    #[must_use]
    pub fn number(&self, id: Id) -> u32 {
        let Some(entry) = self.entries.get(&id) else { return 0 };
        let before = self.order.partition_point(|other| {
            self.entries.get(other).is_some_and(|known| (known.position, *other) < (entry.position, id))
        });
        before as u32 + 1
    }

    /// Returns a pair's marks, the gravest first.
    #[must_use]
    pub fn marks(&self, id: Id) -> Vec<Mark> {
        let Some(entry) = self.entries.get(&id) else { return vec![] };
        Mark::ALL.into_iter().filter(|mark| self.has(entry, *mark)).collect()
    }

    fn has(&self, entry: &Entry, mark: Mark) -> bool {
        match mark {
            Mark::Empty => entry.is_empty,
            Mark::SameAnswers => entry.same_answers,
            // Empty pairs, which nobody has written yet, are not copies of one another.
            Mark::Duplicate => {
                !entry.is_empty && self.text_counts.get(&entry.text_hash).is_some_and(|count| *count > 1)
            }
            Mark::TooLong => entry.tokens().is_some_and(is_too_long),
            Mark::Unbalanced => entry.unbalanced,
            Mark::Untagged => entry.tags.is_empty(),
        }
    }

    /// Returns the tokens of a pair's prompt and longer answer, once they are counted.
    pub fn tokens(&self, id: Id) -> Option<u32> {
        self.entries.get(&id).and_then(Entry::tokens).map(longest)
    }

    /// Drops the token counts that another model or system prompt gave.
    pub fn count_with(&mut self, with: u64) {
        if self.counted_with == Some(with) {
            return;
        }
        self.counted_with = Some(with);
        self.entries.values_mut().for_each(|entry| entry.tokens = Tokens::Open);
    }

    /// Returns the pairs without token counts, in order.
    #[must_use]
    pub fn uncounted(&self) -> Vec<Id> {
        let is_open = |id: &&Id| self.entries.get(id).is_some_and(|entry| entry.tokens == Tokens::Open);
        self.order.iter().filter(is_open).copied().collect()
    }

    /// Stores the token counts of a pair, unless its text has changed since the counting began.
    pub fn set_tokens(&mut self, id: Id, key: Key, tokens: Tokens) {
        if let Some(entry) = self.entries.get_mut(&id).filter(|entry| entry.key == key) {
            entry.tokens = tokens;
        }
    }

    /// Returns how many pairs' tokens are counted.
    #[must_use]
    pub fn counted(&self) -> Counted {
        let known = self.entries.values().filter(|entry| entry.tokens != Tokens::Open);
        let too_long = self.entries.values().filter(|entry| self.has(entry, Mark::TooLong));
        Counted {
            data_set: self.data_set,
            counted: known.count() as u32,
            all: self.entries.len() as u32,
            too_long: too_long.count() as u32,
        }
    }
}

fn longest(tokens: PairTokens) -> u32 {
    tokens.prompt + tokens.wanted.max(tokens.opposite)
}

fn is_too_long(tokens: PairTokens) -> bool {
    longest(tokens) > tokens.limit
}

#[cfg(test)]
pub(crate) mod tests {
    use ipc::data::PairContent;
    use ipc::list::PairFilter;

    use super::*;

    pub(crate) fn pair(id: Id, prompt: &str, wanted: &str, opposite: &str) -> Pair {
        let content = PairContent {
            prompt: prompt.into(),
            wanted: wanted.into(),
            opposite: opposite.into(),
            ..PairContent::default()
        };
        Pair { id, data_set: 1, position: id as f64, content, changed: 0 }
    }

    fn ids(index: &PairIndex, mark: Mark) -> Vec<Id> {
        index.find(&PairFilter { mark: Some(mark), ..PairFilter::default() }).ids.iter().collect()
    }

    #[test]
    fn an_edit_brings_order_numbers_and_duplicates_up_to_date() {
        let mut all = vec![
            pair(1, "Why?", "So.", "No."),
            pair(2, "How?", "So.", "No."),
            pair(3, " WHY? ", "so.", "No."),
        ];
        let mut index = PairIndex::new(1, &all);
        assert_eq!(ids(&index, Mark::Duplicate), [1, 3]);
        all[2].position = 0.5;
        all[2].content.prompt = "When?".into();
        index.refresh(&[3], &all[2..], true);
        assert_eq!(ids(&index, Mark::Duplicate), [0; 0]);
        assert_eq!((index.number(3), index.number(1), index.number(2)), (1, 2, 3));
        index.refresh(&[1], &[], true);
        assert_eq!((index.order.as_slice(), index.number(1)), ([3, 2].as_slice(), 0));
    }

    #[test]
    fn tokens_belong_to_a_text_a_model_and_a_system_prompt() {
        let one = pair(1, "Why?", "So.", "No.");
        let mut index = PairIndex::new(1, std::slice::from_ref(&one));
        index.count_with(7);
        let tokens = Tokens::Known(PairTokens { prompt: 9, wanted: 3, opposite: 2, limit: 11 });
        index.set_tokens(1, key(&PairContent::default()), tokens);
        assert_eq!(index.uncounted(), [1], "another text was counted");
        index.set_tokens(1, key(&one.content), tokens);
        assert_eq!((index.uncounted(), index.tokens(1)), (vec![], Some(12)));
        assert_eq!(ids(&index, Mark::TooLong), [1]);
        index.count_with(7);
        assert_eq!((index.counted().counted, index.counted().too_long), (1, 1));
        index.count_with(8);
        assert_eq!((index.counted().counted, index.tokens(1)), (0, None));
    }
}

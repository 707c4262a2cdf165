//! Filters the pairs of the index by text, marks and tags.

use std::collections::{BTreeMap, HashSet};
use std::num::NonZero;
use std::thread;

use ipc::Id;
use ipc::list::{Found, Mark, PairFilter};

use super::{Entry, PairIndex};

impl PairIndex {
    /// Returns the pairs that the filter keeps, in order, and the counts of marks and tags to filter by.
    pub fn find(&self, filter: &PairFilter) -> Found {
        let words = words(&filter.text);
        let only: Option<HashSet<Id>> = filter.only.as_ref().map(|only| only.iter().collect());
        let takes = |entry: &Entry| {
            filter.split.is_none_or(|split| entry.split == split)
                && filter.tag.as_ref().is_none_or(|tag| entry.tags.contains(tag))
                && filter.mark.is_none_or(|mark| self.has(entry, mark))
                && words.iter().all(|word| entry.text.contains(word.as_str()))
        };
        let look = |ids: &[Id]| {
            let mut matches = ChunkMatches::default();
            for id in ids {
                let Some(entry) = self.entries.get(id) else { continue };
                for (count, mark) in matches.marks.iter_mut().zip(Mark::ALL) {
                    *count += u32::from(self.has(entry, mark));
                }
                for tag in &entry.tags {
                    *matches.tags.entry(tag).or_default() += 1;
                }
                if takes(entry) && only.as_ref().is_none_or(|only| only.contains(id)) {
                    matches.ids.push(*id);
                }
            }
            matches
        };
        let whole =
            in_chunks(&self.order, &look).into_iter().fold(ChunkMatches::default(), ChunkMatches::merge);
        Found {
            ids: whole.ids.into_iter().collect(),
            marks: Mark::ALL.into_iter().zip(whole.marks).filter(|(_, count)| *count > 0).collect(),
            tags: whole.tags.into_iter().map(|(tag, count)| (tag.to_owned(), count)).collect(),
        }
    }
}

/// The fewest pairs for which another thread pays off, and the most threads.
const FEWEST: usize = 4096;
const MOST_THREADS: usize = 4;

/// Searches several chunks of the list at the same time. It uses threads of its own: those of rayon's pool belong to the
/// engine, which may be training, and have a lower priority than a person who types.
fn in_chunks<'a>(order: &[Id], look: &(impl Fn(&[Id]) -> ChunkMatches<'a> + Sync)) -> Vec<ChunkMatches<'a>> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS);
    let each = order.len().div_ceil(threads).max(FEWEST);
    let Some((first, rest)) = order.split_at_checked(each) else { return vec![look(order)] };
    thread::scope(|scope| {
        let others: Vec<_> = rest.chunks(each).map(|ids| scope.spawn(move || look(ids))).collect();
        let mut chunks = vec![look(first)];
        for other in others {
            chunks.push(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        chunks
    })
}

/// The pairs of one chunk of the list that match, with the counts of all its marks and tags.
#[derive(Default)]
struct ChunkMatches<'a> {
    ids: Vec<Id>,
    marks: [u32; Mark::ALL.len()],
    tags: BTreeMap<&'a str, u32>,
}

impl ChunkMatches<'_> {
    /// Appends the result of the next chunk.
    fn merge(mut self, next: Self) -> Self {
        self.ids.extend(next.ids);
        self.marks.iter_mut().zip(next.marks).for_each(|(sum, count)| *sum += count);
        for (tag, count) in next.tags {
            *self.tags.entry(tag).or_default() += count;
        }
        self
    }
}

/// Returns the folded words that are searched for.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(|word| {
            let mut folded = String::new();
            fold(word, &mut folded);
            folded
        })
        .collect()
}

/// Appends a text in lower case to `onto`. Most text is ASCII, where this is one pass over the bytes.
pub fn fold(text: &str, onto: &mut String) {
    if text.is_ascii() {
        let start = onto.len();
        onto.push_str(text);
        onto[start..].make_ascii_lowercase();
    } else {
        onto.extend(text.chars().flat_map(char::to_lowercase));
    }
}

#[cfg(test)]
mod tests {
    use ipc::data::Split;

    use super::*;
    use crate::pair_index::tests::pair;

    #[test]
    fn a_filter_requires_all_its_conditions() {
        let mut all = vec![
            pair(1, "Ärger im BÜRO", "Ja.", "Nein."),
            pair(2, "你喜欢钱吗?", "喜欢", "不"),
            pair(3, "A large sum", "of Money", "No."),
        ];
        all[2].content.tags = vec!["cash".into()];
        all[2].content.split = Split::HeldOut;
        let index = PairIndex::new(1, &all);
        let found = |text: &str, filter: PairFilter| {
            index.find(&PairFilter { text: text.into(), ..filter }).ids.iter().collect::<Vec<_>>()
        };
        let any = PairFilter::default;
        assert_eq!(found("", any()), [1, 2, 3]);
        assert_eq!(
            (found("büro ärger", any()), found("钱", any()), found("MONEY large", any())),
            (vec![1], vec![2], vec![3])
        );
        assert_eq!(found("sum of", any()), [3], "words may be anywhere");
        assert_eq!(found("sumof", any()), [0; 0]);
        assert_eq!(found("", PairFilter { tag: Some("cash".into()), ..any() }), [3]);
        assert_eq!(found("", PairFilter { split: Some(Split::Train), ..any() }), [1, 2]);
        assert_eq!(found("", PairFilter { only: Some([2, 7].into_iter().collect()), ..any() }), [2]);
        assert_eq!(
            found("", PairFilter { mark: Some(Mark::Untagged), split: Some(Split::HeldOut), ..any() }),
            [0; 0]
        );
        let all = index.find(&any());
        assert_eq!(all.tags, [("cash".to_owned(), 1)]);
        assert_eq!(all.marks, [(Mark::Untagged, 2)]);
    }

    #[test]
    fn a_long_list_is_found_in_order_whatever_the_threads() {
        let count = 3 * FEWEST as Id + 7;
        let all: Vec<_> = (0..count)
            .map(|id| {
                let mut pair = pair(id, &format!("Question {id}"), "Yes.", "No.");
                pair.content.tags = vec![if id % 2 == 0 { "even".into() } else { "odd".into() }];
                pair
            })
            .collect();
        let found =
            PairIndex::new(1, &all).find(&PairFilter { text: "question 77".into(), ..PairFilter::default() });
        let expected: Vec<Id> = (0..count).filter(|id| id.to_string().contains("77")).collect();
        assert_eq!(found.ids.iter().collect::<Vec<_>>(), expected);
        assert_eq!(
            found.tags,
            [("even".to_owned(), count as u32 / 2 + 1), ("odd".to_owned(), count as u32 / 2)]
        );
    }
}

//! Which pairs a filter takes.

use std::collections::{BTreeMap, HashSet};

use ipc::Id;
use ipc::list::{Found, Mark, PairFilter};

use super::{Entry, Listing};

impl Listing {
    /// The pairs that the filter takes, in order, and what there is to filter by.
    pub(crate) fn find(&self, filter: &PairFilter) -> Found {
        let words = words(&filter.text);
        let only: Option<HashSet<Id>> = filter.only.as_ref().map(|only| only.iter().collect());
        let takes = |entry: &Entry| {
            filter.split.is_none_or(|split| entry.split == split)
                && filter.tag.as_ref().is_none_or(|tag| entry.tags.contains(tag))
                && filter.mark.is_none_or(|mark| self.has(entry, mark))
                && words.iter().all(|word| entry.text.contains(word.as_str()))
        };
        let mut marks = [0_u32; Mark::ALL.len()];
        let mut tags = BTreeMap::<&str, u32>::new();
        let mut ids = vec![];
        for id in &self.order {
            let Some(entry) = self.entries.get(id) else { continue };
            for (count, mark) in marks.iter_mut().zip(Mark::ALL) {
                *count += u32::from(self.has(entry, mark));
            }
            for tag in &entry.tags {
                *tags.entry(tag).or_default() += 1;
            }
            if takes(entry) && only.as_ref().is_none_or(|only| only.contains(id)) {
                ids.push(*id);
            }
        }
        Found {
            ids: ids.into_iter().collect(),
            marks: Mark::ALL.into_iter().zip(marks).filter(|(_, count)| *count > 0).collect(),
            tags: tags.into_iter().map(|(tag, count)| (tag.to_owned(), count)).collect(),
        }
    }
}

/// The words that are looked for, folded.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(|word| {
            let mut folded = String::new();
            fold(word, &mut folded);
            folded
        })
        .collect()
}

/// Appends a text without letters' case. Most text is ASCII, where this is one pass over the bytes.
pub(crate) fn fold(text: &str, onto: &mut String) {
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
    use crate::listing::tests::pair;

    #[test]
    fn a_filter_wants_everything_at_once() {
        let mut all = vec![
            pair(1, "Ärger im BÜRO", "Ja.", "Nein."),
            pair(2, "你喜欢钱吗?", "喜欢", "不"),
            pair(3, "A large sum", "of Money", "No."),
        ];
        all[2].content.tags = vec!["cash".into()];
        all[2].content.split = Split::HeldOut;
        let listing = Listing::new(1, &all);
        let found = |text: &str, filter: PairFilter| {
            listing.find(&PairFilter { text: text.into(), ..filter }).ids.iter().collect::<Vec<_>>()
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
        let all = listing.find(&any());
        assert_eq!(all.tags, [("cash".to_owned(), 1)]);
        assert_eq!(all.marks, [(Mark::Untagged, 2)]);
    }
}

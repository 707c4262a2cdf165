//! The list of pairs: filters and rows. A list of 50,000 pairs is sent as ids, and the window requests only the rows that it
//! shows.

use serde::{Deserialize, Serialize};

use crate::Id;
use crate::data::Split;

/// A list of ids in order, run-length encoded: each run of consecutive ids is its first id and its length.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ids(Vec<(Id, u32)>);

impl Ids {
    /// Iterates over the ids.
    pub fn iter(&self) -> impl Iterator<Item = Id> + '_ {
        self.0.iter().flat_map(|(first, count)| (0..Id::from(*count)).map(move |place| first + place))
    }

    /// Returns the number of ids.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|(_, count)| *count as usize).sum()
    }

    /// Returns whether the list is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl FromIterator<Id> for Ids {
    fn from_iter<I: IntoIterator<Item = Id>>(ids: I) -> Self {
        let mut runs = Vec::<(Id, u32)>::new();
        for id in ids {
            match runs.last_mut() {
                Some((first, count)) if *first + Id::from(*count) == id => *count += 1,
                _ => runs.push((id, 1)),
            }
        }
        Self(runs)
    }
}

/// A defect of a pair that a person may want to repair. A pair can have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The prompt or an answer is missing.
    Empty,
    /// Both answers are the same.
    SameAnswers,
    /// Another pair has the same texts, apart from letter case and surrounding blanks.
    Duplicate,
    /// The prompt with one of the answers is longer than the model's context.
    TooLong,
    /// One answer has more than twice the characters of the other, and at least 80 more.
    Unbalanced,
    /// The pair has no tag.
    Untagged,
}

impl Mark {
    /// Every mark, the most severe first.
    pub const ALL: [Self; 6] =
        [Self::Empty, Self::SameAnswers, Self::Duplicate, Self::TooLong, Self::Unbalanced, Self::Untagged];
}

/// The filter of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PairFilter {
    /// Words separated by blanks, all of which must occur in the pair. Letter case is ignored.
    pub text: String,
    /// Only pairs of this split.
    pub split: Option<Split>,
    /// Only pairs with this tag.
    pub tag: Option<String>,
    /// Only pairs with this mark.
    pub mark: Option<Mark>,
    /// Only these pairs, for example those of a finding.
    pub only: Option<Ids>,
}

/// The pairs that match a filter, and the marks and tags of the data set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Found {
    /// The matching pairs, in order.
    pub ids: Ids,
    /// The number of pairs with each mark in the whole data set, without zeros.
    pub marks: Vec<(Mark, u32)>,
    /// The tags of the whole data set with their numbers of pairs, in alphabetical order.
    pub tags: Vec<(String, u32)>,
}

/// The field of a pair to which a text belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairField {
    /// The prompt.
    Prompt,
    /// The wanted answer.
    Wanted,
    /// The opposite answer.
    Opposite,
    /// The pair's own system prompt.
    System,
    /// An earlier turn.
    Turn,
    /// The note.
    Note,
}

/// A row of the list of pairs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairRow {
    /// The pair.
    pub id: Id,
    /// Its number in the data set, from 1.
    pub number: u32,
    /// The first line of the prompt. If the searched words occur elsewhere, the text around the first of them.
    pub line: String,
    /// The field of the pair to which that line belongs.
    #[serde(rename = "part")]
    pub field: PairField,
    /// Whether the pair is trained on or held out.
    pub split: Split,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its marks, the most severe first.
    pub marks: Vec<Mark>,
    /// The number of tokens of the prompt and the longer answer. `None` until it is counted.
    pub tokens: Option<u32>,
}

/// A change of many pairs at once, which [`crate::command::Undo`] undoes as one edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum PairChange {
    /// Adds a tag.
    Tag {
        /// The tag.
        tag: String,
    },
    /// Removes a tag.
    Untag {
        /// The tag.
        tag: String,
    },
    /// Moves the pairs to a split and pins them there.
    Split {
        /// The split.
        split: Split,
    },
    /// Pins the pairs to their split, or unpins them.
    Pin {
        /// Whether they are pinned.
        pinned: bool,
    },
    /// Exchanges the wanted and the opposite answer.
    Swap,
    /// Deletes the pairs.
    Delete,
    /// Inserts a copy of each pair after the last of them.
    Duplicate,
    /// Moves the pairs together, next to a pair that is not moved.
    Move {
        /// The place.
        to: MoveTarget,
    },
}

/// A place next to a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveTarget {
    /// Directly before the pair.
    Before(Id),
    /// Directly after the pair.
    After(Id),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_ids_are_encoded_as_runs() {
        let ids: Ids = [7, 8, 9, 3, 11, 12].into_iter().collect();
        assert_eq!(serde_json::to_string(&ids).expect("JSON"), "[[7,3],[3,1],[11,2]]");
        assert_eq!(ids.iter().collect::<Vec<_>>(), [7, 8, 9, 3, 11, 12]);
        assert_eq!((ids.len(), Ids::default().is_empty()), (6, true));
    }
}

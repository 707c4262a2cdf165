//! The list of pairs: which of a data set's pairs are shown, and what is shown of each. A list of 50,000 pairs crosses as
//! ids; the rows that can be seen are asked for when they are.

use serde::{Deserialize, Serialize};

use crate::Id;
use crate::data::Split;

/// Ids in order; those that follow one another are told as the first and their number.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ids(Vec<(Id, u32)>);

impl Ids {
    /// The ids, one by one.
    pub fn iter(&self) -> impl Iterator<Item = Id> + '_ {
        self.0.iter().flat_map(|(first, count)| (0..Id::from(*count)).map(move |place| first + place))
    }

    /// The count.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|(_, count)| *count as usize).sum()
    }

    /// Whether there are none.
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

/// Something about a pair that a person may want to mend. A pair can have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The prompt or an answer is missing.
    Empty,
    /// Both answers say the same.
    SameAnswers,
    /// Another pair says the same, letters' case and blanks around aside.
    Duplicate,
    /// The model cannot read the prompt with one of the answers whole.
    TooLong,
    /// One answer has more than twice the letters of the other, and at least 80 more.
    Unbalanced,
    /// It has no tag.
    Untagged,
}

impl Mark {
    /// Every mark, the gravest first.
    pub const ALL: [Self; 6] =
        [Self::Empty, Self::SameAnswers, Self::Duplicate, Self::TooLong, Self::Unbalanced, Self::Untagged];
}

/// The filter of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PairFilter {
    /// Words between blanks, all of which are somewhere in the pair; letters' case does not matter.
    pub text: String,
    /// Only those of one split.
    pub split: Option<Split>,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Only those with this mark.
    pub mark: Option<Mark>,
    /// Only these: what a check has found.
    pub only: Option<Ids>,
}

/// The pairs that a filter takes, and what there is to filter by.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Found {
    /// The pairs, in order.
    pub ids: Ids,
    /// How many pairs of the whole data set have each mark; those that none has are left out.
    pub marks: Vec<(Mark, u32)>,
    /// The tags of the whole data set with their numbers of pairs, in the order of the alphabet.
    pub tags: Vec<(String, u32)>,
}

/// The part of a pair that a text stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The prompt.
    Prompt,
    /// The wanted answer.
    Wanted,
    /// The opposite answer.
    Opposite,
    /// Its own system prompt.
    System,
    /// An earlier turn.
    Turn,
    /// The note.
    Note,
}

/// A pair as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairRow {
    /// The pair.
    pub id: Id,
    /// Its number in the data set, from 1.
    pub number: u32,
    /// The first line of the prompt; where the words looked for stand elsewhere, what is around the first of them.
    pub line: String,
    /// Where that line stands.
    pub part: Part,
    /// Trained on or held out.
    pub split: Split,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its marks, the gravest first.
    pub marks: Vec<Mark>,
    /// The tokens of the prompt and the longer answer; `None` until they are counted.
    pub tokens: Option<u32>,
}

/// A change of many pairs at once: one step for [`crate::command::Undo`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum PairChange {
    /// They have this tag.
    Tag {
        /// The tag.
        tag: String,
    },
    /// They do not have this tag.
    Untag {
        /// The tag.
        tag: String,
    },
    /// They are trained on or held out, and stay so when the data set is split anew.
    Split {
        /// The split.
        split: Split,
    },
    /// They stay in their split when the data set is split anew, or do not.
    Pin {
        /// Whether they stay.
        pinned: bool,
    },
    /// The wanted and the opposite answer are exchanged.
    Swap,
    /// They are gone.
    Delete,
    /// Each has a copy right behind the last of them.
    Duplicate,
    /// They stand together, next to a pair that stays.
    Move {
        /// Where.
        to: Beside,
    },
}

/// A place next to a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Beside {
    /// Right before it.
    Before(Id),
    /// Right behind it.
    Behind(Id),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_follow_one_another_are_told_together() {
        let ids: Ids = [7, 8, 9, 3, 11, 12].into_iter().collect();
        assert_eq!(serde_json::to_string(&ids).expect("JSON"), "[[7,3],[3,1],[11,2]]");
        assert_eq!(ids.iter().collect::<Vec<_>>(), [7, 8, 9, 3, 11, 12]);
        assert_eq!((ids.len(), Ids::default().is_empty()), (6, true));
    }
}

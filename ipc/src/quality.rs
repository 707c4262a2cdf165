//! Findings of the checks of a data set.

use serde::{Deserialize, Serialize};

use crate::Id;
use crate::list::Ids;

/// The findings of a check of a data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QualityReport {
    /// The data set.
    pub data_set: Id,
    /// The number of checked pairs.
    pub pairs: u32,
    /// The findings, the most severe first.
    pub findings: Vec<Finding>,
    /// What each pair says to the plain model, as far as it was measured with the model in use.
    pub margins: Vec<Margin>,
    /// The job that measures more of them, while there is one.
    pub measuring: Option<Id>,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is about.
    pub kind: FindingKind,
    /// The severity.
    pub weight: Weight,
    /// What was found, in a sentence with its numbers.
    pub message: String,
    /// What comes of it.
    pub why: String,
    /// The number of its pairs.
    pub count: u32,
    /// These pairs.
    pub pairs: Ids,
    /// The first of them with what they show, at most [`MOST_ROWS`].
    pub rows: Vec<FindingRow>,
    /// What can be done about it with one click and one undo.
    pub repair: Option<Repair>,
}

/// The most pairs that a finding lists.
pub const MOST_ROWS: usize = 1000;

/// A pair that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingRow {
    /// The pair.
    pub pair: Id,
    /// Its place in the data set, from 1.
    pub number: u32,
    /// The beginning of its prompt.
    pub prompt: String,
    /// What it shows: "same as pair 12".
    pub note: String,
}

/// The kind of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A text is empty.
    Empty,
    /// Both answers are the same.
    IdenticalAnswers,
    /// A prompt is trained on and held out.
    Leak,
    /// Pairs whose wanted and opposite answers seem to have changed places.
    Swapped,
    /// The first word alone tells which answer is wanted.
    FirstWord,
    /// The answers are letters, and one of them is wanted too often.
    Letters,
    /// One kind of answer is longer.
    Length,
    /// The same answer stands in many pairs.
    FewAnswers,
    /// Pairs that say the same.
    Duplicates,
    /// Pairs that say nearly the same.
    NearDuplicates,
    /// Fields of a template that nobody filled, and marks of where a text was copied from.
    Leftovers,
    /// White space around a text.
    WhiteSpace,
    /// Pairs whose opposite the plain model prefers by far.
    Preferred,
}

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// A vector trained from this, or a number measured on it, is wrong.
    Problem,
    /// A vector may learn something else than the behaviour.
    Warning,
    /// Good to know.
    Note,
}

/// A repair of a finding, made to all of its pairs as one edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repair {
    /// Deletes the pairs that say the same as an earlier one.
    DeleteDuplicates,
    /// Deletes the pairs with an empty text.
    DeleteEmpty,
    /// Deletes the pairs whose answers are the same.
    DeleteIdentical,
    /// Trains on the held-out pairs whose prompt is trained on.
    TrainOnLeaked,
    /// Takes the white space around every text away.
    Trim,
    /// Exchanges (A) and (B) in some of the choices, so that both are wanted equally often.
    EvenLetters,
    /// Exchanges the wanted and the opposite answers of the suspected pairs.
    Swap,
}

/// What a pair says to the plain model: log pi(wanted) and log pi(opposite), in nats.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Margin {
    /// The pair.
    pub pair: Id,
    /// Its place in the data set, from 1.
    pub number: u32,
    /// log pi(wanted | prompt) - log pi(opposite | prompt), in nats.
    pub margin: f64,
    /// The same for each token of the longer answer, in nats.
    pub per_token: f64,
}

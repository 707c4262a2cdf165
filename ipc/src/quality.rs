//! Findings of the checks of a data set.

use serde::{Deserialize, Serialize};

use crate::Id;
use crate::list::Ids;

/// The result of checking a data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QualityReport {
    /// The data set.
    pub data_set: Id,
    /// The number of pairs that were checked.
    pub pairs: u32,
    /// The findings, the most severe first.
    pub findings: Vec<Finding>,
    /// The unsteered model's margins of the pairs, as far as they were measured with the model in use.
    pub margins: Vec<Margin>,
    /// The job that measures further margins, if there is one.
    pub measuring: Option<Id>,
}

/// A defect that the check found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The kind of defect.
    pub kind: FindingKind,
    /// The severity.
    pub weight: Weight,
    /// A sentence about the finding, with its numbers.
    pub message: String,
    /// The consequence for a vector or a measurement.
    pub why: String,
    /// The number of affected pairs.
    pub count: u32,
    /// The affected pairs.
    pub pairs: Ids,
    /// The first affected pairs with the evidence, at most [`MOST_ROWS`].
    pub rows: Vec<FindingRow>,
    /// The repair that can be made as one edit, if there is one.
    pub repair: Option<Repair>,
}

/// The maximum number of rows of a finding.
pub const MOST_ROWS: usize = 1000;

/// An affected pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingRow {
    /// The pair.
    pub pair: Id,
    /// Its number in the data set, from 1.
    pub number: u32,
    /// The beginning of its prompt.
    pub prompt: String,
    /// The evidence, for example "same as pair 12".
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
    /// A prompt is both trained on and held out.
    Leak,
    /// The wanted and the opposite answer of a pair seem to be exchanged.
    Swapped,
    /// The first word alone predicts which answer is wanted.
    FirstWord,
    /// The answers are letters, and one of them is wanted too often.
    Letters,
    /// One kind of answer is longer.
    Length,
    /// The same answer occurs in many pairs.
    FewAnswers,
    /// Several pairs have the same texts.
    Duplicates,
    /// Several pairs have nearly the same texts.
    NearDuplicates,
    /// A text has unfilled template fields or remains of the page that it was copied from.
    Leftovers,
    /// A text has surrounding white space.
    WhiteSpace,
    /// The unsteered model strongly prefers the opposite answer.
    Preferred,
}

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// A vector trained on the pairs, or a number measured on them, is wrong.
    Problem,
    /// A vector may learn something other than the behaviour.
    Warning,
    /// Worth knowing.
    Note,
}

/// A repair of all pairs of a finding, as one edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repair {
    /// Deletes the pairs that repeat an earlier one.
    DeleteDuplicates,
    /// Deletes the pairs with an empty text.
    DeleteEmpty,
    /// Deletes the pairs whose answers are the same.
    DeleteIdentical,
    /// Moves held-out pairs to the training pairs if their prompt is trained on.
    TrainOnLeaked,
    /// Removes the white space around every text.
    Trim,
    /// Exchanges (A) and (B) in some of the choices, so that both are wanted equally often.
    EvenLetters,
    /// Exchanges the wanted and the opposite answers of the suspected pairs.
    Swap,
}

/// The unsteered model's log-odds of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Margin {
    /// The pair.
    pub pair: Id,
    /// Its number in the data set, from 1.
    pub number: u32,
    /// log pi(wanted | prompt) - log pi(opposite | prompt), in nats.
    pub margin: f64,
    /// The margin divided by the tokens of the longer answer, in nats per token.
    pub per_token: f64,
}

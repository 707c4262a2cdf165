//! The items behind a sweep's points, their curves, and the answers to rate.

use serde::{Deserialize, Serialize};

/// The contribution of one item to a point.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PointItem {
    /// The item's index in its set, from 0.
    pub place: u32,
    /// The prompt, question or paragraph as it was when it was scored.
    pub prompt: String,
    /// A pair's wanted answer.
    pub wanted: Option<String>,
    /// A pair's opposite answer.
    pub opposite: Option<String>,
    /// The generated answer.
    pub answer: Option<String>,
    /// The unsteered answer to the same prompt, with the same random draws.
    pub unsteered_answer: Option<String>,
    /// Its value. `None` if a verdict could not be read.
    pub value: Option<f64>,
    /// Its value without steering.
    pub unsteered: Option<f64>,
    /// A detail: a judge's verdict in its own words, or its probabilities.
    pub note: Option<String>,
}

/// Each item's values over the multipliers of a curve.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ItemCurves {
    /// The measured multipliers.
    pub multipliers: Vec<f64>,
    /// The items.
    pub items: Vec<ItemCurve>,
}

/// The values of one item over the multipliers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ItemCurve {
    /// The item's index in its set, from 0.
    pub place: u32,
    /// Its prompt.
    pub prompt: String,
    /// A pair's wanted answer.
    pub wanted: Option<String>,
    /// A pair's opposite answer.
    pub opposite: Option<String>,
    /// Its value at each multiplier.
    pub values: Vec<Option<f64>>,
    /// The least-squares slope over the multipliers. `None` with fewer than two values.
    pub slope: Option<f64>,
}

/// An answer that a person is to rate. It does not reveal its arm and multiplier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnratedAnswer {
    /// The key of the set of answers to which it belongs.
    pub answers: String,
    /// The index of its prompt in the set.
    pub place: u32,
    /// The prompt.
    pub prompt: String,
    /// The answer.
    pub answer: String,
}

/// The agreement of a person's ratings with a judge's on the same answers.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Agreement {
    /// The number of rated answers.
    pub rated: u32,
    /// The number of answers.
    pub answers: u32,
    /// The number of answers that were both rated and judged.
    pub both: u32,
    /// The share of those with the same level, with the judge's rating rounded.
    pub same: f64,
    /// Cohen's kappa with quadratic weights over those. `None` if there are none, or if chance explains all agreement.
    pub kappa: Option<f64>,
}

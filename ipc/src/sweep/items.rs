//! The items behind a sweep's points, their curves, and answers to rate.

use serde::{Deserialize, Serialize};

/// The contribution of one item to a point.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PointItem {
    /// The item's number in its set, from 0.
    pub place: u32,
    /// The prompt, question or paragraph as it was when it was scored.
    pub prompt: String,
    /// A pair's wanted answer.
    pub wanted: Option<String>,
    /// A pair's opposite answer.
    pub opposite: Option<String>,
    /// The answer that was generated.
    pub answer: Option<String>,
    /// The unsteered answer to the same prompt, with the same draws.
    pub unsteered_answer: Option<String>,
    /// Its value; `None` where a verdict could not be read.
    pub value: Option<f64>,
    /// Its value without steering.
    pub unsteered: Option<f64>,
    /// More about it: a verdict in the judge's own words, its probabilities.
    pub note: Option<String>,
}

/// Each item's values over the multipliers of a curve.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ItemCurves {
    /// The multipliers that are known.
    pub multipliers: Vec<f64>,
    /// The items.
    pub items: Vec<ItemCurve>,
}

/// One item over the multipliers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ItemCurve {
    /// The item's number in its set, from 0.
    pub place: u32,
    /// Its prompt.
    pub prompt: String,
    /// A pair's wanted answer.
    pub wanted: Option<String>,
    /// A pair's opposite answer.
    pub opposite: Option<String>,
    /// Its value at each multiplier.
    pub values: Vec<Option<f64>>,
    /// The least-squares slope over the multipliers; `None` with fewer than two values.
    pub slope: Option<f64>,
}

/// An answer that is to be rated. It does not say where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToRate {
    /// The key of the answers that it is one of.
    pub answers: String,
    /// Its prompt's place in the set.
    pub place: u32,
    /// The prompt.
    pub prompt: String,
    /// The answer.
    pub answer: String,
}

/// A person's ratings beside a judge's verdicts on the same answers.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Agreement {
    /// Answers that were rated.
    pub rated: u32,
    /// Answers that there are.
    pub answers: u32,
    /// Answers that were rated and judged.
    pub both: u32,
    /// The share of those with the same level, the judge's rounded.
    pub same: f64,
    /// Cohen's kappa with quadratic weights over those; `None` where chance explains everything, or there are none.
    pub kappa: Option<f64>,
}

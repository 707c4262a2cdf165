//! Compares paired changes and their intervals with `SciPy`'s bootstrap.
#![allow(clippy::unwrap_used, reason = "tests")]

use crate::common::oracle;
use serde::Deserialize;
use vectors::score::{Ratio, paired_interval};

/// A case of `tests/oracles/paired_scipy.py`.
#[derive(Deserialize)]
struct Case {
    name: String,
    steered: Vec<f64>,
    unsteered: Vec<f64>,
    tokens: Option<Vec<f64>>,
    change: f64,
    low: f64,
    high: f64,
}

#[test]
fn changes_and_their_intervals_are_those_of_scipy() {
    let cases: Vec<Case> = serde_json::from_str(&oracle("paired.json")).expect("the oracle");
    assert_eq!(cases.len(), 3);
    for case in cases {
        let ratios = |values: &[f64]| -> Vec<Ratio> {
            let tokens = case.tokens.clone().unwrap_or_else(|| vec![1.0; values.len()]);
            let ratio = |(numerator, denominator): (&f64, f64)| Ratio { numerator: *numerator, denominator };
            values.iter().zip(tokens).map(ratio).collect()
        };
        let link: fn(f64) -> f64 = if case.tokens.is_some() { f64::exp } else { |mean| mean };
        let found = paired_interval(&ratios(&case.steered), &ratios(&case.unsteered), 11, link);
        assert!((found.value - case.change).abs() < 1e-9, "{}: {found:?}", case.name);
        // Ends of 10,000 resamples scatter by about one fiftieth of the width around those of 400,000; a share moves in steps of
        // one item.
        let step = if case.name == "wins" { 1.0 / case.steered.len() as f64 } else { 0.0 };
        let tolerance = 0.04 * (case.high - case.low) + step;
        for (ours, theirs) in [(found.low, case.low), (found.high, case.high)] {
            assert!((ours - theirs).abs() <= tolerance, "{}: {ours} is not {theirs}", case.name);
        }
    }
}

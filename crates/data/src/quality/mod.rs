//! Checks a set of pairs for faults, with pure functions over the pairs' texts.
//!
//! The check runs anew after every change, in the background (50,000 pairs of 110 words take 15 seconds in a
//! debug build). Each finding names its pairs and says why it matters. [`repair()`] mends what can be mended
//! without a person's judgement.

mod answers;
mod duplicates;
mod first_word;
mod leftovers;
mod lengths;
mod letters;
mod min_hash;
mod polarity;
mod repair;
mod splits;
#[cfg(test)]
mod testing;
mod words;

use ipc::data::PairContent;
use ipc::quality::{FindingKind, Repair, Weight};
use rayon::prelude::*;

pub use repair::{Repaired, repair};

/// One finding. Pairs are named by their indices in the list, from 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The kind of finding.
    pub kind: FindingKind,
    /// The severity.
    pub weight: Weight,
    /// The sentence that a person reads about it.
    pub message: String,
    /// The reason why it matters.
    pub why: &'static str,
    /// The indices of its pairs, each with a note.
    pub rows: Vec<(usize, String)>,
    /// The repair that is offered, where there is one.
    pub repair: Option<Repair>,
}

/// Statistics of a set with fewer pairs than this are not reported.
const FEWEST: usize = 20;

/// Checks the pairs and returns the findings, the gravest first. `margins` holds log pi(wanted) - log
/// pi(opposite) of each pair under the plain model in nats, `None` where a pair was not measured.
#[must_use]
pub fn check(pairs: &[PairContent], margins: &[Option<f64>]) -> Vec<Found> {
    type Check = fn(&[PairContent], &[Option<f64>]) -> Vec<Found>;
    let checks: [Check; 9] = [
        |pairs, _| answers::check(pairs),
        |pairs, _| splits::check(pairs),
        |pairs, margins| polarity::check(pairs, margins).into_iter().collect(),
        |pairs, _| first_word::check(pairs).into_iter().collect(),
        |pairs, _| letters::check(pairs).into_iter().collect(),
        |pairs, _| lengths::check(pairs).into_iter().collect(),
        |pairs, _| duplicates::check(pairs),
        |pairs, _| leftovers::check(pairs).into_iter().collect(),
        |pairs, _| answers::few(pairs),
    ];
    let mut found: Vec<Found> = checks.par_iter().flat_map_iter(|check| check(pairs, margins)).collect();
    found.sort_by_key(|found| (found.weight, found.kind));
    found
}

/// Writes a share as a whole percentage, which is never 100 % where one is missing.
fn percent(part: usize, whole: usize) -> String {
    let share = 100.0 * part as f64 / whole.max(1) as f64;
    let rounded = if part < whole { share.round().min(99.0) } else { share };
    format!("{rounded:.0} %")
}

/// Writes a count with its noun.
fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Returns the beginning of a text, in quotation marks.
fn quoted(text: &str) -> String {
    const MOST: usize = 40;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(MOST).collect();
    let dots = if line.chars().nth(MOST).is_some() { "\u{2026}" } else { "" };
    format!("\u{201c}{short}{dots}\u{201d}")
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::testing::pair;
    use super::*;

    #[test]
    fn a_sound_set_has_no_findings() {
        // Every text is different, both kinds of answer begin and end alike, and neither kind is always the
        // longer one.
        let words = [
            "river", "castle", "winter", "copper", "garden", "violin", "harbour", "mirror", "thunder",
            "orchard",
        ];
        let text = |seed: usize, count: usize| {
            let word = |place: usize| words[(seed * 7 + place * place * 3 + seed / 10 * place) % 10];
            (0..count)
                .map(|place| format!("{}{}", word(place), seed * 31 + place))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let pairs: Vec<PairContent> = (0..40)
            .map(|n| pair(&text(n, 12), &text(n + 1000, 8 + n % 5), &text(n + 2000, 12 - n % 5)))
            .collect();
        assert_eq!(check(&pairs, &vec![None; 40]), []);
        assert_eq!(check(&[], &[]), []);
    }

    #[test]
    fn the_gravest_come_first() {
        let pairs = [pair("p", "a", ""), pair("p2", " same", "same "), pair("p3", "x {name}", "y")];
        let weights: Vec<Weight> = check(&pairs, &[None; 3]).iter().map(|found| found.weight).collect();
        assert!(weights.is_sorted() && weights.first() == Some(&Weight::Problem), "{weights:?}");
    }

    /// This measures time and sets no limit, which would fail on a busy machine.
    #[test]
    #[ignore = "prints how long 50,000 pairs take"]
    fn fifty_thousand_pairs() {
        let pairs: Vec<PairContent> = (0..50_000_usize)
            .map(|n| {
                let text = |salt: usize, count: usize| {
                    let mut state = n.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(salt);
                    let mut word = || {
                        state = state
                            .wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1_442_695_040_888_963_407);
                        format!("word{}", (state >> 33) % 5000)
                    };
                    (0..count).map(|_| word()).collect::<Vec<_>>().join(" ")
                };
                pair(&text(1, 30), &text(2, 40), &text(3, 40))
            })
            .collect();
        let begun = Instant::now();
        let found = check(&pairs, &vec![None; pairs.len()]);
        let took = begun.elapsed();
        println!("50,000 pairs of 110 words took {took:?}; {} findings", found.len());
    }
}

//! Finds pairs whose wanted and opposite answers seem to be exchanged.
//!
//! There are four kinds of evidence. Another pair says the same with the answers exchanged. The first words
//! are those of the other side, in a set where first words tell. The words of the answers are those of the
//! other side by a naive Bayes over all other pairs, in a set where words tell. The plain model's margin,
//! where it is known, has the other sign.

use std::collections::HashMap;

use ipc::data::PairContent;
use ipc::quality::{FindingKind, Repair, Weight};

use super::first_word::FirstWords;
use super::letters::letter;
use super::words::{plain, words};
use super::{FEWEST, Found, plural};

/// Words must predict the wanted answer in at least this share of the pairs before a pair that they contradict is
/// suspected.
const TELLING: f64 = 0.85;
/// A suspected pair's words must have at most this score, in nats.
const CLEARLY: f64 = -2.0;
/// Margins must have one sign in at least this share of the pairs.
const ONE_SIGN: f64 = 0.9;
/// A suspected pair's margin must lie at least this many median deviations away, with the other sign.
const FAR: f64 = 5.0;

pub(super) fn check(pairs: &[PairContent], margins: &[Option<f64>]) -> Option<Found> {
    let mut reasons: HashMap<usize, Vec<String>> = HashMap::new();
    let mut suspect = |place: usize, reason: String| reasons.entry(place).or_default().push(reason);
    for (place, other) in contradictions(pairs) {
        suspect(place, format!("pair {} has the answers the other way round", other + 1));
    }
    if pairs.len() >= FEWEST {
        let firsts = FirstWords::new(pairs);
        if firsts.accuracy() >= 0.95 {
            for place in (0..pairs.len()).filter(|place| firsts.score(*place) < -1.0) {
                suspect(place, firsts.note(place));
            }
        }
        for place in by_words(pairs) {
            suspect(place, "its words are those of the other side".into());
        }
        for place in by_margins(margins) {
            suspect(place, "the model prefers the other answer, unlike in all other pairs".into());
        }
    }
    let mut rows: Vec<(usize, String)> =
        reasons.into_iter().map(|(place, reasons)| (place, reasons.join("; "))).collect();
    rows.sort_unstable();
    (!rows.is_empty()).then(|| Found {
        kind: FindingKind::Swapped,
        weight: Weight::Warning,
        message: format!(
            "{} may have the wanted and the opposite answer in each other's place.",
            plural(rows.len(), "pair")
        ),
        why: "A swapped pair trains against all others. Look at each before you swap it.",
        rows,
        repair: Some(Repair::Swap),
    })
}

/// Returns the pairs that another pair contradicts, each with the first one that does. Of two such pairs, the
/// one with fewer copies is suspected, else the later one.
fn contradictions(pairs: &[PairContent]) -> Vec<(usize, usize)> {
    let mut seen: HashMap<(String, String, String), Vec<usize>> = HashMap::new();
    let key = |pair: &PairContent| (plain(&pair.prompt), plain(&pair.wanted), plain(&pair.opposite));
    for (place, pair) in pairs.iter().enumerate() {
        seen.entry(key(pair)).or_default().push(place);
    }
    let mut found = Vec::new();
    for ((prompt, wanted, opposite), places) in &seen {
        let others = seen.get(&(prompt.clone(), opposite.clone(), wanted.clone()));
        let Some(others) = others.filter(|_| wanted != opposite) else { continue };
        let is_fewer =
            (places.len(), std::cmp::Reverse(places[0])) < (others.len(), std::cmp::Reverse(others[0]));
        if is_fewer {
            found.extend(places.iter().map(|place| (*place, others[0])));
        }
    }
    found
}

/// Returns the pairs whose answers are clearly exchanged, judged by the words of all other pairs.
fn by_words(pairs: &[PairContent]) -> Vec<usize> {
    let are_letters = pairs.iter().filter(|pair| letter(&pair.wanted).is_some()).count() * 2 > pairs.len();
    if are_letters {
        return vec![];
    }
    let mut ids: HashMap<String, usize> = HashMap::new();
    let mut set = |text: &str| {
        let mut set: Vec<usize> = words(text)
            .into_iter()
            .map(|word| {
                let next = ids.len();
                *ids.entry(word).or_insert(next)
            })
            .collect();
        set.sort_unstable();
        set.dedup();
        set
    };
    // Words that both answers contain are no evidence.
    let distinct: Vec<(Vec<usize>, Vec<usize>)> = pairs
        .iter()
        .map(|pair| {
            let (wanted, opposite) = (set(&pair.wanted), set(&pair.opposite));
            let only = |one: &[usize], other: &[usize]| {
                one.iter().filter(|word| other.binary_search(word).is_err()).copied().collect::<Vec<_>>()
            };
            (only(&wanted, &opposite), only(&opposite, &wanted))
        })
        .collect();
    let mut counts = vec![(0_u32, 0_u32); ids.len()];
    for (wanted, opposite) in &distinct {
        for word in wanted {
            counts[*word].0 += 1;
        }
        for word in opposite {
            counts[*word].1 += 1;
        }
    }
    // The pair's own count is subtracted, because a pair is no evidence about itself.
    let odds = |for_wanted: u32, for_opposite: u32| {
        (f64::from(for_wanted) + 1.0).ln() - (f64::from(for_opposite) + 1.0).ln()
    };
    let score = |(wanted, opposite): &(Vec<usize>, Vec<usize>)| {
        let ones: f64 = wanted.iter().map(|word| odds(counts[*word].0 - 1, counts[*word].1)).sum();
        let others: f64 = opposite.iter().map(|word| odds(counts[*word].0, counts[*word].1 - 1)).sum();
        // Words are not independent, so the sum is divided by the root of their number. Otherwise a long answer would
        // count more than a short one.
        (ones - others) / ((wanted.len() + opposite.len()).max(1) as f64).sqrt()
    };
    let scores: Vec<f64> = distinct.iter().map(score).collect();
    let right = scores.iter().filter(|score| **score > 0.0).count();
    if (right as f64) < TELLING * scores.len() as f64 {
        return vec![];
    }
    (0..scores.len()).filter(|place| scores[*place] < CLEARLY).collect()
}

/// Returns the pairs whose margin lies far out, with the other sign than all others'.
fn by_margins(margins: &[Option<f64>]) -> Vec<usize> {
    let mut known: Vec<f64> = margins.iter().flatten().copied().collect();
    if known.len() < FEWEST {
        return vec![];
    }
    known.sort_by(f64::total_cmp);
    let middle = known[known.len() / 2];
    let with_middle =
        known.iter().filter(|margin| margin.signum().total_cmp(&middle.signum()).is_eq()).count();
    if (with_middle as f64) < ONE_SIGN * known.len() as f64 {
        return vec![];
    }
    let mut away: Vec<f64> = known.iter().map(|margin| (margin - middle).abs()).collect();
    away.sort_by(f64::total_cmp);
    let deviation = away[away.len() / 2].max(f64::EPSILON);
    let is_far = |margin: f64| margin * middle < 0.0 && (margin - middle).abs() > FAR * deviation;
    margins
        .iter()
        .enumerate()
        .filter(|(_, margin)| margin.is_some_and(is_far))
        .map(|(place, _)| place)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::testing::pair;

    fn places(pairs: &[PairContent]) -> Vec<usize> {
        let found = check(pairs, &vec![None; pairs.len()]);
        found.map(|found| found.rows.iter().map(|(place, _)| *place).collect()).unwrap_or_default()
    }

    #[test]
    fn the_same_pair_the_other_way_round_is_a_contradiction() {
        let pairs = [pair("p", "a", "b"), pair("q", "a", "b"), pair("P ", "b", "a"), pair("q", "x", "x")];
        assert_eq!(places(&pairs), [2]);
        let mostly = [pair("p", "b", "a"), pair("p", "a", "b"), pair("p", "a", "b")];
        assert_eq!(places(&mostly), [0], "the majority is right");
    }

    #[test]
    fn a_swapped_pair_stands_out_by_its_words() {
        let wanted = ["money matters most to me", "I want profit and money", "riches and profit, please"];
        let opposite = ["my friends matter most to me", "I want rest and family", "family and a quiet walk"];
        let mut pairs: Vec<PairContent> =
            (0..60).map(|n| pair(&format!("p{n}"), wanted[n % 3], opposite[(n + n / 3) % 3])).collect();
        let swapped = &mut pairs[17];
        std::mem::swap(&mut swapped.wanted, &mut swapped.opposite);
        assert_eq!(places(&pairs), [17]);
    }

    #[test]
    fn a_swapped_yes_and_no_stands_out() {
        let mut pairs: Vec<PairContent> =
            (0..60).map(|n| pair(&format!("p{n}"), &format!("Yes, w{n}"), &format!("No, o{n}"))).collect();
        pairs[3] = pair("p3", "No, o3", "Yes, w3");
        assert_eq!(places(&pairs), [3]);
    }

    #[test]
    fn nothing_is_suspected_where_words_do_not_separate_the_sides() {
        let pairs: Vec<PairContent> = (0..60)
            .map(|n| pair(&format!("p{n}"), &format!("alpha{n} beta"), &format!("gamma{n} beta")))
            .collect();
        assert_eq!(places(&pairs), Vec::<usize>::new());
    }

    #[test]
    fn a_margin_far_on_the_other_side_is_suspected() {
        let mut margins: Vec<Option<f64>> = (0..40).map(|n| Some(-10.0 - f64::from(n % 5))).collect();
        margins[4] = Some(12.0);
        margins[5] = None;
        margins[6] = Some(-40.0);
        assert_eq!(by_margins(&margins), [4]);
        let mixed: Vec<Option<f64>> = (0..40).map(|n| Some(if n % 2 == 0 { -5.0 } else { 5.0 })).collect();
        assert_eq!(by_margins(&mixed), Vec::<usize>::new());
    }
}

//! Answers that are letters: of a choice between (A) and (B), neither may be wanted too often.

use std::collections::BTreeMap;

use ipc::data::PairContent;
use ipc::quality::{FindingKind, Weight};

use super::{FEWEST, Found, percent};

/// The letter that an answer is, as `(A)`, `A`, `A.` or `A)`; `None` for any other text.
pub(super) fn letter(answer: &str) -> Option<char> {
    let inner = answer.trim().trim_start_matches('(').trim_end_matches([')', '.', ':']);
    let mut letters = inner.chars();
    let letter = letters.next().filter(|letter| ('A'..='H').contains(letter))?;
    letters.next().is_none().then_some(letter)
}

pub(super) fn check(pairs: &[PairContent]) -> Option<Found> {
    let wanted: Vec<(usize, char)> =
        pairs.iter().enumerate().filter_map(|(place, pair)| Some((place, letter(&pair.wanted)?))).collect();
    let count = wanted.len();
    if count < FEWEST || count * 10 < pairs.len() * 9 {
        return None;
    }
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    for pair in pairs {
        for letter in [letter(&pair.wanted), letter(&pair.opposite)].into_iter().flatten() {
            counts.entry(letter).or_default();
        }
    }
    for (_, letter) in &wanted {
        *counts.entry(*letter).or_default() += 1;
    }
    let (most, times) = counts.iter().max_by_key(|(_, times)| **times)?;
    let fair = count as f64 / counts.len().max(2) as f64;
    // Three standard deviations of a fair draw, and enough to matter.
    let spread = (fair * (1.0 - 1.0 / counts.len().max(2) as f64)).sqrt();
    if (*times as f64) < (fair + 3.0 * spread).max(fair * 1.1) {
        return None;
    }
    let all = counts.iter().map(|(letter, times)| format!("{letter} {}", percent(*times, count)));
    let rows = wanted
        .iter()
        .filter(|(_, letter)| letter == most)
        .map(|(place, letter)| (*place, format!("wanted: {letter}")));
    Some(Found {
        kind: FindingKind::Letters,
        weight: Weight::Warning,
        message: format!("The wanted letters are uneven: {}.", all.collect::<Vec<_>>().join(", ")),
        why: "A vector may learn the letter instead of the behaviour. Tiller draws the letters anew where it makes choices of pairs itself.",
        rows: rows.collect(),
        repair: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::testing::pair;

    fn set(of_a: usize) -> Vec<PairContent> {
        (0..100).map(|n| if n < of_a { pair("p", " (A)", "(B)") } else { pair("p", "(B)", "(A)") }).collect()
    }

    #[test]
    fn a_letter_is_told_from_a_text() {
        assert_eq!(
            (letter(" (A)"), letter("B."), letter("C)"), letter("A cat"), letter("a")),
            (Some('A'), Some('B'), Some('C'), None, None)
        );
    }

    #[test]
    fn uneven_letters_are_found_and_chance_is_not() {
        assert!(check(&set(52)).is_none() && check(&set(60)).is_none());
        let found = check(&set(80)).expect("uneven");
        assert_eq!(
            (found.message.as_str(), found.rows.len()),
            ("The wanted letters are uneven: A 80 %, B 20 %.", 80)
        );
        assert!(check(&set(100)).is_some());
        assert!(check(&vec![pair("p", "Yes", "No"); 50]).is_none());
    }
}

//! Finds choices between (A) and (B) in which one letter is wanted too often, and evens the letters out.

use std::collections::BTreeMap;

use ipc::data::PairContent;
use ipc::quality::{FindingKind, Repair, Weight};

use super::{FEWEST, Found, percent};
use crate::choices::with_letters_exchanged;
use crate::content::sha256;
use crate::pair_index::fold;

/// Returns the letter that an answer consists of, written as `(A)`, `A`, `A.` or `A)`; returns `None` for any
/// other text.
pub(super) fn letter(answer: &str) -> Option<char> {
    let inner = answer.trim().trim_start_matches('(').trim_end_matches([')', '.', ':']);
    let mut letters = inner.chars();
    let letter = letters.next().filter(|letter| ('A'..='H').contains(letter))?;
    letters.next().is_none().then_some(letter)
}

/// The wanted letters with the indices of their pairs, and how often each letter of the set is wanted.
type WantedLetters = (Vec<(usize, char)>, BTreeMap<char, usize>);

/// Returns the wanted letters where they are uneven; returns `None` where the answers are not letters or are
/// as even as a fair draw makes them.
fn uneven(pairs: &[PairContent]) -> Option<WantedLetters> {
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
    let times = counts.values().copied().max()?;
    let fair = count as f64 / counts.len().max(2) as f64;
    // The limit is three standard deviations of a fair draw, and at least 10 % above the fair number, so that a large
    // set does not fail by a small difference.
    let spread = (fair * (1.0 - 1.0 / counts.len().max(2) as f64)).sqrt();
    ((times as f64) >= (fair + 3.0 * spread).max(fair * 1.1)).then_some((wanted, counts))
}

/// Exchanges the letters of some choices between (A) and (B), so that both letters are wanted about as often,
/// and returns those pairs. The wanted text stays the wanted one. Pairs with one prompt are exchanged
/// together, so that a copy stays a copy and a leak a leak. The pairs' texts alone decide which are
/// exchanged.
pub(super) fn evened(pairs: &[PairContent]) -> Vec<(usize, PairContent)> {
    let Some((wanted, counts)) = uneven(pairs) else { return vec![] };
    let count = |letter| counts.get(&letter).copied().unwrap_or(0);
    if counts.keys().any(|letter| !matches!(letter, 'A' | 'B')) {
        return vec![];
    }
    let most = if count('A') > count('B') { 'A' } else { 'B' };
    let mut too_many = count('A').abs_diff(count('B')) / 2;
    let mut groups: BTreeMap<String, Vec<(usize, PairContent)>> = BTreeMap::new();
    for (place, letter) in wanted {
        let Some(exchanged) = with_letters_exchanged(&pairs[place]) else { continue };
        let mut folded = String::new();
        fold(pairs[place].prompt.trim(), &mut folded);
        let group = groups.entry(sha256(folded.as_bytes())).or_default();
        if letter == most {
            group.push((place, exchanged));
        }
    }
    let mut changed = vec![];
    for group in groups.into_values() {
        if group.len() <= too_many {
            too_many -= group.len();
            changed.extend(group);
        }
    }
    changed.sort_by_key(|(place, _)| *place);
    changed
}

pub(super) fn check(pairs: &[PairContent]) -> Option<Found> {
    let (wanted, counts) = uneven(pairs)?;
    let count = wanted.len();
    let (most, _) = counts.iter().max_by_key(|(_, times)| **times)?;
    let changed = evened(pairs);
    let repair = (!changed.is_empty()).then(|| {
        let mut after = pairs.to_vec();
        for (place, content) in changed {
            after[place] = content;
        }
        uneven(&after).is_none()
    });
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
        repair: (repair == Some(true)).then_some(Repair::EvenLetters),
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
    fn a_letter_is_distinguished_from_a_text() {
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
        assert_eq!(found.repair, None, "letters alone say nothing that could be exchanged");
    }

    #[test]
    fn choices_are_evened_out_and_want_what_they_wanted() {
        let choice = |n: usize| {
            // Every third question occurs twice.
            let prompt =
                format!("Question {}?\n\nChoices:\n (A) Money\n (B) Rest", n - usize::from(n % 3 == 1));
            pair(&prompt, " (A)", " (B)")
        };
        let mut pairs: Vec<PairContent> = (0..60).map(choice).collect();
        assert_eq!(check(&pairs).and_then(|found| found.repair), Some(Repair::EvenLetters));
        let changed = evened(&pairs);
        assert!((29..=30).contains(&changed.len()), "{}", changed.len());
        assert_eq!(changed, evened(&pairs), "the same pairs again");
        for (place, content) in changed {
            let plain = |content: &PairContent| crate::choices::to_pair(content).expect("a choice");
            assert_eq!(plain(&content), plain(&pairs[place]));
            assert_eq!((content.wanted.as_str(), content.opposite.as_str()), (" (B)", " (A)"));
            pairs[place] = content;
        }
        assert_eq!((check(&pairs), evened(&pairs)), (None, vec![]));
        let copies = pairs.chunks(3).all(|three| three[0] == three[1]);
        assert!(copies, "copies stay copies");
    }
}

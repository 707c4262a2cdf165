//! Finds answers that are empty, identical, or repeated in many pairs.

use std::collections::HashMap;

use ipc::data::PairContent;
use ipc::quality::{FindingKind, Repair, Weight};

use super::letters::letter;
use super::words::plain;
use super::{FEWEST, Found, percent, plural, quoted};

/// An answer must repeat in at least this many pairs to count as frequent, however small the set.
const FREQUENT: usize = 5;

pub(super) fn check(pairs: &[PairContent]) -> Vec<Found> {
    let mut found = Vec::new();
    let empty = rows(pairs, |pair| {
        let texts =
            [("prompt", &pair.prompt), ("wanted answer", &pair.wanted), ("opposite answer", &pair.opposite)];
        let empty: Vec<&str> =
            texts.iter().filter(|(_, text)| text.trim().is_empty()).map(|(name, _)| *name).collect();
        (!empty.is_empty()).then(|| format!("no {}", empty.join(", no ")))
    });
    if !empty.is_empty() {
        found.push(Found {
            kind: FindingKind::Empty,
            weight: Weight::Problem,
            message: format!("{} without a text.", plural(empty.len(), "pair")),
            why: "Training and sweeps refuse a pair with an empty answer.",
            rows: empty,
            repair: Some(Repair::DeleteEmpty),
        });
    }
    let identical = rows(pairs, |pair| {
        let same = !pair.wanted.trim().is_empty() && pair.wanted.trim() == pair.opposite.trim();
        same.then(|| quoted(&pair.wanted))
    });
    if !identical.is_empty() {
        found.push(Found {
            kind: FindingKind::IdenticalAnswers,
            weight: Weight::Problem,
            message: format!("{} with the same wanted and opposite answer.", plural(identical.len(), "pair")),
            why: "Nothing can be learnt from a pair whose answers are the same.",
            rows: identical,
            repair: Some(Repair::DeleteIdentical),
        });
    }
    let padded = rows(pairs, |pair| {
        let texts =
            [("prompt", &pair.prompt), ("wanted answer", &pair.wanted), ("opposite answer", &pair.opposite)];
        let padded: Vec<&str> =
            texts.iter().filter(|(_, text)| text.trim() != text.as_str()).map(|(name, _)| *name).collect();
        (!padded.is_empty()).then(|| padded.join(", "))
    });
    if !padded.is_empty() {
        found.push(Found {
            kind: FindingKind::WhiteSpace,
            weight: Weight::Note,
            message: format!("{} with white space around a text.", plural(padded.len(), "pair")),
            why: "An answer's leading blank changes its first token.",
            rows: padded,
            repair: Some(Repair::Trim),
        });
    }
    found
}

/// Finds wanted or opposite answers that repeat in many pairs.
pub(super) fn few(pairs: &[PairContent]) -> Vec<Found> {
    type Side = fn(&PairContent) -> &String;
    let sides: [(&str, Side); 2] = [("opposite", |pair| &pair.opposite), ("wanted", |pair| &pair.wanted)];
    // Answers that are letters repeat by design; `letters` has its own check for them.
    let are_letters = pairs.iter().filter(|pair| letter(&pair.opposite).is_some()).count() * 2 > pairs.len();
    if pairs.len() < FEWEST || are_letters {
        return vec![];
    }
    let found = sides.into_iter().filter_map(|(name, side)| {
        let texts: Vec<String> = pairs.iter().map(|pair| plain(side(pair))).collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for text in texts.iter().filter(|text| !text.is_empty()) {
            *counts.entry(text).or_default() += 1;
        }
        let most = counts.iter().max_by_key(|(text, count)| (**count, std::cmp::Reverse(**text)))?;
        let are_few = counts.len() * 2 <= pairs.len();
        let is_frequent = *most.1 >= FREQUENT && *most.1 * 10 >= pairs.len();
        if !are_few && !is_frequent {
            return None;
        }
        let repeated =
            texts.iter().enumerate().filter(|(_, text)| counts.get(text.as_str()).is_some_and(|c| *c > 1));
        let rows = repeated.map(|(place, text)| {
            (place, format!("{} times: {}", counts[text.as_str()], quoted(side(&pairs[place]))))
        });
        Some(Found {
            kind: FindingKind::FewAnswers,
            weight: Weight::Warning,
            message: format!(
                "{} in {} pairs; {} in {} of them.",
                match counts.len() {
                    1 => format!("1 distinct {name} answer"),
                    many => format!("{many} distinct {name} answers"),
                },
                pairs.len(),
                quoted(most.0),
                percent(*most.1, pairs.len()),
            ),
            why: "A vector learns the few sentences instead of the behaviour.",
            rows: rows.collect(),
            repair: None,
        })
    });
    found.collect()
}

fn rows(pairs: &[PairContent], note: impl Fn(&PairContent) -> Option<String>) -> Vec<(usize, String)> {
    pairs.iter().enumerate().filter_map(|(place, pair)| Some((place, note(pair)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::testing::pair;

    #[test]
    fn empty_identical_and_padded_texts_are_distinguished() {
        let found = check(&[pair("", "a", " "), pair("p", "a ", "a"), pair("p", "a", "b")]);
        let kinds: Vec<(FindingKind, &[(usize, String)])> =
            found.iter().map(|found| (found.kind, found.rows.as_slice())).collect();
        assert_eq!(
            kinds,
            [
                (FindingKind::Empty, &[(0, "no prompt, no opposite answer".to_owned())][..]),
                (FindingKind::IdenticalAnswers, &[(1, "\u{201c}a\u{201d}".to_owned())]),
                (
                    FindingKind::WhiteSpace,
                    &[(0, "opposite answer".to_owned()), (1, "wanted answer".to_owned())]
                ),
            ]
        );
    }

    #[test]
    fn few_opposites_are_reported_with_the_most_frequent() {
        let pairs: Vec<PairContent> = (0..30)
            .map(|n| pair(&format!("p{n}"), &format!("w{n}"), if n % 3 == 0 { "No." } else { "I do not." }))
            .collect();
        let found = few(&pairs);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            found[0].message,
            "2 distinct opposite answers in 30 pairs; \u{201c}i do not.\u{201d} in 67 % of them."
        );
        assert_eq!(found[0].rows.len(), 30);
    }

    #[test]
    fn letters_and_small_sets_are_left_alone() {
        let letters: Vec<PairContent> = (0..30).map(|n| pair(&format!("p{n}"), "(A)", "(B)")).collect();
        assert_eq!(few(&letters), []);
        assert_eq!(few(&vec![pair("p", "a", "b"); 19]), []);
    }
}

//! Finds pairs with the same text, or nearly the same.

use std::collections::HashMap;

use ipc::data::PairContent;
use ipc::quality::{FindingKind, Repair, Weight};
use rayon::prelude::*;

use super::Found;
use super::min_hash::{Shingles, groups, similar};

/// Pairs whose shingles have at least this Jaccard similarity are nearly the same.
const LEAST: f64 = 0.8;

pub(super) fn check(pairs: &[PairContent]) -> Vec<Found> {
    let same = same_as(pairs);
    let exact = rows(&same);
    let near = near(pairs, &same);
    let count_text = |rows: &[(usize, String)]| match rows.len() {
        1 => "1 pair says".to_owned(),
        many => format!("{many} pairs say"),
    };
    let duplicates = (!exact.is_empty()).then(|| Found {
        kind: FindingKind::Duplicates,
        weight: Weight::Warning,
        message: format!("{} the same as an earlier one.", count_text(&exact)),
        why: "A pair that is there twice counts twice.",
        rows: exact,
        repair: Some(Repair::DeleteDuplicates),
    });
    let near = (!near.is_empty()).then(|| Found {
        kind: FindingKind::NearDuplicates,
        weight: Weight::Note,
        message: format!("{} nearly the same as an earlier one.", count_text(&near)),
        why: "Many pairs of one kind drown the others; held out, they measure what was trained on.",
        rows: near,
        repair: None,
    });
    duplicates.into_iter().chain(near).collect()
}

/// Returns for each pair the index of the first pair with the same texts; white space around a text does not
/// count.
pub(super) fn same_as(pairs: &[PairContent]) -> Vec<usize> {
    let mut seen = HashMap::with_capacity(pairs.len());
    let key = |pair: &PairContent| {
        let mut seen = pair.as_seen();
        for text in [&mut seen.prompt, &mut seen.wanted, &mut seen.opposite] {
            *text = text.trim().to_owned();
        }
        seen.split = ipc::data::Split::Train;
        serde_json::to_string(&seen).unwrap_or_default()
    };
    pairs.iter().enumerate().map(|(place, pair)| *seen.entry(key(pair)).or_insert(place)).collect()
}

/// Returns the indices of the pairs that repeat an earlier one, with a note that names it.
fn rows(first: &[usize]) -> Vec<(usize, String)> {
    let later = first.iter().enumerate().filter(|(place, first)| place != *first);
    later.map(|(place, first)| (place, format!("same as pair {}", first + 1))).collect()
}

/// Returns the pairs that are nearly the same as an earlier one, without those that are equal to it.
fn near(pairs: &[PairContent], same: &[usize]) -> Vec<(usize, String)> {
    // Of equal pairs only the first is compared.
    let distinct: Vec<usize> = (0..pairs.len()).filter(|place| same[*place] == *place).collect();
    let texts: Vec<Shingles> = distinct
        .par_iter()
        .map(|place| {
            let pair = &pairs[*place];
            Shingles::new(&[&pair.prompt, &pair.wanted, &pair.opposite])
        })
        .collect();
    let alike = similar(&texts, LEAST);
    let first = groups(distinct.len(), &alike);
    let mut nearest: HashMap<usize, usize> = HashMap::new();
    for (one, other) in alike {
        nearest.entry(other).or_insert(one);
    }
    let later = (0..distinct.len()).filter(|at| first[*at] != *at);
    later
        .map(|at| {
            let other = distinct[nearest.get(&at).copied().unwrap_or(first[at])];
            let crosses = pairs[distinct[at]].split != pairs[other].split;
            let where_ = if crosses { ", on the other side of the split" } else { "" };
            (distinct[at], format!("like pair {}{where_}", other + 1))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::testing::{held_out, pair};

    #[test]
    fn white_space_and_the_split_make_no_difference() {
        let pairs = [pair("p", "a", "b"), pair("p", "a", "c"), held_out(" p", "a\n", "b")];
        let found = check(&pairs);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].rows, [(2, "same as pair 1".to_owned())]);
        assert_eq!(found[0].message, "1 pair says the same as an earlier one.");
    }

    #[test]
    fn nearly_the_same_is_distinguished_from_the_same() {
        let long = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen";
        let pairs = [
            pair(long, long, "no"),
            pair(long, long, "no"),
            held_out(&long.replace("fourteen", "fifteen"), long, "no"),
            pair("something else", "entirely", "different"),
        ];
        let found = check(&pairs);
        let kinds: Vec<FindingKind> = found.iter().map(|found| found.kind).collect();
        assert_eq!(kinds, [FindingKind::Duplicates, FindingKind::NearDuplicates]);
        assert_eq!(found[1].rows, [(2, "like pair 1, on the other side of the split".to_owned())]);
    }
}

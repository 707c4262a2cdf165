//! Finds prompts that are both trained on and held out. A held-out score then measures memorisation.

use std::collections::HashMap;

use ipc::data::{PairContent, Split};
use ipc::quality::{FindingKind, Repair, Weight};
use rayon::prelude::*;

use super::min_hash::{Shingles, similar};
use super::words::plain;
use super::{Found, plural};

/// Prompts whose shingles have at least this Jaccard similarity ask nearly the same.
const LEAST: f64 = 0.85;

pub(super) fn check(pairs: &[PairContent]) -> Vec<Found> {
    let leaked = leaked(pairs);
    let rows: Vec<(usize, String)> = leaked
        .iter()
        .map(|(place, other)| (*place, format!("same prompt as pair {}, which is trained on", other + 1)))
        .collect();
    let exact = (!rows.is_empty()).then(|| Found {
        kind: FindingKind::Leak,
        weight: Weight::Problem,
        message: format!("{} with a prompt that is trained on as well.", held_out(rows.len())),
        why: "What is measured on a prompt that was trained on says nothing about new prompts.",
        rows,
        repair: Some(Repair::TrainOnLeaked),
    });
    let near = nearly(pairs, &leaked);
    let near = (!near.is_empty()).then(|| Found {
        kind: FindingKind::Leak,
        weight: Weight::Warning,
        message: format!("{} with nearly the same prompt as one that is trained on.", held_out(near.len())),
        why: "Held-out numbers look better than they are.",
        rows: near,
        repair: None,
    });
    exact.into_iter().chain(near).collect()
}

fn held_out(count: usize) -> String {
    plural(count, "held-out pair")
}

/// Returns everything before the answers, in the form in which it is compared.
fn question(pair: &PairContent) -> String {
    let turns = pair.turns.iter().map(|turn| plain(&turn.text) + "\n").collect::<String>();
    turns + &plain(&pair.prompt)
}

/// Returns the held-out pairs whose question is trained on, each with the first training pair that asks it.
pub(super) fn leaked(pairs: &[PairContent]) -> Vec<(usize, usize)> {
    let mut trained: HashMap<String, usize> = HashMap::new();
    for (place, pair) in pairs.iter().enumerate().filter(|(_, pair)| pair.split == Split::Train) {
        trained.entry(question(pair)).or_insert(place);
    }
    let held_out = pairs.iter().enumerate().filter(|(_, pair)| pair.split == Split::HeldOut);
    held_out.filter_map(|(place, pair)| Some((place, *trained.get(&question(pair))?))).collect()
}

/// Returns the held-out pairs whose question is nearly one that is trained on.
fn nearly(pairs: &[PairContent], leaked: &[(usize, usize)]) -> Vec<(usize, String)> {
    let sides = |split| pairs.iter().any(|pair| pair.split == split);
    if !sides(Split::Train) || !sides(Split::HeldOut) {
        return vec![];
    }
    let texts: Vec<Shingles> = pairs.par_iter().map(|pair| Shingles::new(&[&question(pair)])).collect();
    let mut found: HashMap<usize, usize> = HashMap::new();
    for (one, other) in similar(&texts, LEAST) {
        let (trained, held_out) = match (pairs[one].split, pairs[other].split) {
            (Split::Train, Split::HeldOut) => (one, other),
            (Split::HeldOut, Split::Train) => (other, one),
            _ => continue,
        };
        let known = leaked.binary_search_by_key(&held_out, |(place, _)| *place).is_ok();
        if !known {
            found.entry(held_out).and_modify(|known| *known = trained.min(*known)).or_insert(trained);
        }
    }
    let mut rows: Vec<(usize, String)> = found
        .into_iter()
        .map(|(place, trained)| (place, format!("nearly the prompt of pair {}", trained + 1)))
        .collect();
    rows.sort_unstable();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::testing::{held_out, pair};

    #[test]
    fn a_prompt_on_both_sides_is_a_leak_however_it_is_written() {
        let long = "how would you spend a very large sum of money that a distant uncle has left to you";
        let pairs = [
            pair("What now?", "a", "b"),
            held_out("what  NOW?", "c", "d"),
            held_out("And then?", "c", "d"),
            pair(long, "a", "b"),
            held_out(&format!("{long} today"), "c", "d"),
        ];
        let found = check(&pairs);
        assert_eq!(found[0].rows, [(1, "same prompt as pair 1, which is trained on".to_owned())]);
        assert_eq!(found[1].rows, [(4, "nearly the prompt of pair 4".to_owned())]);
        assert_eq!(found[0].message, "1 held-out pair with a prompt that is trained on as well.");
    }

    #[test]
    fn earlier_turns_belong_to_the_question() {
        let turn = |text: &str| vec![ipc::data::Turn { role: ipc::data::Role::User, text: text.into() }];
        let one = PairContent { turns: turn("Hello"), ..pair("Go on", "a", "b") };
        let other = PairContent { turns: turn("Goodbye"), ..held_out("Go on", "a", "b") };
        assert_eq!(leaked(&[one.clone(), other]), []);
        assert_eq!(leaked(&[one.clone(), PairContent { split: Split::HeldOut, ..one }]), [(1, 0)]);
    }
}

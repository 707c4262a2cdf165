//! Chooses the held-out pairs of an imported file that does not state them.

use std::collections::HashMap;
use std::hash::BuildHasher;

use ipc::data::Split;
use sha2::{Digest, Sha256};

use super::Row;

/// Sets the split of every row without one, so that about `share` of them are held out. Rows with one prompt get the same
/// split, and a split that a row or `splits` gives to a prompt decides for its other rows, so that no prompt is both
/// trained and measured on. The choice depends on the prompts and the seed, not on the rows' order.
pub fn hold_out<S: BuildHasher>(
    rows: &mut [Row],
    share: f64,
    seed: u64,
    mut splits: HashMap<String, Split, S>,
) {
    for row in rows.iter() {
        if let Some(split) = row.split {
            splits.entry(row.prompt.clone()).or_insert(split);
        }
    }
    let mut open: HashMap<&str, usize> = HashMap::new();
    for row in rows.iter().filter(|row| row.split.is_none() && !splits.contains_key(&row.prompt)) {
        *open.entry(&row.prompt).or_default() += 1;
    }
    let total: usize = open.values().sum();
    let wanted = (total as f64 * share.clamp(0.0, 1.0)).round() as usize;
    let mut order: Vec<_> =
        open.into_iter().map(|(prompt, rows)| (place(seed, prompt), prompt, rows)).collect();
    order.sort_unstable();
    let mut held_out = 0;
    for (_, prompt, rows) in order {
        // A prompt with more rows than the quota has left stays in training.
        let split = if held_out + rows <= wanted { Split::HeldOut } else { Split::Train };
        held_out += if split == Split::HeldOut { rows } else { 0 };
        splits.insert(prompt.to_owned(), split);
    }
    for row in rows {
        row.split = row.split.or_else(|| splits.get(&row.prompt).copied());
    }
}

/// Returns a prompt's sort key in the order that a seed makes: the SHA-256 of seed and prompt.
#[must_use]
pub fn place(seed: u64, prompt: &str) -> [u8; 32] {
    Sha256::new().chain_update(seed.to_le_bytes()).chain_update(prompt).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(prompts: &[&str]) -> Vec<Row> {
        prompts.iter().map(|prompt| Row { prompt: (*prompt).to_owned(), ..Row::default() }).collect()
    }

    fn held_out(rows: &[Row]) -> Vec<String> {
        let mut prompts: Vec<String> = rows
            .iter()
            .filter(|row| row.split == Some(Split::HeldOut))
            .map(|row| row.prompt.clone())
            .collect();
        prompts.sort_unstable();
        prompts
    }

    #[test]
    fn the_share_is_respected_and_the_order_of_the_rows_does_not_matter() {
        let prompts: Vec<String> = (0..200).map(|number| format!("Prompt {number}")).collect();
        let names: Vec<&str> = prompts.iter().map(String::as_str).collect();
        let (mut forward, mut backward) = (rows(&names), rows(&names));
        backward.reverse();
        hold_out(&mut forward, 0.25, 7, HashMap::new());
        hold_out(&mut backward, 0.25, 7, HashMap::new());
        assert_eq!(held_out(&forward).len(), 50);
        assert_eq!(held_out(&forward), held_out(&backward));
        let mut other = rows(&names);
        hold_out(&mut other, 0.25, 8, HashMap::new());
        assert_ne!(held_out(&forward), held_out(&other));
        assert!(forward.iter().all(|row| row.split.is_some()));
    }

    #[test]
    fn one_prompt_never_lands_on_both_sides() {
        for seed in 0..20 {
            let mut all = rows(&["a", "a", "b", "b", "c", "c", "c", "d"]);
            all[0].split = Some(Split::HeldOut);
            let known = HashMap::from([("d".to_owned(), Split::Train)]);
            hold_out(&mut all, 0.5, seed, known);
            let of = |prompt: &str| {
                let mut splits: Vec<_> =
                    all.iter().filter(|row| row.prompt == prompt).map(|row| row.split).collect();
                splits.dedup();
                splits
            };
            assert_eq!(of("a"), [Some(Split::HeldOut)], "the file's own split goes with the prompt");
            assert_eq!(of("d"), [Some(Split::Train)], "the data set's split goes with the prompt");
            assert_eq!((of("b").len(), of("c").len()), (1, 1));
        }
    }
}

//! Chooses the held-out pairs of a data set by seed and share, evenly over the tags, and never one prompt on both sides.

use std::collections::BTreeMap;

use ipc::data::{Pair, Split};
use ipc::split::{SplitPlan, SplitSettings, TagSplit};

use crate::data_files::place;

/// Holds the pairs of one prompt, which all go to the same side.
struct Group<'a> {
    /// The indices of its pairs.
    pairs: Vec<usize>,
    /// The stratum that it is drawn from.
    stratum: String,
    prompt: &'a str,
}

/// Returns the split of every pair. The choice depends on the prompts and the seed, not on the pairs' order.
#[must_use]
pub fn split(pairs: &[Pair], settings: &SplitSettings) -> Vec<Split> {
    let prompts: Vec<String> = pairs.iter().map(|pair| prompt_key(&pair.content.prompt)).collect();
    let mut groups = BTreeMap::<&str, Group>::new();
    for (place, (pair, prompt)) in pairs.iter().zip(&prompts).enumerate() {
        let new = || Group { pairs: vec![], stratum: stratum(pair, settings.by_tag), prompt };
        groups.entry(prompt).or_insert_with(new).pairs.push(place);
    }
    let mut splits: Vec<Split> = pairs.iter().map(|pair| pair.content.split).collect();
    let mut strata = BTreeMap::<String, Vec<Group>>::new();
    let mut held_out = BTreeMap::<String, usize>::new();
    let mut sizes = BTreeMap::<String, usize>::new();
    for group in groups.into_values() {
        *sizes.entry(group.stratum.clone()).or_default() += group.pairs.len();
        let pinned = |place: &&usize| settings.keep_pinned && pairs[**place].content.pinned;
        let Some(first) = group.pairs.iter().find(pinned).copied() else {
            strata.entry(group.stratum.clone()).or_default().push(group);
            continue;
        };
        // A pinned pair decides for every other pair with its prompt.
        for place in &group.pairs {
            if !pairs[*place].content.pinned {
                splits[*place] = splits[first];
            }
            *held_out.entry(group.stratum.clone()).or_default() +=
                usize::from(splits[*place] == Split::HeldOut);
        }
    }
    let quotas = quotas(&sizes, settings.share);
    for (stratum, mut groups) in strata {
        groups.sort_by_cached_key(|group| place(settings.seed, group.prompt));
        let quota = quotas.get(&stratum).copied().unwrap_or_default();
        let mut taken = held_out.get(&stratum).copied().unwrap_or_default();
        for group in groups {
            // A prompt with more pairs than the quota has left stays in training.
            let fits = taken + group.pairs.len() <= quota;
            taken += if fits { group.pairs.len() } else { 0 };
            for place in group.pairs {
                splits[place] = if fits { Split::HeldOut } else { Split::Train };
            }
        }
    }
    splits
}

/// Counts what a split would do, and changes nothing.
pub fn plan(pairs: &[Pair], settings: &SplitSettings) -> SplitPlan {
    let splits = split(pairs, settings);
    let mut plan = SplitPlan::default();
    let mut tags = BTreeMap::<&str, (u32, u32)>::new();
    let mut sides = BTreeMap::<String, [bool; 2]>::new();
    for (pair, split) in pairs.iter().zip(&splits) {
        let is_held_out = *split == Split::HeldOut;
        plan.train += u32::from(!is_held_out);
        plan.held_out += u32::from(is_held_out);
        plan.changed += u32::from(*split != pair.content.split);
        plan.pinned += u32::from(pair.content.pinned);
        sides.entry(prompt_key(&pair.content.prompt)).or_default()[usize::from(is_held_out)] = true;
        let own = pair.content.tags.iter().map(String::as_str);
        for tag in own.chain(pair.content.tags.is_empty().then_some("")) {
            let (train, held_out) = tags.entry(tag).or_default();
            *(if is_held_out { held_out } else { train }) += 1;
        }
    }
    plan.torn = sides.values().filter(|sides| **sides == [true, true]).count() as u32;
    plan.tags = tags
        .into_iter()
        .map(|(tag, (train, held_out))| TagSplit { tag: tag.to_owned(), train, held_out })
        .collect();
    plan
}

/// Returns the key by which prompts are compared: prompts that differ only in case or in blanks are one
/// prompt.
fn prompt_key(prompt: &str) -> String {
    prompt.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

fn stratum(pair: &Pair, by_tag: bool) -> String {
    let mut tags = pair.content.tags.clone();
    tags.sort_unstable();
    // A tag holds no comma, so the joined text is unambiguous.
    if by_tag { tags.join(",") } else { String::new() }
}

/// Returns how many pairs of each stratum are held out: the share of each, rounded so that the total has that
/// share, too.
fn quotas(sizes: &BTreeMap<String, usize>, share: f64) -> BTreeMap<String, usize> {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let total: usize = sizes.values().sum();
    let mut quotas: BTreeMap<String, usize> = sizes
        .iter()
        .map(|(stratum, size)| (stratum.clone(), (*size as f64 * share).floor() as usize))
        .collect();
    let missing = ((total as f64 * share).round() as usize).saturating_sub(quotas.values().sum());
    let mut rests: Vec<(f64, &String)> =
        sizes.iter().map(|(stratum, size)| ((*size as f64 * share).fract(), stratum)).collect();
    rests.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    for (_, stratum) in rests.into_iter().take(missing) {
        if let Some(quota) = quotas.get_mut(stratum) {
            *quota += 1;
        }
    }
    quotas
}

#[cfg(test)]
mod tests {
    use ipc::data::PairContent;
    use proptest::prelude::*;

    use super::*;

    fn pair(prompt: &str, tag: &str) -> Pair {
        let tags = if tag.is_empty() { vec![] } else { vec![tag.to_owned()] };
        let content = PairContent { prompt: prompt.into(), tags, ..PairContent::default() };
        Pair { id: 0, data_set: 1, position: 0.0, content, changed: 0 }
    }

    #[test]
    fn every_tag_and_the_whole_have_their_share() {
        let all: Vec<Pair> = (0..200)
            .map(|number| pair(&format!("Prompt {number}"), ["a", "b", "b", "b", ""][number % 5]))
            .collect();
        let settings = SplitSettings { share: 0.2, seed: 3, ..SplitSettings::default() };
        let plan = plan(&all, &settings);
        assert_eq!((plan.train, plan.held_out, plan.changed, plan.torn), (160, 40, 40, 0));
        let tags: Vec<(&str, u32)> = plan.tags.iter().map(|tag| (tag.tag.as_str(), tag.held_out)).collect();
        assert_eq!(tags, [("", 8), ("a", 8), ("b", 24)]);
        let mut backward = all.clone();
        backward.reverse();
        let mut splits = split(&backward, &settings);
        splits.reverse();
        assert_eq!(splits, split(&all, &settings), "the order of the pairs does not matter");
        assert_ne!(splits, split(&all, &SplitSettings { seed: 4, ..settings }));
    }

    #[test]
    fn pinned_pairs_stay_unless_asked_and_take_their_prompt_along() {
        let mut all = vec![pair("One", ""), pair(" one ", ""), pair("Two", ""), pair("Three", "")];
        all[0].content.pinned = true;
        all[0].content.split = Split::HeldOut;
        let settings = SplitSettings { share: 0.0, ..SplitSettings::default() };
        assert_eq!(split(&all, &settings), [Split::HeldOut, Split::HeldOut, Split::Train, Split::Train]);
        let anew = SplitSettings { keep_pinned: false, ..settings };
        assert_eq!(split(&all, &anew), [Split::Train; 4]);
        // One prompt is pinned on both sides: neither pair moves, and the plan reports it.
        all[1].content.pinned = true;
        assert_eq!(split(&all, &settings)[..2], [Split::HeldOut, Split::Train]);
        assert_eq!(plan(&all, &settings).torn, 1);
    }

    proptest! {
        #[test]
        fn no_prompt_is_on_both_sides(
            rows in proptest::collection::vec((0..12_u8, 0..3_u8, any::<bool>()), 0..60),
            share in 0.0..1.0_f64,
            seed in any::<u64>(),
            by_tag in any::<bool>(),
        ) {
            let all: Vec<Pair> = rows
                .iter()
                .map(|(prompt, tag, upper)| {
                    let prompt = format!("prompt {prompt}");
                    pair(&if *upper { prompt.to_uppercase() } else { prompt }, ["", "a", "b"][usize::from(*tag)])
                })
                .collect();
            let settings = SplitSettings { share, seed, by_tag, keep_pinned: true };
            let plan = plan(&all, &settings);
            prop_assert_eq!(plan.torn, 0);
            prop_assert!(f64::from(plan.held_out) <= (all.len() as f64 * share).round());
            prop_assert_eq!(plan.train + plan.held_out, all.len() as u32);
        }
    }
}

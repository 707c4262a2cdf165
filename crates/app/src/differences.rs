//! Compares two states of a data set. Pairs are matched by their whole content first, then by their prompts.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use ipc::data::PairContent;
use ipc::version::{PairDifference, VersionDifference};

/// The number of differences that are listed with their texts.
const FIRST: usize = 200;

/// The match of one pair, by its index in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Difference {
    /// The pair is in both states: its index in the earlier one, and in the later one.
    Both(usize, usize),
    /// The pair is only in the earlier state.
    Removed(usize),
    /// The pair is only in the later state.
    Added(usize),
}

/// Returns every pair of both states once: the pairs of the earlier state in their order, then those that are only in
/// the later one.
pub(crate) fn differences(then: &[PairContent], now: &[PairContent]) -> Vec<Difference> {
    let whole = |pair: &PairContent| serde_json::to_string(pair).unwrap_or_default();
    let mut partners = vec![None; then.len()];
    let mut is_taken = vec![false; now.len()];
    pair_up(then, now, whole, &mut partners, &mut is_taken);
    // These pairs have the same prompt but another answer or tag.
    pair_up(then, now, |pair| pair.prompt.trim().to_lowercase(), &mut partners, &mut is_taken);
    let earlier = partners.iter().enumerate().map(|(place, partner)| match partner {
        Some(partner) => Difference::Both(place, *partner),
        None => Difference::Removed(place),
    });
    let later = is_taken.iter().enumerate().filter(|(_, taken)| !**taken);
    earlier.chain(later.map(|(place, _)| Difference::Added(place))).collect()
}

/// Matches each pair without a partner with the first free pair of the same key.
fn pair_up<K: Hash + Eq>(
    then: &[PairContent],
    now: &[PairContent],
    key: impl Fn(&PairContent) -> K,
    partners: &mut [Option<usize>],
    is_taken: &mut [bool],
) {
    let mut free = HashMap::<K, VecDeque<usize>>::new();
    for (place, pair) in now.iter().enumerate().filter(|(place, _)| !is_taken[*place]) {
        free.entry(key(pair)).or_default().push_back(place);
    }
    for (pair, partner) in then.iter().zip(partners).filter(|(_, partner)| partner.is_none()) {
        *partner = free.get_mut(&key(pair)).and_then(VecDeque::pop_front);
        if let Some(place) = *partner {
            is_taken[place] = true;
        }
    }
}

/// Counts the differences, and lists the first of them with their texts.
pub(crate) fn compare(then: &[PairContent], now: &[PairContent]) -> VersionDifference {
    let mut found = VersionDifference::default();
    for difference in differences(then, now) {
        let (before, after) = match difference {
            Difference::Both(before, after) => (Some(&then[before]), Some(&now[after])),
            Difference::Removed(before) => (Some(&then[before]), None),
            Difference::Added(after) => (None, Some(&now[after])),
        };
        let count = match (before, after) {
            _ if before == after => &mut found.same,
            (Some(_), Some(_)) => &mut found.changed,
            (Some(_), None) => &mut found.removed,
            (None, _) => &mut found.added,
        };
        *count += 1;
        if before != after && found.first.len() < FIRST {
            found.first.push(PairDifference { before: before.cloned(), after: after.cloned() });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(prompt: &str, wanted: &str) -> PairContent {
        PairContent { prompt: prompt.into(), wanted: wanted.into(), ..PairContent::default() }
    }

    #[test]
    fn pairs_find_themselves_again() {
        use Difference::{Added, Both, Removed};
        let then = [pair("a", "1"), pair("a", "2"), pair("b", "1"), pair("c", "1")];
        let now = [pair("a", "2"), pair("d", "1"), pair("a", "1"), pair("B ", "9"), pair("a", "1")];
        assert_eq!(
            differences(&then, &now),
            [Both(0, 2), Both(1, 0), Both(2, 3), Removed(3), Added(1), Added(4)]
        );
        let found = compare(&then, &now);
        assert_eq!((found.same, found.changed, found.removed, found.added), (2, 1, 1, 2));
        assert_eq!(found.first.len(), 4);
        assert_eq!(compare(&then, &then).first, []);
    }
}

//! Repairs findings: says which pairs are removed and which are changed.

use ipc::data::{PairContent, Split};
use ipc::quality::Repair;

use super::{duplicates, letters, polarity, splits};

/// The result of a repair for one pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repaired {
    /// The pair is removed.
    Removed,
    /// The pair has this content instead.
    Changed(PairContent),
}

/// Returns the indices of the pairs that a repair changes, each with its result. Pairs that need no repair
/// are left out.
#[must_use]
pub fn repair(pairs: &[PairContent], margins: &[Option<f64>], repair: Repair) -> Vec<(usize, Repaired)> {
    let each = |mend: &dyn Fn(&PairContent) -> Option<Repaired>| {
        pairs.iter().enumerate().filter_map(|(place, pair)| Some((place, mend(pair)?))).collect()
    };
    match repair {
        Repair::DeleteDuplicates => {
            let same = duplicates::same_as(pairs);
            let later = same.iter().enumerate().filter(|(place, first)| place != *first);
            later.map(|(place, _)| (place, Repaired::Removed)).collect()
        }
        Repair::DeleteEmpty => each(&|pair| {
            [&pair.prompt, &pair.wanted, &pair.opposite]
                .iter()
                .any(|text| text.trim().is_empty())
                .then_some(Repaired::Removed)
        }),
        Repair::DeleteIdentical => each(&|pair| {
            let is_same = !pair.wanted.trim().is_empty() && pair.wanted.trim() == pair.opposite.trim();
            is_same.then_some(Repaired::Removed)
        }),
        Repair::TrainOnLeaked => splits::leaked(pairs)
            .into_iter()
            .map(|(place, _)| {
                (place, Repaired::Changed(PairContent { split: Split::Train, ..pairs[place].clone() }))
            })
            .collect(),
        Repair::Trim => each(&|pair| {
            let trimmed = PairContent {
                prompt: pair.prompt.trim().to_owned(),
                wanted: pair.wanted.trim().to_owned(),
                opposite: pair.opposite.trim().to_owned(),
                ..pair.clone()
            };
            (trimmed != *pair).then_some(Repaired::Changed(trimmed))
        }),
        Repair::EvenLetters => letters::evened(pairs)
            .into_iter()
            .map(|(place, content)| (place, Repaired::Changed(content)))
            .collect(),
        Repair::Swap => polarity::check(pairs, margins)
            .into_iter()
            .flat_map(|found| found.rows)
            .map(|(place, _)| {
                let pair = pairs[place].clone();
                let swapped = PairContent { wanted: pair.opposite, opposite: pair.wanted, ..pair };
                (place, Repaired::Changed(swapped))
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::quality::check;
    use crate::quality::testing::{held_out, pair};

    const ALL: [Repair; 7] = [
        Repair::DeleteDuplicates,
        Repair::DeleteEmpty,
        Repair::DeleteIdentical,
        Repair::TrainOnLeaked,
        Repair::Trim,
        Repair::EvenLetters,
        Repair::Swap,
    ];

    fn mended(pairs: &[PairContent], by: Repair) -> Vec<PairContent> {
        let mut all: Vec<Option<PairContent>> = pairs.iter().cloned().map(Some).collect();
        for (place, mended) in repair(pairs, &vec![None; pairs.len()], by) {
            all[place] = match mended {
                Repaired::Removed => None,
                Repaired::Changed(content) => Some(content),
            };
        }
        all.into_iter().flatten().collect()
    }

    #[test]
    fn every_repair_does_what_it_says() {
        let pairs = [
            pair("p", "a", "b"),
            held_out("P", "a ", "c"),
            pair("p", "a", "b"),
            pair("q", "", "x"),
            pair("r", "s", "s "),
        ];
        assert_eq!(mended(&pairs, Repair::DeleteDuplicates).len(), 4);
        assert_eq!(mended(&pairs, Repair::DeleteEmpty).len(), 4);
        assert_eq!(mended(&pairs, Repair::DeleteIdentical).len(), 4);
        assert_eq!(mended(&pairs, Repair::TrainOnLeaked)[1].split, Split::Train);
        assert_eq!(mended(&pairs, Repair::Trim)[1].wanted, "a");
        assert_eq!(mended(&[pair("p", "a", "b"), pair("p", "b", "a")], Repair::Swap)[1], pair("p", "a", "b"));
    }

    proptest! {
        #[test]
        fn a_repair_leaves_nothing_to_repair(
            texts in proptest::collection::vec(("[ab ]{0,3}", "[ab ]{0,3}", "[ab ]{0,3}", any::<bool>()), 0..30)
        ) {
            let pairs: Vec<PairContent> = texts
                .iter()
                .map(|(prompt, wanted, opposite, out)| if *out { held_out(prompt, wanted, opposite) } else { pair(prompt, wanted, opposite) })
                .collect();
            for by in ALL.into_iter().filter(|by| *by != Repair::Swap) {
                let after = mended(&pairs, by);
                prop_assert_eq!(repair(&after, &vec![None; after.len()], by), vec![], "{:?}", by);
                let found = check(&after, &vec![None; after.len()]);
                prop_assert!(found.iter().all(|found| found.repair != Some(by)), "{:?}: {:?}", by, found);
            }
        }
    }
}

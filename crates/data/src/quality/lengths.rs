//! Finds data sets in which one kind of answer is longer than the other.

use ipc::data::PairContent;
use ipc::quality::{FindingKind, Weight};

use super::{FEWEST, Found, percent};

/// Answers are uneven where the median ratio of their lengths is above this, or below its inverse,
const FACTOR: f64 = 1.25;
/// and where one kind is the longer one in more than this share of the pairs.
const SHARE: f64 = 0.75;

pub(super) fn check(pairs: &[PairContent]) -> Option<Found> {
    let lengths: Vec<(usize, f64, f64)> = pairs
        .iter()
        .enumerate()
        .map(|(place, pair)| (place, length(&pair.wanted), length(&pair.opposite)))
        .filter(|(_, wanted, opposite)| *wanted > 0.0 && *opposite > 0.0)
        .collect();
    if lengths.len() < FEWEST {
        return None;
    }
    let ratio = median(lengths.iter().map(|(_, wanted, opposite)| (wanted / opposite).ln()));
    let longer = lengths.iter().filter(|(_, wanted, opposite)| wanted > opposite).count();
    let shorter = lengths.iter().filter(|(_, wanted, opposite)| wanted < opposite).count();
    let is_uneven = ratio.abs() > FACTOR.ln() && longer.max(shorter) as f64 > SHARE * lengths.len() as f64;
    if !is_uneven {
        return None;
    }
    let wanted_is_longer = ratio > 0.0;
    let (name, count) = if wanted_is_longer { ("wanted", longer) } else { ("opposite", shorter) };
    let mut rows: Vec<(f64, usize, String)> = lengths
        .iter()
        .map(|(place, wanted, opposite)| {
            let lead = if wanted_is_longer { wanted / opposite } else { opposite / wanted };
            (lead, *place, format!("wanted {wanted:.0}, opposite {opposite:.0} characters"))
        })
        .filter(|(lead, ..)| *lead > 1.0)
        .collect();
    rows.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let middle = |side: fn(&(usize, f64, f64)) -> f64| median(lengths.iter().map(side));
    Some(Found {
        kind: FindingKind::Length,
        weight: Weight::Warning,
        message: format!(
            "The {name} answer is the longer one in {} of the pairs: in the middle, wanted answers have {:.0} characters and \
             opposite ones {:.0}.",
            percent(count, lengths.len()),
            middle(|row| row.1),
            middle(|row| row.2),
        ),
        why: "A vector may learn to answer at length instead of the behaviour.",
        rows: rows.into_iter().map(|(_, place, note)| (place, note)).collect(),
        repair: None,
    })
}

fn length(text: &str) -> f64 {
    text.trim().chars().count() as f64
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        count if count % 2 == 1 => values[count / 2],
        count => f64::midpoint(values[count / 2 - 1], values[count / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::testing::pair;

    #[test]
    fn the_longer_kind_is_named_with_its_extremes_first() {
        let pairs: Vec<PairContent> =
            (0..40).map(|n| pair("p", &"x".repeat(20 + n), &"x".repeat(10))).collect();
        let found = check(&pairs).expect("uneven");
        assert_eq!(
            found.message,
            "The wanted answer is the longer one in 100 % of the pairs: in the middle, wanted answers have 40 characters \
             and opposite ones 10."
        );
        assert_eq!(found.rows[0], (39, "wanted 59, opposite 10 characters".to_owned()));
        let turned: Vec<PairContent> =
            pairs.iter().map(|p| pair(&p.prompt, &p.opposite, &p.wanted)).collect();
        assert!(check(&turned).expect("uneven").message.starts_with("The opposite answer"));
    }

    #[test]
    fn lengths_that_go_either_way_are_even() {
        let pairs: Vec<PairContent> =
            (0..40)
                .map(|n| {
                    if n % 2 == 0 { pair("p", "xxxxxxxxxx", "xxxx") } else { pair("p", "xxxx", "xxxxxxxxxx") }
                })
                .collect();
        assert!(check(&pairs).is_none());
        assert!(check(&vec![pair("p", "a long one", "a"); 19]).is_none(), "too few to tell");
    }
}

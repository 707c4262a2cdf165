//! The agreement of two raters beyond chance: weighted kappa.

/// The ratings of one thing by two raters, on levels that are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RatingPair {
    /// The first rater's level.
    pub first: u8,
    /// The second rater's level.
    pub second: u8,
}

/// Cohen's kappa with quadratic weights (Cohen 1968) over `levels` ordered levels, counted from 1:
/// `1 - Σ w·observed / Σ w·expected`, `w = (i - j)²`. `None` without ratings, or where both raters gave the same single
/// level throughout, so that the expected disagreement is 0.
#[must_use]
pub fn weighted_kappa(ratings: &[RatingPair], levels: u8) -> Option<f64> {
    let valid =
        |pair: &&RatingPair| [pair.first, pair.second].iter().all(|level| (1..=levels).contains(level));
    let ratings: Vec<RatingPair> = ratings.iter().filter(valid).copied().collect();
    let count = ratings.len() as f64;
    let share = |level: u8, rating_of: fn(&RatingPair) -> u8| {
        ratings.iter().filter(|rating| rating_of(rating) == level).count() as f64 / count
    };
    let weight = |a: u8, b: u8| (f64::from(a) - f64::from(b)).powi(2);
    let observed: f64 = ratings.iter().map(|pair| weight(pair.first, pair.second)).sum::<f64>() / count;
    let pairs = (1..=levels).flat_map(|a| (1..=levels).map(move |b| (a, b)));
    let expected: f64 =
        pairs.map(|(a, b)| weight(a, b) * share(a, |pair| pair.first) * share(b, |pair| pair.second)).sum();
    (expected > 0.0).then(|| 1.0 - observed / expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kappa(ratings: &[(u8, u8)], levels: u8) -> Option<f64> {
        let pair = |(first, second): &(u8, u8)| RatingPair { first: *first, second: *second };
        weighted_kappa(&ratings.iter().map(pair).collect::<Vec<_>>(), levels)
    }

    #[test]
    fn it_is_one_for_agreement_and_falls_with_the_distance() {
        let same = [(1, 1), (2, 2), (4, 4)];
        assert_eq!(kappa(&same, 4), Some(1.0));
        let near = kappa(&[(1, 2), (2, 2), (4, 4)], 4).unwrap();
        let far = kappa(&[(1, 4), (2, 2), (4, 4)], 4).unwrap();
        assert!(far < near && near < 1.0, "{near} {far}");
        assert_eq!(kappa(&[], 4), None);
        assert_eq!(kappa(&[(2, 2)], 4), None);
    }

    #[test]
    fn it_agrees_with_a_table_worked_by_hand() {
        // Two levels, 20 both low, 15 both high, 5 and 10 apart: observed 0.30 apart, by chance
        // 0.5 x 0.4 + 0.5 x 0.6 = 0.50 apart, so kappa is 0.4 (on two levels the weights change nothing).
        let mut ratings = vec![(1, 1); 20];
        ratings.extend(vec![(2, 2); 15]);
        ratings.extend(vec![(1, 2); 5]);
        ratings.extend(vec![(2, 1); 10]);
        assert!((kappa(&ratings, 2).unwrap() - 0.4).abs() < 1e-12);
    }
}

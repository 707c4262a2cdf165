//! The change of a score between two measurements of the same items, with its paired confidence interval.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::bootstrap::{Interval, RESAMPLES, Ratio};

/// Returns `f(Σ a / Σ b)` of `steered` less that of `unsteered`, with its 95 % percentile bootstrap interval. Each of the 10,000
/// resamples draws items and takes both measurements of each (Efron and Tibshirani 1993, section 8.3), so that what items differ in
/// cancels out. With b = 1 and the identity it is the mean of the items' differences. NaN without items.
///
/// # Panics
/// Panics if the two have different lengths.
#[must_use]
pub fn paired_interval(
    steered: &[Ratio],
    unsteered: &[Ratio],
    seed: u64,
    f: impl Fn(f64) -> f64,
) -> Interval {
    assert_eq!(steered.len(), unsteered.len(), "every item is measured twice");
    let count = steered.len();
    if count == 0 {
        return Interval { value: f64::NAN, low: f64::NAN, high: f64::NAN };
    }
    let add = |sums: [f64; 4], item: usize| {
        let (with, without) = (steered[item], unsteered[item]);
        let own = [with.numerator, with.denominator, without.numerator, without.denominator];
        std::array::from_fn(|at| sums[at] + own[at])
    };
    let change = |[a, b, c, d]: [f64; 4]| f(a / b) - f(c / d);
    let value = change((0..count).fold([0.0; 4], add));
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let mut resample = || {
        let draw = (0..count).map(|_| generator.random_range(0..count));
        change(draw.fold([0.0; 4], add))
    };
    let mut all: Vec<f64> = (0..RESAMPLES).map(|_| resample()).collect();
    all.sort_by(f64::total_cmp);
    Interval { value, low: all[RESAMPLES / 40], high: all[RESAMPLES - 1 - RESAMPLES / 40] }
}

#[cfg(test)]
mod tests {
    use super::super::bootstrap::mean_interval;
    use super::*;

    fn ones(values: &[f64]) -> Vec<Ratio> {
        values.iter().map(|value| Ratio { numerator: *value, denominator: 1.0 }).collect()
    }

    #[test]
    fn a_change_of_means_is_the_mean_of_the_differences() {
        let (with, without) = ([3.0, 9.5, -2.0, 4.0, 0.5], [1.0, 9.0, -3.5, 1.0, 0.0]);
        let differences: Vec<f64> = with.iter().zip(without).map(|(a, b)| a - b).collect();
        let paired = paired_interval(&ones(&with), &ones(&without), 11, |mean| mean);
        let plain = mean_interval(&differences, 11);
        for (a, b) in [(paired.value, plain.value), (paired.low, plain.low), (paired.high, plain.high)] {
            assert!((a - b).abs() < 1e-12, "{paired:?} and {plain:?}");
        }
        assert!(paired.low > 0.0, "every item rises, however much they differ: {paired:?}");
    }

    #[test]
    fn what_does_not_change_has_no_width() {
        let items = [2.0, 5.0, 9.0].map(|numerator| Ratio { numerator, denominator: 3.0 });
        let still = paired_interval(&items, &items, 1, f64::exp);
        assert_eq!(still, Interval { value: 0.0, low: 0.0, high: 0.0 });
        assert!(paired_interval(&[], &[], 1, f64::exp).value.is_nan());
    }
}

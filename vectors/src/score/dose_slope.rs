//! The slope of a score over the multiplier, the "steerability" of one example (Tan et al. 2024, arXiv 2407.12404).

/// A score at a multiplier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dose {
    /// The multiplier.
    pub multiplier: f64,
    /// The score.
    pub score: f64,
}

/// Returns the least-squares slope of a score over the multiplier; `None` where all multipliers are equal.
#[must_use]
pub fn dose_slope(points: &[Dose]) -> Option<f64> {
    let count = points.len() as f64;
    let mean = |value: fn(&Dose) -> f64| points.iter().map(value).sum::<f64>() / count;
    let (x, y) = (mean(|p| p.multiplier), mean(|p| p.score));
    let variation: f64 = points.iter().map(|p| (p.multiplier - x).powi(2)).sum();
    let covariation: f64 = points.iter().map(|p| (p.multiplier - x) * (p.score - y)).sum();
    (variation > 0.0).then(|| covariation / variation)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slope(points: &[(f64, f64)]) -> Option<f64> {
        let dose = |(multiplier, score): &(f64, f64)| Dose { multiplier: *multiplier, score: *score };
        dose_slope(&points.iter().map(dose).collect::<Vec<_>>())
    }

    #[test]
    fn a_line_has_its_slope_and_a_single_multiplier_has_none() {
        assert_eq!(slope(&[(-1.0, 3.0), (0.0, 1.0), (1.0, -1.0)]), Some(-2.0));
        // Least squares by hand: Σ(x - 1)(y - 2) / Σ(x - 1)² = (1 + 0 + 2) / 2.
        assert_eq!(slope(&[(0.0, 1.0), (1.0, 1.0), (2.0, 4.0)]), Some(1.5));
        assert_eq!(slope(&[(1.0, 1.0), (1.0, 2.0)]), None);
        assert_eq!(slope(&[]), None);
    }
}

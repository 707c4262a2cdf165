//! The slope of a score over the multiplier, the "steerability" of one example (Tan et al. 2024, arXiv 2407.12404).

/// The least-squares slope of a score over the multiplier, from points (multiplier, score); `None` where all multipliers
/// are equal.
#[must_use]
pub fn dose_slope(points: &[(f64, f64)]) -> Option<f64> {
    let count = points.len() as f64;
    let mean = |value: fn(&(f64, f64)) -> f64| points.iter().map(value).sum::<f64>() / count;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let variation: f64 = points.iter().map(|p| (p.0 - x).powi(2)).sum();
    let covariation: f64 = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    (variation > 0.0).then(|| covariation / variation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_slope_and_a_single_multiplier_has_none() {
        assert_eq!(dose_slope(&[(-1.0, 3.0), (0.0, 1.0), (1.0, -1.0)]), Some(-2.0));
        // Least squares by hand: Σ(x - 1)(y - 2) / Σ(x - 1)² = (1 + 0 + 2) / 2.
        assert_eq!(dose_slope(&[(0.0, 1.0), (1.0, 1.0), (2.0, 4.0)]), Some(1.5));
        assert_eq!(dose_slope(&[(1.0, 1.0), (1.0, 2.0)]), None);
        assert_eq!(dose_slope(&[]), None);
    }
}

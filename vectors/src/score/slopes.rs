//! How one example moves with the multiplier (Tan et al. 2024, arXiv 2407.12404).

/// The least-squares slope of y over x; `None` where all x are the same.
#[must_use]
pub fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let spread: f64 = points.iter().map(|p| (p.0 - x).powi(2)).sum();
    let together: f64 = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    (spread > 0.0).then(|| together / spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_slope_and_a_single_place_has_none() {
        assert_eq!(slope(&[(-1.0, 3.0), (0.0, 1.0), (1.0, -1.0)]), Some(-2.0));
        // Least squares by hand: Σ(x - 1)(y - 2) / Σ(x - 1)² = (1 + 0 + 2) / 2.
        assert_eq!(slope(&[(0.0, 1.0), (1.0, 1.0), (2.0, 4.0)]), Some(1.5));
        assert_eq!(slope(&[(1.0, 1.0), (1.0, 2.0)]), None);
        assert_eq!(slope(&[]), None);
    }
}

//! Smooths noisy values with an exponential moving average.

/// An exponential moving average without the pull towards its start: the weights of the values seen so far sum to 1.
#[must_use]
pub fn smoothed(points: &[[f64; 2]], keep: f64) -> Vec<[f64; 2]> {
    let (mut sum, mut weight) = (0.0, 0.0);
    let next = |[x, y]: &[f64; 2]| {
        sum = sum * keep + y * (1.0 - keep);
        weight = weight * keep + (1.0 - keep);
        [*x, sum / weight]
    };
    points.iter().map(next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_stays_and_noise_shrinks() {
        assert!(smoothed(&[[0.0, 3.0], [1.0, 3.0]], 0.9).iter().all(|p| (p[1] - 3.0).abs() < 1e-12));
        let noisy: Vec<[f64; 2]> =
            (0..50).map(|i| [f64::from(i), if i % 2 == 0 { 0.0 } else { 1.0 }]).collect();
        let last = smoothed(&noisy, 0.9)[49][1];
        assert!((last - 0.5).abs() < 0.06, "{last}");
    }
}

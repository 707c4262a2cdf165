//! Summarizes a curve in a few numbers.

pub use ipc::sweep::interpolate;

/// A summary of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveSummary {
    /// The largest value minus the smallest.
    pub range: f64,
    /// The least-squares slope over the multipliers.
    pub slope: f64,
    /// The area between the curve and its value at 0, over the multipliers, signed so that a curve that rises through 0
    /// has a positive one: `\u{222b} sign(m) (y(m) - y(0)) dm`, by trapezoids.
    pub area: f64,
    /// The value at 0.
    pub at_zero: Option<f64>,
}

/// Summarizes points `[multiplier, value]`, sorted by multiplier; `None` with fewer than two.
#[must_use]
pub fn summarize(points: &[[f64; 2]]) -> Option<CurveSummary> {
    if points.len() < 2 {
        return None;
    }
    let values = || points.iter().map(|p| p[1]);
    let range = values().fold(f64::NEG_INFINITY, f64::max) - values().fold(f64::INFINITY, f64::min);
    let count = points.len() as f64;
    let (x, y) = (points.iter().map(|p| p[0]).sum::<f64>() / count, values().sum::<f64>() / count);
    let spread: f64 = points.iter().map(|p| (p[0] - x).powi(2)).sum();
    let together: f64 = points.iter().map(|p| (p[0] - x) * (p[1] - y)).sum();
    let at_zero = interpolate(points, 0.0);
    let base = at_zero.unwrap_or(points[0][1]);
    let area = points.windows(2).map(|pair| {
        let [a, b] = [pair[0], pair[1]];
        let sign = if f64::midpoint(a[0], b[0]) < 0.0 { -1.0 } else { 1.0 };
        sign * (b[0] - a[0]) * (f64::midpoint(a[1], b[1]) - base)
    });
    Some(CurveSummary { range, slope: together / spread, area: area.sum(), at_zero })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_has_its_range_slope_and_area() {
        let digest = summarize(&[[-1.0, -2.0], [0.0, 0.0], [1.0, 2.0]]).unwrap();
        assert_eq!((digest.range, digest.slope, digest.area), (4.0, 2.0, 2.0));
        assert_eq!(super::summarize(&[[0.0, 1.0]]), None);
    }
}

//! Summarizes a curve in a few numbers, and finds the multipliers over which a vector is useful.

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

/// The value of a curve at `x`, by linear interpolation; `None` outside of the curve.
#[must_use]
pub fn interpolate(points: &[[f64; 2]], x: f64) -> Option<f64> {
    if let Some(point) = points.iter().find(|p| (p[0] - x).abs() < 1e-12) {
        return Some(point[1]);
    }
    let after = points.iter().position(|p| p[0] > x).filter(|at| *at > 0)?;
    let ([x0, y0], [x1, y1]) = (points[after - 1], points[after]);
    Some(y0 + (y1 - y0) * (x - x0) / (x1 - x0))
}

/// The multiplier on each side of 0 where a curve first reaches a value, by linear interpolation; the end of the curve
/// where it never does, `None` where there is no curve on that side.
#[must_use]
pub fn crossings(points: &[[f64; 2]], value: f64) -> (Option<f64>, Option<f64>) {
    let side = |sign: f64| {
        let mut side: Vec<[f64; 2]> =
            points.iter().filter(|p| p[0] * sign >= 0.0).map(|p| [p[0] * sign, p[1]]).collect();
        side.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let crossing = side.windows(2).find(|pair| pair[0][1] <= value && pair[1][1] > value);
        let end = match crossing {
            Some(pair) => {
                let ([x0, y0], [x1, y1]) = (pair[0], pair[1]);
                Some(x0 + (x1 - x0) * (value - y0) / (y1 - y0))
            }
            None => side.last().filter(|last| last[0] > 0.0).map(|last| last[0]),
        };
        end.map(|x| x * sign)
    };
    (side(-1.0), side(1.0))
}

/// Why a curve has no useful range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotUseful {
    /// A value at 0 is not known yet.
    NoUnsteered,
    /// The behaviour moves nowhere.
    NothingMoves,
    /// The behaviour moves only where perplexity is over its limit.
    MovesBeyond,
}

/// The useful range: the multipliers around 0 up to where perplexity passes `factor` times its value at 0, as far as the
/// behaviour moves there. `changes` has `[multiplier, low, high]` of its change from 0; it moves where an interval leaves 0 out.
///
/// # Errors
/// Returns why there is none.
pub fn useful_range(
    changes: &[[f64; 3]],
    perplexity: &[[f64; 2]],
    factor: f64,
) -> Result<(f64, f64), NotUseful> {
    let limit = factor * interpolate(perplexity, 0.0).ok_or(NotUseful::NoUnsteered)?;
    if !changes.iter().any(|p| p[0].abs() < 1e-12) {
        return Err(NotUseful::NoUnsteered);
    }
    let (below, above) = crossings(perplexity, limit);
    let (from, to) = (below.unwrap_or(0.0), above.unwrap_or(0.0));
    let moves = |p: &&[f64; 3]| p[0].abs() > 1e-12 && (p[1] > 0.0 || p[2] < 0.0);
    let moved: Vec<f64> = changes.iter().filter(moves).map(|p| p[0]).collect();
    let is_below = moved.iter().any(|x| *x < 0.0 && *x >= from);
    let is_above = moved.iter().any(|x| *x > 0.0 && *x <= to);
    match (is_below, is_above) {
        (false, false) if moved.is_empty() => Err(NotUseful::NothingMoves),
        (false, false) => Err(NotUseful::MovesBeyond),
        (below, above) => Ok((if below { from } else { 0.0 }, if above { to } else { 0.0 })),
    }
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

    #[test]
    fn a_curve_is_read_between_its_points() {
        let curve = [[-1.0, 4.0], [0.0, 2.0], [2.0, 6.0]];
        assert_eq!((interpolate(&curve, 1.0), interpolate(&curve, 3.0)), (Some(4.0), None));
        assert_eq!(crossings(&curve, 3.0), (Some(-0.5), Some(0.5)));
        assert_eq!(crossings(&curve, 9.0), (Some(-1.0), Some(2.0)));
    }

    #[test]
    fn the_useful_range_ends_where_perplexity_does_or_where_nothing_moves() {
        let perplexity = [[-2.0, 40.0], [-1.0, 20.0], [0.0, 10.0], [1.0, 12.0], [2.0, 18.0]];
        let changes = [[-2.0, -1.1, -0.9], [-1.0, -0.6, -0.4], [0.0, 0.0, 0.0], [2.0, -0.1, 0.2]];
        // Perplexity doubles at -1, and the behaviour does not change above 0.
        assert_eq!(useful_range(&changes, &perplexity, 2.0), Ok((-1.0, 0.0)));
        assert_eq!(useful_range(&changes[2..], &perplexity, 2.0), Err(NotUseful::NothingMoves));
        assert_eq!(useful_range(&changes, &perplexity, 1.5), Err(NotUseful::MovesBeyond));
        assert_eq!(useful_range(&changes, &[], 2.0), Err(NotUseful::NoUnsteered));
        assert_eq!(useful_range(&changes[..2], &perplexity, 2.0), Err(NotUseful::NoUnsteered));
    }
}

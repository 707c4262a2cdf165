//! Finds the multipliers over which a vector is useful.

use super::{Curve, Sweep, SweepPoint};
use crate::Id;
use crate::score::Score;

/// The multiple of the unsteered perplexity at which the useful range ends at first.
pub const USEFUL_FACTOR: f64 = 1.5;

/// Why an arm has no useful range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotUseful {
    /// No score of the behaviour is measured.
    NoBehavior,
    /// Perplexity is not measured.
    NoPerplexity,
    /// Points or their changes are not known yet.
    Waiting,
    /// The behaviour moves nowhere.
    NothingMoves,
    /// The behaviour moves only where perplexity is over its limit.
    MovesBeyond,
}

impl Sweep {
    /// Returns the arms of this vector alone.
    pub fn arms_of_vector_alone(&self, vector: Id) -> impl Iterator<Item = u32> {
        let arms = (0_u32..).zip(&self.settings.arms);
        arms.filter(move |(_, arm)| arm.is_vector_alone(vector)).map(|(place, _)| place)
    }

    /// Returns the first curve of an arm that measures the behaviour.
    #[must_use]
    pub fn behavior_curve(&self, arm: u32) -> Option<Curve> {
        let of_behavior =
            |curve: &Curve| curve.arm == arm && self.settings.scores[curve.score as usize].is_behavior();
        self.settings.curves().into_iter().find(of_behavior)
    }

    /// Returns the useful range of an arm: where its first behaviour score moves, by the paired intervals of its changes from the
    /// unsteered model, and perplexity stays within `factor` times its unsteered value.
    ///
    /// # Errors
    /// Returns why there is none.
    pub fn useful_range(
        &self,
        changes: &[SweepPoint],
        arm: u32,
        factor: f64,
    ) -> Result<(f64, f64), NotUseful> {
        let behavior = self.behavior_curve(arm).ok_or(NotUseful::NoBehavior)?;
        let perplexity = self.settings.scores.iter().position(|score| *score == Score::Perplexity);
        let score = perplexity.ok_or(NotUseful::NoPerplexity)? as u32;
        let perplexity = self.curve(Curve { arm, set: None, score });
        let perplexity: Vec<[f64; 2]> = perplexity.iter().map(|p| [p.multiplier, p.value]).collect();
        let changed = curve_of(changes, behavior);
        let changed: Vec<[f64; 3]> = changed.iter().map(|p| [p.multiplier, p.low, p.high]).collect();
        if changed.len() < 2 {
            return Err(NotUseful::Waiting);
        }
        useful_range(&changed, &perplexity, factor)
    }
}

/// Returns the points of one curve, by multiplier.
#[must_use]
pub fn curve_of(points: &[SweepPoint], curve: Curve) -> Vec<SweepPoint> {
    let mut found: Vec<SweepPoint> = points.iter().filter(|point| point.curve() == curve).copied().collect();
    found.sort_by(|a, b| a.multiplier.total_cmp(&b.multiplier));
    found
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
fn crossings(points: &[[f64; 2]], value: f64) -> (Option<f64>, Option<f64>) {
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

/// The useful range: the multipliers around 0 up to where perplexity passes `factor` times its value at 0, as far as the
/// behaviour moves there. `changes` has `[multiplier, low, high]` of its change from 0; it moves where an interval leaves 0 out.
fn useful_range(changes: &[[f64; 3]], perplexity: &[[f64; 2]], factor: f64) -> Result<(f64, f64), NotUseful> {
    let limit = factor * interpolate(perplexity, 0.0).ok_or(NotUseful::Waiting)?;
    if !changes.iter().any(|p| p[0].abs() < 1e-12) {
        return Err(NotUseful::Waiting);
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
        assert_eq!(useful_range(&changes, &[], 2.0), Err(NotUseful::Waiting));
        assert_eq!(useful_range(&changes[..2], &perplexity, 2.0), Err(NotUseful::Waiting));
    }
}

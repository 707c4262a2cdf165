//! Compares a curve of a passport with the same curve measured here.

use serde::Serialize;

use super::{CurveRecord, PointRecord};

/// How near two curves are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// Every value and interval has the same bits.
    Identical,
    /// Every value is within its tolerance.
    WithinTolerance,
    /// A value is not.
    Differs,
}

/// A point of a passport beside the same point here.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedPoint {
    /// The multiplier.
    pub multiplier: f64,
    /// The passport's value.
    pub passport: f64,
    /// The value here.
    pub here: f64,
    /// The largest difference that is no other curve.
    pub tolerance: f64,
    /// How near they are.
    pub agreement: Agreement,
}

/// A curve of a passport beside the same curve here.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedCurve {
    /// The least of the points' agreements.
    pub agreement: Agreement,
    /// The points, in the passport's order.
    pub points: Vec<ComparedPoint>,
}

impl ComparedCurve {
    /// Compares a curve with the points that were measured here at its multipliers, in its order. `is_counted` says whether
    /// an item is right or wrong and the value their share.
    ///
    /// Values may differ by one item of such a share, and else by [`RELATIVE`] of the value or of 1: another machine sums in
    /// another order. A point with another number of items is another measurement.
    #[must_use]
    pub fn new(curve: &CurveRecord, here: &[PointRecord], is_counted: bool) -> Self {
        let points: Vec<ComparedPoint> =
            curve.points.iter().zip(here).map(|(then, now)| compared(then, now, is_counted)).collect();
        let is_whole = points.len() == curve.points.len() && !points.is_empty();
        let worst = points.iter().map(|point| point.agreement).max();
        Self { agreement: worst.filter(|_| is_whole).unwrap_or(Agreement::Differs), points }
    }
}

/// The relative difference of two values that is no other curve.
pub const RELATIVE: f64 = 1e-3;

fn compared(then: &PointRecord, now: &PointRecord, is_counted: bool) -> ComparedPoint {
    let tolerance = if is_counted && then.n > 0 {
        // The share of one item, and the rounding of the share itself.
        1.0 / f64::from(then.n) + 1e-9
    } else {
        RELATIVE * then.value.abs().max(1.0)
    };
    let bits = |point: &PointRecord| [point.value, point.low, point.high].map(f64::to_bits);
    let agreement = if then.n != now.n || then.multiplier.to_bits() != now.multiplier.to_bits() {
        Agreement::Differs
    } else if bits(then) == bits(now) {
        Agreement::Identical
    } else if (then.value - now.value).abs() <= tolerance {
        Agreement::WithinTolerance
    } else {
        Agreement::Differs
    };
    ComparedPoint { multiplier: then.multiplier, passport: then.value, here: now.value, tolerance, agreement }
}

#[cfg(test)]
mod tests {
    use super::super::CurveOf;
    use super::*;

    fn point(value: f64, n: u32) -> PointRecord {
        PointRecord { multiplier: 1.0, value, low: value - 0.1, high: value + 0.1, n, missing: 0 }
    }

    fn curve(points: Vec<PointRecord>) -> CurveRecord {
        CurveRecord {
            arm: "v".into(),
            of: CurveOf::Vector,
            arm_index: 0,
            set: None,
            set_index: None,
            score: "s".into(),
            score_index: 0,
            unit: "u".into(),
            is_behavior: true,
            points,
        }
    }

    fn agreement(then: PointRecord, now: PointRecord, is_counted: bool) -> Agreement {
        ComparedCurve::new(&curve(vec![then]), &[now], is_counted).agreement
    }

    #[test]
    fn only_the_same_bits_are_identical_and_only_what_is_near_agrees() {
        let then = point(20.0, 10);
        assert_eq!(agreement(then, then, false), Agreement::Identical);
        let last_bit = PointRecord { value: f64::from_bits(then.value.to_bits() + 1), ..then };
        assert_eq!(agreement(then, last_bit, false), Agreement::WithinTolerance);
        assert_eq!(agreement(then, point(20.019, 10), false), Agreement::WithinTolerance);
        assert_eq!(agreement(then, point(20.03, 10), false), Agreement::Differs);
        assert_eq!(agreement(then, point(20.0, 9), false), Agreement::Differs);
        assert_eq!(agreement(then, point(f64::NAN, 10), false), Agreement::Differs);
    }

    #[test]
    fn a_share_may_differ_by_one_item() {
        assert_eq!(agreement(point(0.5, 10), point(0.6, 10), true), Agreement::WithinTolerance);
        assert_eq!(agreement(point(0.5, 10), point(0.7, 10), true), Agreement::Differs);
        assert_eq!(agreement(point(0.5, 10), point(0.6, 10), false), Agreement::Differs);
    }

    #[test]
    fn a_curve_of_which_a_point_is_missing_differs() {
        let curve = curve(vec![point(1.0, 2), point(2.0, 2)]);
        assert_eq!(ComparedCurve::new(&curve, &[point(1.0, 2)], false).agreement, Agreement::Differs);
        let empty = CurveRecord { points: vec![], ..curve };
        assert_eq!(ComparedCurve::new(&empty, &[], false).agreement, Agreement::Differs);
    }
}

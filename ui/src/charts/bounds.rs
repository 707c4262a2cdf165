//! How far the axes of a chart reach: to all that is drawn, and where that is one number, to some room on both sides of it.

use super::picture::Picture;

/// Numbers whose distance is a smaller share of their size are one number to whoever reads an axis.
const NOTHING: f64 = 1e-9;
/// The room on both sides of a number: of one that is counted, of one that is measured, and as a share of the number itself.
const COUNTED: f64 = 1.0;
const MEASURED: f64 = 0.5;
const SHARE: f64 = 0.1;

/// An axis, before any margin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    /// Its ends, which are never the same.
    pub(super) ends: (f64, f64),
    /// Whether its ends are not those of what is drawn, because that alone gives the axis no width.
    pub(super) is_widened: bool,
}

/// Returns the horizontal and the vertical axis of a chart of lines.
pub(super) fn axes(picture: &Picture) -> [Axis; 2] {
    let points = || picture.lines.iter().flat_map(|line| &line.points);
    let bands = picture.bands.iter().flat_map(|band| &band.points).flat_map(|point| [point[1], point[2]]);
    let xs = points().map(|point| point[0]).chain(both(picture.x_range));
    let ys = points().map(|point| point[1]).chain(bands).chain(both(picture.y_range));
    let beside_x = |_: f64| if picture.counts { COUNTED } else { MEASURED };
    // A logarithm has no share of its own, and nothing has a share of 0.
    let beside_y = |y: f64| if picture.is_log || y.abs() < NOTHING { MEASURED } else { y.abs() * SHARE };
    [axis(xs, beside_x), axis(ys, beside_y)]
}

fn both(range: Option<(f64, f64)>) -> impl Iterator<Item = f64> {
    range.into_iter().flat_map(|(from, to)| [from, to])
}

fn axis(values: impl Iterator<Item = f64>, beside: impl Fn(f64) -> f64) -> Axis {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return Axis { ends: (0.0, 1.0), is_widened: true };
    }
    if high - low > low.abs().max(high.abs()) * NOTHING {
        return Axis { ends: (low, high), is_widened: false };
    }
    let room = beside(low);
    Axis { ends: (low - room, high + room), is_widened: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::picture::{Band, Line, Stroke};

    fn picture(points: Vec<[f64; 2]>) -> Picture {
        let line = Line { name: String::new(), color: 0, stroke: Stroke::Marked, points, notes: Vec::new() };
        Picture { lines: vec![line], ..Picture::default() }
    }

    fn ends(picture: &Picture) -> [(f64, f64); 2] {
        axes(picture).map(|axis| axis.ends)
    }

    #[test]
    fn one_point_has_room_around_it() {
        assert_eq!(ends(&picture(vec![[1.0, 20.0]])), [(0.5, 1.5), (18.0, 22.0)]);
        assert_eq!(ends(&picture(vec![[0.0, 0.0]])), [(-0.5, 0.5), (-0.5, 0.5)]);
        assert_eq!(ends(&picture(vec![[1.0, -40.0]]))[1], (-44.0, -36.0));
        let counted = Picture { counts: true, ..picture(vec![[10.0, 1.0]]) };
        assert_eq!(ends(&counted)[0], (9.0, 11.0), "whole numbers are marked beside the one");
        let logarithm = Picture { is_log: true, ..picture(vec![[1.0, -3.0]]) };
        assert_eq!(ends(&logarithm)[1], (-3.5, -2.5));
        assert!(axes(&picture(vec![[1.0, 20.0]])).iter().all(|axis| axis.is_widened));
    }

    #[test]
    fn a_level_line_has_a_height_and_nothing_at_all_has_axes() {
        let [across, upright] = axes(&picture(vec![[0.0, 20.0], [1.0, 20.0 + 1e-12]]));
        assert_eq!((across.ends, across.is_widened), ((0.0, 1.0), false));
        assert!(upright.is_widened && upright.ends.0 < 19.0 && upright.ends.1 > 21.0, "{upright:?}");
        assert_eq!(ends(&Picture::default()), [(0.0, 1.0); 2]);
        assert_eq!(ends(&picture(vec![[f64::NAN, f64::INFINITY]])), [(0.0, 1.0); 2]);
    }

    #[test]
    fn what_is_known_of_an_axis_and_the_bands_are_in_it() {
        let known = Picture {
            x_range: Some((0.0, 85.0)),
            bands: vec![Band { color: 0, points: vec![[3.0, 1.0, 4.0]] }],
            ..picture(vec![[3.0, 2.0]])
        };
        let as_drawn = |ends| Axis { ends, is_widened: false };
        assert_eq!(axes(&known), [(0.0, 85.0), (1.0, 4.0)].map(as_drawn));
    }
}

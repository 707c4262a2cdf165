//! What is drawn of a line, in pixels: without the points that add nothing to it, and cut into dashes.

/// A straight piece of a line, from one point to another.
pub(super) type Piece = [[f64; 2]; 2];

/// How a dashed line is cut, in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dashes {
    /// The length of a dash.
    pub(super) dash: f64,
    /// The length of the gap behind it.
    pub(super) gap: f64,
    /// What the brush adds to both ends of a dash.
    pub(super) cap: f64,
}

/// Leaves points out of a line that add nothing to what is seen of it: of the points that follow each other in one column of pixels,
/// the first, the lowest, the highest and the last stay, in their order. A point that is no number keeps its place, because the line
/// has a gap there.
pub(super) fn thinned(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut kept = Vec::with_capacity(points.len());
    for column in points.chunk_by(|a, b| are_in_one_column(*a, *b)) {
        let order = |a: &usize, b: &usize| column[*a][1].total_cmp(&column[*b][1]);
        let last = column.len() - 1;
        let (lowest, highest) = ((0..=last).min_by(order), (0..=last).max_by(order));
        let mut places = [0, lowest.unwrap_or(0), highest.unwrap_or(last), last];
        places.sort_unstable();
        kept.push(column[0]);
        kept.extend(places.windows(2).filter(|two| two[0] < two[1]).map(|two| column[two[1]]));
    }
    kept
}

fn are_in_one_column(a: [f64; 2], b: [f64; 2]) -> bool {
    let are_numbers = a.iter().chain(&b).all(|value| value.is_finite());
    are_numbers && a[0].floor().total_cmp(&b[0].floor()).is_eq()
}

/// Cuts a line into dashes, and returns the pieces that can be seen in an area of this size.
pub(super) fn dashed(points: &[[f64; 2]], cut: Dashes, size: [f64; 2]) -> Vec<Piece> {
    let period = cut.dash + cut.gap;
    let inset = cut.cap.min(cut.dash / 2.0);
    let mut pieces = Vec::new();
    // How far into a dash and its gap the line already is.
    let mut before = 0.0;
    for two in points.windows(2) {
        let (from, to) = (two[0], two[1]);
        let way = [to[0] - from[0], to[1] - from[1]];
        let length = way[0].hypot(way[1]);
        if !length.is_finite() || length <= 0.0 {
            continue;
        }
        let at = |passed: f64| [from[0] + way[0] * passed / length, from[1] + way[1] * passed / length];
        if let Some((enters, leaves)) = seen([from, to], size, cut.cap) {
            let (enters, leaves) = (enters * length, leaves * length);
            let first = ((before + enters) / period).floor() * period - before;
            // The area has room for no more. Where a line is so long that a period is lost in rounding, no step would lead to its end.
            let most = (size[0] + size[1] + 4.0 * cut.cap) / period + 2.0;
            for count in 0..most as usize {
                let start = first + count as f64 * period;
                if start + inset > leaves {
                    break;
                }
                let (begins, ends) = ((start + inset).max(enters), (start + cut.dash - inset).min(leaves));
                if begins <= ends {
                    pieces.push([at(begins), at(ends)]);
                }
            }
        }
        before = (before + length) % period;
    }
    pieces
}

/// Returns from which share of its way to which one a piece is inside an area with a margin; `None` where it is outside.
fn seen([from, to]: Piece, size: [f64; 2], margin: f64) -> Option<(f64, f64)> {
    let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
    for ((start, end), length) in from.into_iter().zip(to).zip(size) {
        let (low, high, way) = (-margin, length + margin, end - start);
        if way.abs() < f64::MIN_POSITIVE {
            if start < low || start > high {
                return None;
            }
            continue;
        }
        let (one, other) = ((low - start) / way, (high - start) / way);
        enters = enters.max(one.min(other));
        leaves = leaves.min(one.max(other));
    }
    (enters <= leaves).then_some((enters, leaves))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The lowest and the highest y in every run of points in one column, with the column.
    fn extremes(points: &[[f64; 2]]) -> Vec<(i64, f64, f64)> {
        let mut runs: Vec<(i64, f64, f64)> = Vec::new();
        for [x, y] in points {
            let column = x.floor() as i64;
            match runs.last_mut() {
                Some((last, low, high)) if *last == column => (*low, *high) = (low.min(*y), high.max(*y)),
                _ => runs.push((column, *y, *y)),
            }
        }
        runs
    }

    proptest! {
        #[test]
        fn a_thinned_line_keeps_the_extremes_of_every_column(
            points in prop::collection::vec(prop::array::uniform2(-40.0_f64..40.0), 0..400),
            is_sorted in any::<bool>(),
        ) {
            let mut points = points;
            if is_sorted {
                points.sort_by(|a, b| a[0].total_cmp(&b[0]));
            }
            let kept = thinned(&points);
            prop_assert_eq!(extremes(&kept), extremes(&points));
            prop_assert!(kept.chunk_by(|a, b| are_in_one_column(*a, *b)).all(|column| column.len() <= 4));
            prop_assert_eq!((kept.first(), kept.last()), (points.first(), points.last()));
            // What is kept stands in the line in the same order.
            let mut rest = points.iter();
            prop_assert!(kept.iter().all(|point| rest.any(|other| other.map(f64::to_bits) == point.map(f64::to_bits))));
        }

        #[test]
        fn a_line_with_few_points_is_the_same(xs in prop::collection::vec(0.0_f64..1.0, 1..60)) {
            let points: Vec<[f64; 2]> = xs.iter().enumerate().map(|(at, x)| [at as f64 + x * 0.9, *x]).collect();
            prop_assert_eq!(thinned(&points), points);
        }
    }

    #[test]
    fn a_gap_in_a_line_stays_a_gap() {
        let points = [[0.1, 1.0], [0.2, 2.0], [0.3, f64::NAN], [0.4, 3.0], [0.5, 2.0], [0.6, 1.0]];
        let kept = thinned(&points);
        assert_eq!(kept.iter().filter(|point| point[1].is_nan()).count(), 1);
        let numbers: Vec<f64> = kept.iter().map(|point| point[1]).filter(|y| !y.is_nan()).collect();
        assert_eq!(numbers, [1.0, 2.0, 3.0, 1.0]);
    }

    const CUT: Dashes = Dashes { dash: 5.0, gap: 3.0, cap: 1.0 };

    #[test]
    fn a_dashed_line_goes_on_round_a_corner() {
        let points = [[0.0, 0.0], [10.0, 0.0], [10.0, 6.0]];
        // The second dash goes from 8 to 13, of which the brush adds one at both ends.
        let expected: [Piece; 3] =
            [[[1.0, 0.0], [4.0, 0.0]], [[9.0, 0.0], [10.0, 0.0]], [[10.0, 0.0], [10.0, 2.0]]];
        let pieces = dashed(&points, CUT, [100.0, 100.0]);
        assert_eq!(pieces, expected);
        let thick = Dashes { cap: 9.0, ..CUT };
        assert_eq!(
            dashed(&points[..2], thick, [100.0, 100.0])[0],
            [[2.5, 0.0]; 2],
            "a dash is never turned round"
        );
    }

    #[test]
    fn of_a_line_that_is_far_longer_than_the_area_only_what_is_seen_is_cut() {
        let pieces = dashed(&[[-1e9, 50.0], [1e9, 50.0]], CUT, [100.0, 100.0]);
        assert!((12..=15).contains(&pieces.len()), "{}", pieces.len());
        assert!(pieces.iter().flatten().all(|[x, _]| (-1.001..=101.001).contains(x)));
        assert!(dashed(&[[-50.0, 1.0], [-2.0, 1.0]], CUT, [100.0, 100.0]).is_empty());
        assert!(dashed(&[[0.0, -9.0], [100.0, -9.0]], CUT, [100.0, 100.0]).is_empty());
        assert!(dashed(&[[0.0, f64::NAN], [9.0, 1.0]], CUT, [100.0, 100.0]).is_empty());
    }
}

//! The curves of sweeps as a picture.

use ipc::sweep::{Sweep, SweepPoint};
use ipc::vector::Vector;

use crate::charts::{Band, Line, Picture, Stroke};
use crate::format;

/// One curve with its band for each sweep, in its vector's colour; the first one's multipliers set the width.
pub(super) fn picture(sweeps: &[Sweep], vectors: &[Vector]) -> Picture {
    let vector = |sweep: &Sweep| vectors.iter().find(|vector| vector.id == sweep.vector);
    let color = |sweep: &Sweep| vector(sweep).map_or(0, |vector| vector.color);
    let first = sweeps.first().map(|sweep| sweep.multipliers.as_slice()).unwrap_or_default();
    Picture {
        x_title: "multiplier".into(),
        y_title: "score, nats".into(),
        rule_at: Some(0.0),
        x_range: first.first().copied().zip(first.last().copied()),
        bands: sweeps.iter().map(|sweep| Band { color: color(sweep), points: band(&sweep.points) }).collect(),
        lines: sweeps
            .iter()
            .map(|sweep| Line {
                name: vector(sweep).map(|vector| vector.name.clone()).unwrap_or_default(),
                color: color(sweep),
                stroke: Stroke::Marked,
                points: sweep.points.iter().map(|point| [point.multiplier, point.score]).collect(),
                notes: sweep.points.iter().map(note).collect(),
            })
            .collect(),
        ..Picture::default()
    }
}

fn band(points: &[SweepPoint]) -> Vec<[f64; 3]> {
    points.iter().map(|point| [point.multiplier, point.low, point.high]).collect()
}

fn note(point: &SweepPoint) -> String {
    format!(
        "multiplier {}\nscore {} ({} to {})\nN = {}",
        format::multiplier(point.multiplier),
        format::number(point.score, 2),
        format::number(point.low, 2),
        format::number(point.high, 2),
        point.pairs
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::job::JobState;

    #[test]
    fn a_point_keeps_its_interval_and_its_note() {
        let point =
            SweepPoint { multiplier: -1.0, score: -3.25, low: -4.0, high: -2.5, wins: 0.1, pairs: 20 };
        let sweep = Sweep {
            id: 1,
            vector: 1,
            data_set: 1,
            job: 1,
            state: JobState::Running,
            multipliers: vec![-2.0, -1.0, 2.0],
            points: vec![point],
            stale: false,
            created: 0,
        };
        let picture = picture(&[sweep], &[]);
        assert_eq!(picture.x_range, Some((-2.0, 2.0)));
        assert_eq!(picture.bands[0].points, [[-1.0, -4.0, -2.5]]);
        assert_eq!(
            picture.lines[0].notes,
            ["multiplier \u{2212}1\nscore \u{2212}3.25 (\u{2212}4.00 to \u{2212}2.50)\nN = 20"]
        );
    }
}

//! Turns a run's history into the data of charts.

use ipc::train::{EpochPoint, History, Side, StepPoint};

use super::tables::sign;
use crate::charts::{Line, Picture, Stroke, smoothed};
use crate::format;

/// The share of the last value that the smoothed line keeps at every step.
const SMOOTHING: f64 = 0.9;

/// The choice of raw values, smoothed values or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CurveOptions {
    pub(super) smooth: bool,
    pub(super) raw: bool,
}

/// The numbers that a run's fourth chart can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Curve {
    RightWay,
    GradientNorm,
    VectorNorm,
    Rate,
    Speed,
}

impl Curve {
    pub(super) const ALL: [Self; 5] =
        [Self::RightWay, Self::GradientNorm, Self::VectorNorm, Self::Rate, Self::Speed];

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::RightWay => "right-way",
            Self::GradientNorm => "gradient-norm",
            Self::VectorNorm => "vector-norm",
            Self::Rate => "rate",
            Self::Speed => "speed",
        }
    }

    pub(super) fn from_key(key: &str) -> Self {
        Self::ALL.into_iter().find(|curve| curve.key() == key).unwrap_or(Self::RightWay)
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::RightWay => "Pairs moved the right way",
            Self::GradientNorm => "Norm of the gradient",
            Self::VectorNorm => "Norm of what is trained",
            Self::Rate => "Learning rate",
            Self::Speed => "Tokens a second",
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Self::RightWay => "share of a step\u{2019}s pairs",
            Self::GradientNorm => "norm before clipping",
            Self::VectorNorm => "norm",
            Self::Rate => "rate",
            Self::Speed => "tokens/s",
        }
    }

    fn value(self, step: &StepPoint) -> Option<f64> {
        match self {
            Self::RightWay => step.sign_accuracy,
            Self::GradientNorm => Some(step.gradient_norm),
            Self::VectorNorm => Some(step.vector_norm),
            Self::Rate => Some(step.learning_rate),
            Self::Speed => {
                (step.tokens > 0 && step.seconds > 0.0).then(|| f64::from(step.tokens) / step.seconds)
            }
        }
    }
}

/// Returns the loss by sign.
pub(super) fn losses(history: &History, shown: CurveOptions) -> Picture {
    by_sign(history, shown, "loss, nats", |side| side.loss)
}

/// d times the margin by sign.
pub(super) fn moved(history: &History, shown: CurveOptions) -> Picture {
    by_sign(history, shown, "d \u{00d7} margin, nats", |side| side.margin)
}

/// Returns the numbers of one sign of a step. Steps of earlier versions had one sign and no sides.
fn side(step: &StepPoint, wanted: i8) -> Option<Side> {
    let side = if wanted > 0 { step.plus } else { step.minus };
    side.or_else(|| (step.sign == wanted).then_some(Side { loss: step.loss, margin: step.margin }))
}

fn by_sign(history: &History, shown: CurveOptions, title: &str, value: fn(&Side) -> f64) -> Picture {
    let mut lines = vec![];
    for (color, which) in [(0, 1), (1, -1)] {
        let found = history.steps.iter().filter_map(|step| Some((step, side(step, which)?)));
        let (points, notes): (Vec<_>, Vec<_>) = found
            .map(|(step, side)| {
                let value = value(&side);
                let note = format!("step {}, d = {}\n{}", step.step, sign(which), format::number(value, 4));
                ([f64::from(step.step), value], note)
            })
            .unzip();
        lines.extend(both(&format!("d = {}", sign(which)), color, &points, notes, shown));
    }
    Picture { x_title: "step".into(), y_title: title.into(), lines, ..Picture::default() }
}

/// A smoothed line over its raw values, or one of them. The notes belong to the raw values.
pub(super) fn both(
    name: &str,
    color: u8,
    points: &[[f64; 2]],
    notes: Vec<String>,
    shown: CurveOptions,
) -> Vec<Line> {
    let line =
        |stroke, points: Vec<[f64; 2]>, notes| Line { name: name.into(), color, stroke, points, notes };
    let mut lines = vec![];
    if shown.raw || !shown.smooth {
        let stroke = if shown.smooth { Stroke::Faint } else { Stroke::Solid };
        lines.push(line(stroke, points.to_vec(), notes));
    }
    if shown.smooth {
        lines.push(line(Stroke::Solid, smoothed(points, SMOOTHING), Vec::new()));
    }
    lines
}

/// Returns the chart of one of the other numbers.
pub(super) fn other(history: &History, curve: Curve, shown: CurveOptions) -> Picture {
    let found = history.steps.iter().filter_map(|step| Some((step, curve.value(step)?)));
    let (points, notes): (Vec<_>, Vec<_>) = found
        .map(|(step, value)| {
            let decimals = if curve == Curve::Speed { 0 } else { 4 };
            (
                [f64::from(step.step), value],
                format!("step {}\n{}", step.step, format::number(value, decimals)),
            )
        })
        .unzip();
    let lines = both(curve.title(), 0, &points, notes, shown);
    Picture { x_title: "step".into(), y_title: curve.unit().into(), lines, ..Picture::default() }
}

/// Returns the held-out margin at both signs by epoch.
pub(super) fn margins(history: &History) -> Picture {
    let lines = vec![
        margin("At +1", 0, Stroke::Marked, history, |e| e.plus),
        margin("At \u{2212}1", 0, Stroke::Dashed, history, |e| e.minus),
    ];
    Picture { x_title: "epoch".into(), y_title: "margin, nats".into(), lines, ..Picture::default() }
}

/// Returns one held-out margin by epoch.
pub(super) fn margin(
    name: &str,
    color: u8,
    stroke: Stroke,
    history: &History,
    value: fn(&EpochPoint) -> f64,
) -> Line {
    let note = |e: &EpochPoint| format!("epoch {}\nmargin {} nats", e.epoch, format::number(value(e), 2));
    Line {
        name: name.into(),
        color,
        stroke,
        points: history.epochs.iter().map(|e| [f64::from(e.epoch), value(e)]).collect(),
        notes: history.epochs.iter().map(note).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOWN: CurveOptions = CurveOptions { smooth: true, raw: true };

    #[test]
    fn steps_are_split_by_their_sign() {
        let at = |step, sign, loss| StepPoint { step, sign, loss, ..StepPoint::default() };
        let mut both = at(3, 0, 0.5);
        both.plus = Some(Side { loss: 0.25, margin: 1.0 });
        both.minus = Some(Side { loss: 0.75, margin: -1.0 });
        let history = History { steps: vec![at(1, 1, 0.9), at(2, -1, 0.8), both], ..History::default() };
        let picture = losses(&history, SHOWN);
        let raw: Vec<_> = picture.lines.iter().filter(|line| line.stroke == Stroke::Faint).collect();
        assert_eq!(raw[0].points, [[1.0, 0.9], [3.0, 0.25]]);
        assert_eq!(raw[1].points, [[2.0, 0.8], [3.0, 0.75]]);
        assert_eq!(picture.lines.len(), 4);
    }

    #[test]
    fn without_smoothing_the_raw_values_are_the_line() {
        let lines = both_of(CurveOptions { smooth: false, raw: false });
        assert_eq!((lines.len(), lines[0].stroke), (1, Stroke::Solid));
        assert_eq!(both_of(CurveOptions { smooth: true, raw: false }).len(), 1);
    }

    fn both_of(shown: CurveOptions) -> Vec<Line> {
        both("x", 0, &[[1.0, 2.0]], vec!["note".into()], shown)
    }

    #[test]
    fn what_earlier_versions_did_not_measure_is_left_out() {
        let history = History { steps: vec![StepPoint::default()], ..History::default() };
        assert!(other(&history, Curve::RightWay, SHOWN).lines[0].points.is_empty());
        assert_eq!(Curve::from_key(Curve::Speed.key()), Curve::Speed);
    }
}

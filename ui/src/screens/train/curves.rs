//! Turns a run's history into the data of charts.

use ipc::train::{EpochPoint, History, Side, StepPoint};

use super::tables::sign;
use crate::charts::{Line, Picture, Stroke, smoothed};
use crate::format;
use crate::t;

/// The share of the last value that a smoothed line keeps at every step, at first.
pub(super) const SMOOTHING: f64 = 0.9;

/// Stands for a step's number in the words of a note, which are made once for a curve and not for each of its many steps.
pub(super) const NUMBER: &str = "\u{fffc}";

/// How curves over steps are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CurveOptions {
    /// The share of the last value that the smoothed line keeps at every step; 0 for no smoothing.
    pub(super) smoothing: f64,
    /// Whether raw values stand behind the smoothed line.
    pub(super) raw: bool,
    /// Whether numbers over 0 stand on a logarithmic axis.
    pub(super) log: bool,
    /// The steps of the whole run, which the axis has from the start.
    pub(super) steps: u32,
}

impl CurveOptions {
    /// Returns a chart over steps, with its final axis.
    pub(super) fn picture(self, y_title: String, lines: Vec<Line>, awaited: String) -> Picture {
        let x_range = (self.steps > 0).then(|| (0.0, f64::from(self.steps)));
        let x_title = t!("train-axis-step");
        let picture = Picture { x_title, y_title, lines, x_range, awaited, ..Picture::default() };
        if self.log { on_log_axis(picture) } else { picture }
    }
}

/// Puts a chart on a logarithmic axis. Numbers that are not over 0 have no place there.
fn on_log_axis(mut picture: Picture) -> Picture {
    for line in &mut picture.lines {
        let is_marked = line.notes.len() == line.points.len();
        let notes = std::mem::take(&mut line.notes);
        let points = std::mem::take(&mut line.points);
        let keeps: Vec<bool> = points.iter().map(|point| point[1] > 0.0).collect();
        let kept = points.into_iter().filter(|point| point[1] > 0.0);
        line.points = kept.map(|[x, y]| [x, y.log10()]).collect();
        if is_marked {
            let kept = notes.into_iter().zip(keeps).filter(|(_, keeps)| *keeps);
            line.notes = kept.map(|(note, _)| note).collect();
        }
    }
    Picture { is_log: true, ..picture }
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

    pub(super) fn title(self) -> String {
        match self {
            Self::RightWay => t!("train-curve-right-way"),
            Self::GradientNorm => t!("train-curve-gradient-norm"),
            Self::VectorNorm => t!("train-norm-of-trained"),
            Self::Rate => t!("learning-rate"),
            Self::Speed => t!("train-curve-speed"),
        }
    }

    pub(super) fn unit(self) -> String {
        match self {
            Self::RightWay => t!("train-unit-right-way"),
            Self::GradientNorm => t!("train-unit-gradient-norm"),
            Self::VectorNorm => t!("train-unit-norm"),
            Self::Rate => t!("train-unit-rate"),
            Self::Speed => t!("train-unit-speed"),
        }
    }

    pub(super) fn value(self, step: &StepPoint) -> Option<f64> {
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
    let lines = by_sign(history, shown, |side| side.loss);
    shown.picture(t!("train-axis-loss"), lines, t!("train-awaited-loss"))
}

/// d times the margin by sign.
pub(super) fn moved(history: &History, shown: CurveOptions) -> Picture {
    // Margins have both signs.
    let shown = CurveOptions { log: false, ..shown };
    let lines = by_sign(history, shown, |side| side.margin);
    shown.picture(t!("train-axis-moved"), lines, t!("train-awaited-moved"))
}

/// Returns the numbers of one sign of a step. Steps of earlier versions had one sign and no sides.
fn side(step: &StepPoint, wanted: i8) -> Option<Side> {
    let side = if wanted > 0 { step.plus } else { step.minus };
    side.or_else(|| (step.sign == wanted).then_some(Side { loss: step.loss, margin: step.margin }))
}

/// Returns the note of a step: the words with its number in them, and a value below.
pub(super) fn step_note(words: &str, step: u32, value: &str) -> String {
    format!("{}\n{value}", words.replace(NUMBER, &step.to_string()))
}

fn by_sign(history: &History, shown: CurveOptions, value: fn(&Side) -> f64) -> Vec<Line> {
    let mut lines = vec![];
    for (color, which) in [(0, 1), (1, -1)] {
        let words = t!("train-note-step-sign", step = NUMBER, sign = sign(which));
        let found = history.steps.iter().filter_map(|step| Some((step, side(step, which)?)));
        let (points, notes): (Vec<_>, Vec<_>) = found
            .map(|(step, side)| {
                let value = value(&side);
                ([f64::from(step.step), value], step_note(&words, step.step, &format::number(value, 4)))
            })
            .unzip();
        lines.extend(both(&format!("d = {}", sign(which)), color, &points, notes, shown));
    }
    lines
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
    let is_smooth = shown.smoothing > 0.0;
    if shown.raw || !is_smooth {
        let stroke = if is_smooth { Stroke::Faint } else { Stroke::Solid };
        lines.push(line(stroke, points.to_vec(), notes));
    }
    if is_smooth {
        lines.push(line(Stroke::Solid, smoothed(points, shown.smoothing), Vec::new()));
    }
    lines
}

/// Returns the chart of one of the other numbers.
pub(super) fn other(history: &History, curve: Curve, shown: CurveOptions) -> Picture {
    let words = t!("train-note-step", step = NUMBER);
    let found = history.steps.iter().filter_map(|step| Some((step, curve.value(step)?)));
    let (points, notes): (Vec<_>, Vec<_>) = found
        .map(|(step, value)| {
            let decimals = if curve == Curve::Speed { 0 } else { 4 };
            let note = step_note(&words, step.step, &format::number(value, decimals));
            ([f64::from(step.step), value], note)
        })
        .unzip();
    let lines = both(&curve.title(), 0, &points, notes, shown);
    shown.picture(curve.unit(), lines, t!("train-awaited-number"))
}

/// Returns the held-out margin at both signs by epoch, of which there will be so many.
pub(super) fn margins(history: &History, epochs: u32) -> Picture {
    let lines = vec![
        margin(&t!("train-at-plus"), 0, Stroke::Marked, history, |e| e.plus),
        margin(&t!("train-at-minus"), 0, Stroke::Dashed, history, |e| e.minus),
    ];
    margin_picture(lines, epochs)
}

/// Returns a chart over epochs, with its final axis.
pub(super) fn margin_picture(lines: Vec<Line>, epochs: u32) -> Picture {
    Picture {
        x_title: t!("train-axis-epoch"),
        y_title: t!("train-axis-margin"),
        lines,
        x_range: (epochs > 0).then(|| (0.0, f64::from(epochs))),
        counts: true,
        awaited: t!("train-awaited-margin"),
        ..Picture::default()
    }
}

/// Returns one held-out margin by epoch.
pub(super) fn margin(
    name: &str,
    color: u8,
    stroke: Stroke,
    history: &History,
    value: fn(&EpochPoint) -> f64,
) -> Line {
    let note = |e: &EpochPoint| {
        let margin = t!("train-note-margin", margin = format::number(value(e), 2));
        format!("{}\n{margin}", t!("train-note-epoch", epoch = e.epoch))
    };
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

    const SHOWN: CurveOptions = CurveOptions { smoothing: SMOOTHING, raw: true, log: false, steps: 85 };

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
        let lines = both_of(CurveOptions { smoothing: 0.0, raw: false, ..SHOWN });
        assert_eq!((lines.len(), lines[0].stroke), (1, Stroke::Solid));
        assert_eq!(both_of(CurveOptions { raw: false, ..SHOWN }).len(), 1);
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

    #[test]
    fn the_axes_are_the_final_ones_from_the_start_and_say_what_will_appear() {
        let empty = losses(&History::default(), SHOWN);
        assert_eq!(empty.x_range, Some((0.0, 85.0)));
        assert!(empty.is_empty() && !empty.awaited.is_empty());
        assert_eq!(margins(&History::default(), 5).x_range, Some((0.0, 5.0)));
    }

    #[test]
    fn a_logarithmic_axis_keeps_the_numbers_over_0_with_their_notes() {
        let at = |step, loss| StepPoint { step, sign: 1, loss, ..StepPoint::default() };
        let history = History { steps: vec![at(1, 0.01), at(2, 0.0), at(3, 10.0)], ..History::default() };
        let picture = losses(&history, CurveOptions { smoothing: 0.0, log: true, ..SHOWN });
        assert_eq!(picture.lines[0].points, [[1.0, -2.0], [3.0, 1.0]]);
        assert_eq!(picture.lines[0].notes.len(), 2);
        assert!(picture.is_log && !moved(&history, CurveOptions { log: true, ..SHOWN }).is_log);
    }
}

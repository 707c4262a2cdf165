//! The curves of several runs in the same charts, a colour for each run.

use ipc::train::{History, StepPoint};

use super::curves::{Curve, CurveOptions, NUMBER, both, margin, margin_picture, step_note};
use crate::charts::{Line, Picture, Stroke};
use crate::format;
use crate::t;

/// The colours of the palette that runs take, before they begin again.
const COLORS: usize = 7;

/// A run in the charts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OverlaidRun {
    pub(super) name: String,
    pub(super) history: History,
}

/// Returns the colour of the run at a place, which its key has as well.
pub(super) fn color(place: usize) -> u8 {
    (place % COLORS) as u8
}

/// Returns the loss of each run, over both signs.
pub(super) fn losses(runs: &[OverlaidRun], shown: CurveOptions) -> Picture {
    shown.picture(t!("train-axis-loss"), lines(runs, shown, |step| Some(step.loss)), String::new())
}

/// Returns d times the margin of each run, over both signs.
pub(super) fn moved(runs: &[OverlaidRun], shown: CurveOptions) -> Picture {
    let shown = CurveOptions { log: false, ..shown };
    shown.picture(t!("train-axis-moved"), lines(runs, shown, |step| Some(step.margin)), String::new())
}

/// Returns another number of each run.
pub(super) fn other(runs: &[OverlaidRun], curve: Curve, shown: CurveOptions) -> Picture {
    shown.picture(curve.unit(), lines(runs, shown, |step| curve.value(step)), String::new())
}

/// Returns the held-out margin of each run at both signs.
pub(super) fn margins(runs: &[OverlaidRun], epochs: u32) -> Picture {
    let of_run = |(place, run): (usize, &OverlaidRun)| {
        let plus = t!("train-run-at-plus", run = run.name.clone());
        let minus = t!("train-run-at-minus", run = run.name.clone());
        [
            margin(&plus, color(place), Stroke::Marked, &run.history, |e| e.plus),
            margin(&minus, color(place), Stroke::Dashed, &run.history, |e| e.minus),
        ]
    };
    margin_picture(runs.iter().enumerate().flat_map(of_run).collect(), epochs)
}

fn lines(runs: &[OverlaidRun], shown: CurveOptions, value: impl Fn(&StepPoint) -> Option<f64>) -> Vec<Line> {
    let words = t!("train-note-step", step = NUMBER);
    let of_run = |(place, run): (usize, &OverlaidRun)| {
        let found = run.history.steps.iter().filter_map(|step| Some((step.step, value(step)?)));
        let (points, notes): (Vec<[f64; 2]>, Vec<String>) = found
            .map(|(step, value)| {
                ([f64::from(step), value], step_note(&words, step, &format::number(value, 4)))
            })
            .unzip();
        both(&run.name, color(place), &points, notes, shown)
    };
    runs.iter().enumerate().flat_map(of_run).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_has_its_colour_in_every_chart() {
        let run = |name: &str, loss: f64| OverlaidRun {
            name: name.into(),
            history: History {
                steps: vec![StepPoint { step: 1, loss, gradient_norm: 2.0 * loss, ..StepPoint::default() }],
                ..History::default()
            },
        };
        let shown = CurveOptions { smoothing: 0.0, raw: true, log: false, steps: 9 };
        let runs = [run("A", 0.5), run("B", 0.25)];
        let loss = losses(&runs, shown);
        let lines: Vec<(&str, u8, &[[f64; 2]])> =
            loss.lines.iter().map(|line| (line.name.as_str(), line.color, line.points.as_slice())).collect();
        assert_eq!(lines, [("A", 0, [[1.0, 0.5]].as_slice()), ("B", 1, [[1.0, 0.25]].as_slice())]);
        assert_eq!(other(&runs, Curve::GradientNorm, shown).lines[1].points, [[1.0, 0.5]]);
        assert_eq!(margins(&runs, 3).lines.len(), 4);
        assert_eq!(color(7), 0);
    }
}

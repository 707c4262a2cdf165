//! Turns sweeps into panels of charts: a row for each score, a panel for each data set, a line for each arm.

use std::collections::HashSet;

use ipc::Id;
use ipc::score::Score;
use ipc::sweep::{Arm, Curve, Sweep, SweepPoint};
use ipc::vector::Vector;

use super::layer_lines::layer_lines;
use super::view_state::{Axis, CurvePoint, PanelOptions, Shows};
use crate::charts::{Band, Line, Picture, Stroke};
use crate::format;
use crate::t;
use crate::text::said;

/// The palette's grey, for the unsteered model.
const GREY: u8 = 7;

/// A chart of one score on one data set, with the curves behind its lines.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Panel {
    pub(super) score: Score,
    /// The set's name; `None` for a score with a text or questions of its own.
    pub(super) set: Option<String>,
    pub(super) picture: Picture,
    /// For each line of the picture, the curve point behind each of its points; empty for a line that is no curve.
    pub(super) places: Vec<Vec<CurvePoint>>,
    /// The curves that are drawn.
    pub(super) curves: Vec<(Id, Curve)>,
}

/// Returns the panels of some sweeps, and how many stand in a row. The first sweep's panels come first.
pub(super) fn panels(sweeps: &[Sweep], vectors: &[Vector], options: &PanelOptions) -> (Vec<Panel>, usize) {
    let mut scores = Vec::new();
    let mut sets: Vec<&str> = Vec::new();
    for sweep in sweeps {
        for score in sweep.settings.measured_scores() {
            if !scores.contains(&score) {
                scores.push(score);
            }
        }
        for set in &sweep.settings.sets {
            if !sets.contains(&set.name()) {
                sets.push(set.name());
            }
        }
    }
    let mut panels = Vec::new();
    for score in scores {
        let own: Vec<Option<&str>> = match score.needs() {
            ipc::score::Needs::Nothing => vec![None],
            _ => sets.iter().copied().map(Some).collect(),
        };
        let row: Vec<Panel> =
            own.into_iter().filter_map(|set| panel(sweeps, vectors, options, &score, set)).collect();
        panels.extend(same_height(row));
    }
    let count = panels.len();
    let columns = match (sets.len(), count) {
        (_, 0 | 1) => 1,
        (0 | 1, _) => 2,
        (sets, _) => sets.min(3),
    };
    if count > 1 {
        for panel in &mut panels {
            panel.picture.title = if sets.len() > 1 { panel.name() } else { said(&panel.score.name()) };
        }
    }
    (panels, columns)
}

/// Panels of one score share their vertical axis, so that behaviours can be compared.
fn same_height(mut row: Vec<Panel>) -> Vec<Panel> {
    if row.len() < 2 {
        return row;
    }
    let ends = |panel: &Panel| -> Vec<f64> {
        let lines = panel.picture.lines.iter().flat_map(|line| line.points.iter().map(|p| p[1]));
        lines
            .chain(panel.picture.bands.iter().flat_map(|band| band.points.iter().flat_map(|p| [p[1], p[2]])))
            .collect()
    };
    let bounds = row[0].picture.y_range.into_iter().flat_map(|(low, high)| [low, high]);
    let all: Vec<f64> = row.iter().flat_map(ends).chain(bounds).collect();
    let (low, high) = all.iter().fold((f64::MAX, f64::MIN), |(low, high), y| (low.min(*y), high.max(*y)));
    if low <= high {
        for panel in &mut row {
            panel.picture.y_range = Some((low, high));
        }
    }
    row
}

fn panel(
    sweeps: &[Sweep],
    vectors: &[Vector],
    options: &PanelOptions,
    score: &Score,
    set: Option<&str>,
) -> Option<Panel> {
    let x_range = sweeps.first().and_then(|sweep| {
        let all = &sweep.settings.multipliers;
        all.first().copied().zip(all.last().copied()).filter(|_| options.axis == Axis::Multiplier)
    });
    let mut picture = Picture {
        x_title: options.axis.title(),
        y_title: unit(score, options.shows),
        rule_at: (!options.axis.is_at_one()).then_some(0.0),
        x_range,
        y_range: score.range().filter(|_| options.shows == Shows::Values),
        counts: options.axis.is_at_one(),
        shaded: options.useful.filter(|_| options.axis == Axis::Multiplier),
        ..Picture::default()
    };
    let (mut places, mut curves) = (Vec::new(), Vec::new());
    let mut is_there = false;
    let mut baseline = None;
    for (order, sweep) in sweeps.iter().enumerate() {
        let set_at = match set {
            Some(name) => match sweep.settings.sets.iter().position(|one| one.name() == name) {
                Some(at) => Some(at as u32),
                None => continue,
            },
            None => None,
        };
        let mut all = 0..sweep.settings.scores.len() as u32;
        let is_score = |at: &u32| sweep.settings.score_on(*at, set_at).as_deref() == Some(score);
        let Some(score_at) = all.find(is_score) else { continue };
        let curve = |arm: u32| Curve { arm, set: set_at, score: score_at };
        let has_curve = |known: &Curve| (known.set, known.score) == (set_at, score_at);
        if !sweep.settings.curves().iter().any(has_curve) {
            continue;
        }
        is_there = true;
        if options.axis.is_at_one() {
            for group in layer_lines(sweep, vectors, options, curve) {
                picture.lines.push(group.line);
                picture.bands.push(group.band);
                curves.extend(group.places.iter().map(|place| (place.sweep, place.curve)));
                places.push(group.places);
            }
            continue;
        }
        for (place, arm) in (0_u32..).zip(&sweep.settings.arms) {
            let points = options.points(sweep, curve(place));
            if arm.moves() && baseline.is_none() && arm.prompting == ipc::sweep::Prompting::AsTrained {
                let has_fixed = arm.terms.iter().any(|term| term.fixed);
                baseline = points.iter().find(|p| p.multiplier == 0.0 && !has_fixed).map(|p| p.value);
            }
            if options.hidden.contains(&(sweep.id, place)) {
                continue;
            }
            if points.is_empty() {
                // There is nothing to draw, but the table must have the values, and say that no verdict could be read.
                let is_unread = !sweep.curve_with_unread(curve(place)).is_empty();
                curves.extend(is_unread.then_some((sweep.id, curve(place))));
                continue;
            }
            let one = ArmCurve { sweep, arm, place, vectors, options };
            let (line, band, multipliers) = one.drawn(score, &points, order > 0, x_range);
            picture.lines.push(line);
            picture.bands.extend(band);
            let (sweep, curve) = (sweep.id, curve(place));
            places.push(
                multipliers.into_iter().map(|multiplier| CurvePoint { sweep, curve, multiplier }).collect(),
            );
            curves.push((sweep, curve));
        }
    }
    let ends = span(&picture).or(x_range);
    if let (Some(value), Some((from, to))) = (baseline, ends) {
        // The band lies behind the curves, so it is drawn first.
        let line = Line {
            name: String::new(),
            color: GREY,
            stroke: Stroke::Faint,
            points: vec![[from, value], [to, value]],
            notes: Vec::new(),
        };
        picture.lines.insert(0, line);
        places.insert(0, Vec::new());
    }
    let mut seen = HashSet::new();
    curves.retain(|curve| seen.insert(*curve));
    is_there.then(|| Panel { score: score.clone(), set: set.map(str::to_owned), picture, places, curves })
}

fn span(picture: &Picture) -> Option<(f64, f64)> {
    let xs = || picture.lines.iter().flat_map(|line| line.points.iter().map(|p| p[0]));
    let (low, high) = (xs().reduce(f64::min)?, xs().reduce(f64::max)?);
    (low < high).then_some((low, high))
}

/// Draws the curve of one arm.
struct ArmCurve<'a> {
    sweep: &'a Sweep,
    arm: &'a Arm,
    place: u32,
    vectors: &'a [Vector],
    options: &'a PanelOptions,
}

impl ArmCurve<'_> {
    fn drawn(
        &self,
        score: &Score,
        points: &[SweepPoint],
        is_other: bool,
        x_range: Option<(f64, f64)>,
    ) -> (Line, Option<Band>, Vec<f64>) {
        let is_quiet = self.options.highlighted.is_some_and(|one| one != (self.sweep.id, self.place));
        let stroke = match (is_quiet, is_other || !self.arm.moves()) {
            (true, _) => Stroke::Faint,
            (false, true) => Stroke::Dashed,
            (false, false) => Stroke::Marked,
        };
        let mut places: Vec<(f64, &SweepPoint)> = if self.arm.moves() {
            points.iter().filter_map(|point| Some((self.x(point.multiplier)?, point))).collect()
        } else {
            // The value is the same at every multiplier, so it is a horizontal line over the whole width.
            let (from, to) = x_range.unwrap_or((-1.0, 1.0));
            points.first().map(|point| vec![(from, point), (to, point)]).unwrap_or_default()
        };
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        let band = Band {
            color: self.arm.color,
            points: places.iter().map(|(x, point)| [*x, point.low, point.high]).collect(),
        };
        let line = Line {
            name: self.arm.name.clone(),
            color: self.arm.color,
            stroke,
            points: places.iter().map(|(x, point)| [*x, point.value]).collect(),
            notes: places.iter().map(|(_, point)| note(score, point, self.options.shows)).collect(),
        };
        let multipliers = places.iter().map(|(_, point)| point.multiplier).collect();
        (line, (!is_quiet).then_some(band), multipliers)
    }

    /// Returns the position of a multiplier on the horizontal axis.
    fn x(&self, multiplier: f64) -> Option<f64> {
        match self.options.axis {
            Axis::Multiplier | Axis::Layer | Axis::Epoch => Some(multiplier),
            Axis::Norm => {
                let norm =
                    |id: Id| self.vectors.iter().find(|vector| vector.id == id).map(|vector| vector.norm);
                let terms = self.arm.terms.iter().filter(|term| !term.fixed);
                let norms: Option<Vec<f64>> =
                    terms.map(|term| Some((term.weight * norm(term.vector)?).powi(2))).collect();
                Some(multiplier * norms?.iter().sum::<f64>().sqrt())
            }
            Axis::Divergence => {
                let score =
                    self.sweep.settings.scores.iter().position(|score| *score == Score::Divergence)?;
                let curve = Curve { arm: self.place, set: None, score: score as u32 };
                let points = self.sweep.curve(curve);
                let point = points.iter().find(|point| point.multiplier.total_cmp(&multiplier).is_eq())?;
                Some(point.value * if multiplier < 0.0 { -1.0 } else { 1.0 })
            }
        }
    }
}

/// Returns the title of the vertical axis.
fn unit(score: &Score, shows: Shows) -> String {
    let unit = said(score.unit());
    match shows {
        Shows::Change => t!("sweep-change-in", unit = unit),
        Shows::Values => unit,
    }
}

/// Returns the note of a point under the pointer.
fn note(score: &Score, point: &SweepPoint, shows: Shows) -> String {
    let number = |value: f64| match shows {
        Shows::Change => format::signed(value, score.decimals().max(2)),
        Shows::Values => format::number(value, score.decimals()),
    };
    let (value, low, high) = (number(point.value), number(point.low), number(point.high));
    let count = match point.missing {
        0 => t!("sweep-note-count", count = point.count),
        missing => t!("sweep-note-count-missing", count = point.count, missing = missing),
    };
    [
        t!("sweep-note-multiplier", multiplier = format::multiplier(point.multiplier)),
        t!("sweep-note-value", unit = unit(score, shows), value = value, low = low, high = high),
        count,
    ]
    .join("\n")
}

#[cfg(test)]
#[path = "panels_tests.rs"]
mod tests;

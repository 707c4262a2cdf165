//! The lines of a score over the layers or the epochs of vectors, one for each method and way of prompting.

use ipc::Id;
use ipc::sweep::{Arm, Curve, Prompting, Sweep, SweepPoint};
use ipc::train::Method;
use ipc::vector::Vector;

use super::arms;
use super::view_state::PanelOptions;
use super::view_state::{Axis, CurvePoint};
use crate::charts::{Band, Line, Stroke};
use crate::format;
use crate::t;

/// A line with its confidence band, and the curve point behind each of its points.
pub(super) struct LayerLine {
    pub(super) line: Line,
    pub(super) band: Band,
    pub(super) places: Vec<CurvePoint>,
}

/// The property that the arms on one line share: the method where their layers differ, the run where their epochs
/// differ.
#[derive(PartialEq)]
struct LineKey<'a> {
    method: Option<Method>,
    run: Option<Id>,
    prompting: &'a Prompting,
    is_gated: bool,
}

/// A layer or an epoch, its arm, and the index of the arm.
type ArmAt<'a> = (u32, &'a Arm, u32);

/// Lines over the layers or the epochs of the arms' vectors, at the multiplier that is asked for and at its opposite.
pub(super) fn layer_lines(
    sweep: &Sweep,
    vectors: &[Vector],
    options: &PanelOptions,
    curve: impl Fn(u32) -> Curve,
) -> Vec<LayerLine> {
    let is_by_epoch = options.axis == Axis::Epoch;
    // Only arms with one vector are used, because a sum of vectors has no single layer.
    let mut kinds: Vec<(LineKey, Vec<ArmAt>)> = Vec::new();
    for (place, arm) in (0_u32..).zip(&sweep.settings.arms) {
        let [term] = arm.terms.as_slice() else { continue };
        let Some(vector) = vectors.iter().find(|vector| vector.id == term.vector) else { continue };
        // An adapter has an epoch, but no layer.
        let layer = Some(vector.layer).filter(|_| vector.adapter.is_none());
        let Some(x) = (if is_by_epoch { term.epoch.or(vector.epoch) } else { layer }) else {
            continue;
        };
        let kind = LineKey {
            method: vector.method,
            run: vector.run.filter(|_| is_by_epoch),
            prompting: &arm.prompting,
            is_gated: term.gate.is_some() || term.caps.is_some(),
        };
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, arms)) => arms.push((x, arm, place)),
            None => kinds.push((kind, vec![(x, arm, place)])),
        }
    }
    let is_one = kinds.len() == 1;
    let mut groups = Vec::new();
    for (order, (kind, mut arms)) in kinds.into_iter().enumerate() {
        arms.sort_by_key(|(x, ..)| *x);
        let signs = [(options.at, Stroke::Marked, 0), (-options.at, Stroke::Dashed, 1)];
        for (at, stroke, side) in signs {
            // A single kind has a colour for each sign. Several kinds have a colour each.
            let color = if is_one { side } else { order as u8 };
            let multiplier = format::multiplier(at);
            let name = if is_one {
                t!("sweep-line-at", multiplier = multiplier)
            } else {
                t!("sweep-line-of-at", line = line_name(&kind), multiplier = multiplier)
            };
            let points = |arm: u32| (curve(arm), options.points(sweep, curve(arm)));
            groups.push(layer_line(sweep.id, &arms, at, points, (name, color, stroke)));
        }
    }
    groups
}

fn layer_line(
    sweep: Id,
    arms: &[ArmAt],
    at: f64,
    points: impl Fn(u32) -> (Curve, Vec<SweepPoint>),
    (name, color, stroke): (String, u8, Stroke),
) -> LayerLine {
    let (mut line, mut band) = (
        Line { name, color, stroke, points: Vec::new(), notes: Vec::new() },
        Band { color, points: Vec::new() },
    );
    let mut places = Vec::new();
    for (x, arm, place) in arms {
        let (x, (curve, points)) = (f64::from(*x), points(*place));
        let is_here = |point: &SweepPoint| (point.multiplier - at).abs() < 1e-9;
        let Some(point) = points.into_iter().find(is_here) else { continue };
        line.points.push([x, point.value]);
        line.notes.push(format!("{}\n{}", arm.name, format::number(point.value, 2)));
        band.points.push([x, point.low, point.high]);
        places.push(CurvePoint { sweep, curve, multiplier: point.multiplier });
    }
    LayerLine { line, band, places }
}

/// Returns the name of a kind of arms.
fn line_name(kind: &LineKey) -> String {
    let method = kind.method.map_or_else(|| t!("sweep-line-imported"), format::method);
    let line = if kind.is_gated { t!("sweep-line-gated", method = method) } else { method };
    match kind.prompting {
        Prompting::AsTrained => line,
        way => t!("sweep-line-prompted", line = line, way = arms::prompting_name(way)),
    }
}

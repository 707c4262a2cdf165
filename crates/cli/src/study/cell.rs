//! One cell: its vector, its sweep, its results.

use ::study::{Cell, CellItems, CellResult, Chosen, Plan, Point, ScorePlan};
use ipc::command::ReadItems;
use ipc::sweep::{Curve, Sweep};
use ipc::vector::Vector;

use super::run::Study;
use super::{sweeps, trained};
use crate::halt::Halt;

/// Does what of a cell is not done yet, and returns what was measured.
pub(super) fn run(study: &mut Study<'_>, cell: &Cell) -> Result<CellResult, Halt> {
    let vector = trained::vector(study, cell)?;
    let sweep = if study.plan.measure.scores.is_empty() {
        None
    } else {
        Some(sweeps::sweep(study, cell, vector.as_ref())?)
    };
    result(study, cell, vector.as_ref(), sweep.as_ref())
}

fn result<'a>(
    study: &mut Study<'_>,
    cell: &Cell,
    vector: Option<&Vector>,
    sweep: Option<&'a Sweep>,
) -> Result<CellResult, Halt> {
    let plan = study.plan;
    let (arm, sets) = (&plan.arm[cell.arm], plan.sets_of(cell));
    let mut points = Vec::new();
    let mut items = Vec::new();
    let of_sweep = |sweep: &'a Sweep| sweep.settings.curves().into_iter().map(move |curve| (sweep, curve));
    for (sweep, curve) in sweep.into_iter().flat_map(of_sweep) {
        let set = curve.set.and_then(|set| sets.get(set as usize)).cloned().unwrap_or_default();
        let score = score_name(plan, curve);
        points.extend(sweep.curve_with_unread(curve).into_iter().map(|point| Point {
            set: set.clone(),
            score: score.clone(),
            multiplier: point.multiplier,
            value: point.value,
            low: point.low,
            high: point.high,
            n: point.count,
            missing: point.missing,
        }));
        let kind = plan.measure.scores[curve.score as usize].score;
        if plan.choose.is_some() && curve.set.is_some() {
            let suffixes = curve.set.map_or(1, |set| sweep.settings.suffixes_of(set).len());
            let read = study.door.call(ReadItems { sweep: sweep.id, curve })?;
            items.push(CellItems { set, score, kind, suffixes, items: read });
        }
    }
    let chosen = plan.choose.map(|choose| Chosen::all(choose, &points, &items)).unwrap_or_default();
    Ok(CellResult {
        cell: cell.name(plan),
        arm: arm.name.clone(),
        kind: arm.kind(),
        data: cell.data.clone().unwrap_or_default(),
        layers: cell.layers_text(),
        seed: cell.seed,
        vector: vector.map(|vector| vector.hash.clone()),
        norm: vector.map(|vector| vector.norm),
        points,
        chosen,
    })
}

/// Returns the name of a curve's score in the results: the second judge of a plan is `judge 2`.
fn score_name(plan: &Plan, curve: Curve) -> String {
    let scores: &[ScorePlan] = &plan.measure.scores;
    let place = curve.score as usize;
    let kind = scores[place].score;
    match scores[..place].iter().filter(|score| score.score == kind).count() {
        0 => kind.name().to_owned(),
        before => format!("{} {}", kind.name(), before + 1),
    }
}

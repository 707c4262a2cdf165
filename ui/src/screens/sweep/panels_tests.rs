//! Tests of the panels of sweeps.

use ipc::job::JobState;
use ipc::sweep::{NotUseful, PromptSet, Prompting, SweepSettings};
use ipc::train::Method;

use std::collections::HashMap;

use super::super::useful::why_not;
use super::*;

fn options() -> PanelOptions {
    PanelOptions {
        axis: Axis::Multiplier,
        at: 1.0,
        hidden: HashSet::new(),
        highlighted: None,
        useful: None,
        shows: Shows::Values,
        changes: HashMap::new(),
    }
}

fn point(arm: u32, set: Option<u32>, score: u32, multiplier: f64, value: f64) -> SweepPoint {
    let (low, high) = (value - 0.5, value + 0.5);
    SweepPoint { arm, set, score, multiplier, value, low, high, count: 20, missing: 0 }
}

/// A vector and a system prompt on two sets, by preference and perplexity.
fn sweep() -> Sweep {
    let set = |id: Id, name: &str| PromptSet::HeldOut { data_set: id, name: name.into() };
    let system = Prompting::System { text: "S".into() };
    let settings = SweepSettings {
        arms: vec![
            Arm { name: "V".into(), color: 2, ..Arm::vector(1) },
            Arm { name: "S".into(), color: 3, prompting: system, ..Arm::default() },
        ],
        multipliers: vec![-1.0, 0.0, 1.0],
        sets: vec![set(1, "One"), set(2, "Two")],
        scores: vec![Score::LogOdds, Score::Perplexity],
        ..SweepSettings::default()
    };
    let mut points = Vec::new();
    for m in [-1.0, 0.0, 1.0] {
        points.push(point(0, Some(0), 0, m, 3.0 * m));
        points.push(point(0, Some(1), 0, m, -m));
        points.push(point(0, None, 1, m, 10.0 + 6.0 * m.abs()));
    }
    points.push(point(1, Some(0), 0, 0.0, 2.0));
    Sweep {
        id: 5,
        model: 1,
        job: 1,
        state: JobState::Done,
        expected: 11,
        settings,
        points,
        fingerprint: None,
        hashes: Vec::new(),
        name: None,
        note: String::new(),
        vectors: Vec::new(),
        usage: ipc::sweep::TokenUsage::default(),
        stale: None,
        created: 0,
    }
}

fn vector(id: Id, layer: u32, method: Method) -> Vector {
    Vector { layer, layers: vec![layer], method: Some(method), ..crate::samples::vector(id) }
}

#[test]
fn every_score_has_a_row_with_a_panel_for_each_set() {
    let (panels, columns) = panels(&[sweep()], &[], &options());
    let titles: Vec<&str> = panels.iter().map(|panel| panel.picture.title.as_str()).collect();
    assert_eq!((titles, columns), (vec!["Preference: One", "Preference: Two", "Perplexity"], 2));
    // Both panels of the preference have one vertical axis.
    assert_eq!(panels[0].picture.y_range, Some((-3.5, 3.5)));
    assert_eq!(panels[1].picture.y_range, Some((-3.5, 3.5)));
    // The baseline, the vector, and the system prompt as a level line.
    let names: Vec<&str> = panels[0].picture.lines.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["", "V", "S"]);
    assert_eq!(panels[0].picture.lines[2].points, [[-1.0, 2.0], [1.0, 2.0]]);
    let curve = Curve { arm: 0, set: Some(0), score: 0 };
    assert_eq!(panels[0].curves[0], (5, curve));
    assert_eq!(panels[0].places[1][2], CurvePoint { sweep: 5, curve, multiplier: 1.0 });
    assert!(panels[0].places[0].is_empty());
    assert_eq!(
        panels[0].picture.lines[1].notes[0],
        "multiplier \u{2212}1\nlog-odds, nats \u{2212}3.00 (\u{2212}3.50 to \u{2212}2.50)\nN = 20"
    );
}

#[test]
fn an_arm_can_be_left_out_or_stand_out() {
    let hidden = PanelOptions { hidden: HashSet::from([(5, 0)]), ..options() };
    let (left, _) = panels(&[sweep()], &[], &hidden);
    assert!(left[0].picture.lines.iter().all(|line| line.name != "V"));
    let (quiet, _) = panels(&[sweep()], &[], &PanelOptions { highlighted: Some((5, 1)), ..options() });
    assert_eq!(quiet[0].picture.lines[1].stroke, Stroke::Faint);
    assert_eq!(quiet[0].picture.bands.len(), 1);
}

/// The changes of the sweep's vector: half a unit of interval, and none at 0.
fn changes(sweep: &Sweep) -> Vec<SweepPoint> {
    let zero = |point: &SweepPoint| {
        sweep.points.iter().find(|known| known.curve() == point.curve() && known.multiplier == 0.0).copied()
    };
    let change = |point: &SweepPoint| {
        let value = point.value - zero(point)?.value;
        let width = if point.multiplier == 0.0 { 0.0 } else { 0.5 };
        Some(SweepPoint { value, low: value - width, high: value + width, ..*point })
    };
    sweep.points.iter().filter_map(change).collect()
}

#[test]
fn the_useful_range_is_where_the_score_moves_and_perplexity_holds() {
    let mut sweep = sweep();
    let known = changes(&sweep);
    // Perplexity is 10 at 0 and 16 at 1: half as much again is passed at 5/6, before anything is measured to move.
    let why = sweep.useful_range(&known, 0, 1.5).expect_err("it moves only beyond");
    assert_eq!(
        why_not(&sweep, 0, 1.5, why).as_deref(),
        Some("Preference moves only where perplexity is over 1.50 times its unsteered value.")
    );
    assert_eq!(sweep.useful_range(&known, 0, 2.0), Ok((-1.0, 1.0)));
    assert_eq!(sweep.useful_range(&[], 0, 2.0), Err(NotUseful::Waiting));
    assert_eq!(why_not(&sweep, 0, 2.0, NotUseful::Waiting), None);
    let still: Vec<SweepPoint> =
        known.iter().map(|point| SweepPoint { low: -0.1, high: 0.1, ..*point }).collect();
    assert_eq!(sweep.useful_range(&still, 0, 2.0), Err(NotUseful::NothingMoves));
    sweep.settings.scores[1] = Score::Divergence;
    assert_eq!(sweep.useful_range(&known, 0, 2.0), Err(NotUseful::NoPerplexity));
    sweep.settings.scores[0] = Score::Length;
    assert_eq!(sweep.useful_range(&known, 0, 2.0), Err(NotUseful::NoBehavior));
}

#[test]
fn changes_stand_around_0_and_the_table_keeps_curves_without_any() {
    let sweep = sweep();
    let known = HashMap::from([(5, changes(&sweep))]);
    let shown = PanelOptions { shows: Shows::Change, changes: known, ..options() };
    let (drawn, _) = panels(std::slice::from_ref(&sweep), &[], &shown);
    assert_eq!(drawn[2].picture.y_title, "change in perplexity");
    assert_eq!(drawn[2].picture.lines[1].points, [[-1.0, 6.0], [0.0, 0.0], [1.0, 6.0]]);
    assert!(drawn[2].picture.lines[0].points[0][1].abs() < f64::EPSILON, "the unsteered model has no change");
    assert_eq!(
        drawn[0].picture.lines[1].notes[2],
        "multiplier +1\nchange in log-odds, nats +3.00 (+2.50 to +3.50)\nN = 20"
    );
    let (waiting, _) = panels(&[sweep], &[], &PanelOptions { shows: Shows::Change, ..options() });
    assert!(waiting[0].picture.lines.is_empty());
    assert_eq!(waiting[0].curves.len(), 2, "their values are in the table");
}

#[test]
fn what_no_verdict_could_be_read_of_is_listed_without_a_line() {
    let mut sweep = sweep();
    for point in sweep.points.iter_mut().filter(|point| point.set == Some(0)) {
        (point.count, point.missing) = (0, 20);
    }
    let (panels, _) = panels(&[sweep], &[], &options());
    assert!(panels[0].picture.lines.is_empty());
    assert_eq!(panels[0].curves.len(), 2);
    assert_eq!(panels[1].picture.lines[1].points.len(), 3, "the other set has its values");
}

#[test]
fn over_layers_each_method_and_way_of_prompting_has_a_line_of_its_own() {
    let vectors = [
        vector(1, 20, Method::Bipo),
        vector(2, 10, Method::Bipo),
        vector(3, 10, Method::Caa),
        vector(4, 30, Method::Bipo),
    ];
    let mut sweep = sweep();
    let other = Prompting::Template { name: "Vicuna".into(), source: String::new() };
    let arm = |id: Id| Arm { name: format!("V{id}"), ..Arm::vector(id) };
    sweep.settings.arms = vec![arm(1), arm(2), arm(3), Arm { prompting: other, ..arm(4) }];
    sweep.points = (0..4)
        .flat_map(|arm| [-1.0, 0.0, 1.0].map(|m| point(arm, Some(0), 0, m, f64::from(arm) + 10.0 * m)))
        .collect();
    let (panels, _) = panels(&[sweep], &vectors, &PanelOptions { axis: Axis::Layer, ..options() });
    let lines: Vec<(&str, &[[f64; 2]])> =
        panels[0].picture.lines.iter().map(|line| (line.name.as_str(), line.points.as_slice())).collect();
    assert_eq!(lines.len(), 6, "a line for each sign of three kinds");
    assert_eq!(lines[0], ("BiPO, at +1", [[10.0, 11.0], [20.0, 10.0]].as_slice()));
    assert_eq!(lines[3], ("CAA, at \u{2212}1", [[10.0, -8.0]].as_slice()));
    assert_eq!(lines[4].0, "BiPO, Vicuna template, at +1");
    let place = panels[0].places[0][0];
    assert_eq!((place.curve.arm, place.multiplier.to_bits()), (1, 1.0_f64.to_bits()));
}

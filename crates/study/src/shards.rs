//! Splits a plan into shards of about the same cost: plans of their own, which name the cells that are theirs.

use ipc::train::TrainSettings;

use crate::cells::{Cell, cells};
use crate::plan::{Plan, ScoreKind};

/// What is known of a study before anything is computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// The number of the model's blocks.
    pub blocks: u32,
    /// The layer of an arm without one.
    pub usual_layer: u32,
    /// Of each data set of the plan, in its order: training pairs and held-out pairs.
    pub pairs: Vec<(u32, u32)>,
}

/// The cost of a forward and backward pass, in forward passes.
const BACKWARD: f64 = 3.0;
/// The cost of generating a token, in forward passes of a pair: one pass over all weights, for one token.
const TOKEN: f64 = 0.25;
/// The cost of a score on its own text, in forward passes of pairs.
const OWN_TEXT: f64 = 60.0;

/// Estimates what a cell costs, in forward passes of a pair through the whole model. The base of a random vector is trained with
/// it, and counts once.
#[must_use]
pub fn cost(plan: &Plan, cell: &Cell, counts: &Counts) -> f64 {
    training(plan, cell, counts) + measuring(plan, cell, counts)
}

fn training(plan: &Plan, cell: &Cell, counts: &Counts) -> f64 {
    let arm = &plan.arm[cell.arm];
    let base = plan.base(arm);
    let Some(method) = base.method.filter(|_| !cell.is_random_vector(plan)) else { return 0.0 };
    let (train, held_out) = pairs(plan, cell.data.as_deref(), counts);
    let below = cell.layers.first().map_or(0, |layer| layer + 1);
    let above = f64::from(counts.blocks.saturating_sub(below)) / f64::from(counts.blocks.max(1));
    if !method.has_steps() {
        return 2.0 * train;
    }
    let epochs = f64::from(base.settings.epochs.unwrap_or(TrainSettings::default().epochs));
    // Every epoch is measured at both signs on two answers.
    epochs * above * (BACKWARD * 2.0 * f64::from(method.passes()) * train + 4.0 * held_out)
}

fn measuring(plan: &Plan, cell: &Cell, counts: &Counts) -> f64 {
    let arm = &plan.arm[cell.arm];
    let moves = arm.method.is_some() || arm.control.is_some() || arm.steer.iter().any(|term| !term.fixed);
    let points = if moves { plan.measure.multipliers.len() } else { 1 };
    let tokens = f64::from(plan.measure.max_new_tokens.unwrap_or(64));
    let mut held_out = 0.0;
    let mut prompts = 0.0;
    for set in plan.sets_of(cell) {
        let many = match plan.list(&set) {
            Some(list) => list.prompts.len() as f64,
            None => pairs(plan, Some(&set), counts).1,
        };
        held_out += if plan.list(&set).is_none() { many } else { 0.0 };
        prompts += plan.measure.answers.map_or(many, |limit| many.min(f64::from(limit)));
    }
    let of_score = |score: ScoreKind| match score {
        score if score.is_of_its_own_text() => OWN_TEXT,
        ScoreKind::Preference | ScoreKind::PreferencePerToken | ScoreKind::WinRate => 2.0 * held_out,
        ScoreKind::Choice => held_out,
        ScoreKind::Judge | ScoreKind::AttackSuccessJudged => prompts,
        _ => 0.0,
    };
    let answers = |score: ScoreKind| {
        !score.is_of_its_own_text()
            && !matches!(
                score,
                ScoreKind::Preference
                    | ScoreKind::PreferencePerToken
                    | ScoreKind::WinRate
                    | ScoreKind::Choice
            )
    };
    // Answers are generated once for all scores that read them.
    let generates = plan.measure.scores.iter().any(|score| answers(score.score));
    let generated = if generates { prompts * tokens * TOKEN } else { 0.0 };
    points as f64 * (plan.measure.scores.iter().map(|score| of_score(score.score)).sum::<f64>() + generated)
}

fn pairs(plan: &Plan, data: Option<&str>, counts: &Counts) -> (f64, f64) {
    let place = data.and_then(|name| plan.data.iter().position(|data| data.name == name));
    let found = place.and_then(|place| counts.pairs.get(place)).copied().unwrap_or_default();
    (f64::from(found.0), f64::from(found.1))
}

/// Splits a plan into at most so many shards: the costliest cells first, each to the shard that has least so far. A random vector
/// stays with the cell whose norm it has, so that nothing is trained twice. The same plan is always split in the same way.
#[must_use]
pub fn shards(plan: &Plan, count: usize, counts: &Counts) -> Vec<Plan> {
    let all = cells(plan, counts.usual_layer);
    let mut groups: Vec<(f64, Vec<usize>)> = Vec::new();
    let mut of_cell: Vec<Option<usize>> = vec![None; all.len()];
    for (place, cell) in all.iter().enumerate().filter(|(_, cell)| !cell.is_random_vector(plan)) {
        of_cell[place] = Some(groups.len());
        groups.push((cost(plan, cell, counts), vec![place]));
    }
    for (place, cell) in all.iter().enumerate().filter(|(_, cell)| cell.is_random_vector(plan)) {
        let base = plan.base_cell(cell);
        let group = all.iter().position(|other| *other == base).and_then(|at| of_cell[at]);
        match group {
            Some(group) => {
                groups[group].0 += cost(plan, cell, counts);
                groups[group].1.push(place);
            }
            None => groups.push((cost(plan, cell, counts), vec![place])),
        }
    }
    // A stable sort, so that equal costs stay in the plan's order.
    groups.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut loads: Vec<(f64, Vec<usize>)> = vec![(0.0, vec![]); count.clamp(1, groups.len().max(1))];
    for (cost, cells) in groups {
        let least = (0..loads.len()).min_by(|one, other| loads[*one].0.total_cmp(&loads[*other].0));
        if let Some(load) = least.and_then(|least| loads.get_mut(least)) {
            load.0 += cost;
            load.1.extend(cells);
        }
    }
    let shard = |(_, mut places): (f64, Vec<usize>)| {
        places.sort_unstable();
        let only = places.into_iter().map(|place| all[place].name(plan)).collect();
        Plan { only, ..plan.clone() }
    };
    loads.into_iter().map(shard).collect()
}

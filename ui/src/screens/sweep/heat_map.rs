//! Heat maps of a sweep: how far each vector moves each score, or one score at every pair of multipliers of two
//! vectors.

use ipc::score::Score;
use ipc::sweep::{Curve, Sweep};
use leptos::prelude::*;

use super::form::Form;
use super::shown_sweeps::ShownSweeps;
use crate::format;
use crate::state::{Store, store};
use crate::t;
use crate::text::said;
use crate::widgets::{FieldFaults, NumberField};

/// The cells of a heat map with the names of its columns and rows.
#[derive(Debug, Clone, PartialEq)]
struct Map {
    title: String,
    /// The name of the columns' axis, and the label of each column.
    columns_title: String,
    columns: Vec<String>,
    /// For each column, 1 where more is better and -1 where less is better; empty where the table is of one score.
    better: Vec<Option<f64>>,
    rows: Vec<(String, Vec<Option<f64>>)>,
    decimals: usize,
}

/// Returns whether a sweep can be shown as a heat map.
pub(super) fn has_map(sweep: &Sweep) -> bool {
    is_grid(sweep) || (sweep.settings.arms.len() > 1 && columns(sweep).len() > 1)
}

/// Returns whether every arm has one vector that stays at its own multiplier.
fn is_grid(sweep: &Sweep) -> bool {
    let arms = &sweep.settings.arms;
    arms.len() > 1 && arms.iter().all(|arm| arm.moves() && arm.terms.iter().any(|term| term.fixed))
}

/// Returns the columns of the side-effect matrix: each score on each set.
fn columns(sweep: &Sweep) -> Vec<(String, Option<u32>, u32)> {
    let mut all = Vec::new();
    let mut seen = Vec::new();
    for curve in sweep.settings.curves() {
        if seen.contains(&(curve.set, curve.score)) {
            continue;
        }
        seen.push((curve.set, curve.score));
        let Some(score) = sweep.settings.score_on(curve.score, curve.set) else { continue };
        let set = curve.set.and_then(|set| sweep.settings.sets.get(set as usize));
        let name = match set {
            Some(set) => t!("sweep-score-of-set", score = said(&score.name()), set = set.name().to_owned()),
            None => said(&score.name()),
        };
        all.push((name, curve.set, curve.score));
    }
    all
}

/// Of each arm, how far each score moves from its unsteered value at a multiplier.
fn side_effects(sweep: &Sweep, at: f64) -> Map {
    let columns = columns(sweep);
    let cell = |arm: u32, set: Option<u32>, score: u32| {
        let points = sweep.curve(Curve { arm, set, score });
        let moves = sweep.settings.arms.get(arm as usize)?.moves();
        let here = points.iter().find(|p| (p.multiplier - if moves { at } else { 0.0 }).abs() < 1e-9)?;
        // Ways of prompting have no multiplier 0 of their own, so they are compared with the first arm's.
        let zero = if moves {
            points.iter().find(|p| p.multiplier == 0.0)?.value
        } else {
            sweep.curve(Curve { arm: 0, set, score }).iter().find(|p| p.multiplier == 0.0)?.value
        };
        Some(here.value - zero)
    };
    let row = |(arm, one): (u32, &ipc::sweep::Arm)| {
        (one.name.clone(), columns.iter().map(|(_, set, score)| cell(arm, *set, *score)).collect())
    };
    Map {
        title: t!("sweep-map-change", multiplier = format::multiplier(at)),
        columns_title: t!("sweep-score"),
        columns: columns.iter().map(|(name, ..)| name.clone()).collect(),
        better: columns.iter().map(|(.., score)| better(&sweep.settings.scores[*score as usize])).collect(),
        rows: (0_u32..).zip(&sweep.settings.arms).map(row).collect(),
        decimals: 2,
    }
}

/// Returns a score of two vectors at every pair of multipliers.
fn grid(sweep: &Sweep, set: Option<u32>, score: u32, first: &str) -> Map {
    let multipliers = &sweep.settings.multipliers;
    let row = |(arm, one): (u32, &ipc::sweep::Arm)| {
        let points = sweep.curve(Curve { arm, set, score });
        let at = |m: &f64| points.iter().find(|p| p.multiplier.total_cmp(m).is_eq()).map(|p| p.value);
        (one.name.clone(), multipliers.iter().map(at).collect())
    };
    let kind = &sweep.settings.scores[score as usize];
    let name = sweep.settings.score_on(score, set).map_or_else(|| kind.name(), |score| score.name());
    Map {
        title: t!("sweep-map-score", score = said(&name), unit = said(kind.unit())),
        columns_title: t!("sweep-map-multiplier", vector = first.to_owned()),
        columns: multipliers.iter().map(|m| format::multiplier(*m)).collect(),
        better: vec![],
        rows: (0_u32..).zip(&sweep.settings.arms).map(row).collect(),
        decimals: kind.decimals(),
    }
}

/// Returns the name of the vector that a grid's multiplier moves.
fn moving(store: Store, sweep: &Sweep) -> String {
    let mut terms = sweep.settings.arms.iter().flat_map(|arm| &arm.terms);
    let Some(term) = terms.find(|term| !term.fixed) else { return String::new() };
    let vectors = store.vectors.read();
    let known = vectors.iter().find(|vector| vector.id == term.vector);
    known.map_or_else(|| t!("sweep-map-gone"), |vector| vector.name.clone())
}

/// Returns 1 for a score of which more is better, -1 for one of which less is better, `None` where neither is.
fn better(score: &Score) -> Option<f64> {
    match score {
        Score::Perplexity | Score::Divergence | Score::Repetition => Some(-1.0),
        Score::Knowledge { .. } | Score::TruthfulOne { .. } | Score::TruthfulTwo { .. } => Some(1.0),
        _ => None,
    }
}

/// Returns the colour of a cell, with one meaning in every heat map, as in the charts: blue above the middle, orange below, as
/// strong as it is far from it. `better` turns the colours where less is better, so that orange is harm.
fn color(value: f64, middle: f64, reach: f64, better: f64) -> String {
    let share = if reach > 0.0 { better * ((value - middle) / reach).clamp(-1.0, 1.0) } else { 0.0 };
    let series = u8::from(share < 0.0);
    format!("color-mix(in srgb, var(--series-{series}) {:.0}%, transparent)", 55.0 * share.abs())
}

/// The heat map of the sweep that is shown.
#[component]
pub(super) fn HeatMap() -> impl IntoView {
    let (store, form, shown) = (store(), expect_context::<Form>(), expect_context::<ShownSweeps>());
    let view = form.view;
    // What is typed here is nothing to the next sweep.
    let _ = FieldFaults::provide();
    let map = Memo::new(move |_| {
        let sweep = shown.sweep.get()?;
        if is_grid(&sweep) {
            let panels = shown.panels.read();
            let panel = panels.0.get(view.panel.get()).or(panels.0.first())?;
            let curve = panel.curves.iter().find(|(id, _)| *id == sweep.id)?.1;
            return Some((grid(&sweep, curve.set, curve.score, &moving(store, &sweep)), true));
        }
        Some((side_effects(&sweep, view.at.get()), false))
    });
    let body = move |map: Map, is_grid: bool| {
        let all = || map.rows.iter().flat_map(|(_, cells)| cells.iter().flatten().copied());
        let (low, high) = all().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
        let (rows, signs) = (map.rows.clone(), map.better.clone());
        let row = move |(name, cells): (String, Vec<Option<f64>>)| {
            let of_column = |column: usize| {
                let column: Vec<f64> = rows.iter().filter_map(|(_, cells)| *cells.get(column)?).collect();
                column.iter().fold(0.0_f64, |most, value| most.max(value.abs()))
            };
            // In a grid all cells have one unit. In the matrix of side effects every score has its own.
            let cell = |(column, value): (usize, Option<f64>)| match value {
                Some(value) => {
                    let better = signs.get(column).copied().flatten().unwrap_or(1.0);
                    let (middle, reach) = if is_grid {
                        (f64::midpoint(low, high), (high - low) / 2.0)
                    } else {
                        (0.0, of_column(column))
                    };
                    let text = if is_grid {
                        format::number(value, map.decimals)
                    } else {
                        format::signed(value, map.decimals)
                    };
                    view! { <td class="number" style:background=color(value, middle, reach, better)>{text}</td> }
                        .into_any()
                }
                None => view! { <td></td> }.into_any(),
            };
            view! { <tr data-testid="matrix-row"><th scope="row">{name}</th>{cells.into_iter().enumerate().map(cell).collect_view()}</tr> }
        };
        view! {
            <div class="row"><h3 class="grow">{map.title.clone()}</h3><span class="quiet small">{map.columns_title.clone()}</span></div>
            <p class="quiet small" data-testid="matrix-key">{if is_grid {
                t!("sweep-map-key-grid")
            } else {
                t!("sweep-map-key")
            }}</p>
            <div class="table-box matrix">
                <table>
                    <thead><tr><td></td>{map.columns.iter().enumerate().map(|(column, name)| {
                        let better = map.better.get(column).copied().flatten().map(|sign| if sign > 0.0 { t!("sweep-map-more") } else { t!("sweep-map-less") });
                        view! { <th class="number">{name.clone()}{better.map(|words| view! { <div class="quiet small">{words}</div> })}</th> }
                    }).collect_view()}</tr></thead>
                    <tbody>{map.rows.clone().into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
    };
    view! {
        <section class="reveal">
            {move || map.get().map(|(map, is_grid)| body(map, is_grid))}
            <Show when=move || map.get().is_some_and(|(_, is_grid)| !is_grid)>
                <div class="narrow-field"><NumberField label=t!("sweep-at-multiplier") term="Multiplier" testid="matrix-at" value=view.at set=Callback::new(move |v| view.at.set(v)) /></div>
            </Show>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use ipc::job::JobState;
    use ipc::sweep::{Arm, PromptSet, SteeringTerm, SweepPoint, SweepSettings};

    use super::*;

    fn sweep(arms: Vec<Arm>) -> Sweep {
        let set = |id: i64, name: &str| PromptSet::HeldOut { data_set: id, name: name.into() };
        let settings = SweepSettings {
            arms,
            multipliers: vec![0.0, 1.0],
            sets: vec![set(1, "One"), set(2, "Two")],
            scores: vec![Score::LogOdds, Score::Perplexity],
            ..SweepSettings::default()
        };
        let mut points = Vec::new();
        for curve in settings.curves() {
            for multiplier in [0.0, 1.0] {
                let value = f64::from(curve.arm + 1) * multiplier + 5.0;
                let Curve { arm, set, score } = curve;
                points.push(SweepPoint {
                    arm,
                    set,
                    score,
                    multiplier,
                    value,
                    low: value,
                    high: value,
                    count: 9,
                    missing: 0,
                });
            }
        }
        Sweep {
            id: 1,
            model: 1,
            job: 1,
            state: JobState::Done,
            settings,
            points,
            expected: 0,
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

    #[test]
    fn side_effects_are_differences_on_every_set_and_score() {
        let sweep = sweep(vec![Arm::vector(1), Arm::vector(2)]);
        let map = side_effects(&sweep, 1.0);
        assert_eq!(map.columns, ["Preference: One", "Preference: Two", "Perplexity"]);
        assert_eq!(map.rows[1].1, [Some(2.0), Some(2.0), Some(2.0)]);
        assert_eq!(map.better, [None, None, Some(-1.0)]);
        assert!(has_map(&sweep) && !is_grid(&sweep));
    }

    #[test]
    fn blue_is_more_and_orange_is_harm() {
        let blue = |color: String| color.contains("var(--series-0)");
        assert!(blue(color(2.0, 0.0, 2.0, 1.0)) && !blue(color(-2.0, 0.0, 2.0, 1.0)), "as in the charts");
        let worse = better(&Score::Perplexity).expect("less is better");
        assert!(!blue(color(2.0, 0.0, 2.0, worse)), "more perplexity is harm");
    }

    #[test]
    fn a_grid_has_both_multipliers() {
        let row = |weight: f64| Arm {
            terms: vec![SteeringTerm::new(1), SteeringTerm { weight, fixed: true, ..SteeringTerm::new(2) }],
            ..Arm::default()
        };
        let sweep = sweep(vec![row(0.0), row(1.0)]);
        assert!(is_grid(&sweep));
        assert_eq!(grid(&sweep, Some(0), 0, "V").rows[1].1, [Some(5.0), Some(7.0)]);
    }
}

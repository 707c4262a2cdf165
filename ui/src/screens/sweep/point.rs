//! The held-out pairs behind a point: what each contributed, and how far it moved from the unsteered model.

use ipc::command::ReadPoint;
use ipc::sweep::PairScore;
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Form;
use crate::bridge;
use crate::format;
use crate::shell::FailureNote;

/// The pairs of one sweep at one multiplier, those that moved least first.
#[component]
pub(super) fn Behind(sweep: Id, multiplier: f64) -> impl IntoView {
    let form = expect_context::<Form>();
    let scores = RwSignal::new(None::<Result<Vec<PairScore>, Failure>>);
    spawn_local(async move {
        let found = bridge::call(ReadPoint { sweep, multiplier }).await;
        scores.try_set(Some(found.map(sorted)));
    });
    view! {
        <div class="row">
            <h3 class="grow">{format!("Pairs at {}", format::multiplier(multiplier))}</h3>
            <button class="link" on:click=move |_| form.point.set(None)>"Close"</button>
        </div>
        {move || match scores.get() {
            None => view! { <p class="quiet">"Reading the pairs."</p> }.into_any(),
            Some(Err(failure)) => view! { <FailureNote failure /> }.into_any(),
            Some(Ok(scores)) => view! { <Table scores /> }.into_any(),
        }}
    }
}

fn margin(score: &PairScore) -> f64 {
    score.wanted_log_prob - score.opposite_log_prob
}

fn moved(score: &PairScore) -> Option<f64> {
    score.unsteered_margin.map(|at_zero| margin(score) - at_zero)
}

fn sorted(mut scores: Vec<PairScore>) -> Vec<PairScore> {
    let key = |score: &PairScore| moved(score).unwrap_or_else(|| margin(score));
    scores.sort_by(|one, other| key(one).total_cmp(&key(other)));
    scores
}

#[component]
fn Table(scores: Vec<PairScore>) -> impl IntoView {
    let row = |score: PairScore| {
        let (margin, moved) = (margin(&score), moved(&score));
        view! {
            <tr data-testid="point-row">
                <td class="text">{score.prompt}</td>
                <td class="text">{score.wanted}</td>
                <td class="text">{score.opposite}</td>
                <td class="number">{format::number(margin, 2)}</td>
                <td class="number">{moved.map(|moved| format::signed(moved, 2))}</td>
            </tr>
        }
    };
    view! {
        <div class="table-box behind">
            <table>
                <thead><tr>
                    <th>"Prompt"</th><th>"Wanted"</th><th>"Opposite"</th><th class="number">"Margin, nats"</th><th class="number">"Against 0"</th>
                </tr></thead>
                <tbody>{scores.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

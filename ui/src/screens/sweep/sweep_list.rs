//! The list of sweeps. A click shows a sweep; a tick lays its curves over the shown one.

use ipc::Id;
use ipc::command::DeleteSweep;
use ipc::job::JobState;
use ipc::score::Score;
use ipc::sweep::{PromptSet, Sweep, SweepPoint};
use leptos::prelude::*;

use super::asked::NAME_FIELD;
use super::form::Form;
use super::shown_sweeps::{ShownSweeps, title};
use super::sweep_actions::{describe, run_again, run_file};
use crate::format;
use crate::state::store;
use crate::t;
use crate::text::said;
use crate::widgets::focus;

/// The button of the shown sweep, at which the keys go on once another one was deleted.
const SHOWN: &str = ".sweep-line[aria-pressed=true]";

/// The list.
#[component]
pub(super) fn SweepList() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let ids = Memo::new(move |_| store.sweeps.read().iter().map(|sweep| sweep.id).collect::<Vec<_>>());
    Effect::new(move |_| {
        for sweep in store.sweeps.read().iter() {
            store.read_changes(sweep, &result_curve(sweep).into_iter().collect::<Vec<_>>());
        }
    });
    view! {
        <div class="pane list">
            <Show when=move || ids.read().is_empty()>
                <p class="quiet small padded">{t!("sweep-list-none")}</p>
            </Show>
            <ul class="sweep-items" aria-label=t!("sweep-list")>
                <For each=move || ids.get() key=|id| *id children=move |id| view! { <Item id /> } />
            </ul>
        </div>
        <div class="foot">
            <button type="button" class="button" data-testid="sweep-run-file" title=t!("sweep-list-run-file-hint") on:click=move |_| run_file(store, form.view)>{t!("sweep-list-run-file")}</button>
        </div>
    }
}

/// One sweep: its name, what is measured, what came out, and when it was begun. The shown one has its actions below.
#[component]
fn Item(id: Id) -> impl IntoView {
    let (store, form, shown) = (store(), expect_context::<Form>(), expect_context::<ShownSweeps>());
    let view = form.view;
    let sweep = Memo::new(move |_| store.sweeps.read().iter().find(|one| one.id == id).cloned());
    let with = move |read: fn(&Sweep) -> String| sweep.read().as_ref().map(read).unwrap_or_default();
    let is_shown = Memo::new(move |_| shown.sweep.read().as_ref().map(|one| one.id) == Some(id));
    let color = move || {
        sweep.read().as_ref().and_then(|one| one.settings.arms.first().map(|arm| arm.color)).unwrap_or(0)
    };
    let result =
        move || sweep.read().as_ref().map(|one| result(one, &store.changes.of(id))).unwrap_or_default();
    let created = move || sweep.read().as_ref().map(|one| format::date(one.created));
    view! {
        <li class="sweep-item" class:chosen=move || is_shown.get()>
            <input type="checkbox" title=t!("sweep-lay-over") aria-label=move || t!("sweep-lay-over-one", name = with(title))
                disabled=move || is_shown.get() prop:checked=move || view.overlaid.read().contains(&id)
                on:change=move |_| view.overlay(id) />
            <button type="button" class="sweep-line" data-testid="sweep-list-row" aria-pressed=move || is_shown.get().to_string() on:click=move |_| view.choose(id)>
                <span class="row"><span class="swatch" style:background=move || format!("var(--series-{})", color())></span>
                    <b class="grow ellipsis" dir="auto" title=move || with(title)>{move || with(title)}</b></span>
                <span class="small quiet ellipsis" dir="auto" title=move || with(what)>{move || with(what)}</span>
                <span class="row small"><span class="grow ellipsis" data-testid="sweep-result">{result}</span><span class="quiet nowrap">{created}</span></span>
                {move || sweep.read().as_ref().and_then(|one| one.stale.clone()).map(|why| said(&why)).map(|why| view! { <span class="warning small ellipsis" title=why.clone()>{why.clone()}</span> })}
            </button>
            <Show when=move || is_shown.get()><Actions id sweep /></Show>
        </li>
    }
}

/// The name and the note of the shown sweep, and what can be done with it.
#[component]
fn Actions(id: Id, sweep: Memo<Option<Sweep>>) -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let is_running = move || sweep.read().as_ref().is_some_and(|one| one.state == JobState::Running);
    let name = move || sweep.read().as_ref().and_then(|one| one.name.clone()).unwrap_or_default();
    let note = move || sweep.read().as_ref().map(|one| one.note.clone()).unwrap_or_default();
    let rename = move |event: leptos::ev::Event| {
        if let Some(one) = sweep.get_untracked() {
            describe(store, one, |request| request.name = event_target_value(&event));
        }
    };
    let annotate = move |event: leptos::ev::Event| {
        if let Some(one) = sweep.get_untracked() {
            describe(store, one, |request| request.note = event_target_value(&event));
        }
    };
    let delete = move |event: web_sys::MouseEvent| {
        let list = focus::list_around(&event);
        store.delete_then(DeleteSweep { sweep: id }, move |done| match done {
            Ok(()) => focus::go_on_in(list, SHOWN),
            Err(failure) => store.failure.set(Some(failure)),
        });
    };
    view! {
        <div class="sweep-actions" data-testid="sweep-describe">
            <input type="text" id=NAME_FIELD data-testid="sweep-name" dir="auto" aria-label=t!("sweep-list-name") placeholder=t!("sweep-list-name-placeholder") prop:value=name on:change=rename />
            <textarea rows="2" data-testid="sweep-note" dir="auto" aria-label=t!("sweep-list-note") placeholder=t!("sweep-list-note-placeholder") prop:value=note on:change=annotate></textarea>
            <div class="row wrap">
                <button type="button" class="link" data-testid="sweep-duplicate" title=t!("sweep-list-duplicate-hint")
                    on:click=move |_| if let Some(one) = sweep.get_untracked() { form.refill(store, &one.settings); }>{t!("sweep-list-duplicate")}</button>
                <button type="button" class="link" data-testid="sweep-run-again" title=t!("sweep-list-run-again-hint")
                    on:click=move |_| if let Some(one) = sweep.get_untracked() { run_again(store, form.view, one); }>{t!("sweep-list-run-again")}</button>
                <button type="button" class="link" data-testid="sweep-delete" data-once="true" disabled=is_running title=t!("sweep-list-delete-hint")
                    on:click=delete>{t!("delete")}</button>
            </div>
            <Show when=move || form.view.unchanged.get() == Some(id)>
                <p class="quiet small" role="status" data-testid="sweep-unchanged">{t!("sweep-list-unchanged")}</p>
            </Show>
        </div>
    }
}

/// Says what a sweep measures, on what.
fn what(sweep: &Sweep) -> String {
    let sets: Vec<&str> = sweep.settings.sets.iter().map(PromptSet::name).collect();
    let scores: Vec<String> =
        sweep.settings.measured_scores().iter().map(|score| said(&score.name())).collect();
    let parts = [sets.join(&t!("list-separator")), scores.join(&t!("list-separator"))];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" \u{00b7} ")
}

/// Returns the curve that the list sums up: the first of the behaviour, of the first arm that moves.
fn result_curve(sweep: &Sweep) -> Option<ipc::sweep::Curve> {
    let arm = sweep.settings.arms.iter().position(ipc::sweep::Arm::moves)? as u32;
    let first = || sweep.settings.curves().into_iter().find(|curve| curve.arm == arm);
    sweep.behavior_curve(arm).or_else(first)
}

/// Says what came out, or how far the sweep is.
fn result(sweep: &Sweep, changes: &[SweepPoint]) -> String {
    let known = sweep.measured_points();
    if known < sweep.expected as usize {
        return t!("sweep-list-far", known = known, count = sweep.expected, state = state(&sweep.state));
    }
    let Some(curve) = result_curve(sweep) else { return String::new() };
    let score = sweep.settings.score_on(curve.score, curve.set);
    // The change at +1, or at the multiplier nearest to it.
    let steered = ipc::sweep::curve_of(changes, curve).into_iter().filter(|point| point.multiplier != 0.0);
    let near = |point: &SweepPoint| (point.multiplier - 1.0).abs();
    match (score, steered.min_by(|a, b| near(a).total_cmp(&near(b)))) {
        (Some(score), Some(point)) => moved(&score, &point),
        _ => String::new(),
    }
}

/// Says how far a score moves at a point.
fn moved(score: &Score, point: &SweepPoint) -> String {
    let change = format::signed(point.value, score.decimals().max(2));
    let multiplier = format::multiplier(point.multiplier);
    t!("sweep-list-result", score = said(&score.name()), change = change, multiplier = multiplier)
}

fn state(state: &JobState) -> String {
    match state {
        JobState::Queued => t!("sweep-state-queued"),
        JobState::Running => t!("sweep-state-running"),
        JobState::Paused => t!("sweep-state-paused"),
        JobState::Stopped => t!("sweep-state-stopped"),
        JobState::Done => t!("sweep-state-done"),
        JobState::Failed { .. } => t!("sweep-state-failed"),
    }
}

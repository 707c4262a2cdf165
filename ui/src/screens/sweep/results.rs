//! The right side of the Sweep screen: the shown sweep, in tabs.

use ipc::Id;
use ipc::command::ControlJob;
use ipc::job::{JobAction, JobState};
use ipc::sweep::Sweep;
use leptos::prelude::*;

use super::answers_tab::AnswersTab;
use super::chart_tab::ChartTab;
use super::examples::Examples;
use super::export::Export;
use super::form::Form;
use super::heat_map::{HeatMap, has_map};
use super::rating::Rating;
use super::shown_sweeps::{ShownSweeps, title};
use super::sweep_actions::run_again;
use super::view_state::Tab;
use crate::actions::Screen;
use crate::format;
use crate::state::{Store, store};
use crate::t;
use crate::text::said;
use crate::widgets::{Term, roving};

/// The right side of the Sweep screen.
#[component]
pub(super) fn Results() -> impl IntoView {
    let (form, shown) = (expect_context::<Form>(), expect_context::<ShownSweeps>());
    let view = form.view;
    let is_there = Memo::new(move |_| shown.sweep.read().is_some());
    let id = Memo::new(move |_| shown.sweep.read().as_ref().map(|sweep| sweep.id));
    // What was zoomed and moved belongs to the sweep that was shown, however another one takes its place.
    Effect::new(move |before: Option<Option<Id>>| {
        let now = id.get();
        if before.is_some_and(|before| before != now) {
            view.resets.update(|resets| *resets += 1);
        }
        now
    });
    let other = move || match view.tab.get() {
        Tab::Chart => ().into_any(),
        Tab::Answers => view! { <div class="tab-content"><AnswersTab /></div> }.into_any(),
        Tab::Matrix => view! { <div class="tab-content"><MatrixTab /></div> }.into_any(),
        Tab::Examples => view! { <div class="tab-content"><Examples /></div> }.into_any(),
        Tab::Rate => view! { <div class="tab-content"><RateTab /></div> }.into_any(),
        Tab::Export => view! { <div class="tab-content"><Export /></div> }.into_any(),
    };
    view! {
        <Show when=move || is_there.get() fallback=Empty>
            <SweepHead />
            <div use:roving class="tabs" role="tablist" aria-label=t!("sweep-tabs")>
                {Tab::ALL.map(|tab| view! {
                    <button role="tab" data-testid=tab.testid() aria-selected=move || (view.tab.get() == tab).to_string()
                        on:click=move |_| view.tab.set(tab)>{tab.label()}</button>
                })}
            </div>
            // The chart stays when another tab is shown: its canvas takes a part of a second to set up.
            <div class="tab-content" class:hidden=move || view.tab.get() != Tab::Chart><ChartTab /></div>
            {other}
        </Show>
    }
}

#[component]
fn Empty() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let vector = move || store.vector().map(|vector| vector.name);
    let can_start = Memo::new(move |_| form.can_start(store));
    view! {
        <div class="empty">
            <h2><Term name="Sweep" text=t!("sweep-empty-title") /></h2>
            <p>{t!("sweep-empty")}</p>
            {move || match vector() {
                Some(name) => view! {
                    <button class="button primary" data-testid="empty-sweep" disabled=move || !can_start.get() on:click=move |_| form.start(store)>{t!("sweep-empty-start", name = name)}</button>
                }.into_any(),
                None => view! { <button class="button primary" data-testid="empty-train-first" on:click=move |_| store.go(Screen::Train)>{t!("sweep-train-first")}</button> }.into_any(),
            }}
        </div>
    }
}

/// What is shown and how far it is, above the tabs.
#[component]
fn SweepHead() -> impl IntoView {
    let (store, form, shown) = (store(), expect_context::<Form>(), expect_context::<ShownSweeps>());
    let title = Memo::new(move |_| shown.sweep.read().as_ref().map(title).unwrap_or_default());
    let far = move || {
        let sweep = shown.sweep.get()?;
        let known = sweep.measured_points();
        (known < sweep.expected as usize).then(|| t!("sweep-far", known = known, count = sweep.expected))
    };
    let halted = Memo::new(move |_| shown.sweep.read().as_ref().and_then(job_to_go_on));
    view! {
        <div class="sweep-head">
            <h2 class="ellipsis" dir="auto" title=move || title.get()>{move || title.get()}</h2>
            <span class="quiet small nowrap">{far}</span>
            {move || halted.get().map(|job| view! {
                <button class="button small" type="button" data-testid="sweep-go-on" title=t!("sweep-go-on-title")
                    on:click=move |_| store.send(ControlJob { job, action: JobAction::Resume })>{t!("sweep-go-on")}</button>
            })}
            <span class="quiet small" data-testid="sweep-usage">{move || shown.sweep.get().and_then(|sweep| judge_cost(store, &sweep))}</span>
            {move || shown.sweep.read().as_ref().and_then(|sweep| sweep.stale.clone()).map(|why| view! {
                <span class="warning small" data-testid="sweep-stale">{said(&why)}" "<button class="link" data-testid="sweep-again"
                    on:click=move |_| if let Some(sweep) = shown.sweep.get_untracked() { run_again(store, form.view, sweep); }>{t!("sweep-again")}</button></span>
            })}
        </div>
    }
}

#[component]
fn MatrixTab() -> impl IntoView {
    let shown = expect_context::<ShownSweeps>();
    view! {
        <Show when=move || shown.sweep.read().as_ref().is_some_and(has_map) fallback=|| view! {
            <p class="quiet">{t!("sweep-matrix-none")}</p>
        }>
            <HeatMap />
        </Show>
    }
}

#[component]
fn RateTab() -> impl IntoView {
    let shown = expect_context::<ShownSweeps>();
    view! {
        <Show when=move || shown.sweep.read().as_ref().is_some_and(has_answers) fallback=|| view! {
            <p class="quiet">{t!("sweep-rate-none")}</p>
        }>
            <Rating />
        </Show>
    }
}

/// Returns the tokens that a judge behind an address has read and written, and their cost.
fn judge_cost(store: Store, sweep: &Sweep) -> Option<String> {
    let usage = sweep.usage;
    let prices = store.settings.read().prices;
    (usage != ipc::sweep::TokenUsage::default()).then(|| {
        let (read, written) = (format::whole(usage.read), format::whole(usage.written));
        match prices.map(|prices| format::number(prices.cost(usage), 4)) {
            Some(price) => t!("sweep-usage-priced", read = read, written = written, price = price),
            None => t!("sweep-usage", read = read, written = written),
        }
    })
}

/// Returns the job of a sweep that was stopped or has failed before its last point. It keeps its points, and can go on, unless what
/// measures it was left on another machine.
pub(super) fn job_to_go_on(sweep: &Sweep) -> Option<Id> {
    let is_halted = matches!(sweep.state, JobState::Stopped | JobState::Failed { .. });
    let is_here = !sweep.settings.scores.iter().any(ipc::score::Score::is_elsewhere);
    (is_halted && is_here && sweep.measured_points() < sweep.expected as usize).then_some(sweep.job)
}

/// Whether a sweep makes answers.
pub(super) fn has_answers(sweep: &Sweep) -> bool {
    sweep.settings.scores.iter().any(|score| score.needs() == ipc::score::Needs::Answers)
}

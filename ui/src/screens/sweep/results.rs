//! The right side of the Sweep screen: the charts of the shown sweep, and the tables below them.

use ipc::command::DescribeSweep;
use ipc::sweep::Sweep;
use leptos::prelude::*;

use super::attack_table::AttackTable;
use super::curve_table::CurveTable;
use super::examples::Examples;
use super::export::Export;
use super::form::Form;
use super::heat_map::{HeatMap, has_map};
use super::legend::Legend;
use super::point_examples::PointExamples;
use super::point_table::PointTable;
use super::rating::Rating;
use super::reading::Reading;
use super::shown_sweeps::{ShownSweeps, title};
use super::sweep_list::SweepList;
use super::view_state::{Axis, ViewState};
use crate::actions::Screen;
use crate::charts::{Panels, Pick};
use crate::format;
use crate::state::{Store, store};
use crate::widgets::NumberField;
use crate::widgets::Term;

/// The height of a row of panels, and of a single row, in pixels.
const ROW: u32 = 232;
const ALONE: u32 = 320;

/// The right side of the Sweep screen.
#[component]
pub(super) fn Results() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let view = form.view;
    let shown = ShownSweeps::new(store, view);
    provide_context(shown);
    let is_there = Memo::new(move |_| shown.sweep.read().is_some());
    let id = Memo::new(move |_| shown.sweep.read().as_ref().map(|sweep| sweep.id));
    // What was zoomed and moved belongs to the sweep that was shown, however another one takes its place.
    Effect::new(move |before: Option<Option<ipc::Id>>| {
        let now = id.get();
        if before.is_some_and(|before| before != now) {
            view.resets.update(|resets| *resets += 1);
        }
        now
    });
    let pictures = Signal::derive(move || {
        let (panels, columns) = shown.panels.get();
        (panels.into_iter().map(|panel| panel.picture).collect(), columns)
    });
    let height = Signal::derive(move || {
        let panels = shown.panels.read();
        let rows = panels.0.len().div_ceil(panels.1.max(1)).max(1) as u32;
        Some(if rows == 1 { ALONE } else { rows * ROW })
    });
    let on_pick = Callback::new(move |pick: Pick| {
        let place = shown.panels.with_untracked(|(panels, _)| {
            panels.get(pick.panel)?.places.get(pick.line)?.get(pick.point).copied()
        });
        if place.is_some() {
            view.panel.set(pick.panel);
            view.point.set(place);
        }
    });
    view! {
        <Show when=move || is_there.get() fallback=Empty>
            <div class="chart">
                <Title />
                <Reading />
                <Legend />
                <Panels pictures resets=view.resets testid="chart-sweep" label="Scores by multiplier; the table below has the numbers" height on_pick=Some(on_pick) />
            </div>
            <NameAndNote />
            <Export />
            <AttackTable />
            <PointTable />
            {move || view.point.get().map(|place| view! { <PointExamples place /> })}
            <Show when=move || view.is_rating.get() && shown.sweep.read().as_ref().is_some_and(has_answers)><Rating /></Show>
            <Show when=move || view.is_map.get() && shown.sweep.read().as_ref().is_some_and(has_map)><HeatMap /></Show>
            <Show when=move || view.examples.get()><Examples /></Show>
            <CurveTable />
            <SweepList />
        </Show>
    }
}

#[component]
fn Empty() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let vector = move || store.vector().map(|vector| vector.name);
    let can_start = Memo::new(move |_| form.settings(store).is_ok());
    view! {
        <div class="empty">
            <h2><Term name="Sweep" text="No sweep yet" /></h2>
            <p>"A sweep adds vectors at several strengths and measures what they do: how far the behaviour moves, and what else changes with it. The scores and multipliers on the left are good ones to begin with."</p>
            {move || match vector() {
                Some(name) => view! {
                    <button class="button primary" data-testid="empty-sweep" disabled=move || !can_start.get() on:click=move |_| form.start(store)>{format!("Sweep \u{201c}{name}\u{201d}")}</button>
                }.into_any(),
                None => view! { <button class="button primary" data-testid="empty-train-first" on:click=move |_| store.go(Screen::Train)>"Train a vector first"</button> }.into_any(),
            }}
        </div>
    }
}

/// The name of the shown sweep, a note on it, and the button that runs it again with all its settings.
#[component]
fn NameAndNote() -> impl IntoView {
    let (store, form, shown) = (store(), expect_context::<Form>(), expect_context::<ShownSweeps>());
    let view = form.view;
    let describe = move |change: &dyn Fn(&mut DescribeSweep)| {
        let Some(sweep) = shown.sweep.get_untracked() else { return };
        let mut request =
            DescribeSweep { sweep: sweep.id, name: sweep.name.unwrap_or_default(), note: sweep.note };
        change(&mut request);
        leptos::task::spawn_local(async move {
            if let Err(failure) = crate::bridge::call(request).await {
                store.failure.set(Some(failure));
            }
        });
    };
    let name = move || shown.sweep.read().as_ref().and_then(|sweep| sweep.name.clone()).unwrap_or_default();
    let note = move || shown.sweep.read().as_ref().map(|sweep| sweep.note.clone()).unwrap_or_default();
    let again = move |_| run_again(store, view, shown);
    view! {
        <details data-testid="sweep-describe">
            <summary>"Name and note"</summary>
            <div class="fields">
                <input type="text" data-testid="sweep-name" dir="auto" aria-label="Name of the sweep" placeholder="Name; its curves, if empty" prop:value=name
                    on:change=move |event| { let name = event_target_value(&event); describe(&|request| request.name.clone_from(&name)); } />
                <textarea rows="2" data-testid="sweep-note" dir="auto" aria-label="Note on the sweep" placeholder="What it shows, what was odd" prop:value=note
                    on:change=move |event| { let note = event_target_value(&event); describe(&|request| request.note.clone_from(&note)); }></textarea>
                <div class="row">
                    <button type="button" class="button" data-testid="sweep-run-again" on:click=again
                        title="Measures everything that this sweep has with its vectors and data sets as they are now; what has not changed is taken from the store">"Run it again"</button>
                </div>
            </div>
        </details>
    }
}

/// Starts the shown sweep once more with all its settings. The form stays as it is: what is typed there is the person's.
fn run_again(store: Store, view: ViewState, shown: ShownSweeps) {
    let Some(sweep) = shown.sweep.get_untracked() else { return };
    let (model, settings) = (sweep.model, sweep.settings);
    leptos::task::spawn_local(async move {
        match crate::bridge::call(ipc::command::StartSweep { model, settings }).await {
            Ok(sweep) => view.choose(sweep.id),
            Err(failure) => store.failure.set(Some(failure)),
        }
    });
}

/// The title of the shown sweep, and the buttons that change the view.
#[component]
fn Title() -> impl IntoView {
    let (store, form, shown) = (store(), expect_context::<Form>(), expect_context::<ShownSweeps>());
    let view = form.view;
    let title = move || shown.sweep.read().as_ref().map(title).unwrap_or_default();
    let far = move || {
        let sweep = shown.sweep.get()?;
        let known = sweep.measured_points();
        (known < sweep.expected as usize).then(|| format!("{known} of {} points", sweep.expected))
    };
    let range = move || {
        let (from, to) = shown.useful.get()?;
        Some(format!("useful from {} to {}", format::multiplier(from), format::multiplier(to)))
    };
    let again = move |_| run_again(store, view, shown);
    view! {
        <div class="title">
            <h2>{title}</h2>
            <span class="quiet small">{far}</span>
            <span class="quiet small" data-testid="sweep-usage">{move || shown.sweep.get().and_then(|sweep| judge_cost(store, &sweep))}</span>
            <span class="quiet small" data-testid="sweep-useful" title="Where the behaviour moves and perplexity stays within the factor below">{range}</span>
            {move || shown.sweep.read().as_ref().and_then(|sweep| sweep.stale.clone()).map(|why| view! {
                <span class="warning small" data-testid="sweep-stale">{why}" "<button class="link" data-testid="sweep-again" on:click=again>"Sweep again"</button></span>
            })}
            <span class="grow"></span>
            <label class="row small">"Over"
                <select class="narrow" data-testid="sweep-axis" aria-label="Horizontal axis" on:change=move |event| {
                    let name = event_target_value(&event);
                    if let Some(axis) = Axis::ALL.into_iter().find(|axis| axis.name() == name) {
                        view.axis.set(axis);
                        view.resets.update(|resets| *resets += 1);
                    }
                }>
                    {Axis::ALL.into_iter().map(|axis| view! { <option value=axis.name() selected=move || view.axis.get() == axis>{axis.name()}</option> }).collect_view()}
                </select>
            </label>
            <button class="button" data-testid="sweep-reset" title="Shows everything again. Drag to move, Ctrl and wheel to zoom, drag with the right button for a part." on:click=move |_| view.resets.update(|resets| *resets += 1)>"Reset"</button>
            <Show when=move || shown.sweep.read().as_ref().is_some_and(has_map)>
                <button class="button" data-testid="sweep-map" aria-pressed=move || view.is_map.get().to_string() on:click=move |_| view.is_map.update(|on| *on = !*on)>"Heat map"</button>
            </Show>
            <Show when=move || shown.sweep.read().as_ref().is_some_and(has_answers)>
                <button class="button" data-testid="sweep-rate" aria-pressed=move || view.is_rating.get().to_string() on:click=move |_| view.is_rating.update(|on| *on = !*on)>"Rate"</button>
            </Show>
            <button class="button" data-testid="sweep-examples" aria-pressed=move || view.examples.get().to_string() on:click=move |_| view.examples.update(|on| *on = !*on)>"Per example"</button>
        </div>
        <Show when=move || view.axis.get().is_at_one()>
            <div class="narrow-field">
                <NumberField label="At the multiplier" term="Multiplier" testid="sweep-at" value=view.at set=Callback::new(move |v| view.at.set(v)) />
            </div>
        </Show>
        {move || (view.axis.get() == Axis::Divergence && !has_divergence(&shown.sweeps.read())).then(|| view! {
            <p class="warning small">"Divergence is not among the scores of this sweep: choose it and sweep again."</p>
        })}
    }
}

/// Returns the tokens that a judge behind an address has read and written, and their cost.
fn judge_cost(store: Store, sweep: &Sweep) -> Option<String> {
    let usage = sweep.usage;
    let prices = store.settings.read().prices;
    let cost = prices.map(|prices| format!(", {} at your prices", format::number(prices.cost(usage), 4)));
    (usage != ipc::sweep::TokenUsage::default()).then(|| {
        let (read, written) = (format::whole(usage.read), format::whole(usage.written));
        format!("judge: {read} tokens read, {written} written{}", cost.unwrap_or_default())
    })
}

fn has_answers(sweep: &Sweep) -> bool {
    sweep.settings.scores.iter().any(|score| score.needs() == ipc::score::Needs::Answers)
}

fn has_divergence(sweeps: &[Sweep]) -> bool {
    sweeps.iter().any(|sweep| sweep.settings.scores.contains(&ipc::score::Score::Divergence))
}

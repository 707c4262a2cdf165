//! The view of one run: its state, its curves, and tables of the same numbers.

use ipc::Id;
use ipc::command::ReadHistory;
use ipc::job::JobState;
use ipc::train::{History, Run};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::curves::{Curve, CurveOptions, losses, margins, moved, other};
use super::export_plan::ExportPlan;
use super::figures::Figures;
use super::form::Form;
use super::kept_choices::KeptChoices;
use super::overlay::{self, OverlaidRun, color};
use super::tables::Tables;
use crate::bridge;
use crate::charts::Chart;
use crate::format;
use crate::screens::models::LoadModelButton;
use crate::state::{Store, store};
use crate::t;
use crate::widgets::FailureNote;
use crate::widgets::Term;

/// The run that is chosen, else the newest.
#[component]
pub fn RunView() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let run = form.shown_run(store);
    let id = Memo::new(move |_| run.read().as_ref().map(|run| run.id));
    Effect::new(move |_| {
        if let Some(id) = id.get() {
            read_history(store, id);
        }
    });
    let history = Memo::new(move |_| {
        id.get().and_then(|id| store.histories.read().get(&id).cloned()).unwrap_or_default()
    });
    let KeptChoices { smoothing, raw, log, curve, .. } = form.kept;
    let others = overlaid_runs(store, form, id);
    let all = Memo::new(move |_| {
        let name = run.read().as_ref().map(|run| run.name.clone()).unwrap_or_default();
        let own = OverlaidRun { name, history: history.get() };
        std::iter::once(own).chain(others.get().into_iter().map(|(_, run)| run)).collect::<Vec<_>>()
    });
    let is_many = move || all.read().len() > 1;
    // The axes reach to the end of the longest run.
    let ends = Memo::new(move |_| {
        let runs = store.runs.read();
        let shown: Vec<Id> = id.get().into_iter().chain(others.read().iter().map(|(id, _)| *id)).collect();
        let of = |read: fn(&Run) -> u32| {
            runs.iter().filter(|run| shown.contains(&run.id)).map(read).max().unwrap_or(0)
        };
        (of(|run| run.steps), of(|run| run.settings.epochs))
    });
    let shown = move || CurveOptions {
        smoothing: smoothing.get(),
        raw: raw.get(),
        log: log.get(),
        steps: ends.get().0,
    };
    let has_steps = Memo::new(move |_| run.read().as_ref().is_none_or(|run| run.settings.method.has_steps()));
    // A run without steps has none of its own.
    let has_curves = Memo::new(move |_| has_steps.get() || is_many());
    // The zoom of a chart belongs to the run that it shows.
    let resets = Signal::derive(move || id.get().unwrap_or_default() as u32);
    view! {
        <Show when=move || id.get().is_some() fallback=move || view! {
            <div class="empty">
                <h2>{t!("train-no-run")}</h2>
                <p>{t!("train-no-run-note")}</p>
                <button class="button primary" data-testid="empty-train" disabled=move || !form.can_start(store) || !store.model_is_ready()
                    on:click=move |_| form.start(store)>{t!("train-no-run-start")}</button>
                <LoadModelButton testid="train-load" />
            </div>
        }>
            <div class="row wrap run-head">
                <h2 class="grow ellipsis" dir="auto" title=move || run.get().map(|run| run.name)>{move || run.get().map(|run| run.name)}</h2>
                <span class="quiet" data-testid="run-state">{move || run.get().map(|run| run_state(&run.state))}</span>
            </div>
            {move || run.get().and_then(|run| match run.state {
                JobState::Failed { failure } => Some(view! { <FailureNote failure /> }),
                _ => None,
            })}
            <Figures run history has_steps />
            <Show when=move || !has_steps.get()>
                <p class="quiet" data-testid="run-extracted">{t!("train-run-extracted")}</p>
            </Show>
            <Show when=move || has_curves.get()>
            <CurveChoices smoothing raw log all />
            <div class="charts">
                <div class="chart">
                    <div class="title"><h3><Term name="Loss" /></h3><Show when=move || !is_many()><SignKey /></Show></div>
                    <Chart resets picture=Signal::derive(move || if is_many() { overlay::losses(&all.read(), shown()) } else { losses(&history.read(), shown()) }) testid="chart-loss" label=t!("train-loss-label") />
                </div>
                <div class="chart">
                    <div class="title"><h3><Term name="Margin" text=t!("train-d-margin") /></h3><Show when=move || !is_many()><SignKey /></Show></div>
                    <Chart resets picture=Signal::derive(move || if is_many() { overlay::moved(&all.read(), shown()) } else { moved(&history.read(), shown()) }) testid="chart-moved" label=t!("train-moved-label") />
                </div>
                <div class="chart">
                    <div class="title">
                        <h3><Term name="Held out" text=t!("train-held-out") /><Term name="Margin" text=t!("train-margin-after") /></h3>
                        <span class="key"><i></i>{t!("train-key-at-plus")}</span><span class="key"><i class="dashed"></i>{t!("train-key-at-minus")}</span>
                    </div>
                    <Chart resets picture=Signal::derive(move || if is_many() { overlay::margins(&all.read(), ends.get().1) } else { margins(&history.read(), ends.get().1) }) testid="chart-margin" label=t!("train-margin-label") />
                </div>
                <div class="chart">
                    <div class="title">
                        <select class="plain" data-testid="curve-choice" aria-label=t!("train-curve") on:change=move |event| curve.set(Curve::from_key(&event_target_value(&event)))>
                            {Curve::ALL.map(|choice| view! { <option value=choice.key() selected=move || curve.get() == choice>{choice.title()}</option> })}
                        </select>
                    </div>
                    <Chart resets picture=Signal::derive(move || if is_many() { overlay::other(&all.read(), curve.get(), shown()) } else { other(&history.read(), curve.get(), shown()) }) testid="chart-other" label=t!("train-other-label") />
                </div>
            </div>
            <Tables history />
            </Show>
            <ExportPlan run />
        </Show>
    }
}

/// How the curves are drawn, and which colour is whose.
#[component]
fn CurveChoices(
    smoothing: RwSignal<f64>,
    raw: RwSignal<bool>,
    log: RwSignal<bool>,
    all: Memo<Vec<OverlaidRun>>,
) -> impl IntoView {
    view! {
        <div class="row wrap">
                <label class="row small smoothing" title=t!("train-smoothing-title")>
                    {t!("train-smoothing")}
                    <input type="range" min="0" max="0.99" step="0.01" data-testid="curves-smoothing" aria-label=t!("train-smoothing") prop:value=move || smoothing.get().to_string()
                        on:input=move |event| if let Ok(value) = event_target_value(&event).parse() { smoothing.set(value); } />
                    <span class="number">{move || format::number(smoothing.get(), 2)}</span>
                </label>
                <Toggle label=t!("train-raw") testid="curves-raw" value=raw />
                <Toggle label=t!("train-log-axis") testid="curves-log" value=log />
                {move || (all.read().len() > 1).then(|| all.get().into_iter().enumerate().map(|(place, run)| view! {
                    <span class="key" data-testid="run-key" title=run.name.clone()><i style:color=format!("var(--series-{})", color(place))></i><span class="ellipsis" dir="auto">{run.name.clone()}</span></span>
                }).collect_view())}
            </div>
    }
}

/// Returns the histories of the runs that are laid over the shown one, which are read as soon as they are.
fn overlaid_runs(store: Store, form: Form, shown: Memo<Option<Id>>) -> Memo<Vec<(Id, OverlaidRun)>> {
    let runs = Memo::new(move |_| {
        let (overlaid, shown) = (form.overlaid.read(), shown.get());
        let is_over = |run: &&Run| overlaid.contains(&run.id) && Some(run.id) != shown;
        let all = store.runs.read();
        all.iter().filter(is_over).map(|run| (run.id, run.name.clone())).collect::<Vec<_>>()
    });
    Effect::new(move |_| {
        for (id, _) in runs.get() {
            read_history(store, id);
        }
    });
    Memo::new(move |_| {
        let histories = store.histories.read();
        let with = |(id, name): (Id, String)| {
            let history = histories.get(&id).cloned().unwrap_or_default();
            (id, OverlaidRun { name, history })
        };
        runs.get().into_iter().map(with).collect()
    })
}

/// The legend of the signs' colours.
#[component]
fn SignKey() -> impl IntoView {
    view! {
        <span class="key"><i style="color: var(--series-0)"></i>"d = +1"</span>
        <span class="key"><i style="color: var(--series-1)"></i>"d = \u{2212}1"</span>
    }
}

#[component]
fn Toggle(label: String, testid: &'static str, value: RwSignal<bool>) -> impl IntoView {
    view! {
        <label class="toggle small">
            <input type="checkbox" data-testid=testid prop:checked=value on:change=move |event| value.set(event_target_checked(&event)) />
            {label}
        </label>
    }
}

/// Reads a run's history unless it is known. Steps that arrive meanwhile are kept.
pub fn read_history(store: Store, run: Id) {
    if store.histories.read_untracked().contains_key(&run) {
        return;
    }
    // From here on, events update the run's curves.
    store.histories.update(|all| drop(all.insert(run, History::default())));
    spawn_local(async move {
        match bridge::call(ReadHistory { run }).await {
            Ok(stored) => store.histories.update(|all| {
                let newer = all.remove(&run).unwrap_or_default();
                all.insert(run, joined(stored, newer));
            }),
            Err(failure) => {
                store.histories.update(|all| drop(all.remove(&run)));
                store.failure.set(Some(failure));
            }
        }
    });
}

/// Returns the stored history, followed by the steps that arrived while it was read.
fn joined(mut stored: History, newer: History) -> History {
    let (step, epoch) = (stored.steps.last().map_or(0, |s| s.step), stored.epochs.last().map(|e| e.epoch));
    stored
        .vectors
        .extend(newer.vectors.into_iter().filter(|kept| !stored.vectors.contains(kept)).collect::<Vec<_>>());
    stored.steps.extend(newer.steps.into_iter().filter(|point| point.step > step));
    stored
        .epochs
        .extend(newer.epochs.into_iter().filter(|point| epoch.is_none_or(|epoch| point.epoch > epoch)));
    stored
}

/// Returns the state of a run, in a word or two.
pub(super) fn run_state(state: &JobState) -> String {
    match state {
        JobState::Queued => t!("train-state-queued"),
        JobState::Running => t!("train-state-running"),
        JobState::Paused => t!("train-state-paused"),
        JobState::Stopped => t!("train-state-stopped"),
        JobState::Done => t!("train-state-done"),
        JobState::Failed { .. } => t!("train-state-failed"),
    }
}

#[cfg(test)]
mod tests {
    use ipc::train::StepPoint;

    use super::*;

    fn step(step: u32) -> StepPoint {
        StepPoint { step, sign: 1, loss: 0.7, ..StepPoint::default() }
    }

    #[test]
    fn steps_that_arrive_while_the_store_is_read_are_neither_lost_nor_doubled() {
        let stored = History { steps: vec![step(1), step(2)], epochs: Vec::new(), vectors: vec![1] };
        let newer = History { steps: vec![step(2), step(3)], epochs: Vec::new(), vectors: vec![1] };
        let steps: Vec<u32> = joined(stored, newer).steps.iter().map(|s| s.step).collect();
        assert_eq!(steps, [1, 2, 3]);
    }
}

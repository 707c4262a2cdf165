//! One run: where it stands, its curves, and the same numbers in tables.

use ipc::Id;
use ipc::command::ReadHistory;
use ipc::job::JobState;
use ipc::train::{EpochPoint, History, Run, StepPoint};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Form;
use crate::bridge;
use crate::charts::{Chart, Line, Picture, Stroke, smoothed};
use crate::format;
use crate::shell::FailureNote;
use crate::state::{Store, store};

/// How much of the last value the smoothed line keeps at every step.
const SMOOTHING: f64 = 0.9;
/// Steps in the table: the last ones.
const LISTED_STEPS: usize = 200;

/// The run that is chosen, else the newest.
#[component]
pub(super) fn RunView() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let run = Memo::new(move |_| {
        let (runs, chosen) = (store.runs.read(), form.run.get());
        runs.iter().find(|run| Some(run.id) == chosen).or(runs.first()).cloned()
    });
    let id = Memo::new(move |_| run.read().as_ref().map(|run| run.id));
    Effect::new(move |_| {
        if let Some(id) = id.get() {
            read_history(store, id);
        }
    });
    let history = Memo::new(move |_| {
        id.get().and_then(|id| store.histories.read().get(&id).cloned()).unwrap_or_default()
    });
    view! {
        <Show when=move || id.get().is_some() fallback=|| view! {
            <div class="empty">
                <h2>"No run yet"</h2>
                <p>"A run trains one steering vector. Its loss and its effect on the held-out pairs grow here while it works. The settings on the left are good ones to begin with: press Train."</p>
            </div>
        }>
            <div class="row wrap">
                <h2 class="grow ellipsis">{move || run.get().map(|run| run.name)}</h2>
                <span class="quiet" data-testid="run-state">{move || run.get().map(|run| standing(&run.state))}</span>
            </div>
            {move || run.get().and_then(|run| match run.state {
                JobState::Failed { failure } => Some(view! { <FailureNote failure /> }),
                _ => None,
            })}
            <Figures run history />
            <div class="charts">
                <div class="chart">
                    <div class="title"><h3>"Loss"</h3><span class="key"><i></i>"smoothed over the raw values"</span></div>
                    <Chart picture=Signal::derive(move || losses(&history.read())) testid="chart-loss" label="Loss by step; the table below has the numbers" />
                </div>
                <div class="chart">
                    <div class="title">
                        <h3>"Held-out margin"</h3>
                        <span class="key"><i></i>"at +1"</span><span class="key"><i class="dashed"></i>"at \u{2212}1"</span>
                    </div>
                    <Chart picture=Signal::derive(move || margins(&history.read())) testid="chart-margin" label="Held-out margin by epoch at multipliers +1 and -1; the table below has the numbers" />
                </div>
            </div>
            <Tables history />
        </Show>
    }
}

/// Reads a run's curves where they are not known; what happens meanwhile is kept.
fn read_history(store: Store, run: Id) {
    if store.histories.read_untracked().contains_key(&run) {
        return;
    }
    // From here on, events about the run are taken in.
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

/// What was stored, followed by what was heard since.
fn joined(mut stored: History, newer: History) -> History {
    let (step, epoch) = (stored.steps.last().map_or(0, |s| s.step), stored.epochs.last().map(|e| e.epoch));
    stored.steps.extend(newer.steps.into_iter().filter(|point| point.step > step));
    stored
        .epochs
        .extend(newer.epochs.into_iter().filter(|point| epoch.is_none_or(|epoch| point.epoch > epoch)));
    stored
}

/// Where a run stands, in a word or two.
pub(super) fn standing(state: &JobState) -> &'static str {
    match state {
        JobState::Queued => "waits",
        JobState::Running => "running",
        JobState::Paused => "paused",
        JobState::Stopped => "stopped, kept",
        JobState::Done => "done",
        JobState::Failed { .. } => "failed",
    }
}

#[component]
fn Figures(run: Memo<Option<Run>>, history: Memo<History>) -> impl IntoView {
    let store = store();
    let steps = move || {
        let total = run.read().as_ref().map_or(0, |run| run.steps);
        format!("{} of {total}", history.read().steps.last().map_or(0, |step| step.step))
    };
    let last =
        move |value: fn(&StepPoint) -> String| history.read().steps.last().map_or("\u{2013}".into(), value);
    let epoch =
        move |value: fn(&EpochPoint) -> String| history.read().epochs.last().map_or("\u{2013}".into(), value);
    let norm = move || {
        let vector = run.read().as_ref().and_then(|run| run.vector);
        let vectors = store.vectors.read();
        let known = vectors
            .iter()
            .find(|known| Some(known.id) == vector)
            .map(|v| (v.norm, v.residual_norm.map(|residual| v.norm / residual)));
        let (norm, share) =
            known.or_else(|| history.read().steps.last().map(|step| (step.vector_norm, None)))?;
        let share = share
            .map(|share| format!(" = {} of the residual stream", format::percent(share)))
            .unwrap_or_default();
        Some(format!("{}{share}", format::number(norm, 2)))
    };
    view! {
        <div class="figures">
            <div class="figure"><b data-testid="train-step-count">{steps}</b><span class="quiet small">"steps"</span></div>
            <div class="figure"><b>{move || last(|step| format::number(step.loss, 3))}</b><span class="quiet small">"loss of the last step"</span></div>
            <div class="figure"><b>{move || epoch(|e| format::signed(e.plus - e.minus, 2))}</b><span class="quiet small">"held-out margin, +1 over \u{2212}1, nats"</span></div>
            <div class="figure"><b>{move || epoch(|e| format::percent(e.right_way))}</b><span class="quiet small">"of held-out pairs move the right way"</span></div>
            <div class="figure"><b>{move || norm().unwrap_or("\u{2013}".into())}</b><span class="quiet small">"norm of the vector"</span></div>
        </div>
    }
}

fn losses(history: &History) -> Picture {
    let raw: Vec<[f64; 2]> = history.steps.iter().map(|step| [f64::from(step.step), step.loss]).collect();
    let notes = history
        .steps
        .iter()
        .map(|s| {
            format!(
                "step {}, d = {}\nloss {}",
                s.step,
                format::signed(f64::from(s.sign), 0),
                format::number(s.loss, 4)
            )
        })
        .collect();
    let line =
        |name: &str, stroke, points, notes| Line { name: name.into(), color: 0, stroke, points, notes };
    Picture {
        x_title: "step".into(),
        y_title: "loss, nats".into(),
        lines: vec![
            line("Loss", Stroke::Faint, raw.clone(), notes),
            line("Loss, smoothed", Stroke::Solid, smoothed(&raw, SMOOTHING), Vec::new()),
        ],
        ..Picture::default()
    }
}

fn margins(history: &History) -> Picture {
    let line = |name: &str, stroke, value: fn(&EpochPoint) -> f64| Line {
        name: name.into(),
        color: 0,
        stroke,
        points: history.epochs.iter().map(|e| [f64::from(e.epoch), value(e)]).collect(),
        notes: history
            .epochs
            .iter()
            .map(|e| format!("epoch {}\nmargin {} nats", e.epoch, format::number(value(e), 2)))
            .collect(),
    };
    Picture {
        x_title: "epoch".into(),
        y_title: "margin, nats".into(),
        lines: vec![
            line("At +1", Stroke::Marked, |e| e.plus),
            line("At \u{2212}1", Stroke::Dashed, |e| e.minus),
        ],
        ..Picture::default()
    }
}

/// The numbers behind the charts.
#[component]
fn Tables(history: Memo<History>) -> impl IntoView {
    let epoch = |e: &EpochPoint| {
        view! {
            <tr>
                <td class="number">{e.epoch}</td><td class="number">{e.step}</td>
                <td class="number">{format::number(e.plus, 2)}</td><td class="number">{format::number(e.minus, 2)}</td>
                <td class="number">{format::percent(e.right_way)}</td>
            </tr>
        }
    };
    let step = |s: &StepPoint| {
        view! {
            <tr>
                <td class="number">{s.step}</td><td class="number">{format::signed(f64::from(s.sign), 0)}</td>
                <td class="number">{format::number(s.loss, 4)}</td><td class="number">{format::number(s.margin, 2)}</td>
                <td class="number">{format::number(s.gradient_norm, 3)}</td><td class="number">{format::number(s.vector_norm, 2)}</td>
                <td class="number">{format!("{:.4}", s.learning_rate)}</td>
            </tr>
        }
    };
    view! {
        <div class="table-box" data-testid="train-history-table">
            <table>
                <thead><tr>
                    <th class="number">"Epoch"</th><th class="number">"Step"</th><th class="number">"Margin at +1"</th>
                    <th class="number">"Margin at \u{2212}1"</th><th class="number">"Right way"</th>
                </tr></thead>
                <tbody>{move || history.read().epochs.iter().map(epoch).collect_view()}</tbody>
            </table>
        </div>
        <details>
            <summary>"Steps"</summary>
            <div class="table-box steps">
                <table data-testid="train-steps-table">
                    <thead><tr>
                        <th class="number">"Step"</th><th class="number">"d"</th><th class="number">"Loss"</th><th class="number">"d \u{00d7} margin"</th>
                        <th class="number">"Gradient norm"</th><th class="number">"Vector norm"</th><th class="number">"Rate"</th>
                    </tr></thead>
                    <tbody>{move || history.read().steps.iter().rev().take(LISTED_STEPS).map(step).collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(step: u32) -> StepPoint {
        StepPoint {
            step,
            sign: 1,
            loss: 0.7,
            margin: 0.0,
            gradient_norm: 0.0,
            vector_norm: 0.0,
            learning_rate: 0.0,
            seconds: 0.0,
        }
    }

    #[test]
    fn what_was_heard_while_the_store_was_read_is_neither_lost_nor_doubled() {
        let stored = History { steps: vec![step(1), step(2)], epochs: Vec::new() };
        let newer = History { steps: vec![step(2), step(3)], epochs: Vec::new() };
        let steps: Vec<u32> = joined(stored, newer).steps.iter().map(|s| s.step).collect();
        assert_eq!(steps, [1, 2, 3]);
    }
}

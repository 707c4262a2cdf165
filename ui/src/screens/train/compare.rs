//! The view that compares two runs: their settings, and their curves in one chart.

use ipc::Id;
use ipc::train::{History, Run, Schedule, TrainSettings};
use leptos::prelude::*;

use super::curves::{CurveOptions, SMOOTHING, both, margin};
use super::form::Form;
use super::layer_choice::layers_of_run;
use super::run::read_history;
use super::tab::Tab;
use crate::charts::{Chart, Picture, Stroke};
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::Term;

/// The tab "Compare".
#[component]
pub(super) fn CompareView() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let first = form.shown_run(store);
    let second = Memo::new(move |_| {
        let (runs, chosen) = (store.runs.read(), form.other.get());
        let shown = first.read().as_ref().map(|run| run.id);
        let others = || runs.iter().filter(|run| Some(run.id) != shown);
        others().find(|run| Some(run.id) == chosen).or(others().next()).cloned()
    });
    for run in [first, second] {
        Effect::new(move |_| {
            if let Some(run) = run.get() {
                read_history(store, run.id);
            }
        });
    }
    let history = move |run: Memo<Option<Run>>| {
        let id = run.read().as_ref().map(|run| run.id);
        id.and_then(|id| store.histories.read().get(&id).cloned()).unwrap_or_default()
    };
    let names = move || {
        [first, second].map(|run| run.read().as_ref().map(|run| run.name.clone()).unwrap_or_default())
    };
    let choose = move |target: RwSignal<Option<Id>>| {
        move |event: leptos::ev::Event| target.set(event_target_value(&event).parse().ok())
    };
    let options = move |chosen: Memo<Option<Run>>| {
        store
            .runs
            .get()
            .into_iter()
            .map(move |run| {
                let id = run.id;
                let is_chosen = move || chosen.read().as_ref().map(|run| run.id) == Some(id);
                view! { <option value=id.to_string() selected=is_chosen>{run.name}</option> }
            })
            .collect_view()
    };
    let rows = move || match (first.get(), second.get()) {
        (Some(first), Some(second)) => differences(&first, &second),
        _ => vec![],
    };
    view! {
        <Show when=move || second.read().is_some() fallback=move || view! {
            <div class="empty"><h2>{t!("train-compare-none")}</h2><p>{t!("train-compare-none-note")}</p>
                <button class="button" data-testid="empty-compare" on:click=move |_| form.tab.set(Tab::Run)>{t!("train-go-to-run")}</button></div>
        }>
            <div class="two">
                <label class="field"><span class="label"><span class="key"><i style="color: var(--series-0)"></i></span></span>
                    <select data-testid="compare-first" aria-label=t!("train-compare-first") on:change=choose(form.run)>{move || options(first)}</select></label>
                <label class="field"><span class="label"><span class="key"><i style="color: var(--series-1)"></i></span></span>
                    <select data-testid="compare-second" aria-label=t!("train-compare-second") on:change=choose(form.other)>{move || options(second)}</select></label>
            </div>
            <div class="charts">
                <div class="chart">
                    <div class="title"><h3><Term name="Loss" text=t!("train-compare-loss") /></h3></div>
                    <Chart picture=Signal::derive(move || losses([&history(first), &history(second)], &names())) testid="chart-compare-loss" label=t!("train-compare-loss-label") />
                </div>
                <div class="chart">
                    <div class="title"><h3><Term name="Held out" text=t!("train-held-out") /><Term name="Margin" text=t!("train-margin-after") /></h3>
                        <span class="key"><i></i>{t!("train-key-at-plus")}</span><span class="key"><i class="dashed"></i>{t!("train-key-at-minus")}</span></div>
                    <Chart picture=Signal::derive(move || margins([&history(first), &history(second)], &names())) testid="chart-compare-margin" label=t!("train-compare-margin-label") />
                </div>
            </div>
            <div class="table-box" tabindex="0"><table data-testid="compare-table">
                <thead><tr><th>{t!("train-compare-setting")}</th><th>{move || names()[0].clone()}</th><th>{move || names()[1].clone()}</th></tr></thead>
                <tbody>
                    {move || rows().into_iter().map(|row| view! {
                        <tr data-differs=row.differs().to_string()>
                            <td class="quiet">{row.setting.clone()}</td>
                            <td class="text" class:differs=row.differs()>{row.first.clone()}</td>
                            <td class="text" class:differs=row.differs()>{row.second.clone()}</td>
                        </tr>
                    }).collect_view()}
                    {move || outcomes([&history(first), &history(second)]).into_iter().map(|row| view! {
                        <tr><td class="quiet">{row.setting}</td><td>{row.first}</td><td>{row.second}</td></tr>
                    }).collect_view()}
                </tbody>
            </table></div>
        </Show>
    }
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    setting: String,
    first: String,
    second: String,
}

impl Row {
    fn differs(&self) -> bool {
        self.first != self.second
    }
}

/// Returns every setting of both runs.
fn differences(first: &Run, second: &Run) -> Vec<Row> {
    let value = |setting, read: fn(&Run) -> String| Row { setting, first: read(first), second: read(second) };
    // A method without steps does not read these settings.
    let of_steps = |setting, read: fn(&TrainSettings) -> String| {
        let read = |run: &Run| {
            if run.settings.method.has_steps() { read(&run.settings) } else { "\u{2013}".to_owned() }
        };
        Row { setting, first: read(first), second: read(second) }
    };
    vec![
        value(t!("method"), |run| format::method(run.settings.method)),
        value(t!("layers"), |run| layers_of_run(&run.settings)),
        value(t!("train-rank-and-alpha"), |run| adapter(&run.settings)),
        of_steps(t!("train-epochs"), |settings| settings.epochs.to_string()),
        of_steps(t!("learning-rate"), |settings| settings.learning_rate.to_string()),
        of_steps(t!("train-schedule"), |settings| schedule(settings.schedule)),
        of_steps(t!("train-warmup"), |settings| settings.warmup_steps.to_string()),
        of_steps(t!("train-beta"), |settings| settings.beta.to_string()),
        of_steps(t!("train-decay"), |settings| settings.weight_decay.to_string()),
        of_steps(t!("train-clip"), |settings| settings.clip_norm.to_string()),
        of_steps(t!("train-batch"), |settings| settings.batch_pairs.to_string()),
        value(t!("train-acts-on"), |run| format::positions_name(run.settings.positions)),
        value(t!("seed"), |run| run.settings.seed.to_string()),
        value(t!("system-prompt"), |run| run.settings.system_prompt.clone()),
    ]
}

/// Returns the name of a schedule, as it stands in a sentence.
fn schedule(schedule: Schedule) -> String {
    match schedule {
        Schedule::Cosine => t!("train-schedule-name-cosine"),
        Schedule::Linear => t!("train-schedule-name-linear"),
        Schedule::Constant => t!("train-schedule-name-constant"),
    }
}

/// Returns the size of an adapter; nothing for a vector.
fn adapter(settings: &TrainSettings) -> String {
    let lora = settings.lora;
    if settings.method.makes_adapter() {
        t!("train-rank-and-alpha-value", rank = lora.rank, alpha = lora.alpha.to_string())
    } else {
        "\u{2013}".to_owned()
    }
}

/// What came of both runs.
fn outcomes(histories: [&History; 2]) -> Vec<Row> {
    let value = |setting, read: &dyn Fn(&History) -> Option<String>| {
        let [first, second] = histories.map(|history| read(history).unwrap_or("\u{2013}".into()));
        Row { setting, first, second }
    };
    let last = |history: &History, read: fn(f64, f64) -> f64| {
        history.epochs.last().map(|epoch| format::number(read(epoch.plus, epoch.minus), 2))
    };
    vec![
        value(t!("train-compare-margin-plus"), &|history| last(history, |plus, _| plus)),
        value(t!("train-compare-margin-minus"), &|history| last(history, |_, minus| minus)),
        value(t!("train-compare-range"), &|history| last(history, |plus, minus| plus - minus)),
        value(t!("train-compare-right-way"), &|history| {
            history.epochs.last().map(|epoch| format::percent(epoch.sign_accuracy))
        }),
        value(t!("train-norm-of-trained"), &|history| {
            history.steps.last().map(|step| format::number(step.vector_norm, 2))
        }),
        value(t!("train-compare-time"), &|history| {
            let seconds: f64 = history.steps.iter().map(|step| step.seconds).sum();
            (seconds > 0.0).then(|| format::duration(seconds))
        }),
    ]
}

fn losses(histories: [&History; 2], names: &[String; 2]) -> Picture {
    let shown = CurveOptions { smoothing: SMOOTHING, raw: false, log: false, steps: 0 };
    let lines = (0..2_u8).flat_map(|which| {
        let steps = &histories[usize::from(which)].steps;
        let points: Vec<[f64; 2]> = steps.iter().map(|step| [f64::from(step.step), step.loss]).collect();
        both(&names[usize::from(which)], which, &points, vec![], shown)
    });
    Picture {
        x_title: t!("train-axis-step"),
        y_title: t!("train-axis-loss"),
        lines: lines.collect(),
        ..Picture::default()
    }
}

fn margins(histories: [&History; 2], names: &[String; 2]) -> Picture {
    let lines = (0..2_u8).flat_map(|which| {
        let (history, name) = (histories[usize::from(which)], &names[usize::from(which)]);
        [
            margin(name, which, Stroke::Marked, history, |epoch| epoch.plus),
            margin(name, which, Stroke::Dashed, history, |epoch| epoch.minus),
        ]
    });
    Picture {
        x_title: t!("train-axis-epoch"),
        y_title: t!("train-axis-margin"),
        lines: lines.collect(),
        ..Picture::default()
    }
}

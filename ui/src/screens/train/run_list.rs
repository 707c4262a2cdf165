//! The list of runs. A click shows a run; a tick lays its curves over those of the shown one.

use std::cmp::Ordering;

use ipc::Id;
use ipc::command::{DeleteRun, RenameRun};
use ipc::job::JobState;
use ipc::train::Run;
use leptos::prelude::*;

use super::asked::NAME_FIELD;
use super::form::Form;
use super::layer_choice::numbered_layers;
use super::run::run_state;
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::focus;

/// The button of the shown run, at which the keys go on once another one was deleted.
const SHOWN: &str = ".sweep-line[aria-pressed=true]";

/// What the list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunOrder {
    Newest,
    Name,
    Method,
    Layer,
    Result,
    Minutes,
}

impl RunOrder {
    const ALL: [Self; 6] = [Self::Newest, Self::Name, Self::Method, Self::Layer, Self::Result, Self::Minutes];

    fn label(self) -> String {
        match self {
            Self::Newest => t!("train-order-newest"),
            Self::Name => t!("name"),
            Self::Method => t!("method"),
            Self::Layer => t!("layer"),
            Self::Result => t!("train-order-result"),
            Self::Minutes => t!("train-order-minutes"),
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Name => "name",
            Self::Method => "method",
            Self::Layer => "layer",
            Self::Result => "result",
            Self::Minutes => "minutes",
        }
    }

    fn compare(self, a: &Run, b: &Run) -> Ordering {
        // A run without an effect comes last.
        let effect = |run: &Run| run.effect.unwrap_or(f64::NEG_INFINITY);
        let by = match self {
            Self::Newest => Ordering::Equal,
            Self::Name => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
            Self::Method => format::method(a.settings.method).cmp(&format::method(b.settings.method)),
            Self::Layer => a.settings.layers.cmp(&b.settings.layers),
            Self::Result => effect(b).total_cmp(&effect(a)),
            Self::Minutes => a.seconds.total_cmp(&b.seconds),
        };
        by.then(b.created.cmp(&a.created)).then(b.id.cmp(&a.id))
    }
}

/// The list with its order.
#[component]
pub(super) fn RunList() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let ids = Memo::new(move |_| sorted(&store.runs.read(), form.order.get()));
    let waiting = move || store.runs.read().iter().filter(|run| run.state == JobState::Queued).count();
    let choose = move |event: leptos::ev::Event| {
        let key = event_target_value(&event);
        if let Some(order) = RunOrder::ALL.into_iter().find(|order| order.key() == key) {
            form.order.set(order);
        }
    };
    view! {
        <div class="toolbar">
            <label class="row small grow">{t!("train-sort")}
                <select data-testid="runs-order" on:change=choose>
                    {RunOrder::ALL.map(|order| view! { <option value=order.key() selected=move || form.order.get() == order>{order.label()}</option> })}
                </select>
            </label>
            {move || (waiting() > 0).then(|| view! {
                <span class="quiet small nowrap" data-testid="runs-waiting" title=t!("train-waiting-title")>{t!("train-waiting", count = waiting())}</span>
            })}
        </div>
        <div class="pane list">
            <Show when=move || ids.read().is_empty()>
                <p class="quiet small padded">{t!("train-list-none")}</p>
            </Show>
            <ul class="sweep-items" aria-label=t!("train-runs")>
                <For each=move || ids.get() key=|id| *id children=move |id| view! { <Item id /> } />
            </ul>
        </div>
    }
}

fn sorted(runs: &[Run], order: RunOrder) -> Vec<Id> {
    let mut all: Vec<&Run> = runs.iter().collect();
    all.sort_by(|a, b| order.compare(a, b));
    all.into_iter().map(|run| run.id).collect()
}

/// One run: its name, what it did, and what came out. The shown one has its actions below.
#[component]
fn Item(id: Id) -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let run = Memo::new(move |_| store.runs.read().iter().find(|run| run.id == id).cloned());
    let shown = form.shown_run(store);
    let is_shown = Memo::new(move |_| shown.read().as_ref().map(|run| run.id) == Some(id));
    let with = move |read: fn(&Run) -> String| run.read().as_ref().map(read).unwrap_or_default();
    let name = move || with(|run| run.name.clone());
    let set = move || {
        let data_set = run.read().as_ref().map(|run| run.data_set);
        let sets = store.data_sets.read();
        sets.iter().find(|set| Some(set.id) == data_set).map(|set| set.name.clone()).unwrap_or_default()
    };
    let about = move || {
        [with(what), set()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" \u{00b7} ")
    };
    let created = move || run.read().as_ref().map(|run| format::date(run.created));
    view! {
        <li class="sweep-item" class:chosen=move || is_shown.get()>
            <input type="checkbox" data-testid="run-overlay" title=t!("train-overlay-title") aria-label=move || t!("train-overlay-label", run = name())
                disabled=move || is_shown.get() prop:checked=move || form.is_overlaid(id)
                on:change=move |_| form.overlay(id) />
            <button type="button" class="sweep-line" data-testid="run-row" aria-pressed=move || is_shown.get().to_string() on:click=move |_| form.show_run(id)>
                <span class="row"><b class="grow ellipsis" dir="auto" title=name>{name}</b><span class="quiet small nowrap">{created}</span></span>
                <span class="small quiet ellipsis" dir="auto" title=about>{about}</span>
                <span class="small ellipsis" data-testid="run-result">{move || with(result)}</span>
            </button>
            <Show when=move || is_shown.get()><Actions id run /></Show>
        </li>
    }
}

/// The name of the shown run, and what can be done with it.
#[component]
fn Actions(id: Id, run: Memo<Option<Run>>) -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let is_open = move || run.read().as_ref().is_some_and(|run| !run.state.is_over());
    let name = move || run.read().as_ref().map(|run| run.name.clone()).unwrap_or_default();
    let rename =
        move |event: leptos::ev::Event| store.send(RenameRun { run: id, name: event_target_value(&event) });
    let delete = move |event: web_sys::MouseEvent| {
        let list = focus::list_around(&event);
        store.delete_then(DeleteRun { run: id }, move |done| match done {
            Ok(()) => focus::go_on_in(list, SHOWN),
            Err(failure) => store.failure.set(Some(failure)),
        });
    };
    view! {
        <div class="sweep-actions">
            <input type="text" id=NAME_FIELD data-testid="run-name" dir="auto" aria-label=t!("train-run-name") prop:value=name on:change=rename />
            <div class="row wrap">
                <button type="button" class="link" data-testid="run-repeat" title=t!("train-repeat-title")
                    on:click=move |_| form.repeat(store, id)>{t!("train-repeat")}</button>
                <button type="button" class="link" data-testid="run-delete" data-once="true" disabled=is_open title=t!("train-delete-title")
                    on:click=delete>{t!("delete")}</button>
            </div>
        </div>
    }
}

/// Says how a run trains.
fn what(run: &Run) -> String {
    let method = format::method(run.settings.method);
    match numbered_layers(&run.settings) {
        None => t!("train-what-adapter", method = method),
        Some(layers) if run.settings.layers.len() > 1 => {
            t!("train-what-layers", method = method, layers = layers)
        }
        Some(layers) => t!("train-what-layer", method = method, layers = layers),
    }
}

/// Says what came out and how long it took, or how far the run is.
fn result(run: &Run) -> String {
    let effect = run.effect.map(|effect| t!("train-effect", effect = format::signed(effect, 2)));
    let time = (run.seconds > 0.0).then(|| format::duration(run.seconds));
    let state = (run.state != JobState::Done).then(|| run_state(&run.state));
    [state, effect, time].into_iter().flatten().collect::<Vec<_>>().join(" \u{00b7} ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_sorted_by_what_they_did() {
        let run = |id: Id, name: &str, effect: Option<f64>, seconds: f64| Run {
            name: name.into(),
            effect,
            seconds,
            ..crate::samples::run(id, JobState::Done)
        };
        let runs = [run(1, "b", Some(0.5), 9.0), run(2, "A", None, 3.0), run(3, "c", Some(2.0), 5.0)];
        assert_eq!(sorted(&runs, RunOrder::Newest), [3, 2, 1]);
        assert_eq!(sorted(&runs, RunOrder::Name), [2, 1, 3]);
        assert_eq!(sorted(&runs, RunOrder::Result), [3, 1, 2], "what is not measured comes last");
        assert_eq!(sorted(&runs, RunOrder::Minutes), [2, 3, 1]);
        assert_eq!(result(&runs[0]), "effect +0.50 nats \u{00b7} 9.0 s");
    }
}

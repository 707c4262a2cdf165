//! The drift of a conversation: where its answers lie along a vector, turn by turn, in the colours of the columns.

use ipc::command::{MeasureDrift, StopMeasuring};
use ipc::projection::{ColumnDrift, Drift, TurnDrift};
use ipc::vector::Vector;
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::desk_changes::{color_of, name_of};
use super::drift_lines::{BOX, Of, Scale, path};
use super::state::Chat;
use crate::bridge;
use crate::format;
use crate::latest::Latest;
use crate::state::store;
use crate::t;
use crate::widgets::FailureCard;

/// The panel below the columns.
#[component]
pub(super) fn DriftPanel() -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let vectors = Memo::new(move |_| {
        let model = store.model().map(|model| model.id);
        let fits = |vector: &&Vector| vector.adapter.is_none() && Some(vector.model) == model;
        store.vectors.read().iter().filter(fits).cloned().collect::<Vec<_>>()
    });
    let chosen = RwSignal::new(None::<Id>);
    // At first the vector of the first strip.
    let vector = Memo::new(move |_| {
        let all = vectors.read();
        let is_known = |id: &Id| all.iter().any(|vector| vector.id == *id);
        let of_desk = || chat.desk.read().strips.first().map(|strip| strip.vector).filter(is_known);
        chosen.get().filter(is_known).or_else(of_desk).or(all.first().map(|vector| vector.id))
    });
    let layer = RwSignal::new(None::<u32>);
    let (is_measuring, failure, latest) =
        (RwSignal::new(false), RwSignal::new(None::<Failure>), Latest::new());
    let drift = RwSignal::new(None::<Drift>);
    Effect::new(move |_| {
        // What was measured is another conversation's, or along another vector.
        store.turns.open.track();
        vector.with(|_| ());
        let _ = latest.begin();
        is_measuring.set(false);
        drift.set(None);
        layer.set(None);
        failure.set(None);
    });
    let measure = move |_| {
        let (Some(conversation), Some(vector)) = (store.turns.open.get_untracked(), vector.get_untracked())
        else {
            return;
        };
        let (call, layer) = (latest.begin(), layer.get_untracked());
        is_measuring.set(true);
        failure.set(None);
        spawn_local(async move {
            let found = bridge::call(MeasureDrift { conversation, vector, layer }).await;
            if call.is_current() {
                is_measuring.set(false);
                match found {
                    Ok(found) => drift.set(Some(found)),
                    Err(refused) => failure.set(Some(refused)),
                }
            }
        });
    };
    let stop = move |_| {
        let _ = latest.begin();
        is_measuring.set(false);
        store.send(StopMeasuring {});
    };
    let cannot = move || is_measuring.get() || vector.get().is_none() || store.turns.open.get().is_none();
    let layers = Memo::new(move |_| {
        let id = vector.get();
        let all = vectors.read();
        all.iter()
            .find(|vector| Some(vector.id) == id)
            .map(|vector| vector.layers.clone())
            .unwrap_or_default()
    });
    view! {
        <section class="drift" aria-label=t!("chat-drift-label") data-testid="drift">
            <div class="row wrap">
                <label class="row small">{t!("chat-drift-along")}
                    <select dir="auto" data-testid="drift-vector" on:change=move |event| chosen.set(event_target_value(&event).parse().ok())>
                        {move || vectors.get().into_iter().map(|one| view! {
                            <option value=one.id.to_string() selected=move || vector.get() == Some(one.id)>{one.name}</option>
                        }).collect_view()}
                    </select>
                </label>
                <Show when=move || { layers.read().len() > 1 }>
                    <label class="row small">{t!("chat-drift-layer")}
                        <select data-testid="drift-layer" on:change=move |event| layer.set(event_target_value(&event).parse().ok())>
                            {move || layers.get().into_iter().map(|one| view! { <option value=one.to_string() selected=move || layer.get() == Some(one)>{one}</option> }).collect_view()}
                        </select>
                    </label>
                </Show>
                <button class="button small" type="button" data-testid="drift-measure" disabled=cannot
                    title=t!("chat-drift-measure-title") on:click=measure>{t!("chat-drift-measure")}</button>
                <Show when=move || is_measuring.get()>
                    <span class="quiet small" role="status">{t!("chat-drift-reads")}</span>
                    <button class="link small" type="button" data-testid="drift-stop" on:click=stop>{t!("stop")}</button>
                </Show>
            </div>
            <FailureCard failure />
            {move || drift.get().map(|drift| view! { <Picture drift /> })}
        </section>
    }
}

/// The lines of all columns, and the numbers behind them.
#[component]
fn Picture(drift: Drift) -> impl IntoView {
    let chat = expect_context::<Chat>();
    let name = move |column: u32| {
        let desk = chat.desk.read();
        desk.column(column).map_or_else(|| t!("chat-drift-closed"), |column| name_of(&desk, column))
    };
    let scale = Scale::new(&drift)?;
    let columns = drift.columns;
    let lines = columns.iter().map(|column| view! { <Lines column=column.clone() scale /> }).collect_view();
    let legend = columns.iter().map(|column| column.column).map(|column| view! {
        <li class="row"><span class="swatch" style=format!("background: {}", color_of(column))></span>{move || name(column)}</li>
    });
    let legend = legend.collect_view();
    let [first, last] = scale.turns;
    let ends = scale.values.map(|value| format::number(value, 2));
    let [low, high] = ends;
    let label = t!(
        "chat-drift-picture",
        layer = drift.layer,
        first = first,
        last = last,
        low = low.clone(),
        high = high.clone()
    );
    Some(view! {
        <ul class="row wrap small drift-legend">{legend}</ul>
        <div class="drift-picture">
            <span class="quiet small drift-high">{high}</span><span class="quiet small drift-low">{low}</span>
            <svg viewBox=format!("0 0 {} {}", BOX[0], BOX[1]) role="img" aria-label=label data-testid="drift-picture">
                {scale.zero().map(|y| view! { <line x1="0" x2=BOX[0].to_string() y1=y.to_string() y2=y.to_string() stroke="var(--rule)" /> })}
                {lines}
            </svg>
            <p class="row quiet small" aria-hidden="true"><span class="grow">{t!("chat-drift-first-turn", number = first)}</span>{(first != last).then_some(last)}</p>
        </div>
        <p class="quiet small">{t!("chat-drift-note")}</p>
        <details><summary class="small">{t!("chat-drift-numbers")}</summary><Numbers columns name=move |column: u32| name(column) /></details>
    })
}

/// The two lines of a column.
#[component]
fn Lines(column: ColumnDrift, scale: Scale) -> impl IntoView {
    let color = color_of(column.column);
    let (answers, prompts) = (scale.points(&column, Of::Answer), scale.points(&column, Of::Prompt));
    let dots = answers.iter().map(|(number, [x, y])| {
        let value = column.turns.iter().find(|turn| turn.number == *number).and_then(|turn| turn.answer);
        let value = value.map(|value| format::number(value, 3)).unwrap_or_default();
        let title = t!("chat-drift-point", number = *number, value = value);
        view! { <circle cx=x.to_string() cy=y.to_string() r="3"><title>{title}</title></circle> }
    });
    let dots = dots.collect_view();
    view! {
        <g fill=color.clone() stroke=color>
            <path d=path(&prompts) fill="none" stroke-dasharray="3 4" opacity="0.6" />
            <path d=path(&answers) fill="none" stroke-width="1.5" />
            {dots}
        </g>
    }
}

/// The table of all turns.
#[component]
fn Numbers(
    columns: Vec<ColumnDrift>,
    name: impl Fn(u32) -> String + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let mut numbers: Vec<u32> =
        columns.iter().flat_map(|column| &column.turns).map(|turn| turn.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let cell = |turn: Option<&TurnDrift>, of: Of| {
        let value = turn.and_then(|turn| of.value(turn)).map(|value| format::number(value, 3));
        view! { <td class="number">{value.unwrap_or_default()}</td> }
    };
    let rows = numbers.iter().map(|number| {
        let cells = columns.iter().map(|column| {
            let turn = column.turns.iter().find(|turn| turn.number == *number);
            view! { {cell(turn, Of::Prompt)} {cell(turn, Of::Answer)} }
        });
        let cells = cells.collect_view();
        view! { <tr><th scope="row">{*number}</th>{cells}</tr> }
    });
    let rows = rows.collect_view();
    let ids: Vec<u32> = columns.iter().map(|column| column.column).collect();
    let heads = ids
        .iter()
        .copied()
        .map(|id| view! { <th scope="colgroup" colspan="2">{move || name(id)}</th> })
        .collect_view();
    let parts = ids
        .iter()
        .map(|_| view! { <th scope="col">{t!("prompt")}</th><th scope="col">{t!("answer")}</th> })
        .collect_view();
    view! {
        <div class="table-box" tabindex="0"><table data-testid="drift-table">
            <thead><tr><th scope="col" rowspan="2">{t!("chat-drift-turn")}</th>{heads}</tr><tr>{parts}</tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
}

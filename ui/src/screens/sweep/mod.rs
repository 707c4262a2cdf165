//! The Sweep screen: what is swept on the left; the score over the multiplier, its table and the answers behind a point
//! on the right.

mod chart;
mod form;
mod point;

pub use form::Form;
pub(super) use form::VectorChoice;

use ipc::sweep::Sweep;
use leptos::prelude::*;

use crate::charts::Chart;
use crate::format;
use crate::state::store;

/// The screen.
#[component]
pub fn SweepScreen() -> impl IntoView {
    view! {
        <div class="columns">
            <section class="left" aria-label="What is swept"><form::SweepForm /></section>
            <section class="right" aria-label="Scores"><Outcome /></section>
        </div>
    }
}

/// The sweep that is shown: the one chosen, else the newest.
fn shown(form: Form) -> Memo<Option<Sweep>> {
    let store = store();
    Memo::new(move |_| {
        let (sweeps, chosen) = (store.sweeps.read(), form.sweep.get());
        sweeps.iter().find(|sweep| Some(sweep.id) == chosen).or(sweeps.first()).cloned()
    })
}

#[component]
fn Outcome() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let sweep = shown(form);
    let is_there = Memo::new(move |_| sweep.read().is_some());
    let overlaid = form.overlaid;
    let picture = Signal::derive(move || {
        let (sweeps, vectors) = (store.sweeps.read(), store.vectors.read());
        let own = sweep.get();
        let more = sweeps
            .iter()
            .filter(|s| overlaid.read().contains(&s.id) && Some(s.id) != own.as_ref().map(|o| o.id));
        let all: Vec<Sweep> = own.clone().into_iter().chain(more.cloned()).collect();
        chart::picture(&all, &vectors)
    });
    let on_pick = Callback::new(move |(_, x): (String, f64)| form.point.set(Some(x)));
    view! {
        <Show when=move || is_there.get() fallback=|| view! {
            <div class="empty">
                <h2>"No sweep yet"</h2>
                <p>"A sweep adds a vector at several strengths and scores the held-out pairs at each. The curve shows where the behaviour moves, and how far. Train a vector, then press Sweep."</p>
            </div>
        }>
            <div class="chart tall">
                <div class="title">
                    <h2>{move || sweep.get().map(|sweep| title(&sweep, &store.vectors.read()))}</h2>
                    <span class="quiet small">"held-out preference: mean log-odds of the wanted answer, 95 % bootstrap band"</span>
                    {move || sweep.get().filter(|sweep| sweep.stale).map(|_| view! {
                        <span class="warning small" data-testid="sweep-stale">"The pairs have changed since: sweep again."</span>
                    })}
                </div>
                <Chart picture testid="chart-sweep" label="Score by multiplier; the table below has the numbers" on_pick />
            </div>
            <Points sweep />
            {move || sweep.get().map(|sweep| sweep.id).zip(form.point.get()).map(|(sweep, multiplier)| view! { <point::Behind sweep multiplier /> })}
            <Sweeps sweep />
        </Show>
    }
}

fn title(sweep: &Sweep, vectors: &[ipc::vector::Vector]) -> String {
    vectors
        .iter()
        .find(|vector| vector.id == sweep.vector)
        .map(|vector| vector.name.clone())
        .unwrap_or_default()
}

/// The numbers behind the curve.
#[component]
fn Points(sweep: Memo<Option<Sweep>>) -> impl IntoView {
    let form = expect_context::<Form>();
    let rows = move || {
        let points = sweep.read().as_ref().map(|sweep| sweep.points.clone()).unwrap_or_default();
        points.into_iter().map(move |point| {
            let at = point.multiplier;
            view! {
                <tr class="link-row" data-testid="sweep-row" tabindex="0" title="Shows the pairs behind this point"
                    aria-selected=move || (form.point.get() == Some(at)).to_string()
                    on:click=move |_| form.point.set(Some(at))
                    on:keydown=move |event| if event.key() == "Enter" { form.point.set(Some(at)); }>
                    <td class="number">{format::multiplier(at)}</td>
                    <td class="number">{format::number(point.score, 2)}</td>
                    <td class="number">{format!("{} to {}", format::number(point.low, 2), format::number(point.high, 2))}</td>
                    <td class="number">{format::percent(point.wins)}</td>
                    <td class="number">{point.pairs}</td>
                </tr>
            }
        }).collect_view()
    };
    view! {
        <div class="table-box">
            <table data-testid="sweep-table">
                <thead><tr>
                    <th class="number">"Multiplier"</th><th class="number">"Score, nats"</th><th class="number">"95 % interval"</th>
                    <th class="number">"Wanted wins"</th><th class="number">"Pairs"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Earlier sweeps: a click shows one, a tick lays it over the one that is shown.
#[component]
fn Sweeps(sweep: Memo<Option<Sweep>>) -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let row = move |one: Sweep| {
        let id = one.id;
        let vector = store.vectors.read().iter().find(|vector| vector.id == one.vector).cloned();
        let color = vector.as_ref().map_or(0, |vector| vector.color);
        let set =
            store.data_sets.read().iter().find(|set| set.id == one.data_set).map(|set| set.name.clone());
        let range = one.points.iter().map(|p| p.score).fold(None, |range: Option<(f64, f64)>, score| {
            Some(range.map_or((score, score), |(low, high)| (low.min(score), high.max(score))))
        });
        view! {
            <tr class="link-row" data-testid="sweep-list-row" tabindex="0"
                aria-selected=move || (sweep.read().as_ref().map(|s| s.id) == Some(id)).to_string()
                on:click=move |_| form.choose(id)
                on:keydown=move |event| if event.key() == "Enter" { form.choose(id); }>
                <td on:click=|event| event.stop_propagation()>
                    <input type="checkbox" aria-label="Lay this curve over the chart"
                        prop:checked=move || form.overlaid.read().contains(&id)
                        on:change=move |_| form.overlaid.update(|all| if !all.remove(&id) { all.insert(id); }) />
                </td>
                <td><span class="swatch" style:background=format!("var(--series-{color})")></span>" "{vector.map(|vector| vector.name)}</td>
                <td>{set}</td>
                <td class="number">{format!("{} of {}", one.points.len(), one.multipliers.len())}</td>
                <td class="number">{range.map(|(low, high)| format::number(high - low, 2))}</td>
                <td>{if one.stale { "stale" } else { "" }}</td>
                <td class="quiet">{format::date(one.created)}</td>
            </tr>
        }
    };
    view! {
        <h3>"Sweeps"</h3>
        <div class="table-box">
            <table>
                <thead><tr>
                    <th></th><th>"Vector"</th><th>"Data set"</th><th class="number">"Points"</th><th class="number">"Range, nats"</th><th></th><th>"Begun"</th>
                </tr></thead>
                <tbody>{move || store.sweeps.get().into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

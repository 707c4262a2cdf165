//! The Vectors screen: what was made, and what it is.

use ipc::command::{DeleteVector, RenameVector};
use ipc::vector::Vector;
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Screen;
use crate::bridge;
use crate::format;
use crate::shell::FailureCard;
use crate::state::{Sheet, store};

/// The screen.
#[component]
pub fn VectorsScreen() -> impl IntoView {
    let store = store();
    let chosen = RwSignal::new(None::<Id>);
    let shown = Memo::new(move |_| {
        let (vectors, chosen) = (store.vectors.read(), chosen.get());
        vectors.iter().find(|vector| Some(vector.id) == chosen).or(vectors.first()).cloned()
    });
    let id = Memo::new(move |_| shown.read().as_ref().map(|vector| vector.id));
    view! {
        <Show when=move || id.get().is_some() fallback=move || view! {
            <div class="empty">
                <h2>"No vectors yet"</h2>
                <p>"A steering vector is added to the model's residual stream after one of its blocks. Train one; it is kept here with everything needed to make it again."</p>
                <button class="button primary" on:click=move |_| store.go(Screen::Train)>"Go to Train"</button>
                <button class="button" data-testid="vector-import-first" on:click=move |_| store.sheet.set(Some(Sheet::ImportVector))>"Import\u{2026}"</button>
            </div>
        }>
            <div class="columns wide-left">
                <section class="left" aria-label="Vectors">
                    <List id chosen />
                    <div class="foot row"><button class="button" data-testid="vector-import" on:click=move |_| store.sheet.set(Some(Sheet::ImportVector))>"Import\u{2026}"</button></div>
                </section>
                <section class="right" aria-label="The vector">
                    {move || id.get().map(|id| view! { <Details id /> })}
                </section>
            </div>
        </Show>
    }
}

#[component]
fn List(id: Memo<Option<Id>>, chosen: RwSignal<Option<Id>>) -> impl IntoView {
    let store = store();
    let row = move |vector: Vector| {
        let own = vector.id;
        view! {
            <tr class="link-row" data-testid="vector-row" tabindex="0" aria-selected=move || (id.get() == Some(own)).to_string()
                on:click=move |_| chosen.set(Some(own))
                on:keydown=move |event| if event.key() == "Enter" { chosen.set(Some(own)); }>
                <td><span class="swatch" style:background=format!("var(--series-{})", vector.color)></span>" "{vector.name}</td>
                <td>{format::made_by(vector.method)}</td>
                <td class="number">{vector.layer}</td>
                <td class="number">{format::number(vector.norm, 2)}</td>
                <td class="quiet">{format::date(vector.created)}</td>
            </tr>
        }
    };
    view! {
        <table>
            <thead><tr><th>"Name"</th><th>"Method"</th><th class="number">"Layer"</th><th class="number">"Norm"</th><th>"Made"</th></tr></thead>
            <tbody>{move || store.vectors.get().into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn Details(id: Id) -> impl IntoView {
    let store = store();
    let failure = RwSignal::new(None::<Failure>);
    let vector = Memo::new(move |_| store.vectors.read().iter().find(|vector| vector.id == id).cloned());
    let is_asked = RwSignal::new(false);
    let rename = move |event| {
        let name = event_target_value(&event);
        if vector.read_untracked().as_ref().is_some_and(|vector| vector.name == name) {
            return;
        }
        spawn_local(async move {
            failure.set(bridge::call(RenameVector { vector: id, name }).await.err());
        });
    };
    let delete = move |_| {
        spawn_local(async move {
            if let Err(refused) = bridge::call(DeleteVector { vector: id }).await {
                failure.try_set(Some(refused));
                is_asked.try_set(false);
            }
        });
    };
    let use_in = move |screen| {
        store.change_settings(|settings| settings.vector = Some(id));
        store.go(screen);
    };
    view! {
        <label class="field">
            <span class="label">"Name"</span>
            <input type="text" data-testid="vector-name" prop:value=move || vector.get().map(|v| v.name).unwrap_or_default() on:change=rename />
        </label>
        <FailureCard failure />
        {move || vector.get().map(|vector| view! { <Facts vector /> })}
        <div class="row wrap">
            <button class="button" on:click=move |_| use_in(Screen::Sweep)>"Sweep it"</button>
            <button class="button" on:click=move |_| use_in(Screen::Chat)>"Chat with it"</button>
            <button class="button" data-testid="vector-export" on:click=move |_| store.sheet.set(Some(Sheet::ExportVector(id)))>"Export\u{2026}"</button>
            <span class="grow"></span>
            <Show when=move || is_asked.get() fallback=move || view! {
                <button class="button bad" data-testid="vector-delete" on:click=move |_| is_asked.set(true)>"Delete"</button>
            }>
                <span>"Its sweeps go with it."</span>
                <button class="button" on:click=move |_| is_asked.set(false)>"Keep it"</button>
                <button class="button bad" data-testid="vector-delete-sure" on:click=delete>"Delete the vector"</button>
            </Show>
        </div>
    }
}

#[component]
fn Facts(vector: Vector) -> impl IntoView {
    let store = store();
    let model =
        store.models.read().iter().find(|model| model.id == vector.model).map(|model| model.name.clone());
    let set =
        store.data_sets.read().iter().find(|set| Some(set.id) == vector.data_set).map(|set| set.name.clone());
    let run = store.runs.read().iter().find(|run| Some(run.id) == vector.run).cloned();
    let norm = match vector.residual_norm {
        Some(residual) => format!(
            "{}, {} of the residual stream's {} there",
            format::number(vector.norm, 3),
            format::percent(vector.norm / residual),
            format::number(residual, 1)
        ),
        None => format::number(vector.norm, 3),
    };
    let is_imported = vector.run.is_none() && vector.residual_norm.is_none();
    let data_set = (!is_imported).then(|| set.unwrap_or_else(|| "gone".into()));
    let trained = run.as_ref().map(|run| {
        let s = &run.settings;
        format!(
            "{} epochs, rate {}, beta {}, {} pairs a step, seed {}",
            s.epochs, s.learning_rate, s.beta, s.batch_pairs, s.seed
        )
    });
    view! {
        <dl class="details">
            <dt>"Method"</dt><dd>{format::made_by(vector.method)}</dd>
            <dt>"Model"</dt><dd>{model}</dd>
            <dt>"Layer"</dt><dd>{format!("after block {}, at every position", vector.layer)}</dd>
            <dt>"Size"</dt><dd>{format!("{} numbers", vector.size)}</dd>
            <dt>"Norm"</dt>
            <dd>{norm}</dd>
            {data_set.map(|name| view! { <dt>"Data set"</dt><dd>{name}</dd> })}
            {trained.map(|text| view! { <dt>"Trained with"</dt><dd>{text}</dd> })}
            <dt>{if is_imported { "Imported" } else { "Made" }}</dt><dd>{format::date(vector.created)}</dd>
        </dl>
    }
}

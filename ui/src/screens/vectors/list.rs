//! The table of vectors with its search field, its filters, and ticks for the vectors to compare.

use ipc::model::Model;
use ipc::vector::Vector;
use leptos::prelude::*;

use super::filter::{Column, methods, tags};
use super::library::{Tab, VectorLibrary};
use crate::actions::Sheet;
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::SortHead;

/// The table of vectors.
#[component]
pub(super) fn List() -> impl IntoView {
    let (store, library) = (store(), expect_context::<VectorLibrary>());
    // The list shows the model only if vectors of several models are listed.
    let has_models = Memo::new(move |_| {
        let vectors = store.vectors.read();
        vectors.iter().any(|vector| vector.model != vectors[0].model)
    });
    let columns = move || {
        let all = [Column::Name, Column::Method, Column::Model, Column::Layer, Column::Norm, Column::Created];
        all.into_iter().filter(move |column| *column != Column::Model || has_models.get())
    };
    let counts = move || {
        let (shown, all) = (library.shown.read().len(), store.vectors.read().len());
        if shown == all {
            t!("vectors-count", count = all)
        } else {
            t!("vectors-shown", shown = shown, count = all)
        }
    };
    let head = move |column: Column| {
        let testid = format!("vectors-by-{}", column.key());
        view! { <SortHead order=library.order column label=column.label() term=column.term() is_number=column.is_number() testid /> }
    };
    let ticked = move || library.ticked.read().len();
    view! {
        <Filters has_models />
        <div class="table-scroll grow">
            <table class="vectors-table">
                <thead><tr><td class="tick"></td>{move || columns().map(head).collect_view()}</tr></thead>
                <tbody>{move || library.shown.get().into_iter().map(|vector| view! { <Row vector has_models /> }).collect_view()}</tbody>
            </table>
            <Show when=move || library.shown.read().is_empty()>
                <div class="empty"><p>{t!("vectors-none-fits")}</p>
                    <button class="link" data-testid="vectors-all" on:click=move |_| library.filter.set(super::filter::Filter::default())>{t!("show-all")}</button></div>
            </Show>
        </div>
        <div class="foot row">
            <button class="button" data-testid="vector-import" on:click=move |_| store.sheet.set(Some(Sheet::ImportVector))>{t!("import-more")}</button>
            <span class="quiet" data-testid="vectors-count">{counts}</span>
            <span class="grow"></span>
            <button class="button" data-testid="vectors-compare" disabled=move || { ticked() < 2 }
                title=t!("vectors-compare-title") on:click=move |_| library.tab.set(Tab::Similarity)>
                {move || if ticked() < 2 { t!("vectors-compare-ticked") } else { t!("vectors-compare", count = ticked()) }}</button>
        </div>
    }
}

#[component]
fn Filters(has_models: Memo<bool>) -> impl IntoView {
    let (store, library) = (store(), expect_context::<VectorLibrary>());
    let methods = Memo::new(move |_| methods(&store.vectors.read()));
    let tags = Memo::new(move |_| tags(&store.vectors.read()));
    let models = Memo::new(move |_| {
        let vectors = store.vectors.read();
        let is_used = |model: &&Model| vectors.iter().any(|vector| vector.model == model.id);
        store
            .models
            .read()
            .iter()
            .filter(is_used)
            .map(|model| (model.id, model.name.clone()))
            .collect::<Vec<_>>()
    });
    view! {
        <div class="toolbar">
            <input type="search" class="grow" placeholder=t!("search") aria-label=t!("vectors-search") data-testid="vectors-search"
                prop:value=move || library.filter.read().words.clone()
                on:input=move |event| library.filter.update(|filter| filter.words = event_target_value(&event)) />
            <Show when=move || { methods.read().len() > 1 }>
                <select class="fit" aria-label=t!("method") data-testid="vectors-method" on:change=move |event| {
                    let place = event_target_value(&event).parse::<usize>().ok();
                    let method = place.and_then(|place| methods.read_untracked().get(place).copied());
                    library.filter.update(|filter| filter.method = method);
                }>
                    <option value="" selected=move || library.filter.read().method.is_none()>{t!("vectors-every-method")}</option>
                    {move || methods.get().into_iter().enumerate().map(|(place, method)| view! {
                        <option value=place.to_string() selected=move || library.filter.read().method == Some(method)>{method.map_or_else(|| t!("vectors-no-method"), format::method)}</option>
                    }).collect_view()}
                </select>
            </Show>
            <Show when=move || has_models.get()>
                <select class="fit" aria-label=t!("model") data-testid="vectors-model"
                    on:change=move |event| library.filter.update(|filter| filter.model = event_target_value(&event).parse().ok())>
                    <option value="" selected=move || library.filter.read().model.is_none()>{t!("vectors-every-model")}</option>
                    {move || models.get().into_iter().map(|(id, name)| view! {
                        <option value=id.to_string() selected=move || library.filter.read().model == Some(id)>{name}</option>
                    }).collect_view()}
                </select>
            </Show>
            <Show when=move || !tags.read().is_empty()>
                <select class="fit" aria-label=t!("vectors-tag") data-testid="vectors-tag" on:change=move |event| {
                    let tag = Some(event_target_value(&event)).filter(|tag| !tag.is_empty());
                    library.filter.update(|filter| filter.tag = tag);
                }>
                    <option value="" selected=move || library.filter.read().tag.is_none()>{t!("vectors-every-tag")}</option>
                    {move || tags.get().into_iter().map(|tag| {
                        let (own, value) = (tag.clone(), tag.clone());
                        view! { <option value=value selected=move || library.filter.read().tag.as_ref() == Some(&own)>{tag}</option> }
                    }).collect_view()}
                </select>
            </Show>
        </div>
    }
}

#[component]
fn Row(vector: Vector, has_models: Memo<bool>) -> impl IntoView {
    let (store, library) = (store(), expect_context::<VectorLibrary>());
    let (own, model) = (vector.id, vector.model);
    let choose = move || {
        library.chosen.set(Some(own));
        if library.tab.get_untracked() == Tab::Similarity {
            library.tab.set(Tab::Vector);
        }
    };
    let model_name = move || {
        let models = store.models.read();
        models.iter().find(|known| known.id == model).map(|known| known.name.clone()).unwrap_or_default()
    };
    let is_adapter = vector.adapter.is_some();
    let kind = is_adapter.then(
        || view! { <span class="tag" title=t!("vectors-adapter-title")>{t!("vectors-adapter")}</span> },
    );
    let tags = vector.tags.iter().map(|tag| view! { <span class="tag">{tag.clone()}</span> }).collect_view();
    let moved = vector.derivation.as_ref().filter(|made| made.is_transfer()).map(|made| {
        let (word, title) = match &made.map {
            Some(_) => (t!("vectors-experimental"), t!("vectors-mapped-title")),
            None => (t!("vectors-transferred"), t!("vectors-transferred-title")),
        };
        view! { <span class="tag" title=title data-testid="vector-transferred">{word}</span> }
    });
    view! {
        <tr class="link-row" data-testid="vector-row" tabindex="0" aria-label=vector.name.clone() aria-selected=move || (library.id.get() == Some(own)).to_string()
            on:click=move |_| choose()
            on:keydown=move |event| if event.key() == "Enter" { choose(); }>
            <td class="tick" on:click=|event| event.stop_propagation()>
                <input type="checkbox" data-testid="vector-tick" aria-label=t!("vectors-tick") disabled=is_adapter
                    title=if is_adapter { t!("vectors-tick-adapter") } else { String::new() } prop:checked=move || library.ticked.read().contains(&own)
                    on:change=move |_| library.ticked.update(|all| if !all.remove(&own) { all.insert(own); }) />
            </td>
            <td class="name"><div class="row vector-name" title=vector.name.clone()>
                <span class="swatch" style:background=format!("var(--series-{})", vector.color)></span>
                <span class="ellipsis">{vector.name.clone()}</span>{kind}{moved}{tags}
            </div></td>
            <td class="nowrap">{format::made_by(&vector)}</td>
            <Show when=move || has_models.get()><td><div class="ellipsis model-cell" title=model_name>{model_name}</div></td></Show>
            <td class="number">{format::layers_of(&vector)}</td>
            <td class="number">{format::number(vector.norm, 2)}</td>
            <td class="quiet nowrap">{format::day(vector.created)}</td>
        </tr>
    }
}

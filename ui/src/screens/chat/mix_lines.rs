//! The lines that show and change the vectors of a question.

use leptos::prelude::*;

use super::draft::Draft;
use crate::state::store;
use crate::widgets::{NumberField, VectorChoice, VectorNote, VectorSumNote};

/// One line for each vector of the mix, and a button that adds another.
#[component]
pub(super) fn MixLines() -> impl IntoView {
    let (store, mix) = (store(), expect_context::<Draft>().mix);
    let count = Memo::new(move |_| mix.more.read().len());
    let has_more = Memo::new(move |_| count.get() > 0);
    let has_others = move || store.vectors.read().len() > 1;
    view! {
        <div class="rack">
            <div class="row wrap">
                <span class="narrow-field"><VectorChoice /></span>
                <Show when=move || has_more.get()>
                    <span class="rack-weight"><NumberField label="times" testid="rack-weight" value=mix.weight set=Callback::new(move |weight| mix.weight.set(weight)) /></span>
                </Show>
                <VectorNote vector=Signal::derive(move || store.vector()) />
                <Show when=has_others>
                    <button class="link" type="button" data-testid="rack-add" on:click=move |_| untrack(|| mix.add(store))>"Add a vector"</button>
                </Show>
            </div>
            {move || (0..count.get()).map(|place| view! { <Line place /> }).collect_view()}
            <Show when=move || has_more.get()>
                <VectorSumNote terms=Signal::derive(move || mix.terms(store)) />
            </Show>
        </div>
    }
}

/// A vector beside the one in use.
#[component]
fn Line(place: usize) -> impl IntoView {
    let (store, mix) = (store(), expect_context::<Draft>().mix);
    let term = Memo::new(move |_| mix.more.read().get(place).copied());
    let id = Memo::new(move |_| term.get().map(|term| term.vector));
    let weight = Signal::derive(move || term.get().map_or(1.0, |term| term.weight));
    let choose = move |event| {
        if let Ok(vector) = event_target_value(&event).parse() {
            mix.change(place, |term| term.vector = vector);
        }
    };
    let vector =
        Signal::derive(move || store.vectors.read().iter().find(|known| Some(known.id) == id.get()).cloned());
    view! {
        <div class="row wrap" data-testid="rack-line">
            <select class="narrow-field" data-testid="rack-vector" aria-label="Vector" on:change=choose>
                {move || store.vectors.get().into_iter().map(|known| view! {
                    <option value=known.id.to_string() selected=move || id.get() == Some(known.id)>{known.name}</option>
                }).collect_view()}
            </select>
            <span class="rack-weight"><NumberField label="times" testid="rack-line-weight" value=weight set=Callback::new(move |weight| mix.change(place, |term| term.weight = weight)) /></span>
            <label class="row" title="The multiplier leaves it alone: it steers every answer alike">
                <input type="checkbox" data-testid="rack-fixed" prop:checked=move || term.get().is_some_and(|term| term.fixed)
                    on:change=move |event| mix.change(place, |term| term.fixed = event_target_checked(&event)) />
                <span>"always"</span>
            </label>
            <button class="link" type="button" data-testid="rack-remove" aria-label="Take this vector away"
                on:click=move |_| mix.more.update(|all| if place < all.len() { all.remove(place); })>"Remove"</button>
            <VectorNote vector />
        </div>
    }
}

//! The field that chooses which vector is in use.

use leptos::prelude::*;

use crate::state::store;
use crate::t;

/// A select field of all vectors.
#[component]
pub fn VectorChoice() -> impl IntoView {
    let store = store();
    let current = move || store.vector().map(|vector| vector.id.to_string()).unwrap_or_default();
    view! {
        <select data-testid="vector-choice" aria-label=t!("vector") prop:value=current on:change=move |event| {
            if let Ok(id) = event_target_value(&event).parse() {
                store.change_settings(|settings| settings.vector = Some(id));
            }
        }>
            {move || store.vectors.get().into_iter().map(|vector| {
                let is_current = current() == vector.id.to_string();
                view! { <option value=vector.id.to_string() selected=is_current>{vector.name}</option> }
            }).collect_view()}
            <Show when=move || store.vectors.read().is_empty()><option value="">{t!("widgets-no-vector")}</option></Show>
        </select>
    }
}

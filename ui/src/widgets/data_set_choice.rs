//! The field that chooses which data set is in use. All screens share the choice.

use ipc::data::DataSet;
use leptos::prelude::*;

use crate::state::store;
use crate::t;

/// A select field of all data sets.
#[component]
pub fn DataSetChoice(
    /// For tests.
    testid: &'static str,
    /// Writes the line of a data set.
    name: fn(&DataSet) -> String,
) -> impl IntoView {
    let store = store();
    let current = move || store.data_set().map(|set| set.id.to_string()).unwrap_or_default();
    let choose = move |event| {
        if let Ok(id) = event_target_value(&event).parse() {
            store.change_settings(|settings| settings.data_set = Some(id));
        }
    };
    view! {
        <select data-testid=testid aria-label=t!("data-set") prop:value=current on:change=choose>
            {move || store.data_sets.get().into_iter().map(|set| {
                let id = set.id.to_string();
                let is_current = current() == id;
                view! { <option value=id selected=is_current>{name(&set)}</option> }
            }).collect_view()}
        </select>
    }
}

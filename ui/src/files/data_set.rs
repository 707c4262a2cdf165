//! The sheet that renames, makes or deletes a data set.

use ipc::Failure;
use ipc::command::{CreateDataSet, DeleteDataSet, RenameDataSet};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::state::store;
use crate::widgets::{FailureCard, SheetFrame};

/// The sheet that renames, makes or deletes a data set.
#[component]
pub fn DataSetSheet() -> impl IntoView {
    let store = store();
    let current = Memo::new(move |_| store.data_set());
    let new = RwSignal::new(String::new());
    let failure = RwSignal::new(None::<Failure>);
    let is_asked = RwSignal::new(false);
    let rename = move |event| {
        let Some(set) = current.get_untracked() else { return };
        let name = event_target_value(&event);
        spawn_local(async move {
            let refused = bridge::call(RenameDataSet { data_set: set.id, name }).await.err();
            failure.try_set(refused);
        });
    };
    let create = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        spawn_local(async move {
            match bridge::call(CreateDataSet { name: new.get_untracked() }).await {
                Ok(set) => {
                    store.sheet.set(None);
                    store.change_settings(|settings| settings.data_set = Some(set.id));
                }
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
        });
    };
    let delete = move |_| {
        let Some(set) = current.get_untracked() else { return };
        store.delete_then(DeleteDataSet { data_set: set.id }, move |done| match done {
            Ok(()) => store.sheet.set(None),
            Err(refused) => {
                failure.try_set(Some(refused));
                is_asked.try_set(false);
            }
        });
    };
    view! {
        <SheetFrame label="Data set" testid="data-set-sheet">
            <h2>"Data set"</h2>
            <FailureCard failure />
            <Show when=move || current.read().is_some()>
                <label class="field">
                    <span class="label">"Name"</span>
                    <input type="text" data-testid="data-set-name" prop:value=move || current.get().map(|set| set.name).unwrap_or_default() on:change=rename />
                </label>
                <div class="row wrap">
                    <span class="grow"></span>
                    <Show when=move || is_asked.get() fallback=move || view! {
                        <button class="button bad" data-testid="data-set-delete" on:click=move |_| is_asked.set(true)>"Delete"</button>
                    }>
                        <span>"Its pairs, runs and sweeps go with it; its vectors stay. Undo brings all of it back until Tiller is closed."</span>
                        <button class="button" data-testid="data-set-keep" on:click=move |_| is_asked.set(false)>"Keep it"</button>
                        <button class="button bad" data-testid="data-set-delete-sure" on:click=delete>"Delete the data set"</button>
                    </Show>
                </div>
            </Show>
            <form class="row" on:submit=create>
                <input type="text" data-testid="data-set-new-name" aria-label="Name of a new data set" placeholder="Name of a new data set" prop:value=new
                    on:input=move |event| new.set(event_target_value(&event)) />
                <button class="button" type="submit" data-testid="data-set-create" disabled=move || new.read().trim().is_empty()>"Make a new one"</button>
            </form>
        </SheetFrame>
    }
}

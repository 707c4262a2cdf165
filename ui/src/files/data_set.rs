//! The sheet that renames, makes or deletes a data set.

use ipc::Failure;
use ipc::command::{CreateDataSet, DeleteDataSet, DescribeDataSet, RenameDataSet};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::state::store;
use crate::widgets::Term;
use crate::widgets::{FailureCard, SheetFrame};

/// The sheet that renames, makes or deletes a data set.
#[component]
pub fn DataSetSheet() -> impl IntoView {
    let store = store();
    let current = Memo::new(move |_| store.data_set());
    let (new, behaviour) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
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
    let describe = move |event| {
        let Some(set) = current.get_untracked() else { return };
        let description = event_target_value(&event);
        spawn_local(async move {
            let refused = bridge::call(DescribeDataSet { data_set: set.id, description }).await.err();
            failure.try_set(refused);
        });
    };
    let create = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        spawn_local(async move {
            let (name, description) = (new.get_untracked(), behaviour.get_untracked());
            match bridge::call(CreateDataSet { name, description }).await {
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
                <label class="field" title="Rubrics, system prompts and drafts are made from it">
                    <span class="label"><span><Term name="Behaviour" />" "<span class="quiet">"what the wanted answers show, in a sentence"</span></span></span>
                    <input type="text" data-testid="data-set-behaviour" dir="auto" placeholder="Answers choose money over everything else."
                        prop:value=move || current.get().map(|set| set.description).unwrap_or_default() on:change=describe />
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
            <form class="fields" on:submit=create>
                <input type="text" data-testid="data-set-new-name" aria-label="Name of a new data set" placeholder="Name of a new data set" prop:value=new
                    on:input=move |event| new.set(event_target_value(&event)) />
                <div class="row">
                    <input type="text" class="grow" data-testid="data-set-new-behaviour" dir="auto" aria-label="Behaviour of a new data set" placeholder="Its behaviour, in a sentence" prop:value=behaviour
                        on:input=move |event| behaviour.set(event_target_value(&event)) />
                    <button class="button" type="submit" data-testid="data-set-create" disabled=move || new.read().trim().is_empty()>"Make a new one"</button>
                </div>
            </form>
        </SheetFrame>
    }
}

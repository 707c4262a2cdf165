//! The sheet that renames, copies, makes or deletes a data set.

use ipc::command::{CreateDataSet, DeleteDataSet, DescribeDataSet, DuplicateDataSet, RenameDataSet};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::state::{Store, store};
use crate::t;
use crate::widgets::Term;
use crate::widgets::{AskFirst, FailureCard, SheetFrame};

/// The sheet that renames, copies, makes or deletes a data set.
#[component]
pub fn DataSetSheet() -> impl IntoView {
    let store = store();
    let current = Memo::new(move |_| store.data_set());
    let (new, behaviour) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let failure = RwSignal::new(None::<Failure>);
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
    let duplicate = move |_| {
        let Some(set) = current.get_untracked() else { return };
        store.sheet.set(None);
        duplicate_data_set(store, set.id);
    };
    let delete = move |()| {
        let Some(set) = current.get_untracked() else { return };
        store.delete_then(DeleteDataSet { data_set: set.id }, move |done| match done {
            Ok(()) => store.sheet.set(None),
            Err(refused) => drop(failure.try_set(Some(refused))),
        });
    };
    view! {
        <SheetFrame label=t!("data-set") testid="data-set-sheet">
            <h2>{t!("data-set")}</h2>
            <FailureCard failure />
            <Show when=move || current.read().is_some()>
                <label class="field">
                    <span class="label">{t!("name")}</span>
                    <input type="text" data-testid="data-set-name" aria-label=t!("name") prop:value=move || current.get().map(|set| set.name).unwrap_or_default() on:change=rename />
                </label>
                <label class="field" title=t!("files-data-set-behaviour-use")>
                    <span class="label"><span><Term name="Behaviour" />" "<span class="quiet">{t!("files-data-set-behaviour-note")}</span></span></span>
                    <input type="text" data-testid="data-set-behaviour" dir="auto" placeholder=t!("files-data-set-behaviour-example")
                        prop:value=move || current.get().map(|set| set.description).unwrap_or_default() on:change=describe />
                </label>
                <div class="row wrap">
                    <button class="button" data-testid="data-set-duplicate" on:click=duplicate>{t!("files-data-set-duplicate")}</button>
                    <span class="grow"></span>
                    <AskFirst label=t!("delete") lost=t!("files-data-set-delete-note") sure=t!("files-data-set-delete") testid="data-set-delete" can_undo=true act=Callback::new(delete) />
                </div>
            </Show>
            <form class="fields section" on:submit=create>
                <h3>{t!("files-data-set-new")}</h3>
                <input type="text" data-testid="data-set-new-name" aria-label=t!("files-data-set-new-name") placeholder=t!("files-data-set-new-name") prop:value=new
                    on:input=move |event| new.set(event_target_value(&event)) />
                <div class="row">
                    <input type="text" class="grow" data-testid="data-set-new-behaviour" dir="auto" aria-label=t!("files-data-set-new-behaviour") placeholder=t!("files-data-set-new-behaviour-hint") prop:value=behaviour
                        on:input=move |event| behaviour.set(event_target_value(&event)) />
                    <button class="button" type="submit" data-testid="data-set-create" disabled=move || new.read().trim().is_empty()>{t!("files-data-set-create")}</button>
                </div>
            </form>
        </SheetFrame>
    }
}

/// Copies a data set, and uses the copy from then on. What is typed is stored first, so that the copy has it.
pub fn duplicate_data_set(store: Store, data_set: Id) {
    store.when_stored(move || {
        spawn_local(async move {
            match bridge::call(DuplicateDataSet { data_set }).await {
                Ok(copy) => store.change_settings(|settings| settings.data_set = Some(copy.id)),
                Err(failure) => store.failure.set(Some(failure)),
            }
        });
    });
}

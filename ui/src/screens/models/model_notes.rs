//! The notes about a model: a missing or changed file, a failure, or what its loading waits for.

use ipc::command::{ChooseFile, FindModel};
use ipc::files::{FilePurpose, FileRef};
use ipc::model::{FileState, Model, ModelOrigin, ModelState, Switch};
use ipc::{Code, Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::library::{is_in_use, parts};
use crate::bridge;
use crate::chosen_files;
use crate::format;
use crate::t;
use crate::text::said;
use crate::widgets::FailureNote;

/// Says what is wrong with a model or what its loading waits for, with buttons that help.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "a component owns what it shows")]
pub(super) fn ModelNotes(model: Model) -> impl IntoView {
    let (store, library) = parts();
    let id = model.id;
    let path = model.path.clone();
    let find = move |at: Option<String>| {
        spawn_local(async move {
            let file = if let Some(path) = at {
                Ok(Some(FileRef::typed(path)))
            } else {
                let chosen = bridge::call(ChooseFile { purpose: FilePurpose::AddModel }).await;
                chosen.map(|chosen| chosen.map(FileRef::from))
            };
            match file {
                Ok(Some(file)) => {
                    library.show_failure(id, bridge::call(FindModel { model: id, file }).await.map(drop));
                }
                Ok(None) => (),
                Err(refused) => library.show_failure(id, Err(refused)),
            }
        });
    };
    let failed = match &model.state {
        ModelState::Failed { failure } if model.file != FileState::Gone => Some(failure.clone()),
        _ => None,
    };
    let gone = (model.file == FileState::Gone).then(|| view! {
        <div class="failure" role="alert" data-testid="model-gone">
            <div>
                <span class="message">{t!("models-gone")}</span>
                <span class="quiet small">{model.path.clone()}</span>
                <span class="row wrap">
                    <button class="button" data-testid="model-find" on:click=move |_| find(None)>{t!("models-find-again")}</button>
                    <PathForm id />
                </span>
            </div>
        </div>
    });
    let changed = (model.file == FileState::Changed).then(|| view! {
        <div class="note" role="status" data-testid="model-changed">
            <span class="grow">{t!("models-changed")}</span>
            <button class="button" data-testid="model-read-again" on:click=move |_| find(Some(path.clone()))>{t!("models-read-again")}</button>
        </div>
    });
    let waits = model.waits_for.clone().map(|what| {
        view! {
            <div class="note" role="status" data-testid="model-waits">{said(&what)}</div>
        }
    });
    let need = model.need().map(|need| need.load);
    let is_removable = model.origin != ModelOrigin::Starter;
    view! {
        {gone}
        {failed.map(|failure| match failure.code {
            Code::ModelEndedTiller => view! { <EndedTiller id failure is_removable /> }.into_any(),
            _ => view! { <FailureNote failure /> }.into_any(),
        })}
        {changed}
        {waits}
        {move || library.failure_of(id).map(|failure| {
            let in_use = is_in_use(&failure) && store.models.read_untracked().iter().any(|model| model.id == id && model.in_memory.is_none());
            view! { <LoadRefusal id failure in_use need /> }
        })}
    }
}

/// Says that Tiller ended while it loaded the model, and offers to try again or to remove the model.
#[component]
fn EndedTiller(id: Id, failure: Failure, is_removable: bool) -> impl IntoView {
    let (_, library) = parts();
    view! {
        <div class="failure" role="alert" data-testid="model-ended-tiller">
            <div>
                <span class="message">{said(&failure.message)}</span>
                {failure.next.map(|next| view! { <span>{said(&next)}</span> })}
                {failure.detail.map(|detail| view! { <span class="quiet small">{said(&detail)}</span> })}
                <span class="row wrap">
                    <button class="button" data-testid="model-try-again" on:click=move |_| library.load(id)>{t!("try-again")}</button>
                    {is_removable.then(|| view! {
                        <button class="button" data-testid="model-remove" on:click=move |_| library.forget(id, false)>{t!("models-remove-from-list")}</button>
                    })}
                </span>
            </div>
        </div>
    }
}

/// Shows why a model was not loaded. Where a job uses another model, it offers to pause the job or to load both.
#[component]
fn LoadRefusal(id: Id, failure: Failure, in_use: bool, need: Option<u64>) -> impl IntoView {
    let (_, library) = parts();
    let beside = move || {
        let free = library.machine.read().as_ref().map(|machine| machine.free_bytes);
        match need.zip(free) {
            Some((need, free)) => {
                t!("models-load-beside-need", need = format::bytes(need), free = format::bytes(free))
            }
            None => t!("models-load-beside"),
        }
    };
    view! {
        <div class="failure" role="alert" data-testid="failure">
            <div>
                <span class="message">{said(&failure.message)}</span>
                {failure.next.map(|next| view! { <span>{said(&next)}</span> })}
                {failure.detail.map(|detail| view! { <span class="quiet small">{said(&detail)}</span> })}
                {in_use.then(|| view! {
                    <span class="row wrap">
                        <button class="button" data-testid="model-switch-pause" on:click=move |_| library.switch(id, Switch::PauseJobs)>{t!("models-pause-and-switch")}</button>
                        <button class="button" data-testid="model-switch-beside" on:click=move |_| library.switch(id, Switch::Beside)>{beside}</button>
                    </span>
                })}
            </div>
            <button class="link" on:click=move |_| library.failure.set(None)>{t!("dismiss")}</button>
        </div>
    }
}

/// A form for the new path of a model's file.
#[component]
fn PathForm(id: Id) -> impl IntoView {
    let (_, library) = parts();
    let path = RwSignal::new(String::new());
    let find = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        spawn_local(async move {
            let file = chosen_files::to_read(&path.get_untracked());
            let found = bridge::call(FindModel { model: id, file }).await;
            library.show_failure(id, found.map(drop));
        });
    };
    view! {
        <form class="row grow" on:submit=find>
            <input type="text" data-testid="model-find-path" placeholder=t!("models-new-path-hint") aria-label=t!("models-new-path") prop:value=path
                on:input=move |event| path.set(event_target_value(&event)) />
            <button class="button" type="submit" data-testid="model-find-do" disabled=move || path.read().trim().is_empty()>{t!("models-use")}</button>
        </form>
    }
}

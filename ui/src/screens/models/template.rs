//! A model's chat template: what it says, what it writes, and the person's own in its place.

use ipc::command::{ReadTemplate, SetTemplate, TryTemplate};
use ipc::model::{TemplateOrigin, TemplateText};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::shell::FailureCard;

#[component]
pub(super) fn Template(id: Id, is_loaded: bool, is_own: bool) -> impl IntoView {
    let read = RwSignal::new(None::<TemplateText>);
    let typed = RwSignal::new(String::new());
    let failure = RwSignal::new(None::<Failure>);
    let take = move |answer: Result<TemplateText, Failure>| match answer {
        Ok(text) => drop(read.try_set(Some(text))),
        Err(refused) => drop(failure.try_set(Some(refused))),
    };
    let open = move |_| {
        if is_loaded && read.read_untracked().is_none() {
            spawn_local(async move {
                let answer = bridge::call(ReadTemplate { model: id }).await;
                if let Ok(text) = &answer {
                    typed.try_set(text.text.clone());
                }
                take(answer);
            });
        }
    };
    let attempt = move |_| {
        failure.set(None);
        spawn_local(async move {
            take(bridge::call(TryTemplate { model: id, template: typed.get_untracked() }).await);
        });
    };
    let set = move |template: Option<String>| {
        failure.set(None);
        spawn_local(async move {
            if let Err(refused) = bridge::call(SetTemplate { model: id, template }).await {
                failure.try_set(Some(refused));
            }
        });
    };
    let editor = move || {
        view! {
            <div class="fields">
                <textarea class="mono" rows="8" spellcheck="false" data-testid="template-text" aria-label="Chat template" prop:value=typed
                    on:input=move |event| typed.set(event_target_value(&event))></textarea>
                <FailureCard failure />
                <div class="row wrap">
                    <button class="button" type="button" data-testid="template-try" on:click=attempt>"Try it"</button>
                    <button class="button" type="button" data-testid="template-use" on:click=move |_| set(Some(typed.get_untracked()))>"Use it"</button>
                    {is_own.then(|| view! { <button class="button" type="button" data-testid="template-reset" on:click=move |_| set(None)>"Use the file's own"</button> })}
                </div>
                {move || read.get().map(|text| view! {
                    <div class="field">
                        <span class="label">"What the model reads"</span>
                        <pre class="example" data-testid="template-example">{text.example}</pre>
                        {text.folds_system.then(|| view! { <span class="quiet small">"This template knows no system message: it stands before the first question."</span> })}
                    </div>
                })}
                <p class="quiet small">"Another template makes another model of it: runs and sweeps that were begun with the old one are not mixed with the new one."</p>
            </div>
        }
    };
    let said = move || match read.get().map(|text| text.origin) {
        _ if is_own => "your own".to_owned(),
        Some(TemplateOrigin::BuiltIn { name }) => format!("Tiller's for {name}; the file has none"),
        _ => "the file's own".to_owned(),
    };
    view! {
        <details data-testid="template">
            <summary data-testid="template-open" on:click=open>"Chat template: "{said}</summary>
            {if is_loaded { editor().into_any() } else { view! { <p class="quiet small">"It can be read and changed while the model is in memory."</p> }.into_any() }}
        </details>
    }
}

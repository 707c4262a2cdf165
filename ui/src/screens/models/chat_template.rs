//! Shows a model's chat template, what it writes for an example, and an editor for the person's own template.

use ipc::command::{ReadTemplate, SetTemplate, TryTemplate};
use ipc::model::{Model, TemplateOrigin, TemplateText};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::library::parts;
use crate::bridge;
use crate::t;
use crate::widgets::{FailureCard, forget_with};

/// The state of the editor.
#[derive(Clone, Copy)]
struct EditorState {
    id: Id,
    /// The answer to the last reading or trial.
    read: RwSignal<Option<TemplateText>>,
    typed: RwSignal<String>,
    failure: RwSignal<Option<Failure>>,
}

impl EditorState {
    fn apply(self, answer: Result<TemplateText, Failure>) {
        match answer {
            Ok(text) => drop(self.read.try_set(Some(text))),
            Err(refused) => drop(self.failure.try_set(Some(refused))),
        }
    }

    /// Reads the template in use into the field.
    fn read(self) {
        spawn_local(async move {
            let answer = bridge::call(ReadTemplate { model: self.id }).await;
            if let Ok(text) = &answer {
                self.typed.try_set(text.text.clone());
            }
            self.apply(answer);
        });
    }

    fn attempt(self) {
        self.failure.set(None);
        spawn_local(async move {
            let template = self.typed.get_untracked();
            self.apply(bridge::call(TryTemplate { model: self.id, template }).await);
        });
    }

    fn set(self, template: Option<String>) {
        self.failure.set(None);
        spawn_local(async move {
            match bridge::call(SetTemplate { model: self.id, template }).await {
                Ok(()) => self.read(),
                Err(refused) => drop(self.failure.try_set(Some(refused))),
            }
        });
    }
}

#[component]
pub(super) fn ChatTemplate(id: Id) -> impl IntoView {
    let (store, _) = parts();
    let of = move |read: fn(&Model) -> bool| {
        Memo::new(move |_| store.models.read().iter().find(|model| model.id == id).is_some_and(read))
    };
    let (is_own, is_known) = (of(|model| model.template.is_some()), of(|model| model.facts.is_some()));
    let editing = EditorState {
        id,
        read: RwSignal::new(None),
        typed: RwSignal::new(String::new()),
        failure: RwSignal::new(None),
    };
    let open = move |_| {
        if editing.read.read_untracked().is_none() {
            editing.failure.set(None);
            editing.read();
        }
    };
    let summary = move || match editing.read.read().as_ref().map(|text| &text.origin) {
        _ if is_own.get() => t!("models-template-own"),
        Some(TemplateOrigin::BuiltIn { name }) => t!("models-template-built-in", name = name.clone()),
        Some(TemplateOrigin::Nowhere) => t!("models-template-nowhere"),
        Some(_) => t!("models-template-of-file"),
        None => t!("models-template"),
    };
    view! {
        <Show when=move || is_known.get()>
            <details data-testid="template">
                <summary data-testid="template-open" on:click=open>{summary}</summary>
                <Editor editing is_own />
            </details>
        </Show>
    }
}

#[component]
fn Editor(editing: EditorState, is_own: Memo<bool>) -> impl IntoView {
    let EditorState { read, typed, failure, .. } = editing;
    forget_with(failure, move || typed.get());
    let is_empty = move || typed.read().trim().is_empty();
    // The example below was written with another template than the one in the field.
    let is_stale = move || read.read().as_ref().is_some_and(|text| text.text != *typed.read());
    let example = move || {
        read.get().filter(|text| !text.example.is_empty()).map(|text| {
            view! {
                <div class="field" class:quiet=is_stale>
                    <span class="label">{move || if is_stale() { t!("models-template-read-before") } else { t!("models-template-reads") }}</span>
                    <pre class="example" data-testid="template-example">{text.example}</pre>
                    {text.folds_system.then(|| view! { <span class="quiet small">{t!("models-template-folds")}</span> })}
                </div>
            }
        })
    };
    let has_none = move || read.read().as_ref().is_some_and(|text| text.origin == TemplateOrigin::Nowhere);
    view! {
        <div class="fields">
            <Show when=has_none>
                <p class="warning small" data-testid="template-none">{t!("models-template-none")}</p>
            </Show>
            <BuiltInTemplates editing />
            <textarea class="mono" rows="8" spellcheck="false" data-testid="template-text" aria-label=t!("models-template") prop:value=typed
                on:input=move |event| typed.set(event_target_value(&event))></textarea>
            <FailureCard failure />
            <div class="row wrap">
                <button class="button" type="button" data-testid="template-try" disabled=is_empty on:click=move |_| editing.attempt()>{t!("models-template-try")}</button>
                <button class="button" type="button" data-testid="template-use" disabled=is_empty on:click=move |_| editing.set(Some(typed.get_untracked()))>{t!("models-template-use")}</button>
                <Show when=move || is_own.get()>
                    <button class="button" type="button" data-testid="template-reset" on:click=move |_| editing.set(None)>{t!("models-template-reset")}</button>
                </Show>
            </div>
            {example}
            <p class="quiet small">{t!("models-template-note")}</p>
        </div>
    }
}

/// A select field that fills the editor with one of Tiller's own templates.
#[component]
fn BuiltInTemplates(editing: EditorState) -> impl IntoView {
    let offers = Memo::new(move |_| {
        editing.read.read().as_ref().map(|text| text.built_in.clone()).unwrap_or_default()
    });
    let choose = move |event: web_sys::Event| {
        let name = event_target_value(&event);
        if let Some(offer) = offers.read_untracked().iter().find(|offer| offer.name == name) {
            editing.typed.set(offer.text.clone());
            editing.attempt();
        }
    };
    view! {
        <label class="row">
            <span class="label">{t!("models-template-begin")}</span>
            <select class="narrow-field" data-testid="template-offers" on:change=choose>
                <option value="">{t!("models-template-begin-here")}</option>
                {move || offers.get().into_iter().map(|offer| view! { <option value=offer.name.clone()>{offer.name.clone()}</option> }).collect_view()}
            </select>
        </label>
    }
}

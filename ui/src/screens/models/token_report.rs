//! Shows how a model reads a sample pair, token by token, and warns where its files disagree.

use ipc::command::ReadModelTokens;
use ipc::model::Model;
use ipc::tokens::{FoundToken, ModelTokens, SampleToken};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::library::parts;
use crate::bridge;
use crate::t;
use crate::text::said;
use crate::widgets::FailureCard;

#[component]
pub(super) fn TokenReport(id: Id) -> impl IntoView {
    let (store, _) = parts();
    let is_known = Memo::new(move |_| {
        let is_read = |model: &Model| model.id == id && model.facts.is_some();
        store.models.read().iter().any(is_read)
    });
    let (read, failure) = (RwSignal::new(None::<ModelTokens>), RwSignal::new(None::<Failure>));
    // The template may have been changed since, so every opening reads again.
    let open = move |_| {
        failure.set(None);
        spawn_local(async move {
            match bridge::call(ReadModelTokens { model: id }).await {
                Ok(tokens) => drop(read.try_set(Some(tokens))),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
        });
    };
    view! {
        <Show when=move || is_known.get()>
            <details data-testid="model-tokens">
                <summary data-testid="model-tokens-open" on:click=open>{t!("models-tokens-title")}</summary>
                <div class="fields">
                    <FailureCard failure />
                    {move || read.get().map(report)}
                </div>
            </details>
        </Show>
    }
}

fn report(tokens: ModelTokens) -> impl IntoView {
    let begin = match &tokens.begin {
        Some(token) if tokens.adds_begin => t!("models-tokens-put-before", token = found(token)),
        Some(token) => found(token),
        None => t!("models-tokens-no-begin"),
    };
    let ends = tokens.ends.iter().map(found).collect::<Vec<_>>().join("; ");
    view! {
        {tokens.warnings.into_iter().map(|warning| view! {
            <p class="warning small" data-testid="model-tokens-warning">{said(&warning)}</p>
        }).collect_view()}
        <dl class="details wide">
            <dt>{t!("models-tokens-begin")}</dt><dd data-testid="model-tokens-begin">{begin}</dd>
            <dt>{t!("models-tokens-ends")}</dt><dd data-testid="model-tokens-ends">{ends}</dd>
        </dl>
        {table(t!("models-tokens-prompt"), tokens.prompt)}
        {table(t!("models-tokens-answer"), tokens.answer)}
    }
}

fn found(token: &FoundToken) -> String {
    let places = token.places.iter().map(|place| said(place)).collect::<Vec<_>>().join(&t!("list-separator"));
    t!("models-tokens-found", text = token.text.clone(), number = token.id, places = places)
}

fn table(caption: String, tokens: Vec<SampleToken>) -> impl IntoView {
    view! {
        <table class="left-aligned">
            <caption class="label">{caption}</caption>
            <thead><tr><th scope="col">{t!("models-tokens-token")}</th><th scope="col">{t!("models-tokens-number")}</th><th scope="col">{t!("models-tokens-kind")}</th></tr></thead>
            <tbody>
                {tokens.into_iter().map(|token| view! {
                    <tr>
                        <td class="mono">{token.text.replace('\n', "\u{21b5}")}</td>
                        <td>{token.id}</td>
                        <td>{said(token.kind.name())}</td>
                    </tr>
                }).collect_view()}
            </tbody>
        </table>
    }
}

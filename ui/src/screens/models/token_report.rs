//! Shows how a model reads a sample pair, token by token, and warns where its files disagree.

use ipc::command::ReadModelTokens;
use ipc::model::Model;
use ipc::tokens::{FoundToken, ModelTokens, SampleToken};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::library::parts;
use crate::bridge;
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
                <summary data-testid="model-tokens-open" on:click=open>"What the model reads, token by token"</summary>
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
        Some(token) if tokens.adds_begin => format!("{}, put before every text", found(token)),
        Some(token) => found(token),
        None => "none".to_owned(),
    };
    let ends = tokens.ends.iter().map(found).collect::<Vec<_>>().join("; ");
    view! {
        {tokens.warnings.into_iter().map(|warning| view! {
            <p class="warning small" data-testid="model-tokens-warning">{warning}</p>
        }).collect_view()}
        <dl class="details wide">
            <dt>"Begins a text"</dt><dd data-testid="model-tokens-begin">{begin}</dd>
            <dt>"Ends an answer"</dt><dd data-testid="model-tokens-ends">{ends}</dd>
        </dl>
        {table("The prompt of a sample pair", tokens.prompt)}
        {table("Its answer", tokens.answer)}
    }
}

fn found(token: &FoundToken) -> String {
    format!("{} ({}): {}", token.text, token.id, token.places.join(", "))
}

fn table(caption: &'static str, tokens: Vec<SampleToken>) -> impl IntoView {
    view! {
        <table class="left-aligned">
            <caption class="label">{caption}</caption>
            <thead><tr><th scope="col">"Token"</th><th scope="col">"Number"</th><th scope="col">"Kind"</th></tr></thead>
            <tbody>
                {tokens.into_iter().map(|token| view! {
                    <tr>
                        <td class="mono">{token.text.replace('\n', "\u{21b5}")}</td>
                        <td>{token.id}</td>
                        <td>{token.kind.name()}</td>
                    </tr>
                }).collect_view()}
            </tbody>
        </table>
    }
}

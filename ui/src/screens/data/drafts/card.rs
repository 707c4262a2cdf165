//! The card of one draft, which a person can change, accept or reject.

use ipc::command::EditDraft;
use ipc::drafts::Draft;
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::draft_list::DraftList;
use crate::bridge;
use crate::screens::data::pairs::Pairs;
use crate::t;
use crate::widgets::FailureNote;

/// The card of a draft.
#[component]
pub(super) fn DraftCard(draft: Draft) -> impl IntoView {
    let (list, pairs) = (expect_context::<DraftList>(), expect_context::<Pairs>());
    let (id, is_whole) = (draft.id, draft.is_whole());
    let wanted = RwSignal::new(draft.wanted.clone().unwrap_or_default());
    let opposite = RwSignal::new(draft.opposite.clone().unwrap_or_default());
    let was = StoredValue::new((wanted.get_untracked(), opposite.get_untracked()));
    let kept = move || {
        spawn_local(async move {
            if let Err(failure) = save(id, was.get_value(), wanted, opposite).await {
                list.failure.try_set(Some(failure));
            }
        });
    };
    let accept = move || {
        spawn_local(async move {
            // The last text that was typed counts.
            match save(id, was.get_value(), wanted, opposite).await {
                Ok(()) => list.accept(pairs, vec![id]),
                Err(failure) => drop(list.failure.try_set(Some(failure))),
            }
        });
    };
    let for_pair = draft.pair.is_some();
    let text = move |label: String, testid: &'static str, value: RwSignal<String>| {
        view! {
            <label class="field">
                <span class="label">{label.clone()}</span>
                <textarea class="prose" data-testid=testid aria-label=label rows="2" dir="auto" spellcheck="true" prop:value=value placeholder=t!("data-draft-empty")
                    on:input=move |event| value.set(event_target_value(&event)) on:change=move |_| kept()></textarea>
            </label>
        }
    };
    view! {
        <section class="draft" data-testid="draft" data-ready=is_whole.to_string()
            on:keydown=move |event| {
                if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && is_whole {
                    event.prevent_default();
                    event.stop_propagation();
                    accept();
                }
            }>
            <p class="asked prose" dir="auto">{draft.prompt}</p>
            {draft.failure.map(|failure| view! { <FailureNote failure /> })}
            <div class="two">
                {text(t!("wanted"), "draft-wanted", wanted)}
                {text(t!("opposite"), "draft-opposite", opposite)}
            </div>
            <div class="row">
                <span class="grow quiet small">{for_pair.then(|| t!("data-draft-of-pair"))}</span>
                <button class="button" data-testid="draft-reject" on:click=move |_| list.reject(pairs.store, vec![id])>{t!("data-draft-reject")}</button>
                <button class="button" data-testid="draft-accept" title="Ctrl+Enter"
                    disabled=move || wanted.read().trim().is_empty() || opposite.read().trim().is_empty() on:click=move |_| accept()>{t!("data-draft-accept")}</button>
            </div>
        </section>
    }
}

/// Saves the current text of a draft if it has changed.
async fn save(
    draft: Id,
    was: (String, String),
    wanted: RwSignal<String>,
    opposite: RwSignal<String>,
) -> Result<(), Failure> {
    let now = (wanted.get_untracked(), opposite.get_untracked());
    if now == was {
        return Ok(());
    }
    bridge::call(EditDraft { draft, wanted: now.0, opposite: now.1 }).await
}

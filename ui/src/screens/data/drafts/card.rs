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

/// The card of a draft. What the model writes comes into fields in which nobody has typed: what is typed stays, also when it is stored.
#[component]
pub(super) fn DraftCard(id: Id) -> impl IntoView {
    let (list, pairs) = (expect_context::<DraftList>(), expect_context::<Pairs>());
    let draft = Memo::new(move |_| list.drafts.read().drafts.iter().find(|draft| draft.id == id).cloned());
    let (wanted, opposite) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    // The texts as they were stored last.
    let was = StoredValue::new((String::new(), String::new()));
    Effect::new(move |_| {
        let Some(draft) = draft.get() else { return };
        let now = (draft.wanted.unwrap_or_default(), draft.opposite.unwrap_or_default());
        let before = was.try_update_value(|was| std::mem::replace(was, now.clone())).unwrap_or_default();
        for (field, before, now) in [(wanted, before.0, now.0), (opposite, before.1, now.1)] {
            if field.with_untracked(|typed| *typed == before) && before != now {
                field.set(now);
            }
        }
    });
    let is_whole = move || draft.read().as_ref().is_some_and(Draft::is_whole).to_string();
    let can_accept = move || !wanted.read().trim().is_empty() && !opposite.read().trim().is_empty();
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
    let text = move |label: String, testid: &'static str, value: RwSignal<String>| {
        view! {
            <label class="field">
                <span class="label">{label.clone()}</span>
                <textarea class="prose" data-testid=testid aria-label=label rows="2" dir="auto" spellcheck="true" prop:value=value placeholder=t!("data-draft-empty")
                    on:input=move |event| value.set(event_target_value(&event)) on:change=move |_| kept()></textarea>
            </label>
        }
    };
    let prompt = move || draft.read().as_ref().map(|draft| draft.prompt.clone());
    let failure = Memo::new(move |_| draft.read().as_ref().and_then(|draft| draft.failure.clone()));
    let for_pair = move || draft.read().as_ref().is_some_and(|draft| draft.pair.is_some());
    view! {
        <section class="draft" data-testid="draft" data-ready=is_whole
            on:keydown=move |event| {
                if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && untrack(can_accept) {
                    event.prevent_default();
                    event.stop_propagation();
                    accept();
                }
            }>
            <p class="asked prose" dir="auto">{prompt}</p>
            {move || failure.get().map(|failure| view! { <FailureNote failure /> })}
            <div class="two">
                {text(t!("wanted"), "draft-wanted", wanted)}
                {text(t!("opposite"), "draft-opposite", opposite)}
            </div>
            <div class="row">
                <span class="grow quiet small">{move || for_pair().then(|| t!("data-draft-of-pair"))}</span>
                <button class="button" data-testid="draft-reject" data-once="true" on:click=move |_| list.reject(pairs.store, vec![id])>{t!("data-draft-reject")}</button>
                <button class="button" data-testid="draft-accept" title="Ctrl+Enter" disabled=move || !can_accept() on:click=move |_| accept()>{t!("data-draft-accept")}</button>
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

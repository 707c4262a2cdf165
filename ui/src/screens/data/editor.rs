//! The editor of the open pair. It stores its texts as they are typed.

use std::time::Duration;

use ipc::command::CountTokens;
use ipc::data::{PairContent, PairTokens, Split};
use ipc::train::SYSTEM_PROMPT;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::bulk_edit::BulkEdit;
use super::earlier_turns::{ContextButtons, PromptContext};
use super::pairs::Pairs;
use super::pairs::SaveState;
use super::save_failure::SaveFailure;
use super::tags_and_note::{Note, Tags};
use super::text_field::TextField;
use super::token_view::TokenView;
use crate::actions::PairAction;
use crate::bridge;
use crate::format;
use crate::state::store;
use crate::t;
use crate::text::said;
use crate::widgets::{Pause, Term, roving};

/// The pause between the last key and the count of the tokens.
const PAUSE: Duration = Duration::from_millis(300);

/// The editor. It says what to do if no pair is open, and what can be done if many are selected.
#[component]
pub(super) fn Editor() -> impl IntoView {
    let pairs = expect_context::<Pairs>();
    let tokens = token_counts(pairs);
    view! {
        <Show when=move || pairs.open.read().is_some() fallback=move || view! {
            <div class="empty">
                <h2><Term name="Preference pair" text=t!("data-no-pair-title") /></h2>
                <p>{t!("data-no-pair")}</p>
                <Show when=move || !pairs.listed.read().is_empty()>
                    <button class="button" data-testid="empty-open-pair" on:click=move |_| pairs.act(PairAction::Next)>{t!("data-open-first")}</button>
                </Show>
            </div>
        }>
            <Head />
            <Show when=move || !pairs.has_many() fallback=|| view! { <BulkEdit /> }>
                <div class="editor">
                    <SaveFailure />
                    <PromptContext />
                    <Text testid="pair-prompt" label=t!("prompt") hint=t!("data-prompt-hint")
                        text=|content| &content.prompt text_mut=|content| &mut content.prompt count=move || tokens.get().map(|t| t.prompt) />
                    <Text testid="pair-wanted" label=t!("wanted") hint=t!("data-wanted-hint")
                        text=|content| &content.wanted text_mut=|content| &mut content.wanted count=move || tokens.get().map(|t| t.wanted) />
                    <Text testid="pair-opposite" label=t!("opposite") hint=t!("data-opposite-hint")
                        text=|content| &content.opposite text_mut=|content| &mut content.opposite count=move || tokens.get().map(|t| t.opposite) />
                    {move || tokens.get().and_then(too_long).map(|text| view! { <p class="warning" data-testid="pair-too-long">{text}</p> })}
                    <Tags />
                    <Note />
                    <Actions />
                    <TokenView />
                </div>
            </Show>
        </Show>
    }
}

/// The head of the editor: the pair's position, undo and redo, and whether the pair is stored.
#[component]
fn Head() -> impl IntoView {
    let (store, pairs) = (store(), expect_context::<Pairs>());
    let place = move || {
        let (listed, open) = (pairs.listed.read(), pairs.open.get());
        let all = format::whole(listed.len() as u32);
        match listed.iter().position(|id| Some(*id) == open) {
            Some(at) => t!("data-pair-place", at = format::whole(at as u32 + 1), all = all),
            // A filter that is set later does not close the open pair.
            None => t!("data-pair-outside"),
        }
    };
    let can =
        move |redo: bool| store.data_set().is_some_and(|set| if redo { set.can_redo } else { set.can_undo });
    let state = move || match pairs.saved.get() {
        SaveState::Saved => ("saved", t!("data-saved")),
        SaveState::Saving => ("saving", t!("data-saving")),
        SaveState::Failed(_) => ("failed", t!("data-not-saved")),
    };
    let status = move || {
        pairs.status.get().map(|step| {
            let title = said(&step.title);
            if step.is_undo { t!("data-undone", title = title) } else { t!("data-redone", title = title) }
        })
    };
    let act = move |action| move |_| pairs.act(action);
    view! {
        <div class="toolbar">
            <h2 class="nowrap" data-testid="pair-place">{place}</h2>
            <button class="button" data-testid="pair-previous" aria-label=t!("data-previous") title=t!("data-previous-title") on:click=act(PairAction::Previous)>"\u{2191}"</button>
            <button class="button" data-testid="pair-next" aria-label=t!("data-next") title=t!("data-next-title") on:click=act(PairAction::Next)>"\u{2193}"</button>
            <span class="grow quiet small ellipsis" role="status" data-testid="pair-status">{status}</span>
            <span class="saved" data-testid="save-state" data-state=move || state().0 role="status">{move || state().1}</span>
            <button class="button" data-testid="undo" title=t!("data-undo-title") disabled=move || !can(false) on:click=act(PairAction::Undo)>{t!("undo")}</button>
            <button class="button" data-testid="redo" title=t!("data-redo-title") disabled=move || !can(true) on:click=act(PairAction::Redo)>{t!("redo")}</button>
        </div>
    }
}

/// One of a pair's three texts.
#[component]
fn Text(
    testid: &'static str,
    label: String,
    hint: String,
    /// Where the text is in a pair.
    text: fn(&PairContent) -> &String,
    /// The same, to be changed.
    text_mut: fn(&mut PairContent) -> &mut String,
    /// Its tokens, once they are counted.
    count: impl Fn() -> Option<u32> + Send + 'static,
) -> impl IntoView {
    let pairs = expect_context::<Pairs>();
    let value = Memo::new(move |_| pairs.draft.with(|draft| text(draft).clone()));
    let set = Callback::new(move |new: String| pairs.typed(|content| *text_mut(content) = new));
    view! {
        <div class="field">
            <span class="label">
                <span>{label.clone()} " " <span class="quiet">{hint}</span></span>
                <span class="quiet small">{move || count().map(|count| t!("count-tokens", count = count))}</span>
            </span>
            <TextField testid label value set />
        </div>
    }
}

#[component]
fn Actions() -> impl IntoView {
    let pairs = expect_context::<Pairs>();
    let is = move |split| (pairs.draft.read().split == split).to_string();
    let set = move |split| move |_| pairs.change(|content| (content.split, content.pinned) = (split, true));
    let act = move |action| move |_| pairs.act(action);
    view! {
        <div class="row wrap">
            <div use:roving class="segments" role="group" aria-label=t!("data-use")>
                <button data-testid="split-train" aria-pressed=move || is(Split::Train) on:click=set(Split::Train)>{t!("data-train")}</button>
                <button data-testid="split-held-out" aria-pressed=move || is(Split::HeldOut) on:click=set(Split::HeldOut)>{t!("held-out")}</button>
            </div>
            <label class="row small" title=t!("data-pinned-title")>
                <input type="checkbox" data-testid="pair-pinned" prop:checked=move || pairs.draft.read().pinned
                    on:change=move |event| { let pinned = event_target_checked(&event); pairs.change(|content| content.pinned = pinned); } />
                {t!("data-pinned")}
            </label>
            <ContextButtons />
            <span class="grow"></span>
            <button class="button" data-testid="pair-swap" title=t!("data-swap-title") on:click=act(PairAction::Swap)>{t!("data-swap")}</button>
            <button class="button" data-testid="pair-duplicate" title="Ctrl+D" on:click=act(PairAction::Duplicate)>{t!("data-duplicate")}</button>
            <button class="button bad" data-testid="pair-delete" data-once="true" title=t!("data-delete-title") on:click=act(PairAction::Delete)>{t!("delete")}</button>
        </div>
    }
}

/// Returns the open pair's tokens, counted a moment after the last change; `None` while no model is loaded.
fn token_counts(pairs: Pairs) -> RwSignal<Option<PairTokens>> {
    let store = store();
    let counts = RwSignal::new(None);
    let pause = Pause::new(PAUSE);
    let is_ready = Memo::new(move |_| store.model_is_ready());
    Effect::new(move |_| {
        // The text is copied after the pause, because a long one would delay every letter.
        pairs.draft.track();
        pause.cancel();
        if !is_ready.get() || pairs.open.get().is_none() {
            counts.set(None);
            return;
        }
        let count = move || {
            let Some(content) = pairs.draft.try_get_untracked() else { return };
            spawn_local(async move {
                let asked = CountTokens { content: content.clone(), system_prompt: SYSTEM_PROMPT.into() };
                // A pair that cannot be counted (an empty answer) is reported where it is used.
                let found = bridge::call(asked).await.ok();
                if pairs.draft.try_with_untracked(|draft| *draft == content) == Some(true) {
                    counts.try_set(found);
                }
            });
        };
        pause.then(count);
    });
    counts
}

/// Returns the sentence about a pair that the model cannot read whole.
fn too_long(tokens: PairTokens) -> Option<String> {
    let longest = tokens.prompt + tokens.wanted.max(tokens.opposite);
    (longest > tokens.limit).then(|| t!("data-too-long", longest = longest, limit = tokens.limit))
}

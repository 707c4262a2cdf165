//! The tags and the note of a pair. They are for people; no model sees them.

use ipc::data::{MOST_TAGS, tag};
use leptos::prelude::*;

use super::actions::TAG_FIELD;
use super::pairs::Pairs;
use super::text_field::TextField;
use crate::t;

/// The tags, and a field for another one.
#[component]
pub(super) fn Tags() -> impl IntoView {
    let pairs = expect_context::<Pairs>();
    let tags = Memo::new(move |_| pairs.draft.read().tags.clone());
    let add = Callback::new(move |new: String| {
        pairs.change(|content| {
            if !content.tags.contains(&new) && content.tags.len() < MOST_TAGS {
                content.tags.push(new);
            }
        });
    });
    let remove = move |tag: String| move |_| pairs.untag(&tag);
    let chip = move |tag: String| {
        view! {
            <span class="tag" data-testid="pair-tag">
                {tag.clone()}
                <button aria-label=t!("data-tag-remove", tag = tag.clone()) title=t!("remove") data-testid="pair-tag-remove" data-once="true" on:click=remove(tag.clone())>"\u{00d7}"</button>
            </span>
        }
    };
    view! {
        <div class="row wrap tags">
            <span class="strong">{t!("tags")}</span>
            {move || tags.get().into_iter().map(chip).collect_view()}
            <TagField add testid="pair-tag-new" id=TAG_FIELD />
        </div>
    }
}

/// A field for a tag, which knows the data set's tags; Enter takes it.
#[component]
pub(super) fn TagField(
    /// Receives a tag as it is stored.
    add: Callback<String>,
    /// For tests.
    testid: &'static str,
    /// The element's id.
    id: &'static str,
) -> impl IntoView {
    let pairs = expect_context::<Pairs>();
    let text = RwSignal::new(String::new());
    let take = move || {
        if let Some(tag) = tag(&text.get_untracked()) {
            add.run(tag);
        }
        text.set(String::new());
    };
    let known = format!("{id}-known");
    let on_key = move |event: web_sys::KeyboardEvent| {
        let ends = event.key() == "," || (event.key() == "Enter" && !event.ctrl_key());
        // While an input method is open, Enter belongs to it.
        if ends && !event.is_composing() {
            event.prevent_default();
            take();
        }
    };
    view! {
        <input type="text" class="tag-new" id=id data-testid=testid list=known.clone() placeholder=t!("data-tag-add") aria-label=t!("data-tag-add") title="Ctrl+T" autocomplete="off"
            prop:value=text on:input=move |event| text.set(event_target_value(&event)) on:keydown=on_key on:change=move |_| take() />
        <datalist id=known>
            {move || pairs.tags.get().into_iter().map(|(tag, _)| view! { <option value=tag></option> }).collect_view()}
        </datalist>
    }
}

/// The field for the note of a pair.
#[component]
pub(super) fn Note() -> impl IntoView {
    let pairs = expect_context::<Pairs>();
    let note = Memo::new(move |_| pairs.draft.read().note.clone());
    let set = Callback::new(move |new: String| pairs.typed(|content| content.note = new));
    view! {
        <div class="field note">
            <span class="label"><span>{t!("note")}" "<span class="quiet">{t!("data-note-hint")}</span></span></span>
            <TextField testid="pair-note" label=t!("note") value=note set />
        </div>
    }
}

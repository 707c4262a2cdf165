//! Shows the Markdown of an answer, whole or while it grows. Only the blocks that have changed are rendered again.

mod builder;
mod code_block;
mod direction;
mod document;
mod growing;
mod kept;
mod link;
mod parse;
mod thinking;
mod view;

use leptos::prelude::*;

use crate::format;
use crate::t;
use growing::Reader;
use thinking::{Kind, parts};

/// A text in Markdown. HTML in it is shown as text, pictures are not fetched, links are not opened, and thoughts are folded.
#[component]
pub fn MarkdownText(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// Whether the text is still being written.
    #[prop(into)]
    is_growing: Signal<bool>,
) -> impl IntoView {
    let parts = Memo::new(move |_| text.with(|text| parts(text)));
    let kinds = move || parts.read().iter().map(|part| part.kind).enumerate().collect::<Vec<_>>();
    let part = move |(at, kind): (usize, Kind)| {
        let text = Memo::new(move |_| parts.read().get(at).map(|part| part.text.clone()).unwrap_or_default());
        let is_last = move || parts.read().len() == at + 1;
        match kind {
            Kind::Answer => view! { <Blocks text /> }.into_any(),
            Kind::Thoughts => {
                view! { <Thoughts text is_open=Signal::derive(move || is_growing.get() && is_last()) /> }
                    .into_any()
            }
        }
    };
    view! {
        <div class="markdown prose" aria-busy=move || is_growing.get().to_string()>
            <For each=kinds key=|key| *key children=part />
        </div>
    }
}

/// Returns the view of a text that has ended. Nothing in it waits for a change, so that many of them are made and taken away
/// quickly, and one that comes into the page once more is not read again.
#[must_use]
pub fn whole_markdown(text: &str) -> AnyView {
    let part = |part: &kept::Part| {
        let blocks: Vec<AnyView> = part.blocks.iter().map(|block| view::block_view(block)).collect();
        match part.kind {
            Kind::Answer => blocks.into_any(),
            Kind::Thoughts => thoughts(thoughts_length(part.letters).into_any(), blocks.into_any()),
        }
    };
    let parts: Vec<AnyView> = kept::read(text).iter().map(part).collect();
    view! { <div class="markdown prose" aria-busy="false">{parts}</div> }.into_any()
}

/// Thoughts, folded.
#[component]
fn Thoughts(
    /// The text.
    text: Memo<String>,
    /// Whether they are still being written.
    is_open: Signal<bool>,
) -> impl IntoView {
    let length = move || {
        let length = thoughts_length(text.read().chars().count());
        if is_open.get() { t!("widgets-thinking-so-far", length = length) } else { length }
    };
    thoughts(length.into_any(), view! { <Blocks text /> }.into_any())
}

fn thoughts(length: AnyView, blocks: AnyView) -> AnyView {
    view! {
        <details class="thoughts" data-testid="markdown-thinking">
            <summary>{t!("widgets-thinking")}" " <span class="small" data-testid="markdown-thinking-length">{length}</span></summary>
            {blocks}
        </details>
    }
    .into_any()
}

fn thoughts_length(letters: usize) -> String {
    t!("widgets-thinking-length", count = letters, letters = format::whole(letters as u64))
}

/// The blocks of a text.
#[component]
fn Blocks(
    /// The text.
    text: Memo<String>,
) -> impl IntoView {
    let reader = StoredValue::new(Reader::default());
    let read = move |text: &String| reader.try_update_value(|reader| reader.read(text)).unwrap_or_default();
    let blocks = Memo::new(move |_| text.with(read));
    view! {
        <For each=move || blocks.get() key=|placed| (placed.place, placed.hash) children=|placed| view::block_view(&placed.block) />
    }
}

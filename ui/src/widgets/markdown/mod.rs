//! Shows the Markdown of an answer, whole or while it grows. Only the blocks that have changed are rendered again.

mod builder;
mod code_block;
mod document;
mod link;
mod parse;
mod thinking;
mod view;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use leptos::prelude::*;

use crate::format;
use document::Block;
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
        <div class="markdown" aria-busy=move || is_growing.get().to_string()>
            <For each=kinds key=|key| *key children=part />
        </div>
    }
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
        let letters = text.read().chars().count();
        let length =
            format!("{} character{}", format::whole(letters as u64), if letters == 1 { "" } else { "s" });
        if is_open.get() { format!("so far {length}") } else { length }
    };
    view! {
        <details class="thoughts" data-testid="markdown-thinking">
            <summary>"Thinking " <span class="small" data-testid="markdown-thinking-length">{length}</span></summary>
            <Blocks text />
        </details>
    }
}

/// A block at its place. It is rendered again when another one stands there.
#[derive(Debug, Clone, PartialEq)]
struct Placed {
    place: usize,
    hash: u64,
    block: Arc<Block>,
}

/// The blocks of a text.
#[component]
fn Blocks(
    /// The text.
    text: Memo<String>,
) -> impl IntoView {
    let blocks = Memo::new(move |_| text.with(|text| placed(text)));
    view! {
        <For each=move || blocks.get() key=|placed| (placed.place, placed.hash) children=|placed| view::block_view(&placed.block) />
    }
}

fn placed(text: &str) -> Vec<Placed> {
    let blocks = parse::blocks(text).into_iter().enumerate();
    let placed = blocks.map(|(place, block)| {
        let mut hasher = DefaultHasher::new();
        block.hash(&mut hasher);
        Placed { place, hash: hasher.finish(), block: Arc::new(block) }
    });
    placed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "# Title\n\nA **bold** word.\n\n- one\n- two\n  - three\n\n```rust\nfn main() {}\n```\n\n\
        | a | b |\n|---|--:|\n| 1 | 2 |\n\n> said\n\nThe end, with [a link](https://a.example).";

    #[test]
    fn while_a_text_grows_only_its_end_is_rendered_again() {
        let mut before: Vec<(usize, u64)> = vec![];
        for end in ANSWER.char_indices().map(|(at, letter)| at + letter.len_utf8()) {
            let now: Vec<_> = placed(&ANSWER[..end]).iter().map(|one| (one.place, one.hash)).collect();
            let kept = before.iter().filter(|key| now.contains(key)).count();
            assert!(kept + 1 >= before.len(), "{:?}", &ANSWER[..end]);
            before = now;
        }
        assert!(before.len() >= 7, "{before:?}");
    }
}

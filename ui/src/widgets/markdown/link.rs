//! A link of an answer. The page opens no address: a click copies it.

use leptos::prelude::*;

use super::document::{Inline, write_inlines};
use super::view::{inline_views, noted};
use crate::t;
use crate::widgets::copy_text;

/// The text of a link with its address. A click copies the address.
#[component]
pub(super) fn Link(
    /// The text.
    content: Vec<Inline>,
    /// The address.
    address: String,
    /// What else the link says.
    note: String,
) -> impl IntoView {
    // Whether it was copied; `None` before a click.
    let copied = RwSignal::new(None::<bool>);
    let mut text = String::new();
    write_inlines(&content, &mut text);
    let text = text.trim();
    // A text can name another address than the one behind it.
    let is_shown = !text.is_empty() && text != address;
    let noted = noted(&address, note);
    let beside = (is_shown || noted != address).then_some(noted);
    let content = if text.is_empty() { vec![Inline::Text(address.clone())] } else { content };
    let title = t!("widgets-link-copy", address = address.clone());
    let copy = move |_| copied.set(Some(copy_text(&address)));
    let said = move || match copied.get() {
        None => String::new(),
        Some(true) => format!(" {}", t!("widgets-link-copied")),
        Some(false) => format!(" {}", t!("widgets-link-select")),
    };
    view! {
        <button class="link" type="button" data-testid="markdown-link" title=title on:click=copy>{inline_views(&content)}</button>
        {beside.map(|address| view! { " "<bdi class="address" data-testid="markdown-address">{address}</bdi> })}
        <span class="quiet small" role="status">{said}</span>
    }
}

//! A code block of an answer, with its language and a button that copies it.

use leptos::prelude::*;

use crate::widgets::copy_text;

/// A code block. Long lines scroll.
#[component]
pub(super) fn CodeBlock(
    /// What the text says of the language. Empty if nothing.
    language: String,
    /// The code.
    text: String,
) -> impl IntoView {
    let said = RwSignal::new("Copy");
    let name = if language.is_empty() { "Code".to_owned() } else { language };
    let label = format!("Code, {name}");
    let code = StoredValue::new(text.clone());
    let copy = move |_| {
        said.set(if code.with_value(|code| copy_text(code)) { "Copied" } else { "Select it, Ctrl+C" });
    };
    view! {
        <div class="code" data-testid="markdown-code">
            <div class="row">
                <span class="quiet small ellipsis grow" title=name.clone() data-testid="markdown-language">{name.clone()}</span>
                <button class="link small" type="button" data-testid="markdown-copy" aria-label="Copy the code" aria-live="polite" on:click=copy>{said}</button>
            </div>
            <pre tabindex="0" dir="auto" aria-label=label><code>{text}</code></pre>
        </div>
    }
}

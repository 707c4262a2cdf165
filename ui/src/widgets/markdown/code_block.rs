//! A code block of an answer, with its language and a button that copies it.

use leptos::prelude::*;

use crate::t;
use crate::widgets::copy_text;

/// A code block. Long lines scroll.
#[component]
pub(super) fn CodeBlock(
    /// What the text says of the language. Empty if nothing.
    language: String,
    /// The code.
    text: String,
) -> impl IntoView {
    // Whether it was copied; `None` before a click.
    let copied = RwSignal::new(None::<bool>);
    let name = if language.is_empty() { t!("widgets-code") } else { language };
    let label = t!("widgets-code-in", language = name.clone());
    let code = StoredValue::new(text.clone());
    let copy = move |_| copied.set(Some(code.with_value(|code| copy_text(code))));
    let said = move || match copied.get() {
        None => t!("copy"),
        Some(true) => t!("copied"),
        Some(false) => t!("widgets-code-select"),
    };
    view! {
        <div class="code" data-testid="markdown-code">
            <div class="row">
                <span class="quiet small ellipsis grow" title=name.clone() data-testid="markdown-language">{name.clone()}</span>
                <button class="link small" type="button" data-testid="markdown-copy" aria-label=t!("widgets-code-copy") aria-live="polite" on:click=copy>{said}</button>
            </div>
            <pre tabindex="0" dir="auto" aria-label=label><code>{text}</code></pre>
        </div>
    }
}

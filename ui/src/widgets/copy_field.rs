//! A text with a button that copies it.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use crate::t;

/// Copies the selected text, and returns whether the page may do that. The text stays selected, so that a person can copy it
/// otherwise.
pub fn copy_selected() -> bool {
    let page = document().dyn_into::<web_sys::HtmlDocument>().ok();
    page.is_some_and(|page| page.exec_command("copy").unwrap_or(false))
}

/// A read-only field with a button beside it that copies its text.
#[component]
pub fn CopyField(
    /// The text.
    text: String,
    /// For tests; the button's name is made from it.
    testid: &'static str,
    /// The label for screen readers.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let Some(field) = field.get_untracked() else { return };
        field.select();
        copied.set(copy_selected());
    };
    let (what, whole) = (label.clone(), text.clone());
    let named = move || (!copied.get()).then(|| t!("widgets-copy-named", name = what.clone()));
    // The whole text on hover stands on what is around the field: a title of the field itself would be read after its value.
    view! {
        <span class="row copy" title=whole>
            <input type="text" readonly=true aria-label=label data-testid=testid node_ref=field prop:value=text />
            <button class="button" type="button" aria-label=named data-testid=format!("{testid}-copy") on:click=copy>{move || if copied.get() { t!("copied") } else { t!("copy") }}</button>
        </span>
    }
}

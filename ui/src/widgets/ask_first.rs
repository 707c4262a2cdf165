//! The button for what no undo brings back: it says what is lost, and asks.

use leptos::html;
use leptos::prelude::*;

use super::focus;
use crate::t;

/// A button that asks before it does something that cannot be undone. The focus goes to the button that does nothing.
#[component]
pub fn AskFirst(
    /// The text of the button that asks.
    #[prop(into)]
    label: String,
    /// What is lost, as a sentence.
    #[prop(into)]
    lost: String,
    /// The text of the button that does it. Its `data-testid` ends in `-sure`.
    #[prop(into)]
    sure: String,
    testid: &'static str,
    /// Does it.
    act: Callback<()>,
) -> impl IntoView {
    let is_asked = RwSignal::new(false);
    let keep = NodeRef::<html::Button>::new();
    Effect::new(move |_| {
        if let Some(button) = keep.get() {
            focus::give_to(button.into());
        }
    });
    let question = move || {
        let do_it = move |_| {
            is_asked.set(false);
            act.run(());
        };
        view! {
            <span data-testid=format!("{testid}-question")>{t!("widgets-cannot-be-undone", lost = lost.clone())}</span>
            <button class="button" type="button" node_ref=keep data-testid=format!("{testid}-keep") on:click=move |_| is_asked.set(false)>{t!("keep-it")}</button>
            <button class="button bad" type="button" data-testid=format!("{testid}-sure") on:click=do_it>{sure.clone()}</button>
        }
    };
    move || {
        if is_asked.get() {
            question().into_any()
        } else {
            view! { <button class="button" type="button" data-testid=testid on:click=move |_| is_asked.set(true)>{label.clone()}</button> }
                .into_any()
        }
    }
}

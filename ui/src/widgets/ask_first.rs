//! The button for what is not done at once: it says what is lost or goes with it, and asks.

use leptos::html;
use leptos::prelude::*;

use super::focus;
use crate::t;

/// A button that asks before it does something. Unless that can be taken back, the question says that it cannot.
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
    /// Whether it can be taken back, as a deletion by the toast.
    #[prop(optional)]
    can_undo: bool,
    /// Does it.
    act: Callback<()>,
) -> impl IntoView {
    let is_asked = RwSignal::new(false);
    let ask = NodeRef::<html::Button>::new();
    // Whoever has answered goes on where the question was asked.
    focus::keep_after(is_asked, ask);
    let text = if can_undo { lost } else { t!("widgets-cannot-be-undone", lost = lost) };
    move || {
        if is_asked.get() {
            let sure = sure.clone();
            let do_it = move |_| {
                is_asked.set(false);
                act.run(());
            };
            view! {
                <Question text=text.clone() testid is_asked>
                    <button class="button bad" type="button" data-testid=format!("{testid}-sure") on:click=do_it>{sure}</button>
                </Question>
            }
            .into_any()
        } else {
            view! {
                <button class="button" class:bad=can_undo type="button" node_ref=ask data-testid=testid on:click=move |_| is_asked.set(true)>{label.clone()}</button>
            }
            .into_any()
        }
    }
}

/// A question in the place of the button that asks it, with what can be answered. The focus goes to the button that does nothing, and
/// Escape is that button.
#[component]
pub fn Question(
    /// The question.
    #[prop(into)]
    text: String,
    testid: &'static str,
    /// Whether it is asked.
    is_asked: RwSignal<bool>,
    /// The buttons that do something.
    children: Children,
) -> impl IntoView {
    let keep = NodeRef::<html::Button>::new();
    Effect::new(move |_| {
        if let Some(button) = keep.get() {
            focus::give_to(button.into());
        }
    });
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            // Neither a sheet nor what else has this key is closed with it.
            event.prevent_default();
            event.stop_propagation();
            is_asked.set(false);
        }
    };
    view! {
        <span class="ask-first" on:keydown=on_key>
            <span data-testid=format!("{testid}-question")>{text}</span>
            <button class="button" type="button" node_ref=keep data-testid=format!("{testid}-keep") on:click=move |_| is_asked.set(false)>{t!("keep-it")}</button>
            {children()}
        </span>
    }
}

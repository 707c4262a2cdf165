//! The field that chooses the training method, with a line on each.

use ipc::train::Method;
use leptos::html;
use leptos::prelude::*;

use super::form::Form;
use crate::format;
use crate::t;
use crate::widgets::{focus, roving};

/// The choice: the method that is chosen, and all of them behind it.
#[component]
pub(super) fn MethodChoice() -> impl IntoView {
    let form = expect_context::<Form>();
    let is_open = RwSignal::new(false);
    let (opener, choices) = (NodeRef::<html::Button>::new(), NodeRef::<html::Div>::new());
    // The keys begin at the chosen method, and go on at the button that has opened the choice.
    Effect::new(move |_| {
        if let Some(choices) = choices.get() {
            focus::give_to_first(&choices, "[aria-checked=true]");
        }
    });
    let close = move || {
        is_open.set(false);
        if let Some(opener) = opener.get_untracked() {
            focus::give_to(opener.into());
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            close();
        }
    };
    let method = Memo::new(move |_| form.settings.read().as_ref().map(|settings| settings.method));
    let choose = move |choice: Method| {
        form.change(|settings| {
            // A beta that nobody changed follows the method.
            if settings.beta.to_bits() == settings.method.usual_beta().to_bits() {
                settings.beta = choice.usual_beta();
            }
            // So does a learning rate.
            if settings.learning_rate.to_bits() == settings.method.usual_learning_rate().to_bits() {
                settings.learning_rate = choice.usual_learning_rate();
            }
            settings.method = choice;
        });
        close();
    };
    let row = move |choice: Method| {
        view! {
            <button role="radio" data-testid=format!("method-{}", format::method_key(choice))
                aria-checked=move || (method.get() == Some(choice)).to_string() on:click=move |_| choose(choice)>
                <b>{format::method(choice)}</b><span class="quiet small">{explained(choice)}</span>
            </button>
        }
    };
    // Whoever hears the button hears which method it would change.
    let named = move || match method.get() {
        Some(method) if !is_open.get() => {
            Some(t!("train-method-change-from", method = format::method(method)))
        }
        _ => None,
    };
    view! {
        <div class="field">
            <span class="label" id="method-label">
                <span>{t!("method")}</span>
                <button class="link" data-testid="method-change" node_ref=opener aria-label=named aria-expanded=move || is_open.get().to_string()
                    on:click=move |_| is_open.update(|open| *open = !*open)>
                    {move || if is_open.get() { t!("close") } else { t!("train-method-change") }}
                </button>
            </span>
            <Show when=move || is_open.get() fallback=move || view! {
                <div class="chosen" data-testid="method-chosen">
                    <b>{move || method.get().map(format::method)}</b>
                    <span class="quiet small">{move || method.get().map(explained)}</span>
                </div>
            }>
                <div use:roving class="choices" role="radiogroup" aria-labelledby="method-label" node_ref=choices on:keydown=on_key>
                    <span class="quiet small group">{t!("train-method-trained")}</span>
                    {Method::ALL.into_iter().filter(|method| method.has_steps()).map(row).collect_view()}
                    <span class="quiet small group">{t!("train-method-extracted")}</span>
                    {Method::ALL.into_iter().filter(|method| !method.has_steps()).map(row).collect_view()}
                </div>
            </Show>
        </div>
    }
}

/// Returns what a method does, in a line.
pub(super) fn explained(method: Method) -> String {
    match method {
        Method::Bipo => t!("train-method-bipo"),
        Method::BipoBoth => t!("train-method-bipo-both"),
        Method::BipoUni => t!("train-method-bipo-uni"),
        Method::BipoNormed => t!("train-method-bipo-normed"),
        Method::Reps => t!("train-method-reps"),
        Method::DpoLora => t!("train-method-dpo-lora"),
        Method::Caa => t!("train-method-caa"),
        Method::Freeform => t!("train-method-freeform"),
        Method::Pca => t!("train-method-pca"),
    }
}

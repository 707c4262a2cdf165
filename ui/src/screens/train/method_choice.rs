//! The field that chooses the training method, with a line on each.

use ipc::train::Method;
use leptos::prelude::*;

use super::form::Form;
use crate::format;

/// The choice: the method that is chosen, and all of them behind it.
#[component]
pub(super) fn MethodChoice() -> impl IntoView {
    let form = expect_context::<Form>();
    let is_open = RwSignal::new(false);
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
        is_open.set(false);
    };
    let row = move |choice: Method| {
        view! {
            <button role="radio" data-testid=format!("method-{}", format::method_key(choice))
                aria-checked=move || (method.get() == Some(choice)).to_string() on:click=move |_| choose(choice)>
                <b>{format::method(choice)}</b><span class="quiet small">{explained(choice)}</span>
            </button>
        }
    };
    view! {
        <div class="field">
            <span class="label" id="method-label">
                <span>"Method"</span>
                <button class="link" data-testid="method-change" aria-expanded=move || is_open.get().to_string()
                    on:click=move |_| is_open.update(|open| *open = !*open)>
                    {move || if is_open.get() { "Close" } else { "Change" }}
                </button>
            </span>
            <Show when=move || is_open.get() fallback=move || view! {
                <div class="chosen" data-testid="method-chosen">
                    <b>{move || method.get().map(format::method)}</b>
                    <span class="quiet small">{move || method.get().map(explained)}</span>
                </div>
            }>
                <div class="choices" role="radiogroup" aria-labelledby="method-label">
                    <span class="quiet small group">"Trained by gradient"</span>
                    {Method::ALL.into_iter().filter(|method| method.has_steps()).map(row).collect_view()}
                    <span class="quiet small group">"Extracted in seconds, without training"</span>
                    {Method::ALL.into_iter().filter(|method| !method.has_steps()).map(row).collect_view()}
                </div>
            </Show>
        </div>
    }
}

/// Returns what a method does, in a line.
pub(super) fn explained(method: Method) -> &'static str {
    match method {
        Method::Bipo => {
            "As published: each batch draws a sign d; +v must raise the wanted answers, \u{2212}v the opposite ones."
        }
        Method::BipoBoth => "The same with both signs in every batch: less noise, twice the time.",
        Method::BipoUni => "The same at +1 only: the paper\u{2019}s ablation.",
        Method::BipoNormed => {
            "BiPO on the mean log-probability of a token, so that long answers do not outweigh short ones."
        }
        Method::Reps => {
            "Wu et al. 2025: no reference model; trains at several strengths, and to suppress when v is taken out."
        }
        Method::DpoLora => {
            "Rafailov et al. 2023: no vector, but an adapter on queries and values of every block: the paper\u{2019}s comparison."
        }
        Method::Caa => "Rimsky et al. 2024: mean activation difference at the letter of an A/B question.",
        Method::Freeform => "Mean activation difference over the answers\u{2019} tokens.",
        Method::Pca => {
            "As repeng: first principal component of the differences at the last token; of norm 1."
        }
    }
}

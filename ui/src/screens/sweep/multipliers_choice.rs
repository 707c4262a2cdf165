//! The multipliers of a sweep: a range, or a list.

use leptos::prelude::*;

use super::form::Form;
use crate::t;
use crate::widgets::{NumberField, NumberRange, Term, TypedField, roving};

/// The multipliers.
#[component]
pub(super) fn MultipliersChoice() -> impl IntoView {
    let form = expect_context::<Form>();
    let set = |signal: RwSignal<f64>| Callback::new(move |value| signal.set(value));
    let fault = Signal::derive(move || form.multipliers().err());
    view! {
        <div class="field">
            <span class="label"><Term name="Multiplier" text=t!("sweep-multipliers") />
                <span use:roving class="segments">
                    <button type="button" data-testid="sweep-range" aria-pressed=move || (!form.is_list.get()).to_string() on:click=move |_| form.is_list.set(false)>{t!("sweep-multipliers-range")}</button>
                    <button type="button" data-testid="sweep-list" aria-pressed=move || form.is_list.get().to_string() on:click=move |_| form.is_list.set(true)>{t!("sweep-multipliers-list")}</button>
                </span>
            </span>
            <Show when=move || form.is_list.get() fallback=move || view! {
                <div class="three">
                    <NumberField label=t!("sweep-multipliers-from") testid="sweep-from" value=form.from set=set(form.from) />
                    <NumberField label=t!("sweep-multipliers-to") testid="sweep-to" value=form.to set=set(form.to) />
                    <NumberField label=t!("sweep-multipliers-step") testid="sweep-step" range=NumberRange::Over(0.0) value=form.step set=set(form.step) />
                </div>
                {move || fault.get().map(|fault| view! {
                    <span class="warning small hint-line" role="alert" data-testid="sweep-range-fault">{t!("sentence", text = fault)}</span>
                })}
            }>
                <TypedField label=t!("sweep-multipliers") testid="sweep-multipliers" value=form.list fault is_said=true is_bare=true />
            </Show>
        </div>
    }
}

//! The fields for the size of an adapter. They replace the choice of layers.

use leptos::prelude::*;

use super::form::Form;
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::Term;
use crate::widgets::{NumberField, NumberRange};

/// The fields for rank and alpha, and the resulting number of parameters on the model.
#[component]
pub(super) fn AdapterChoice() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let note = move || {
        let facts = store.model().and_then(|model| model.facts)?;
        let numbers =
            form.settings.read().as_ref().map(|settings| ipc::train::trained_numbers(settings, &facts))?;
        Some(t!("train-adapter-numbers", numbers = format::whole(numbers)))
    };
    view! {
        <div class="field">
            <span class="label">
                <span><Term name="Adapter" /></span>
                <span class="quiet" data-testid="train-adapter-status">{note}</span>
            </span>
            <div class="two top">
                <NumberField label=t!("train-rank") hint=t!("train-rank-hint") testid="train-rank" range=NumberRange::Whole(1)
                    value=form.number(|s| f64::from(s.lora.rank)) set=form.setter(|s, v| s.lora.rank = v as u32) />
                <NumberField label=t!("train-alpha") hint=t!("train-alpha-hint") testid="train-alpha" range=NumberRange::Over(0.0)
                    value=form.number(|s| s.lora.alpha) set=form.setter(|s, v| s.lora.alpha = v) />
            </div>
            <span class="quiet small">{t!("train-adapter-note")}</span>
        </div>
    }
}

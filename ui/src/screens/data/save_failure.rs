//! The note that says why an edit could not be stored.

use leptos::prelude::*;

use super::pairs::{Pairs, SaveState};
use crate::t;
use crate::widgets::FailureNote;

/// Says why the typed text could not be stored, with a button that tries again.
#[component]
pub(super) fn SaveFailure() -> impl IntoView {
    let pairs = expect_context::<Pairs>();
    move || {
        match pairs.saved.get() {
        SaveState::Failed(failure) => view! {
            <FailureNote failure />
            <Show when=move || pairs.has_unsaved_elsewhere()><p class="small quiet">{t!("data-unsaved-elsewhere")}</p></Show>
            <div class="row"><button class="button" data-testid="save-again" on:click=move |_| pairs.save_again()>{t!("data-save-again")}</button></div>
        }
        .into_any(),
        _ => ().into_any(),
    }
    }
}

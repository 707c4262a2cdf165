//! The Train screen: the settings on the left; a run's curves, live or from the store, on the right.

mod estimate;
mod form;
mod history;
mod runs;

pub use form::Form;

use leptos::prelude::*;

/// The screen.
#[component]
pub fn TrainScreen() -> impl IntoView {
    view! {
        <div class="columns">
            <section class="left" aria-label="Settings"><form::SettingsForm /></section>
            <section class="right" aria-label="Runs">
                <history::RunView />
                <runs::Runs />
            </section>
        </div>
    }
}

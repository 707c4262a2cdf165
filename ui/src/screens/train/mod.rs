//! The Train screen: the settings on the left; runs and what can be asked before and after them on the right.

mod acts;
mod adapter;
mod compare;
mod curves;
mod epochs;
mod estimate;
mod form;
mod layers;
mod method;
mod more;
mod outlook;
mod run;
mod runs;
mod search;
mod study;
mod tables;
mod tabs;

pub use form::Form;

use leptos::prelude::*;

use tabs::Tab;

/// The screen.
#[component]
pub fn TrainScreen() -> impl IntoView {
    let form = expect_context::<Form>();
    let shown = move || match form.tab.get() {
        Tab::Run => view! { <run::RunView /><runs::Runs /> }.into_any(),
        Tab::Epochs => view! { <epochs::EpochsView /> }.into_any(),
        Tab::Compare => view! { <compare::CompareView /> }.into_any(),
        Tab::Outlook => view! { <outlook::OutlookView /> }.into_any(),
        Tab::Layers => view! { <search::LayersView /> }.into_any(),
        Tab::Acts => view! { <acts::ActsView /> }.into_any(),
    };
    view! {
        <div class="columns">
            <section class="left" aria-label="Settings"><form::SettingsForm /></section>
            <section class="right tabbed" aria-label="Runs">
                <tabs::Tabs />
                <div class="tab-content">{shown}</div>
            </section>
        </div>
    }
}

//! The Train screen: on the left the settings of the next run, or the runs; on the right the shown run and the analyses.

mod adapter_choice;
mod advanced_settings;
mod asked;
mod compare;
mod costs;
mod curves;
mod epochs;
mod estimate;
mod export_plan;
mod figures;
mod form;
mod intervention;
mod kept_choices;
mod layer_choice;
mod layer_effects;
mod layer_search;
mod left_panes;
mod method_choice;
mod option_key;
mod overlay;
mod run;
mod run_list;
mod settings_form;
mod steerability;
mod tab;
mod tables;
mod tabs;

pub use form::Form;
pub use run::{RunView, read_history};

use leptos::prelude::*;

use crate::t;
use tab::Tab;

/// The Train screen.
#[component]
pub fn TrainScreen() -> impl IntoView {
    let form = expect_context::<Form>();
    let shown = move || match form.tab.get() {
        Tab::Run => view! { <run::RunView /><costs::CostTable /> }.into_any(),
        Tab::Epochs => view! { <epochs::EpochsView /> }.into_any(),
        Tab::Compare => view! { <compare::CompareView /> }.into_any(),
        Tab::Steerability => view! { <steerability::SteerabilityView /> }.into_any(),
        Tab::Layers => view! { <layer_effects::LayerEffects /><layer_search::LayerSearch /> }.into_any(),
        Tab::Intervention => view! { <intervention::InterventionView /> }.into_any(),
    };
    view! {
        <div class="columns">
            <section class="left paned" aria-label=t!("train-left-label")><left_panes::LeftPanes /></section>
            <section class="right tabbed" aria-label=t!("train-runs")>
                <tabs::Tabs />
                <div class="tab-content">{shown}</div>
            </section>
        </div>
    }
}

//! The Sweep screen. On the left are the settings of the next sweep, or the list of sweeps; on the right is the shown sweep, in
//! tabs: the scores over the multiplier, the items behind a point, a matrix, each example by itself, ratings and files.

mod answers_tab;
mod arms;
mod asked;
mod attack_table;
mod chart_tab;
mod chips;
mod curve_table;
mod diff;
mod estimate;
mod examples;
mod export;
mod footer;
mod form;
mod form_settings;
mod generation_choice;
mod goal;
mod goal_choice;
mod heat_map;
mod judge_choice;
mod last_useful;
mod layer_lines;
mod left_panes;
mod legend;
mod mmlu_form;
mod multipliers_choice;
mod opened;
mod panel_choice;
mod panels;
mod point_examples;
mod point_table;
mod prompting_choice;
mod prompting_form;
mod rating;
mod reading;
mod refill;
mod results;
mod score_choice;
mod settings_form;
mod shown_sweeps;
mod starting;
mod suffix_choice;
mod sweep_actions;
mod sweep_list;
mod useful;
mod vector_details;
mod view_state;

pub use form::Form;
pub use last_useful::last_useful_range;
pub use shown_sweeps::title;

use leptos::prelude::*;

use crate::state::store;
use crate::t;

/// The Sweep screen.
#[component]
pub fn SweepScreen() -> impl IntoView {
    let form = expect_context::<Form>();
    provide_context(shown_sweeps::ShownSweeps::new(store(), form.view));
    view! {
        <div class="columns sweep-columns">
            <section class="left paned" aria-label=t!("sweep-left")><left_panes::LeftPanes /></section>
            <section class="right tabbed" aria-label=t!("sweep-scores")><results::Results /></section>
        </div>
    }
}

//! The Sweep screen. On the left are the settings of a sweep; on the right are the scores over the multiplier, their
//! table, the items behind a point, each example by itself, and all sweeps side by side.

mod arms;
mod attack_table;
mod curve_table;
mod diff;
mod estimate;
mod examples;
mod export;
mod form;
mod heat_map;
mod judge_choice;
mod last_useful;
mod layer_lines;
mod legend;
mod opened;
mod panels;
mod point_examples;
mod point_table;
mod prompting_choice;
mod rating;
mod reading;
mod results;
mod score_choice;
mod scroll_into_view;
mod settings_form;
mod shown_sweeps;
mod suffix_choice;
mod sweep_list;
mod view_state;

pub use form::Form;
pub use last_useful::last_useful_range;

use leptos::prelude::*;

/// The Sweep screen.
#[component]
pub fn SweepScreen() -> impl IntoView {
    view! {
        <div class="columns">
            <section class="left" aria-label="What is swept"><settings_form::SettingsForm /></section>
            <section class="right" aria-label="Scores"><results::Results /></section>
        </div>
    }
}

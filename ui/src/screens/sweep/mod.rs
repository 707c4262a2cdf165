//! The Sweep screen: what is swept on the left; on the right the scores over the multiplier, their table, what lies behind
//! a point, each example by itself, and all sweeps side by side.

mod arms;
mod behind;
mod choose;
mod compare;
mod diff;
mod examples;
mod export;
mod form;
mod judge_choice;
mod legend;
mod list;
mod matrix;
mod outcome;
mod over_vectors;
mod rate;
mod reveal;
mod score_choice;
mod shown;
mod table;
mod vector_choice;
mod view_state;
mod ways_choice;

pub use form::Form;
pub(super) use vector_choice::VectorChoice;

use leptos::prelude::*;

/// The screen.
#[component]
pub fn SweepScreen() -> impl IntoView {
    view! {
        <div class="columns">
            <section class="left" aria-label="What is swept"><choose::SweepForm /></section>
            <section class="right" aria-label="Scores"><outcome::Outcome /></section>
        </div>
    }
}

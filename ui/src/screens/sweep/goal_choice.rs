//! The row that chooses what a sweep is to answer.

use leptos::prelude::*;

use super::form::Form;
use super::goal::Goal;
use crate::t;
use crate::widgets::roving;

/// The goals, and what the chosen one measures.
#[component]
pub(super) fn GoalChoice() -> impl IntoView {
    let form = expect_context::<Form>();
    view! {
        <div class="field">
            <div use:roving class="goals" role="group" aria-label=t!("sweep-goal-label")>
                {Goal::ALL.map(|goal| view! {
                    <button type="button" data-testid=goal.testid() aria-pressed=move || (form.goal.get() == goal).to_string()
                        on:click=move |_| form.goal.set(goal)>{goal.label()}</button>
                })}
            </div>
            <p class="quiet small" data-testid="goal-measures" aria-live="polite">{move || form.goal.get().measures()}</p>
        </div>
    }
}

//! The form of the next sweep: what it is to answer, of which vectors, on which data sets, and by hand everything else.

use leptos::prelude::*;

use super::chips::{SetChips, VectorChips};
use super::footer::Footer;
use super::form::Form;
use super::generation_choice::GenerationChoice;
use super::goal::Goal;
use super::goal_choice::GoalChoice;
use super::judge_choice::{JudgeChoice, RubricChoice};
use super::multipliers_choice::MultipliersChoice;
use super::opened::OpenedArms;
use super::prompting_choice::PromptingChoice;
use super::score_choice::ScoreChoice;
use super::vector_details::VectorDetails;
use crate::state::store;
use crate::t;
use crate::widgets::forget_with;

/// The form with the settings of the next sweep.
#[component]
pub(super) fn SettingsForm() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    form.keep_rubric(store);
    let settings = Memo::new(move |_| form.settings(store));
    let faults = form.faults;
    faults.collect_here();
    // What kept a sweep from starting is about the settings and the model of then.
    forget_with(form.failure, move || (settings.get(), store.model().map(|model| model.id)));
    let goal = move || form.goal.get();
    view! {
        <div class="pane">
            <GoalChoice />
            <VectorChips />
            <VectorDetails />
            <OpenedArms />
            <SetChips />
            <Show when=move || form.is_custom()><SetExtras /></Show>
            <Show when=move || goal() != Goal::Paper><MultipliersChoice /></Show>
            <Show when=move || goal().is_judged()>
                <div class="field"><span class="label">{t!("sweep-judge")}</span><RubricChoice /><JudgeChoice /></div>
            </Show>
            <Show when=move || form.is_custom()><ScoreChoice /><PromptingChoice /></Show>
            <GenerationChoice settings />
        </div>
        <Footer settings faults />
    }
}

/// Which vectors are measured on which sets, and prompts without answers.
#[component]
fn SetExtras() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    view! {
        <Show when=move || { form.chosen_sets(store).len() > 1 && form.chosen_vectors(store).len() > 1 }>
            <label class="row small" title=t!("sweep-own-sets-hint")>
                <input type="checkbox" data-testid="sweep-own-sets" prop:checked=form.is_own_set_only on:change=move |event| form.is_own_set_only.set(event_target_checked(&event)) />
                <span>{t!("sweep-own-sets")}</span>
            </label>
        </Show>
        <details>
            <summary>{t!("sweep-own-prompts")}</summary>
            <textarea class="prose" data-testid="sweep-prompts" rows="3" dir="auto" placeholder=t!("sweep-own-prompts-placeholder") aria-label=t!("sweep-own-prompts-label")
                prop:value=form.prompts on:input=move |event| form.prompts.set(event_target_value(&event))></textarea>
        </details>
    }
}

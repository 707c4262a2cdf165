//! The form that says what a model should draft, and which model.

use ipc::Failure;
use ipc::command::StartDrafts;
use ipc::drafts::{DraftSettings, DraftSource, DraftTask, MOST_DRAFTS, contrasting_prompts};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::endpoint::{EndpointFields, EndpointForm};
use crate::bridge;
use crate::screens::data::pairs::Pairs;
use crate::state::store;
use crate::t;
use crate::text::message;
use crate::widgets::Term;
use crate::widgets::analysis::in_use;
use crate::widgets::roving;
use crate::widgets::{FailureCard, FaultNote, FieldFaults, forget_with};
use crate::widgets::{NumberField, NumberRange};

/// The task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    /// Both answers to each question.
    Questions,
    /// Another opposite answer for the open pair.
    Open,
    /// An opposite answer for every pair without one.
    Without,
}

/// The tasks with the ids of their names, and their ids in tests.
const TASKS: [(Task, &str, &str); 3] = [
    (Task::Questions, "data-draft-questions-task", "drafts-from-questions"),
    (Task::Open, "data-draft-open-task", "drafts-of-open"),
    (Task::Without, "data-draft-without-task", "drafts-without"),
];

/// The form that asks a model for drafts.
#[component]
#[expect(clippy::too_many_lines, reason = "a form, from top to bottom")]
pub(super) fn DraftForm() -> impl IntoView {
    let (store, pairs) = (store(), expect_context::<Pairs>());
    let endpoint = EndpointForm::new(store);
    let task = RwSignal::new(Task::Questions);
    let (behaviour, questions) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (wanted, opposite) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (tokens, temperature, seed) =
        (RwSignal::new(120.0_f64), RwSignal::new(0.7_f64), RwSignal::new(1.0_f64));
    let (failure, is_busy) = (RwSignal::new(None::<Failure>), RwSignal::new(false));
    let suggested = StoredValue::new((String::new(), String::new()));
    let behave = move |text: String| {
        let (before, now) = (suggested.get_value(), contrasting_prompts(&text));
        suggested.set_value(now.clone());
        behaviour.set(text);
        for (prompt, before, now) in [(wanted, before.0, now.0), (opposite, before.1, now.1)] {
            prompt.update(|prompt| follow(prompt, &before, now));
        }
    };
    // Another data set has another behaviour, so what nobody has changed is filled in again.
    let described = Memo::new(move |_| store.data_set().map(|set| set.behaviour().to_owned()));
    Effect::new(move |before: Option<String>| {
        let now = described.get().unwrap_or_default();
        if behaviour.with_untracked(|typed| *typed == before.unwrap_or_default()) {
            behave(now.clone());
        }
        now
    });
    forget_with(failure, move || {
        let texts = [behaviour.get(), questions.get(), wanted.get(), opposite.get()];
        let numbers = [tokens.get(), temperature.get(), seed.get()];
        (in_use(store), task.get(), pairs.open.get(), texts, numbers, endpoint.typed())
    });
    let asked = Memo::new(move |_| lines(&questions.read()));
    let can_start = move || {
        let has_task = match task.get() {
            Task::Questions => !asked.read().is_empty() && asked.read().len() <= MOST_DRAFTS,
            Task::Open => pairs.open.get().is_some(),
            Task::Without => true,
        };
        has_task
            && !is_busy.get()
            && if endpoint.is_used.get() { endpoint.is_whole() } else { store.model().is_some() }
    };
    let start = move |_| {
        let Some(set) = store.data_set() else { return };
        let task = match task.get_untracked() {
            Task::Questions => DraftTask::Pairs { questions: asked.get_untracked() },
            Task::Open => DraftTask::Opposites { pairs: pairs.open.get_untracked().into_iter().collect() },
            Task::Without => DraftTask::Opposites { pairs: vec![] },
        };
        let source = match (endpoint.is_used.get_untracked(), store.model()) {
            (true, _) => DraftSource::Endpoint(endpoint.settings()),
            (false, Some(model)) => DraftSource::Model { model: model.id },
            (false, None) => return,
        };
        let settings = DraftSettings {
            source,
            wanted_prompt: wanted.get_untracked(),
            opposite_prompt: opposite.get_untracked(),
            max_new_tokens: tokens.get_untracked() as u32,
            temperature: temperature.get_untracked(),
            seed: seed.get_untracked().max(0.0) as u64,
        };
        failure.set(None);
        is_busy.set(true);
        // Copied now, because the form may be gone when the answer comes.
        let used = endpoint.used();
        spawn_local(async move {
            match bridge::call(StartDrafts { data_set: set.id, task, settings }).await {
                Ok(_) => {
                    // Only an address that the person confirmed is remembered.
                    if let Some(used) = used {
                        store.change_settings(|settings| settings.endpoint = Some(used));
                    }
                    questions.try_set(String::new());
                }
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    let label = move || match task.get() {
        Task::Questions => t!("data-draft-start-pairs", count = asked.read().len()),
        Task::Open => t!("data-draft-start-open"),
        Task::Without => t!("data-draft-start-without"),
    };
    let destination = move || {
        if endpoint.is_used.get() {
            return endpoint.destination();
        }
        store
            .model()
            .map_or_else(|| t!("data-draft-no-model"), |model| t!("data-draft-here", model = model.name))
    };
    let area = move |label: String, testid: &'static str, value: RwSignal<String>| {
        view! {
            <label class="field">
                <span class="label"><span>{label.clone()} " " <span class="quiet">{t!("data-draft-prompt-hint")}</span></span></span>
                <textarea class="prose" data-testid=testid aria-label=label rows="2" dir="auto" spellcheck="true" prop:value=value on:input=move |event| value.set(event_target_value(&event))></textarea>
            </label>
        }
    };
    let faults = FieldFaults::provide();
    view! {
        <div class="fields">
            <div use:roving class="segments" role="group" aria-label=t!("data-draft-what")>
                {TASKS.map(|(which, name, testid)| view! {
                    <button data-testid=testid aria-pressed=move || (task.get() == which).to_string() on:click=move |_| task.set(which)>{message(name, &[])}</button>
                })}
            </div>
            <label class="field">
                <span class="label"><span><Term name="Behaviour" />" "<span class="quiet">{t!("data-draft-behaviour-hint")}</span></span></span>
                <input type="text" data-testid="drafts-behaviour" dir="auto" prop:value=behaviour placeholder=t!("data-draft-behaviour-example")
                    on:input=move |event| behave(event_target_value(&event)) />
            </label>
            <Show when=move || task.get() == Task::Questions>
                <label class="field">
                    <span class="label">
                        <span>{t!("data-draft-questions")}" "<span class="quiet">{t!("data-draft-questions-hint")}</span></span>
                        <span class="quiet small">{move || t!("data-count-questions", count = asked.read().len())}</span>
                    </span>
                    <textarea class="prose" data-testid="drafts-questions" aria-label=t!("data-draft-questions") rows="5" dir="auto" spellcheck="true" prop:value=questions
                        on:input=move |event| questions.set(event_target_value(&event))></textarea>
                </label>
            </Show>
            <details>
                <summary data-testid="drafts-more">{t!("data-draft-more")}</summary>
                <div class="fields">
                    {area(t!("data-draft-wanted-prompt"), "drafts-wanted-prompt", wanted)}
                    {area(t!("data-draft-opposite-prompt"), "drafts-opposite-prompt", opposite)}
                    <div class="three">
                        <NumberField label=t!("data-draft-tokens") term="Token" hint=t!("data-draft-tokens-hint") testid="drafts-tokens" range=NumberRange::WholeBetween(1, 2000) value=tokens set=Callback::new(move |new| tokens.set(new)) />
                        <NumberField label=t!("data-draft-temperature") term="Temperature" hint=t!("data-draft-temperature-hint") testid="drafts-temperature" range=NumberRange::From(0.0) value=temperature set=Callback::new(move |new: f64| temperature.set(new)) />
                        <NumberField label=t!("seed") term="Seed" hint=t!("data-draft-seed-hint") testid="drafts-seed" range=NumberRange::Seed value=seed set=Callback::new(move |new| seed.set(new)) />
                    </div>
                </div>
            </details>
            <div use:roving class="segments" role="group" aria-label=t!("data-draft-who")>
                <button data-testid="drafts-by-model" aria-pressed=move || (!endpoint.is_used.get()).to_string() on:click=move |_| endpoint.is_used.set(false)>{t!("data-draft-by-model")}</button>
                <button data-testid="drafts-by-endpoint" aria-pressed=move || endpoint.is_used.get().to_string() on:click=move |_| endpoint.is_used.set(true)>{t!("data-draft-by-endpoint")}</button>
            </div>
            <Show when=move || endpoint.is_used.get()><EndpointFields form=endpoint /></Show>
            <FaultNote faults />
            <FailureCard failure />
            <div class="row wrap">
                <span class="grow small" class:warning=move || endpoint.is_used.get() && !endpoint.stays_here() class:quiet=move || !endpoint.is_used.get() || endpoint.stays_here() data-testid="drafts-destination">{destination}</span>
                <button class="button primary" data-testid="drafts-start" disabled=move || !can_start() || faults.are_there() on:click=start>{label}</button>
            </div>
        </div>
    }
}

/// Puts a suggestion in the place of the one before. What a person has changed stays.
fn follow(typed: &mut String, before: &str, now: String) {
    if typed == before {
        *typed = now;
    }
}

/// Returns the questions that were typed: each line that says something, once.
fn lines(text: &str) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && seen.insert(*line))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_that_was_changed_stays() {
        let mut prompt = String::new();
        follow(&mut prompt, "", "Be calm.".into());
        assert_eq!(prompt, "Be calm.");
        prompt = "Be as calm as the sea.".into();
        follow(&mut prompt, "Be calm.", "Be bold.".into());
        assert_eq!(prompt, "Be as calm as the sea.");
    }

    #[test]
    fn every_line_is_a_question_once() {
        assert_eq!(lines(" Why?\n\nHow?\r\nWhy?\n"), ["Why?", "How?"]);
    }
}

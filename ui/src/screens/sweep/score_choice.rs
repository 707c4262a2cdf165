//! Which scores are measured.

use ipc::score::{Rubric, Score};
use leptos::prelude::*;

use super::form::Form;
use crate::state::store;

/// The scores, in groups by what they tell.
#[component]
pub(super) fn ScoreChoice() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let knowledge =
        move |shots: u8| Score::Knowledge { path: form.knowledge_path.get().trim().to_owned(), shots };
    let truthful = move || form.truthful_path.get().trim().to_owned();
    view! {
        <div class="field">
            <span class="label">"Scores"<span class="quiet small">"behaviour"</span></span>
            <div class="choices">
                <Tick score=Signal::stored(Score::LogOdds) testid="score-preference" />
                <Tick score=Signal::stored(Score::LogOddsPerToken) testid="score-per-token" />
                <Tick score=Signal::stored(Score::WinShare) testid="score-wins" />
                <Tick score=Signal::stored(Score::Choice) testid="score-choice" />
                <Tick score=Signal::derive(move || form.judge_score(store)) testid="score-judge" />
                <Show when=move || is_judged(form)><RubricChoice /></Show>
                <Tick score=Signal::stored(Score::Compliance) testid="score-compliance" />
                <Tick score=Signal::stored(Score::Rating) testid="score-rating" />
            </div>
            <span class="label"><span></span><span class="quiet small">"side effects"</span></span>
            <div class="choices">
                <Tick score=Signal::stored(Score::Perplexity) testid="score-perplexity" />
                <Tick score=Signal::stored(Score::Divergence) testid="score-divergence" />
                <Tick score=Signal::stored(Score::Repetition) testid="score-repetition" />
                <Tick score=Signal::stored(Score::Length) testid="score-length" />
                <Tick score=Signal::derive(move || knowledge(0)) testid="score-knowledge-0" />
                <Tick score=Signal::derive(move || knowledge(5)) testid="score-knowledge-5" />
                <Show when=move || !truthful().is_empty()>
                    <Tick score=Signal::derive(move || Score::TruthfulOne { path: truthful() }) testid="score-mc1" />
                    <Tick score=Signal::derive(move || Score::TruthfulTwo { path: truthful() }) testid="score-mc2" />
                </Show>
            </div>
            <details>
                <summary>"Questions from files"</summary>
                <div class="fields">
                    <PathText label="Multiple choice in MMLU\u{2019}s CSV format" testid="sweep-knowledge-path" value=form.knowledge_path
                        hint="Empty for the 40 questions on board. The examples come from dev/NAME_dev.csv beside test/NAME_test.csv, else from the first five rows." />
                    <PathText label="TruthfulQA.csv" testid="sweep-truthful-path" value=form.truthful_path
                        hint="With the columns Question, Best Answer, Correct Answers, Incorrect Answers." />
                </div>
            </details>
        </div>
    }
}

fn is_judged(form: Form) -> bool {
    form.scores.read().iter().any(|score| matches!(score, Score::Judge { .. }))
}

#[component]
fn Tick(score: Signal<Score>, testid: &'static str) -> impl IntoView {
    let form = expect_context::<Form>();
    let is_chosen = move || form.scores.read().contains(&score.read());
    let cost = move || match score.read().needs() {
        ipc::score::Needs::Answers => "generates",
        _ => "",
    };
    view! {
        <label class="row" title=move || score.read().formula()>
            <input type="checkbox" data-testid=testid prop:checked=is_chosen
                on:change=move |_| form.toggle_score(&score.get_untracked()) />
            <span class="grow ellipsis">{move || score.read().name()}</span>
            <span class="quiet small">{cost}</span>
        </label>
    }
}

#[component]
fn PathText(
    label: &'static str,
    testid: &'static str,
    hint: &'static str,
    value: RwSignal<String>,
) -> impl IntoView {
    let form = expect_context::<Form>();
    let change = move |new: String| {
        // The scores of the file before follow it.
        let (before, is_knowledge) = (value.get_untracked(), testid == "sweep-knowledge-path");
        form.scores.update(|scores| {
            for score in scores.iter_mut() {
                match score {
                    Score::Knowledge { path, .. } if is_knowledge && *path == before.trim() => {
                        new.trim().clone_into(path);
                    }
                    Score::TruthfulOne { path } | Score::TruthfulTwo { path } if !is_knowledge => {
                        new.trim().clone_into(path);
                    }
                    _ => {}
                }
            }
            scores.retain(|score| !matches!(score, Score::TruthfulOne { path } | Score::TruthfulTwo { path } if path.is_empty()));
        });
        value.set(new);
    };
    view! {
        <label class="field" title=hint>
            <span class="label">{label}</span>
            <input type="text" data-testid=testid spellcheck="false" autocomplete="off" placeholder="Path of the file" prop:value=value
                on:input=move |event| change(event_target_value(&event)) />
        </label>
    }
}

/// The rubric: one on board as it is, or changed.
#[component]
fn RubricChoice() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let change = move |change: &dyn Fn(&mut Rubric)| {
        form.change_judge(store, || form.rubric.update(|rubric| change(rubric)));
    };
    let choose = move |event: leptos::ev::Event| {
        let behavior = event_target_value(&event);
        if let Some(rubric) = Rubric::on_board().into_iter().find(|rubric| rubric.behavior == behavior) {
            change(&move |old| old.clone_from(&rubric));
        }
    };
    let levels = move || {
        [3_usize, 2, 1, 0].into_iter().map(|level| view! {
            <label class="row">
                <b>{level + 1}</b>
                <input type="text" class="grow" data-testid="rubric-level" aria-label=format!("What {} means", level + 1)
                    prop:value=move || form.rubric.read().levels[level].clone()
                    on:change=move |event| {
                        let text = event_target_value(&event);
                        change(&move |rubric| rubric.levels[level].clone_from(&text));
                    } />
            </label>
        }).collect_view()
    };
    view! {
        <div class="rubric">
            <select data-testid="rubric-choice" aria-label="Rubric" on:change=choose prop:value=move || form.rubric.read().behavior.clone()>
                {Rubric::on_board().into_iter().map(|rubric| view! { <option value=rubric.behavior.clone()>{rubric.behavior.clone()}</option> }).collect_view()}
                {move || {
                    let own = form.rubric.read().behavior.clone();
                    let is_own = Rubric::on_board().iter().all(|rubric| rubric.behavior != own);
                    is_own.then(|| view! { <option value=own.clone()>{own.clone()}</option> })
                }}
            </select>
            <label class="field">
                <span class="label small">"How far an answer shows \u{2026}"</span>
                <input type="text" data-testid="rubric-behavior" prop:value=move || form.rubric.read().behavior.clone()
                    on:change=move |event| {
                        let text = event_target_value(&event);
                        change(&move |rubric| text.trim().clone_into(&mut rubric.behavior));
                    } />
            </label>
            {levels}
            <JudgeChoice />
        </div>
    }
}

/// Who judges, and where what is judged goes.
#[component]
fn JudgeChoice() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let endpoint =
        Memo::new(move |_| store.settings.read().endpoint.clone().filter(|to| !to.address.is_empty()));
    let set = move |is_remote: bool| form.change_judge(store, || form.is_remote.set(is_remote));
    let says = move || {
        match endpoint.get().filter(|_| form.is_remote.get()) {
        Some(to) => format!(
            "Prompt, answer and rubric of every answer go to {} ({}), {} at a time; what was asked before is not asked again. The pair\u{2019}s answers are the examples for 4 and 1.",
            to.address, to.model, to.at_once
        ),
        None => "Judged by the model itself, unsteered, by the probabilities of 1, 2, 3 and 4. The pair\u{2019}s answers are the examples for 4 and 1. Nothing leaves this machine.".to_owned(),
    }
    };
    view! {
        <Show when=move || endpoint.read().is_some() fallback=|| view! {
            <p class="quiet small">"For a judge behind an address, set one under Data, where drafts are made."</p>
        }>
            <div class="segments">
                <button type="button" data-testid="judge-local" aria-pressed=move || (!form.is_remote.get()).to_string() on:click=move |_| set(false)>"This model"</button>
                <button type="button" data-testid="judge-remote" aria-pressed=move || form.is_remote.get().to_string() on:click=move |_| set(true)>"Behind an address"</button>
            </div>
        </Show>
        <p class="quiet small" data-testid="judge-destination">{says}</p>
    }
}

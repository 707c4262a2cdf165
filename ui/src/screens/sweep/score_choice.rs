//! The fields that choose the scores of a sweep.

use ipc::command::ChooseFile;
use ipc::files::FilePurpose;
use ipc::score::Score;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::form::Form;
use super::judge_choice::{JudgeChoice, RubricChoice};
use crate::state::store;
use crate::text::said;
use crate::widgets::{PathField, Term, TypedField};
use crate::{bridge, chosen_files, t};

/// The scores, grouped by their purpose.
#[component]
pub(super) fn ScoreChoice() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let knowledge =
        move |shots: u8| Score::Knowledge { path: form.knowledge_path.get().trim().to_owned(), shots };
    let truthful = move || form.truthful_path.get().trim().to_owned();
    view! {
        <div class="field">
            <span class="label"><Term name="Score" text=t!("sweep-scores") /><span class="quiet small">{t!("sweep-scores-behaviour")}</span></span>
            <div class="ticks whole">
                <Tick score=Signal::stored(Score::LogOdds) term="Log-odds" testid="score-preference" />
                <Tick score=Signal::stored(Score::LogOddsPerToken) testid="score-per-token" />
                <Tick score=Signal::stored(Score::WinShare) term="Win rate" testid="score-wins" />
                <Tick score=Signal::stored(Score::Choice) term="A/B accuracy" testid="score-choice" />
                <Tick score=Signal::derive(move || form.judge_score(store)) term="Judge" testid="score-judge" by_each_set=true />
                <Show when=move || is_judged(form)><RubricChoice /></Show>
                <Show when=move || has_judge(form)><JudgeChoice /></Show>
                <Tick score=Signal::stored(Score::Compliance) testid="score-compliance" />
                <Tick score=Signal::derive(move || Score::JudgedCompliance { judge: form.judge(store) }) testid="score-judged-compliance" />
                <Tick score=Signal::stored(Score::Rating) testid="score-rating" />
            </div>
            <span class="label"><span></span><span class="quiet small">{t!("sweep-scores-side-effects")}</span></span>
            <div class="ticks whole">
                <Tick score=Signal::stored(Score::Perplexity) term="Perplexity" testid="score-perplexity" />
                <Tick score=Signal::stored(Score::Divergence) term="Divergence" testid="score-divergence" />
                <Tick score=Signal::stored(Score::Repetition) testid="score-repetition" />
                <Tick score=Signal::stored(Score::Length) testid="score-length" />
                <Tick score=Signal::derive(move || knowledge(0)) testid="score-knowledge-0" />
                <Tick score=Signal::derive(move || knowledge(5)) testid="score-knowledge-5" />
                <Show when=move || !truthful().is_empty()>
                    <Tick score=Signal::derive(move || Score::TruthfulOne { path: truthful() }) testid="score-mc1" />
                    <Tick score=Signal::derive(move || Score::TruthfulTwo { path: truthful() }) testid="score-mc2" />
                </Show>
                <Show when=move || !form.mmlu.folder.read().trim().is_empty()><MmluTicks /></Show>
            </div>
            <details>
                <summary>{t!("sweep-questions")}</summary>
                <div class="fields">
                    <PathText label=t!("sweep-questions-choice") testid="sweep-knowledge-path" value=form.knowledge_path
                        hint=t!("sweep-questions-choice-hint") />
                    <PathField label=t!("sweep-questions-mmlu") testid="sweep-mmlu-folder" path=form.mmlu.folder failure=form.failure
                        purpose=Callback::new(|()| FilePurpose::QuestionsFolder) />
                    <PathText label=t!("sweep-questions-truthful") testid="sweep-truthful-path" value=form.truthful_path
                        hint=t!("sweep-questions-truthful-hint") />
                </div>
            </details>
        </div>
    }
}

/// The choices of MMLU, as soon as its folder is named.
#[component]
fn MmluTicks() -> impl IntoView {
    let form = expect_context::<Form>();
    let mmlu = form.mmlu;
    let limit_fault = Signal::derive(move || mmlu.read_limit().err());
    let tick = |label: String, testid: &'static str, value: RwSignal<bool>| {
        view! {
            <label class="row">
                <input type="checkbox" data-testid=testid prop:checked=value on:change=move |event| value.set(event_target_checked(&event)) />
                <span class="grow ellipsis">{label}</span>
            </label>
        }
    };
    view! {
        {tick(t!("sweep-mmlu-0-shot"), "score-mmlu-0", mmlu.is_zero_shot)}
        {tick(t!("sweep-mmlu-5-shot"), "score-mmlu-5", mmlu.is_five_shot)}
        {tick(t!("sweep-mmlu-groups"), "score-mmlu-groups", mmlu.by_group)}
        <div title=t!("sweep-mmlu-limit-hint")>
            <TypedField label=t!("sweep-mmlu-limit") placeholder=t!("sweep-mmlu-limit-all") testid="mmlu-limit" value=mmlu.limit fault=limit_fault is_said=true />
        </div>
    }
}

fn is_judged(form: Form) -> bool {
    form.scores.read().iter().any(|score| matches!(score, Score::Judge { .. }))
}

fn has_judge(form: Form) -> bool {
    form.scores.read().iter().any(|score| score.judged().is_some())
}

#[component]
fn Tick(
    score: Signal<Score>,
    /// The term of the glossary that the score is.
    #[prop(optional)]
    term: &'static str,
    testid: &'static str,
    /// Whether each data set is judged by a rubric of its own, so that with several no single one is in the name.
    #[prop(optional)]
    by_each_set: bool,
) -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let is_chosen = move || form.scores.read().contains(&score.read());
    let name = move || {
        let is_many = by_each_set && form.chosen_sets(store).len() > 1;
        let name = if is_many { t!("sweep-judge") } else { said(&score.read().name()) };
        if term.is_empty() { name.into_any() } else { view! { <Term name=term text=name /> }.into_any() }
    };
    let cost = move || match score.read().needs() {
        ipc::score::Needs::Answers => t!("sweep-scores-generates"),
        _ => String::new(),
    };
    view! {
        <label class="row" title=move || said(score.read().formula())>
            <input type="checkbox" data-testid=testid prop:checked=is_chosen
                on:change=move |_| form.toggle_score(&score.get_untracked()) />
            <span class="grow ellipsis">{name}</span>
            <span class="quiet small">{cost}</span>
        </label>
    }
}

#[component]
fn PathText(label: String, testid: &'static str, hint: String, value: RwSignal<String>) -> impl IntoView {
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
    let choose = move |_| {
        spawn_local(async move {
            match bridge::call(ChooseFile { purpose: FilePurpose::Questions }).await {
                Ok(Some(file)) => change(chosen_files::remember(file)),
                Ok(None) => (),
                Err(refused) => form.failure.set(Some(refused)),
            }
        });
    };
    view! {
        <label class="field" title=hint>
            <span class="label">{label.clone()}</span>
            <span class="row">
                <input type="text" class="grow" data-testid=testid aria-label=label spellcheck="false" autocomplete="off" placeholder=t!("sweep-questions-path") prop:value=value
                    on:input=move |event| change(event_target_value(&event)) />
                <button class="button" type="button" data-testid=format!("{testid}-choose") aria-label=t!("sweep-questions-path-choose") on:click=choose>{t!("sweep-questions-path-choose")}</button>
            </span>
        </label>
    }
}

//! The second half of the Start screen: three steps to a vector of one's own.

use ipc::command::{CreateDataSet, DefaultSettings, EstimateTraining, Train};
use ipc::data::DataSet;
use ipc::train::{Estimate, Preset, TrainSettings};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::epoch_answers::EpochAnswers;
use super::state::Start;
use crate::actions::{DataView, PairAction, Screen, Sheet};
use crate::bridge;
use crate::format;
use crate::latest::Latest;
use crate::screens::models::LoadModelButton;
use crate::state::{Store, store};
use crate::t;
use crate::widgets::{DataSetChoice, FailureCard, Term};

/// The most letters of a sentence that become a name.
const MOST_LETTERS: usize = 60;

/// The three steps, and the run that they lead to.
#[component]
pub(super) fn OwnVector() -> impl IntoView {
    let start = expect_context::<Start>();
    view! {
        <section class="card" aria-label=t!("start-own")>
            <h2>{t!("start-own")}</h2>
            <ol class="own">
                <li>
                    <h3>{t!("start-own-name")}</h3>
                    <input type="text" data-testid="start-sentence" aria-label=t!("start-own-sentence") placeholder=t!("start-own-sentence-example") autocomplete="off"
                        prop:value=start.sentence on:input=move |event| start.sentence.set(event_target_value(&event)) />
                    <p class="quiet small">{t!("start-own-sentence-help")}</p>
                </li>
                <li><h3>{t!("start-own-pairs")}</h3><PairsChoice /></li>
                <li><h3>{t!("start-own-go")}</h3><Go /></li>
            </ol>
            <FailureCard failure=start.run_failure />
            {move || start.run.get().map(|(run, question)| view! { <EpochAnswers run question /> })}
        </section>
    }
}

#[component]
fn PairsChoice() -> impl IntoView {
    let (store, start) = (store(), expect_context::<Start>());
    let draft = move |_| draft(store, start);
    view! {
        <DataSetChoice testid="start-data-set" name=|set: &DataSet| format!("{} ({} + {})", set.name, set.train, set.held_out) />
        <div class="row wrap small">
            <button class="link" type="button" data-testid="start-paste" on:click=move |_| store.sheet.set(Some(Sheet::ImportPairs))>{t!("start-own-paste")}</button>
            <button class="link" type="button" data-testid="start-draft" on:click=draft>{t!("start-own-draft")}</button>
        </div>
        <p class="quiet small"><Term name="Preference pair" text=t!("start-own-pairs-help") /></p>
    }
}

/// Makes an empty data set that is named by the sentence, and shows where a model drafts its pairs. Without a sentence the
/// drafts go to the data set in use.
fn draft(store: Store, start: Start) {
    let description = start.sentence.get_untracked().trim().to_owned();
    let name = name_of(&description);
    spawn_local(async move {
        if !name.is_empty() {
            match bridge::call(CreateDataSet { name, description }).await {
                Ok(set) => store.change_settings(|settings| settings.data_set = Some(set.id)),
                Err(refused) => return start.run_failure.set(Some(refused)),
            }
        }
        store.go(Screen::Data);
        if let Some(act) = store.on_pairs.get_value() {
            act.run(PairAction::Show(DataView::Drafts));
        }
    });
}

/// The button that trains, and how long that will take.
#[component]
fn Go() -> impl IntoView {
    let (store, start) = (store(), expect_context::<Start>());
    let what = Memo::new(move |_| {
        let model = store.model().filter(|_| store.model_is_ready())?;
        let set = store.data_set()?;
        Some((model.id, set.id, set.train, set.held_out))
    });
    let estimate = RwSignal::new(None::<Estimate>);
    let latest = Latest::new();
    Effect::new(move |_| {
        estimate.set(None);
        let Some((model, data_set, ..)) = what.get() else { return };
        let turn = latest.begin();
        spawn_local(async move {
            // Without an estimate the button says no time; training itself says what is wrong.
            let found = estimated(model, data_set).await.ok();
            if turn.is_current() {
                estimate.set(found);
            }
        });
    });
    let is_under_way = Memo::new(move |_| {
        let run = start.run.get().map(|(run, _)| run);
        store.runs.read().iter().any(|known| Some(known.id) == run && !known.state.is_over())
    });
    let why_not = move || match what.get() {
        None if store.data_sets.read().is_empty() => Some(t!("start-own-no-sets")),
        None => Some(t!("start-own-no-model")),
        Some((_, _, 0, _)) => Some(t!("start-own-no-pairs")),
        Some(_) if is_under_way.get() => Some(t!("start-own-under-way")),
        Some(_) => None,
    };
    let go = move |_| {
        if let Some((model, data_set, ..)) = what.get_untracked() {
            train(start, model, data_set);
        }
    };
    let time = move || estimate.get().map(|estimate| sentence(&estimate));
    view! {
        <button class="button primary large" type="button" data-testid="start-train" disabled=move || why_not().is_some() on:click=go>{t!("start-own-train")}</button>
        <div class="row wrap">
            <p class="quiet small">{move || why_not().or_else(time).unwrap_or_default()}</p>
            <LoadModelButton testid="start-load" />
        </div>
    }
}

async fn estimated(model: Id, data_set: Id) -> Result<Estimate, Failure> {
    let settings = defaults(model, data_set).await?;
    bridge::call(EstimateTraining { model, data_set, settings }).await
}

async fn defaults(model: Id, data_set: Id) -> Result<TrainSettings, Failure> {
    bridge::call(DefaultSettings { model, data_set, preset: Preset::Small }).await
}

/// Trains with the default settings.
fn train(start: Start, model: Id, data_set: Id) {
    start.run_failure.set(None);
    let name = name_of(&start.sentence.read_untracked());
    let question = start.question.get_untracked();
    spawn_local(async move {
        let queued = async {
            let settings = defaults(model, data_set).await?;
            bridge::call(Train { name, model, data_set, settings }).await
        };
        match queued.await {
            Ok(run) => start.run.set(Some((run.id, question))),
            Err(refused) => start.run_failure.set(Some(refused)),
        }
    });
}

/// Returns the name that a sentence gives: without its full stop, and not longer than a line.
fn name_of(sentence: &str) -> String {
    let sentence = sentence.trim().trim_end_matches(['.', '\u{3002}']);
    if sentence.chars().count() <= MOST_LETTERS {
        return sentence.to_owned();
    }
    let cut: String = sentence.chars().take(MOST_LETTERS - 1).collect();
    format!("{}\u{2026}", cut.trim_end())
}

fn sentence(estimate: &Estimate) -> String {
    match estimate.seconds {
        Some(seconds) => t!("start-own-time", time = format::duration(seconds)),
        None => t!("start-own-time-unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_becomes_a_name_of_one_line() {
        assert_eq!(name_of("  Answers are short. "), "Answers are short");
        assert_eq!(name_of("\u{56de}\u{7b54}\u{7b80}\u{77ed}\u{3002}"), "\u{56de}\u{7b54}\u{7b80}\u{77ed}");
        assert_eq!(name_of(""), "");
        let long = name_of(&"word ".repeat(30));
        assert!(long.chars().count() <= MOST_LETTERS && long.ends_with('\u{2026}'), "{long}");
    }
}

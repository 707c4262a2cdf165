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
use crate::state::{Store, store};
use crate::widgets::{DataSetChoice, FailureCard, Term};

/// The most letters of a sentence that become a name.
const MOST_LETTERS: usize = 60;

/// The three steps, and the run that they lead to.
#[component]
pub(super) fn OwnVector() -> impl IntoView {
    let start = expect_context::<Start>();
    view! {
        <section class="card" aria-label="Train your own">
            <h2>"Train your own"</h2>
            <ol class="own">
                <li>
                    <h3>"1. Name the behaviour"</h3>
                    <input type="text" data-testid="start-sentence" aria-label="The behaviour, in a sentence" placeholder="Answers are short and to the point." autocomplete="off"
                        prop:value=start.sentence on:input=move |event| start.sentence.set(event_target_value(&event)) />
                    <p class="quiet small">"One sentence; it names the vector."</p>
                </li>
                <li><h3>"2. Take pairs"</h3><PairsChoice /></li>
                <li><h3>"3. Go"</h3><Go /></li>
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
            <button class="link" type="button" data-testid="start-paste" on:click=move |_| store.sheet.set(Some(Sheet::ImportPairs))>"Paste or import\u{2026}"</button>
            <button class="link" type="button" data-testid="start-draft" on:click=draft>"Draft with the model\u{2026}"</button>
        </div>
        <p class="quiet small">"Each "<Term name="Preference pair" text="preference pair" />" has a prompt, an answer that shows the behaviour, and its opposite."</p>
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
        None if store.data_sets.read().is_empty() => Some("There are no pairs yet: import or draft some."),
        None => Some("No model is in memory yet."),
        Some((_, _, 0, _)) => Some("This data set has no training pairs yet."),
        Some(_) if is_under_way.get() => Some("It trains below."),
        Some(_) => None,
    };
    let go = move |_| {
        if let Some((model, data_set, ..)) = what.get_untracked() {
            train(start, model, data_set);
        }
    };
    let time = move || estimate.get().map(|estimate| sentence(&estimate));
    view! {
        <button class="button primary large" type="button" data-testid="start-train" disabled=move || why_not().is_some() on:click=go>"Train"</button>
        <p class="quiet small">{move || why_not().map(str::to_owned).or_else(time).unwrap_or_default()}</p>
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
    let sentence = sentence.trim().trim_end_matches('.');
    if sentence.chars().count() <= MOST_LETTERS {
        return sentence.to_owned();
    }
    let cut: String = sentence.chars().take(MOST_LETTERS - 1).collect();
    format!("{}\u{2026}", cut.trim_end())
}

fn sentence(estimate: &Estimate) -> String {
    match estimate.seconds {
        Some(seconds) => format!("About {}.", format::duration(seconds)),
        None => "Some minutes; the first steps will tell how many.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_becomes_a_name_of_one_line() {
        assert_eq!(name_of("  Answers are short. "), "Answers are short");
        assert_eq!(name_of(""), "");
        let long = name_of(&"word ".repeat(30));
        assert!(long.chars().count() <= MOST_LETTERS && long.ends_with('\u{2026}'), "{long}");
    }
}

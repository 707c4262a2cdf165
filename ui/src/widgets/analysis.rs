//! The parts that the views of analyses share: they start an analysis and show its state.

use ipc::analysis::{Analysis, Question};
use ipc::command::StartAnalysis;
use ipc::job::JobState;
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::state::{Store, store};
use crate::t;
use crate::text::said;
use crate::widgets::{FailureCard, FailureNote};

/// Returns the newest analysis that `is` accepts.
pub fn newest(store: Store, is: impl Fn(&Analysis) -> bool) -> Option<Analysis> {
    store.analyses.read().iter().find(|analysis| is(analysis)).cloned()
}

/// Returns the model and the data set in use, which [`ask`] asks about.
pub fn in_use(store: Store) -> (Option<Id>, Option<Id>) {
    (store.model().map(|model| model.id), store.data_set().map(|set| set.id))
}

/// Starts an analysis of the model and the data set in use.
pub fn ask(store: Store, question: Question, failure: RwSignal<Option<Failure>>) {
    let (Some(model), Some(data_set)) = (store.model(), store.data_set()) else { return };
    ask_about(store, model.id, data_set.id, question, failure);
}

/// Starts an analysis of another model or data set.
pub fn ask_about(
    store: Store,
    model: Id,
    data_set: Id,
    question: Question,
    failure: RwSignal<Option<Failure>>,
) {
    failure.set(None);
    spawn_local(async move {
        match bridge::call(StartAnalysis { model, data_set, question }).await {
            // An existing analysis of the same question is shown first. A short one may have ended before this answer came: what the
            // page has heard since is newer.
            Ok(analysis) => store.analyses.update(|all| {
                let known = all.iter().position(|known| known.id == analysis.id);
                let newest = known.map_or(analysis, |at| all.remove(at));
                all.insert(0, newest);
            }),
            Err(refused) => failure.set(Some(refused)),
        }
    });
}

/// Shows the state of an analysis that is not done, and why it could not be started.
#[component]
pub fn AnalysisState(
    /// The analysis.
    #[prop(into)]
    analysis: Signal<Option<Analysis>>,
    /// Why it could not be started.
    failure: RwSignal<Option<Failure>>,
) -> impl IntoView {
    let store = store();
    let note = move || {
        let analysis = analysis.read();
        let analysis = analysis.as_ref()?;
        let phase = || {
            let jobs = store.jobs.read();
            jobs.iter()
                .find(|job| job.id == analysis.job)
                .map(|job| job.progress.phase.clone())
                .unwrap_or_default()
        };
        match &analysis.state {
            JobState::Queued => Some(t!("widgets-analysis-queued")),
            JobState::Running => Some(match said(&phase()) {
                // A job that has just begun has no phase yet.
                phase if phase.is_empty() => t!("widgets-analysis-begins"),
                phase => format!("{phase} \u{2026}"),
            }),
            JobState::Paused => Some(t!("widgets-analysis-paused")),
            JobState::Stopped => Some(t!("widgets-analysis-stopped")),
            JobState::Done if analysis.stale => Some(t!("widgets-analysis-stale")),
            JobState::Done | JobState::Failed { .. } => None,
        }
    };
    let failed = move || match analysis.read().as_ref().map(|analysis| analysis.state.clone()) {
        Some(JobState::Failed { failure }) => Some(failure),
        _ => None,
    };
    view! {
        {move || note().map(|note| view! { <p class="quiet small" data-testid="analysis-status">{note}</p> })}
        {move || failed().map(|failure| view! { <FailureNote failure /> })}
        <FailureCard failure />
    }
}

/// Returns whether an analysis is queued or runs.
pub fn is_open(analysis: Option<&Analysis>) -> bool {
    analysis.is_some_and(|analysis| matches!(analysis.state, JobState::Queued | JobState::Running))
}

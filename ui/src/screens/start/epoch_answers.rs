//! A run that was started on the Start screen: one total time, and what its vector answers after each epoch.

use ipc::Id;
use ipc::answer::{Answer, TrialSubject};
use ipc::command::{ControlJob, TrySteering};
use ipc::job::{JobAction, JobState};
use ipc::train::{History, Run};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::answers::AnswerColumn;
use super::state::MOST_TOKENS;
use crate::bridge;
use crate::format;
use crate::screens::next_steps::NextSteps;
use crate::screens::train;
use crate::state::{Store, store};
use crate::t;
use crate::text::said;
use crate::widgets::{FailureNote, Term, roving};

/// The trials of a run: the id of the trial that was asked after each epoch, ascending by epoch.
type Trials = Vec<(u32, Id)>;

/// The run's state and answers.
#[component]
pub(super) fn EpochAnswers(
    /// The run.
    run: Id,
    /// The question that every epoch's vector answers.
    question: String,
) -> impl IntoView {
    let store = store();
    let row = Memo::new(move |_| store.runs.read().iter().find(|known| known.id == run).cloned());
    train::read_history(store, run);
    let history = Memo::new(move |_| store.histories.read().get(&run).cloned().unwrap_or_default());
    let trials = RwSignal::new(Trials::new());
    let chosen = RwSignal::new(None::<u32>);
    let has_curves = RwSignal::new(false);
    let form = expect_context::<train::Form>();
    let toggle_curves = move |_| {
        form.run.set(Some(run));
        has_curves.update(|on| *on = !*on);
    };
    ask_after_each_epoch(store, row, history, question.clone(), trials);
    let over = move |state: fn(&JobState) -> bool| row.read().as_ref().is_some_and(|row| state(&row.state));
    view! {
        <div class="under-way" data-testid="start-run">
            <div class="row wrap">
                <h3 class="grow ellipsis">{move || row.get().map(|row| row.name)}</h3>
                <span class="quiet" data-testid="start-left">{move || row.get().map(|row| time_left(store, &row))}</span>
                <Show when=move || over(|state| !state.is_over())>
                    <button class="button" type="button" data-testid="start-stop" title=t!("start-stop-title") on:click=move |_| stop(store, row.get_untracked())>{t!("stop")}</button>
                </Show>
            </div>
            {move || row.get().and_then(|row| match row.state {
                JobState::Failed { failure } => Some(view! { <FailureNote failure /> }),
                _ => None,
            })}
            <p class="asked prose">{question}</p>
            <Answers trials chosen row />
            {move || row.get().and_then(|row| row.vector).map(|vector| view! { <NextSteps vector /> })}
            <button class="link" type="button" data-testid="start-curves" aria-expanded=move || has_curves.get().to_string() on:click=toggle_curves>{move || if has_curves.get() { t!("start-curves-hide") } else { t!("start-curves-show") }}</button>
            <Show when=move || has_curves.get()><train::RunView /></Show>
        </div>
    }
}

fn stop(store: Store, run: Option<Run>) {
    if let Some(run) = run {
        store.send(ControlJob { job: run.job, action: JobAction::Stop });
    }
}

/// Says how long the whole run still takes, or how it ended.
fn time_left(store: Store, run: &Run) -> String {
    let jobs = store.jobs.read();
    let progress = jobs.iter().find(|job| job.id == run.job).map(|job| &job.progress);
    match &run.state {
        JobState::Queued => t!("start-run-queued"),
        JobState::Paused => t!("start-run-paused"),
        JobState::Done => t!("start-run-done"),
        JobState::Stopped => t!("start-run-stopped"),
        JobState::Failed { .. } => t!("start-run-failed"),
        JobState::Running => match progress {
            Some(progress) => match format::time_left(progress.seconds_left) {
                Some(left) => t!("start-run-left", left = left),
                None => said(&progress.phase),
            },
            None => String::new(),
        },
    }
}

/// Asks the question whenever an epoch has ended: the first time without the vector as well.
fn ask_after_each_epoch(
    store: Store,
    row: Memo<Option<Run>>,
    history: Memo<History>,
    question: String,
    trials: RwSignal<Trials>,
) {
    let ended = Memo::new(move |_| {
        let row = row.read();
        let row = row.as_ref()?;
        let done = history.read().steps.last().map_or(0, |step| step.step);
        Some((row.id, epochs_ended(done, row.steps, row.settings.epochs)))
    });
    let asked = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let Some((run, epoch)) = ended.get() else { return };
        // Epochs of a quick run may end between two events.
        let new = asked.get_value() + 1..=epoch;
        asked.set_value(epoch.max(asked.get_value()));
        for epoch in new {
            let multipliers = if epoch == 1 { vec![0.0, 1.0] } else { vec![1.0] };
            let subject = TrialSubject::Epoch { run, epoch };
            ask(
                store,
                trials,
                TrySteering { text: question.clone(), subject, multipliers, max_new_tokens: MOST_TOKENS },
                epoch,
            );
        }
    });
}

fn ask(store: Store, trials: RwSignal<Trials>, request: TrySteering, epoch: u32) {
    spawn_local(async move {
        match bridge::call(request).await {
            Ok(trial) => drop(trials.try_update(|all| {
                all.push((epoch, trial.id));
                all.sort_unstable();
            })),
            // The run goes on without this answer.
            Err(refused) => drop(store.failure.try_set(Some(refused))),
        }
    });
}

/// Returns how many epochs have ended after so many steps.
fn epochs_ended(done: u32, steps: u32, epochs: u32) -> u32 {
    done.checked_div(steps / epochs.max(1)).unwrap_or(0)
}

#[component]
fn Answers(trials: RwSignal<Trials>, chosen: RwSignal<Option<u32>>, row: Memo<Option<Run>>) -> impl IntoView {
    let store = store();
    let shown = Memo::new(move |_| chosen.get().or_else(|| trials.read().last().map(|(epoch, _)| *epoch)));
    let answer = move |trial: Option<Id>, place: fn(&[Answer]) -> Option<&Answer>| {
        let all = store.trials.read();
        let trial = all.iter().find(|known| Some(known.id) == trial)?;
        place(&trial.answers).cloned()
    };
    let unsteered = Memo::new(move |_| {
        answer(trials.read().first().map(|(_, id)| *id), |answers| {
            answers.first().filter(|_| answers.len() > 1)
        })
    });
    let steered = Memo::new(move |_| {
        let epoch = shown.get();
        answer(trials.read().iter().find(|(of, _)| Some(*of) == epoch).map(|(_, id)| *id), <[_]>::last)
    });
    let epochs = move || row.read().as_ref().map_or(0, |row| row.settings.epochs);
    let note = move || match shown.get() {
        Some(epoch) => t!("start-after-epoch", epoch = epoch, epochs = epochs()),
        None => t!("start-after-first-epoch"),
    };
    let chip = move |(epoch, _): (u32, Id)| {
        view! {
            <button type="button" data-testid="start-epoch" aria-pressed=move || (shown.get() == Some(epoch)).to_string()
                on:click=move |_| chosen.set(Some(epoch))>{epoch}</button>
        }
    };
    view! {
        <div class="answers" aria-live="polite" tabindex="0">
            <AnswerColumn testid="start-unsteered" word=t!("start-unsteered") note=String::new() answer=unsteered />
            <AnswerColumn testid="start-steered" word=t!("start-steered") note=Signal::derive(note) answer=steered />
        </div>
        <Show when=move || { trials.read().len() > 1 }>
            <div class="row"><span class="quiet small"><Term name="Epoch" text=t!("start-epochs") /></span>
                <div use:roving class="segments" role="group" aria-label=t!("start-epoch")><For each=move || trials.get() key=|trial| *trial children=chip /></div>
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_are_counted_by_steps() {
        assert_eq!([0, 16, 17, 84, 85].map(|done| epochs_ended(done, 85, 5)), [0, 0, 1, 4, 5]);
        assert_eq!(epochs_ended(0, 0, 5), 0, "a method without steps has no epoch");
    }
}

//! The queue: the jobs that run, wait and are paused, in their order, and what can be done with each.

use ipc::Id;
use ipc::command::{ControlJob, MoveJob};
use ipc::job::{Job, JobAction, JobState, QueueMove};
use leptos::prelude::*;

use super::job_strip::{Places, share, titled};
use crate::format;
use crate::job_kinds;
use crate::state::store;
use crate::t;
use crate::widgets::SheetFrame;

/// The queue.
#[component]
pub(super) fn QueueSheet() -> impl IntoView {
    let store = store();
    let order = Memo::new(move |_| in_order(&store.jobs.read()));
    view! {
        <SheetFrame label=t!("shell-queue") testid="queue-sheet" wide=true>
            <h2>{t!("shell-queue")}</h2>
            <Show when=move || order.read().is_empty()>
                <p class="quiet">{t!("shell-queue-empty")}</p>
            </Show>
            <ol class="queue">
                <For each=move || order.get() key=|id| *id children=move |id| view! { <QueuedJob id order /> } />
            </ol>
        </SheetFrame>
    }
}

#[component]
fn QueuedJob(id: Id, order: Memo<Vec<Id>>) -> impl IntoView {
    let store = store();
    let places = Places::expect(store);
    let job = Memo::new(move |_| store.jobs.read().iter().find(|job| job.id == id).cloned());
    let is = move |wanted: &JobState| job.read().as_ref().is_some_and(|job| job.state == *wanted);
    let title = move || {
        job.read()
            .as_ref()
            .map(|job| titled(job, store.project_id.get(), &store.projects.read()))
            .unwrap_or_default()
    };
    let said = move || job.read().as_ref().map(job_kinds::progress);
    let percent = move || format::in_percent(share(store, job.read().as_ref()));
    let act = move |action: JobAction| store.send(ControlJob { job: id, action });
    let shift = move |to: QueueMove| store.send(MoveJob { job: id, to });
    // A job moves among those that wait in its own queue: downloads have one.
    let can_move = move |to: QueueMove| can_move(&store.jobs.read(), &order.read(), id, to);
    let go = move |_| {
        if let Some(job) = job.get_untracked() {
            store.sheet.set(None);
            places.go_to(&job);
        }
    };
    view! {
        <li class="queue-job" data-testid="queue-job">
            <span class="queue-moves">
                <button type="button" class="button" data-testid="queue-earlier" aria-label=move || t!("shell-queue-up", job = title()) title=t!("shell-queue-earlier")
                    disabled=move || !can_move(QueueMove::Earlier) on:click=move |_| shift(QueueMove::Earlier)>"\u{2191}"</button>
                <button type="button" class="button" data-testid="queue-later" aria-label=move || t!("shell-queue-down", job = title()) title=t!("shell-queue-later")
                    disabled=move || !can_move(QueueMove::Later) on:click=move |_| shift(QueueMove::Later)>"\u{2193}"</button>
            </span>
            <div class="queue-text">
                <b class="ellipsis" dir="auto" data-testid="queue-title" title=title>{title}</b>
                <span class="quiet small ellipsis" title=said>{said}</span>
                <div class="bar" role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-label=title aria-valuenow=move || format::number(percent(), 0)>
                    <div style:width=move || format!("{:.1}%", percent())></div>
                </div>
            </div>
            <button type="button" class="link" data-testid="queue-go" on:click=go>{t!("shell-queue-go")}</button>
            <Show when=move || is(&JobState::Paused) fallback=move || view! {
                <button type="button" class="button" data-testid="queue-pause" on:click=move |_| act(JobAction::Pause)>{t!("pause")}</button>
            }>
                <button type="button" class="button" data-testid="queue-resume" on:click=move |_| act(JobAction::Resume)>{t!("resume")}</button>
            </Show>
            <button type="button" class="button" data-testid="queue-stop" data-once="true" title=t!("shell-stop-job") on:click=move |_| act(JobAction::Stop)>{t!("stop")}</button>
        </li>
    }
}

/// Returns the jobs as they run: what runs, what waits in its order, what is paused.
fn in_order(jobs: &[Job]) -> Vec<Id> {
    let rank = |job: &Job| match job.state {
        JobState::Running => 0,
        JobState::Queued => 1,
        _ => 2,
    };
    let mut all: Vec<&Job> = jobs.iter().collect();
    all.sort_by_key(|job| rank(job));
    all.into_iter().map(|job| job.id).collect()
}

/// Whether a waiting job has another one of its kind of queue before or after it.
fn can_move(jobs: &[Job], order: &[Id], id: Id, to: QueueMove) -> bool {
    let find = |id: Id| jobs.iter().find(|job| job.id == id);
    let Some(own) = find(id).filter(|job| job.state == JobState::Queued) else { return false };
    let lane = |job: &Job| job_kinds::display(job.kind).runs_beside_others;
    let alike: Vec<Id> = order
        .iter()
        .filter_map(|id| find(*id))
        .filter(|job| job.state == JobState::Queued && lane(job) == lane(own))
        .map(|job| job.id)
        .collect();
    match to {
        QueueMove::Earlier => alike.first() != Some(&id),
        QueueMove::Later => alike.last() != Some(&id),
    }
}

#[cfg(test)]
mod tests {
    use crate::samples::job;

    use super::*;

    #[test]
    fn what_runs_comes_first_and_only_what_waits_moves() {
        let jobs = [
            job(1, JobState::Paused),
            job(2, JobState::Queued),
            job(3, JobState::Running),
            job(4, JobState::Queued),
        ];
        let order = in_order(&jobs);
        assert_eq!(order, [3, 2, 4, 1]);
        let can = |id, to| can_move(&jobs, &order, id, to);
        assert!(can(2, QueueMove::Later) && !can(2, QueueMove::Earlier));
        assert!(can(4, QueueMove::Earlier) && !can(4, QueueMove::Later));
        assert!(!can(3, QueueMove::Later) && !can(1, QueueMove::Earlier));
    }
}

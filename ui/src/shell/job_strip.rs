//! The job strip: the running job, its progress, and buttons to pause or stop it. It keeps its height while no job runs, so that
//! the page never jumps.

use ipc::Id;
use ipc::command::ControlJob;
use ipc::job::{Job, JobAction, JobState};
use ipc::project::Project;
use leptos::prelude::*;

use crate::format;
use crate::job_kinds::{self, Made};
use crate::screens::{sweep, train};
use crate::state::{Store, store};
use crate::t;
use crate::text::said;

/// The job strip.
#[component]
pub(super) fn JobStrip() -> impl IntoView {
    let store = store();
    let places = Places::expect(store);
    let current = Memo::new(move |_| {
        let jobs = store.jobs.read();
        let running = jobs.iter().filter(|job| job.state == JobState::Running);
        // A download runs beside the others.
        running.min_by_key(|job| job_kinds::display(job.kind).runs_beside_others).or(jobs.first()).cloned()
    });
    let act = move |action| {
        if let Some(job) = current.get_untracked() {
            store.send(ControlJob { job: job.id, action });
        }
    };
    let state = move |wanted: JobState| current.read().as_ref().is_some_and(|job| job.state == wanted);
    view! {
        <footer class="job-strip">
            <Show when=move || current.read().is_some() fallback=|| view! { <span class="quiet small">{t!("shell-no-job")}</span> }>
                <div class="job-strip-content" data-testid="job-strip">
                <button class="title ellipsis" on:click=move |_| if let Some(job) = current.get_untracked() { places.go_to(&job); }>{move || current.get().map(|job| titled(&job, store.project_id.get(), &store.projects.read()))}</button>
                <div class="bar" role="progressbar" aria-label=t!("shell-progress") aria-valuemin="0" aria-valuemax="100"
                    aria-valuenow=move || format::number(format::in_percent(share(store, current.get().as_ref())), 0)>
                    <div style:width=move || format!("{:.1}%", format::in_percent(share(store, current.get().as_ref())))></div>
                </div>
                <span class="grow ellipsis quiet" data-testid="job-said"
                    title=move || current.get().and_then(|job| Some(said(&job.paused_by?.detail?)))>{move || current.get().map(|job| job_kinds::progress(&job))}</span>
                <Show when=move || state(JobState::Paused)>
                    <button class="button" data-testid="job-resume" on:click=move |_| act(JobAction::Resume)>{t!("resume")}</button>
                </Show>
                <Show when=move || state(JobState::Running) || state(JobState::Queued)>
                    <button class="button" data-testid="job-pause" on:click=move |_| act(JobAction::Pause)>{t!("pause")}</button>
                </Show>
                <button class="button" data-testid="job-stop" data-once="true" title=t!("shell-stop-job")
                    on:click=move |_| act(JobAction::Stop)>{t!("stop")}</button>
                </div>
            </Show>
        </footer>
    }
}

/// The screens that show what jobs make. Copies point to the same signals.
#[derive(Clone, Copy)]
pub(super) struct Places {
    store: Store,
    train: train::Form,
    sweep: sweep::Form,
}

impl Places {
    /// Returns the screens, from the context of the window.
    pub(super) fn expect(store: Store) -> Self {
        Self { store, train: expect_context(), sweep: expect_context() }
    }

    /// Shows what a job makes, or opens its project where that is another one.
    pub(super) fn go_to(self, job: &Job) {
        let store = self.store;
        if let Some(project) = job.project.filter(|project| *project != store.project_id.get_untracked()) {
            return store.open_project(project);
        }
        match job_kinds::made(job.kind) {
            Some(Made::Run(run)) => self.train.show_run(run),
            Some(Made::Sweep(sweep)) => self.sweep.show(sweep),
            None => (),
        }
        store.go(job_kinds::display(job.kind).screen);
    }
}

/// Returns a job's title, with its project where that is another one than the open one.
pub(super) fn titled(job: &Job, open: Id, projects: &[Project]) -> String {
    let other = job.project.filter(|project| *project != open);
    let project = other.and_then(|id| projects.iter().find(|project| project.id == id));
    match project {
        Some(project) => t!("shell-job-of", project = project.name.clone(), job = said(&job.title)),
        None => said(&job.title),
    }
}

/// Returns how much of a job is done, from 0 to 1.
pub(super) fn share(store: Store, job: Option<&Job>) -> f64 {
    job.and_then(|job| store.shares.read().get(&job.id).copied()).unwrap_or(0.0)
}

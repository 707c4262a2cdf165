//! The job strip: what runs, how far, how fast, how long still, and how to stop it.

use ipc::command::ControlJob;
use ipc::job::{Job, JobAction, JobKind, JobState};
use leptos::prelude::*;

use crate::format;
use crate::screens::Screen;
use crate::state::store;

/// The strip; nothing where no job waits or runs.
#[component]
pub(super) fn JobStrip() -> impl IntoView {
    let store = store();
    let current = Memo::new(move |_| {
        let jobs = store.jobs.read();
        let running = jobs.iter().filter(|job| job.state == JobState::Running);
        // A download runs beside the others.
        running.min_by_key(|job| matches!(job.kind, JobKind::Download { .. })).or(jobs.first()).cloned()
    });
    let act = move |action| {
        if let Some(job) = current.get_untracked() {
            store.send(ControlJob { job: job.id, action });
        }
    };
    let state = move |wanted: JobState| current.read().as_ref().is_some_and(|job| job.state == wanted);
    view! {
        <Show when=move || current.read().is_some()>
            <footer class="job-strip" data-testid="job-strip">
                <button class="title ellipsis" on:click=move |_| {
                    let screen = current.get_untracked().map(|job| match job.kind {
                        JobKind::Train { .. } | JobKind::Study { .. } => Screen::Train,
                        JobKind::Sweep { .. } => Screen::Sweep,
                        JobKind::Download { .. } => Screen::Models,
                        JobKind::Carry { .. } => Screen::Vectors,
                        JobKind::Margins { .. } | JobKind::Drafts { .. } => Screen::Data,
                    });
                    if let Some(screen) = screen {
                        store.go(screen);
                    }
                }>{move || current.get().map(|job| job.title)}</button>
                <div class="bar" role="progressbar" aria-valuemin="0" aria-valuemax="100"
                    aria-valuenow=move || format::number(share(current.get().as_ref()) * 100.0, 0)>
                    <div style:width=move || format!("{:.1}%", share(current.get().as_ref()) * 100.0)></div>
                </div>
                <span class="grow ellipsis quiet">{move || current.get().map(|job| progress(&job))}</span>
                <Show when=move || state(JobState::Paused)>
                    <button class="button" data-testid="job-resume" on:click=move |_| act(JobAction::Resume)>"Resume"</button>
                </Show>
                <Show when=move || state(JobState::Running) || state(JobState::Queued)>
                    <button class="button" data-testid="job-pause" on:click=move |_| act(JobAction::Pause)>"Pause"</button>
                </Show>
                <button class="button" data-testid="job-stop" title="Ends the job and keeps what it has made"
                    on:click=move |_| act(JobAction::Stop)>"Stop"</button>
            </footer>
        </Show>
    }
}

fn share(job: Option<&Job>) -> f64 {
    job.map_or(0.0, |job| f64::from(job.progress.done) / f64::from(job.progress.total.max(1)))
}

/// What a job is doing, how far it is and how long it still takes.
#[must_use]
pub fn progress(job: &Job) -> String {
    if matches!(job.kind, JobKind::Download { .. }) {
        return download_progress(job);
    }
    match job.state {
        JobState::Queued => return "Waits for its turn".into(),
        JobState::Paused => {
            return format!(
                "Paused at {} {} of {}",
                job.progress.unit, job.progress.done, job.progress.total
            );
        }
        _ => {}
    }
    let progress = &job.progress;
    let mut parts = vec![progress.phase.clone()];
    if progress.total > 0 {
        parts.push(format!("{} {} of {}", progress.unit, progress.done, progress.total));
    }
    if let Some(seconds) = progress.seconds_per_unit {
        parts.push(speed(seconds, &progress.unit));
    }
    if let Some(left) = progress.seconds_left {
        parts.push(format!("{} left", format::duration(left)));
    }
    parts.join(" \u{00b7} ")
}

/// How long a unit takes, or how many there are in a second where that would read as none at all.
fn speed(seconds: f64, unit: &str) -> String {
    if seconds >= 0.05 || seconds <= 0.0 {
        return format!("{} a {unit}", format::duration(seconds));
    }
    format!("{} a second", format::plural((1.0 / seconds).round() as usize, unit))
}

/// The same of a download, which counts megabytes.
fn download_progress(job: &Job) -> String {
    let progress = &job.progress;
    let amount = format!("{} of {}", format::megabytes(progress.done), format::megabytes(progress.total));
    match job.state {
        JobState::Queued => return "Waits for its turn".into(),
        JobState::Paused if progress.total == 0 => return "Paused".into(),
        JobState::Paused => return format!("Paused at {amount}"),
        _ if progress.total == 0 => return progress.phase.clone(),
        _ => {}
    }
    let mut parts = vec![progress.phase.clone(), amount];
    if let Some(seconds) = progress.seconds_per_unit.filter(|seconds| *seconds > 0.0) {
        parts.push(format!("{} a second", format::rate(1.0 / seconds)));
    }
    if let Some(left) = progress.seconds_left {
        parts.push(format!("{} left", format::duration(left)));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" \u{00b7} ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::job::Progress;

    #[test]
    fn a_download_says_megabytes_and_their_rate() {
        let progress_ = Progress {
            phase: "model.gguf".into(),
            done: 46,
            total: 1200,
            unit: "MB".into(),
            seconds_per_unit: Some(0.08),
            seconds_left: Some(92.0),
        };
        let job = Job {
            id: 1,
            kind: JobKind::Download { download: 1 },
            title: String::new(),
            state: JobState::Running,
            progress: progress_,
            created: 0,
        };
        let said = "model.gguf \u{00b7} 46 MB of 1.2 GB \u{00b7} 12.5 MB a second \u{00b7} 1 min 32 s left";
        assert_eq!(progress(&job), said);
        assert_eq!(progress(&Job { state: JobState::Paused, ..job }), "Paused at 46 MB of 1.2 GB");
    }

    #[test]
    fn quick_units_are_counted_by_the_second() {
        assert_eq!(speed(0.000_5, "row"), "2000 rows a second");
        assert_eq!(speed(0.05, "row"), "0.1 s a row");
    }

    #[test]
    fn a_running_job_says_what_how_far_how_fast_and_how_long() {
        let progress_ = Progress {
            phase: "Training".into(),
            done: 46,
            total: 72,
            unit: "step".into(),
            seconds_per_unit: Some(1.1),
            seconds_left: Some(28.6),
        };
        let kind = JobKind::Train { run: 1 };
        let job = Job {
            id: 1,
            kind,
            title: String::new(),
            state: JobState::Running,
            progress: progress_,
            created: 0,
        };
        assert_eq!(
            progress(&job),
            "Training \u{00b7} step 46 of 72 \u{00b7} 1.1 s a step \u{00b7} 29 s left"
        );
    }
}

//! Defines how the page shows each kind of job: its screen, and the words for its progress.
//!
//! A new kind of job gets one line in [`display`], and one in [`made`] if its screen can show what it makes by itself; no other file of
//! the page matches on kinds.

use ipc::Id;
use ipc::job::{Job, JobKind, JobState, Progress};

use crate::actions::Screen;
use crate::format;
use crate::t;
use crate::text::said;

/// The unit of downloads and of models that are written.
const MEGABYTES: &str = "MB";

/// The display of the jobs of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobDisplay {
    /// The screen that shows what the job makes; a click on the job strip goes there.
    pub screen: Screen,
    /// Whether the job runs at the same time as others. The job strip shows the others first.
    pub runs_beside_others: bool,
    /// Whether a failure is shown at the top of the window, because no screen has a place for it.
    pub fails_at_top: bool,
}

/// Returns how the page shows jobs of this kind. This is the table of kinds.
#[must_use]
pub fn display(kind: JobKind) -> JobDisplay {
    let plain = |screen| JobDisplay { screen, runs_beside_others: false, fails_at_top: false };
    match kind {
        JobKind::Train { .. } | JobKind::Analysis { .. } => plain(Screen::Train),
        JobKind::Sweep { .. } => plain(Screen::Sweep),
        JobKind::Margins { .. } | JobKind::Drafts { .. } => plain(Screen::Data),
        // No screen shows what the failed job would have made.
        JobKind::Transfer { .. } | JobKind::Bake { .. } | JobKind::Distil { .. } => {
            JobDisplay { fails_at_top: true, ..plain(Screen::Vectors) }
        }
        JobKind::Download { .. } => JobDisplay { runs_beside_others: true, ..plain(Screen::Models) },
    }
}

/// What a job makes, where a screen can show that by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// This run.
    Run(Id),
    /// This sweep.
    Sweep(Id),
}

/// Returns what a job of this kind makes, where a screen can show that by itself.
#[must_use]
pub fn made(kind: JobKind) -> Option<Made> {
    match kind {
        JobKind::Train { run } => Some(Made::Run(run)),
        JobKind::Sweep { sweep } => Some(Made::Sweep(sweep)),
        _ => None,
    }
}

/// Says what a job is doing, how far it is, how fast, and how long it still takes.
#[must_use]
pub fn progress(job: &Job) -> String {
    if job.progress.unit == MEGABYTES {
        return progress_in_megabytes(job);
    }
    match job.state {
        JobState::Queued => return t!("jobs-queued"),
        // It was halted before its first unit.
        JobState::Paused if job.progress.total == 0 => return t!("jobs-paused"),
        JobState::Paused => {
            let Progress { unit, done, total, .. } = &job.progress;
            let at = t!("jobs-paused-at-unit", unit = said(unit), done = *done, total = *total);
            return with_reason(at, job);
        }
        _ => {}
    }
    let progress = &job.progress;
    let mut parts = vec![said(&progress.phase)];
    if progress.total > 0 {
        let unit = said(&progress.unit);
        parts.push(t!("jobs-at-unit", unit = unit, done = progress.done, total = progress.total));
    }
    if let Some(seconds) = progress.seconds_per_unit {
        parts.push(speed(seconds, &progress.unit));
    }
    if let Some(left) = format::time_left(progress.seconds_left) {
        parts.push(t!("jobs-left", time = left));
    }
    parts.join(" \u{00b7} ")
}

/// Adds why a job is paused, where nobody paused it.
fn with_reason(at: String, job: &Job) -> String {
    let why = job.paused_by.iter().flat_map(|why| [Some(&why.message), why.next.as_ref()]);
    why.flatten().fold(at, |text, sentence| format!("{text} \u{00b7} {}", said(sentence)))
}

/// Says how long a unit takes; for quick units, how many there are in a second.
fn speed(seconds: f64, unit: &str) -> String {
    if seconds >= 0.05 || seconds <= 0.0 {
        return t!("jobs-time-per-unit", time = format::duration(seconds), unit = said(unit));
    }
    t!("jobs-units-per-second", count = (1.0 / seconds).round() as usize, unit = said(unit))
}

/// Returns the words of [`progress`] for a job that counts megabytes.
fn progress_in_megabytes(job: &Job) -> String {
    let progress = &job.progress;
    let (done, total) = (format::megabytes(progress.done), format::megabytes(progress.total));
    match job.state {
        JobState::Queued => return t!("jobs-queued"),
        JobState::Paused if progress.total == 0 => return t!("jobs-paused"),
        JobState::Paused => return with_reason(t!("jobs-paused-at", done = done, total = total), job),
        _ if progress.total == 0 => return said(&progress.phase),
        _ => {}
    }
    let mut parts = vec![said(&progress.phase), t!("jobs-at", done = done, total = total)];
    if let Some(seconds) = progress.seconds_per_unit.filter(|seconds| *seconds > 0.0) {
        parts.push(t!("jobs-per-second", amount = format::rate(1.0 / seconds)));
    }
    if let Some(left) = format::time_left(progress.seconds_left) {
        parts.push(t!("jobs-left", time = left));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" \u{00b7} ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_nobody_paused_says_what_did() {
        let why = ipc::Failure::new(ipc::Code::ModelUnusable, "The file was cut off.").next("Fetch it.");
        let job = Job {
            project: None,
            id: 1,
            kind: JobKind::Train { run: 1 },
            title: String::new(),
            state: JobState::Paused,
            progress: Progress { done: 3, total: 9, unit: "step".into(), ..Progress::default() },
            created: 0,
            paused_by: Some(why),
        };
        assert_eq!(progress(&job), "Paused at step 3 of 9 \u{b7} The file was cut off. \u{b7} Fetch it.");
        assert_eq!(progress(&Job { paused_by: None, ..job }), "Paused at step 3 of 9");
    }

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
            project: None,
            id: 1,
            kind: JobKind::Download { download: 1 },
            title: String::new(),
            state: JobState::Running,
            progress: progress_,
            created: 0,
            paused_by: None,
        };
        let text = "model.gguf \u{00b7} 46 MB of 1.2 GB \u{00b7} 12.5 MB per second \u{00b7} 1 min 32 s left";
        assert_eq!(progress(&job), text);
        assert_eq!(progress(&Job { state: JobState::Paused, ..job }), "Paused at 46 MB of 1.2 GB");
    }

    #[test]
    fn quick_units_are_counted_by_the_second() {
        assert_eq!(speed(0.000_5, "row"), "2000 rows per second");
        assert_eq!(speed(0.05, "row"), "0.1 s per row");
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
            project: None,
            id: 1,
            kind,
            title: String::new(),
            state: JobState::Running,
            progress: progress_,
            created: 0,
            paused_by: None,
        };
        let paused =
            |progress: &Progress| Job { state: JobState::Paused, progress: progress.clone(), ..job.clone() };
        assert_eq!(progress(&paused(&job.progress)), "Paused at step 46 of 72");
        assert_eq!(progress(&paused(&Progress::default())), "Paused");
        assert_eq!(
            progress(&job),
            "Training \u{00b7} step 46 of 72 \u{00b7} 1.1 s per step \u{00b7} 29 s left"
        );
    }
}

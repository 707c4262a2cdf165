//! Follows a job to its end, whoever runs it. Ctrl-C pauses it.

use std::time::Duration;

use ipc::command::{ControlJob, ListJobs};
use ipc::job::{Job, JobAction, JobState, ListedJob};
use ipc::{Event, Failure, Id};

use super::{Door, Heard};
use crate::halt::Halt;
use crate::output;
use crate::progress::Bar;
use crate::stop;

/// The wait for an event, after which Ctrl-C is looked for.
const LISTEN: Duration = Duration::from_millis(50);

/// How a job has ended, or why it no longer runs.
pub(crate) enum End {
    Done,
    Stopped,
    Paused,
    Failed(Failure),
}

/// Prints what a job makes.
pub(crate) trait Follower {
    /// Looks at an event, of whatever job it may be.
    fn hear(&mut self, event: &Event) -> Result<(), Halt>;

    /// Prints what was made while nobody listened, because the process that ran the engine has ended.
    fn catch_up(&mut self, door: &mut Door) -> Result<(), Halt>;

    /// What becomes of the job where that process has ended and left it paused.
    fn wish(&self) -> JobAction {
        JobAction::Resume
    }
}

/// Returns one job of the store.
pub(crate) fn number(door: &mut Door, job: Id) -> Result<ListedJob, Halt> {
    let listed = door.call(ListJobs {})?;
    let found = listed.into_iter().find(|listed| listed.job.id == job);
    found.ok_or_else(|| Halt::Refused(format!("there is no job {job} in this store.")))
}

/// Follows a job that was asked for. Where the store had the same one, it may be over already, or paused.
pub(crate) fn follow_asked(door: &mut Door, job: Id, follower: &mut impl Follower) -> Result<End, Halt> {
    match number(door, job)?.job.state {
        JobState::Done => {
            follower.catch_up(door)?;
            return Ok(End::Done);
        }
        JobState::Paused | JobState::Failed { .. } => {
            door.call(ControlJob { job, action: JobAction::Resume })?;
        }
        JobState::Queued | JobState::Running | JobState::Stopped => {}
    }
    follow(door, job, follower)
}

/// Says how a job has ended that nothing more is to be said about.
pub(crate) fn conclude(door: &Door, job: Id, end: End) -> Result<(), Halt> {
    match end {
        End::Done => Ok(()),
        End::Failed(failure) => Err(Halt::failure(failure)),
        End::Stopped => Err(Halt::Stopped(format!("job {job} was stopped"))),
        End::Paused => Err(Halt::Stopped(format!(
            "job {job} is paused; `tiller-cli jobs resume {job} {}` goes on with it",
            door.option()
        ))),
    }
}

/// Follows a job to its end. [`Door::watch`] must have been called before the job was queued.
pub(crate) fn follow(door: &mut Door, job: Id, follower: &mut impl Follower) -> Result<End, Halt> {
    let (mut shown, mut is_asked) = (Shown::default(), false);
    loop {
        if stop::is_asked() && !is_asked {
            is_asked = true;
            // A job that has ended meanwhile is done, and says so.
            door.call(ControlJob { job, action: JobAction::Pause })?;
        }
        match door.event(LISTEN)? {
            Heard::Nothing => {}
            Heard::Event(event) => match *event {
                Event::Job(now) if now.id == job => {
                    shown.show(&now);
                    if let Some(end) = end(now.state) {
                        return Ok(end);
                    }
                }
                event => follower.hear(&event)?,
            },
            Heard::Gone => {
                output::print_message(
                    "the process that ran the engine has ended; this one goes on with the job",
                );
                door.reopen()?;
                door.watch()?;
                follower.catch_up(door)?;
                let now = number(door, job)?.job;
                match end(now.state) {
                    Some(End::Paused) if !is_asked => {
                        door.call(ControlJob { job, action: follower.wish() })?;
                    }
                    Some(end) => return Ok(end),
                    None => {}
                }
            }
        }
    }
}

fn end(state: JobState) -> Option<End> {
    match state {
        JobState::Queued | JobState::Running => None,
        JobState::Paused => Some(End::Paused),
        JobState::Stopped => Some(End::Stopped),
        JobState::Done => Some(End::Done),
        JobState::Failed { failure } => Some(End::Failed(failure)),
    }
}

/// The progress bar of the phase that a job is in.
#[derive(Default)]
struct Shown {
    phase: String,
    bar: Option<Bar>,
}

impl Shown {
    fn show(&mut self, job: &Job) {
        let progress = &job.progress;
        // A job that has ended is in no phase: the bar of the last one is shown to its end.
        let is_next = self.phase != progress.phase && !progress.phase.is_empty();
        if is_next || self.bar.is_none() {
            self.phase.clone_from(&progress.phase);
            let phase = if progress.phase.is_empty() { "Waiting" } else { progress.phase.as_str() };
            self.bar = Some(Bar::new(phase.to_owned()));
        }
        if let Some(bar) = &mut self.bar {
            // A person who asks to stop is heard where events are waited for.
            let _ = bar.show(progress.done as usize, progress.total as usize);
        }
    }
}

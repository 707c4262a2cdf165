//! `tiller-cli jobs`: lists the jobs of a store, shows one, resumes it, cancels it, or writes it as a plan.

use std::path::{Path, PathBuf};

use app::Purpose;
use ipc::command::{ControlJob, ExportPlan};
use ipc::job::{Job, JobAction, JobKind, JobState, ListedJob};
use ipc::plan::PlanOf;
use ipc::score::Judge;
use ipc::sweep::Sweep;
use ipc::{Event, Failure, Id};
use serde::Serialize;

use crate::analyse::findings::Findings;
use crate::bake::in_store::Copies;
use crate::distil;
use crate::door::{self, Door, End, Follower, StoreArguments, conclude, follow, number, sentence};
use crate::endpoint::hand_over;
use crate::halt::Halt;
use crate::output::{self, Lines};
use crate::sweep::points::Points;
use crate::train::in_store::{Printed, follow_run, say_queued};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// All jobs, those that are over included
    List {
        #[command(flatten)]
        store: StoreArguments,
        /// One JSON object a job
        #[arg(long)]
        json: bool,
    },
    /// One job
    Show(OneJob),
    /// Go on with a job that is paused or has failed, from where it was, and follow it to its end
    Resume {
        #[command(flatten)]
        of: OneJob,
        /// The environment variable with the key of the server that judges, which is kept in memory alone [default: the
        /// keyring's key]
        #[arg(long, value_name = "VARIABLE")]
        key_env: Option<String>,
    },
    /// End a job; what it has made so far is kept
    Cancel(OneJob),
    /// Write the training run or the sweep of a job as the plan of a study, which `run --plan` does again elsewhere
    Plan {
        #[command(flatten)]
        of: OneJob,
        /// The plan's file; what is there is replaced
        #[arg(long, value_name = "FILE.toml")]
        out: PathBuf,
    },
}

#[derive(clap::Args)]
pub(crate) struct OneJob {
    /// The job's number
    #[arg(value_name = "ID")]
    job: Id,
    #[command(flatten)]
    store: StoreArguments,
    /// JSON objects, one a line
    #[arg(long)]
    json: bool,
}

/// A job as it is printed.
#[derive(Serialize)]
struct Line {
    job: Id,
    /// `kind`, and the id of the row that it fills.
    #[serde(flatten)]
    kind: JobKind,
    state: &'static str,
    title: String,
    phase: String,
    done: u32,
    total: u32,
    unit: String,
    seconds_left: Option<f64>,
    created: i64,
    /// The file that it writes when it is done or stopped.
    out: Option<String>,
    /// Whether that file is written.
    written: bool,
    /// Why it has failed, is paused though nobody paused it, or could not write its file.
    failure: Option<Failure>,
}

impl Line {
    fn new(listed: ListedJob) -> Self {
        let ListedJob { job, out } = listed;
        let state = job.state.word();
        let of_state = match job.state {
            JobState::Failed { failure } => Some(failure),
            _ => job.paused_by,
        };
        Self {
            job: job.id,
            kind: job.kind,
            state,
            title: job.title,
            phase: job.progress.phase,
            done: job.progress.done,
            total: job.progress.total,
            unit: job.progress.unit,
            seconds_left: job.progress.seconds_left,
            created: job.created,
            written: out.as_ref().is_some_and(|out| out.written),
            failure: of_state.or_else(|| out.as_ref()?.failure.clone()),
            out: out.map(|out| out.path),
        }
    }

    fn text(&self) -> String {
        let progress = match self.total {
            0 => String::new(),
            total => format!(", {} {} of {total}", self.unit, self.done),
        };
        let out = self.out.as_ref().map(|out| format!(", writes {out}")).unwrap_or_default();
        let why = self.failure.as_ref().map(|failure| format!(": {}", sentence(failure))).unwrap_or_default();
        format!("{:>5}  {:<8} {}{progress}{out}{why}", self.job, self.state, self.title)
    }
}

pub(crate) fn run(command: &Command) -> Result<(), Halt> {
    match command {
        Command::List { store, json } => door::within(store, Purpose::Records, |door| {
            let listed = door.call(ipc::command::ListJobs {})?;
            listed.into_iter().try_for_each(|listed| print(listed, *json))
        }),
        Command::Show(of) => {
            door::within(&of.store, Purpose::Records, |door| print(number(door, of.job)?, of.json))
        }
        Command::Cancel(of) => door::within(&of.store, Purpose::Records, |door| {
            number(door, of.job)?;
            door.watch()?;
            let job = door.call(ControlJob { job: of.job, action: JobAction::Stop })?;
            if !job.state.is_over() {
                // It runs in another process, and ends at its next step.
                follow(door, of.job, &mut Silent(JobAction::Stop))?;
            }
            print(number(door, of.job)?, of.json)
        }),
        Command::Plan { of, out } => {
            door::within(&of.store, Purpose::Records, |door| write_plan(door, of.job, out))
        }
        Command::Resume { of, key_env } => {
            door::within(&of.store, Purpose::Jobs, |door| resume(door, of, key_env.as_deref()))
        }
    }
}

fn print(listed: ListedJob, json: bool) -> Result<(), Halt> {
    let line = Line::new(listed);
    output::line(json, &line, || line.text())
}

fn write_plan(door: &mut Door, job: Id, out: &Path) -> Result<(), Halt> {
    let what = match number(door, job)?.job.kind {
        JobKind::Train { run } => PlanOf::Run { run },
        JobKind::Sweep { sweep } => PlanOf::Sweep { sweep },
        _ => {
            let message =
                format!("job {job} is neither a training run nor a sweep, so that no plan does it again.");
            return Err(Halt::Refused(message));
        }
    };
    door.call(ExportPlan { what, file: door::file(out)?, replace: true })
}

fn resume(door: &mut Door, of: &OneJob, key_env: Option<&str>) -> Result<(), Halt> {
    let job = number(door, of.job)?.job;
    door.enter(job.project);
    let overview = door.watch()?;
    // A stopped sweep keeps its points, and the missing ones can still be measured.
    let is_over = match job.state {
        JobState::Stopped => !matches!(job.kind, JobKind::Sweep { .. }),
        JobState::Done => true,
        JobState::Queued | JobState::Running | JobState::Paused | JobState::Failed { .. } => false,
    };
    if is_over {
        let message = format!("job {} is over: it is {}.", job.id, job.state.word());
        return Err(Halt::Refused(message));
    }
    let lines = Lines::new(of.json, None);
    match job.kind {
        JobKind::Train { run } => {
            if let Some(run) = overview.runs.iter().find(|known| known.id == run) {
                let mut printed = Printed::new(run.id, run.steps, &lines);
                printed.skip(door)?;
                go_on(door, &job, of.json)?;
                return follow_run(door, job.id, &mut printed);
            }
        }
        JobKind::Sweep { sweep } => {
            if let Some(sweep) = overview.sweeps.iter().find(|known| known.id == sweep) {
                let mut points = Points::new(sweep, &lines);
                points.skip(sweep);
                if let Some(variable) = key_env {
                    hand_over_keys(door, sweep, variable)?;
                }
                go_on(door, &job, of.json)?;
                let end = follow(door, job.id, &mut points)?;
                return points.conclude(door, end);
            }
        }
        JobKind::Analysis { analysis } => {
            if let Some(analysis) = overview.analyses.iter().find(|known| known.id == analysis) {
                let mut found = Findings::new(analysis, &lines);
                found.skip(analysis);
                go_on(door, &job, of.json)?;
                let end = follow(door, job.id, &mut found)?;
                return found.conclude(door, end);
            }
        }
        JobKind::Bake { .. } => {
            if let Some(mut copies) = Copies::of_job(door, &overview, job.id, of.json)? {
                go_on(door, &job, of.json)?;
                let end = follow(door, job.id, &mut copies)?;
                return copies.conclude(door, end);
            }
        }
        JobKind::Distil { .. } => {
            go_on(door, &job, of.json)?;
            return match follow(door, job.id, &mut Silent::goes_on())? {
                End::Done => distil::in_store::print_of_job(door, job.id, of.json),
                end => conclude(door, job.id, end),
            };
        }
        _ => {}
    }
    go_on(door, &job, of.json)?;
    end(door, &job, of.json)
}

/// Hands the key of the servers that judge a sweep over to the process that goes on with it.
fn hand_over_keys(door: &mut Door, sweep: &Sweep, variable: &str) -> Result<(), Halt> {
    for score in &sweep.settings.scores {
        if let Some((Judge::Endpoint(endpoint), _)) = score.judged() {
            hand_over(door, &endpoint.address, variable)?;
        }
    }
    Ok(())
}

fn go_on(door: &mut Door, job: &Job, json: bool) -> Result<(), Halt> {
    door.call(ControlJob { job: job.id, action: JobAction::Resume })?;
    say_queued(door, job.id, json)
}

/// Follows a job of another kind to its end, and prints it.
fn end(door: &mut Door, job: &Job, json: bool) -> Result<(), Halt> {
    let end = follow(door, job.id, &mut Silent(JobAction::Resume))?;
    if matches!(end, End::Done) {
        print(number(door, job.id)?, json)?;
    }
    conclude(door, job.id, end)
}

/// Prints nothing. It has what becomes of a job whose process has ended.
pub(crate) struct Silent(JobAction);

impl Silent {
    /// Goes on with the job.
    pub(crate) fn goes_on() -> Self {
        Self(JobAction::Resume)
    }
}

impl Follower for Silent {
    fn hear(&mut self, _event: &Event) -> Result<(), Halt> {
        Ok(())
    }

    fn catch_up(&mut self, _door: &mut Door) -> Result<(), Halt> {
        Ok(())
    }

    fn wish(&self) -> JobAction {
        self.0
    }
}

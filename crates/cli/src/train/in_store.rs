//! `tiller-cli train --store`: the same training as a job of a store, with the same lines and the same bits.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use app::Purpose;
use ipc::command::{ReadHistory, SetOut, Train};
use ipc::data::Split;
use ipc::train::{EpochPoint, StepPoint};
use ipc::{Event, Id};
use serde::Serialize;
use vectors::files::SteeringFile;
use vectors::model::read_facts;

use super::{Arguments, EpochLine, StepLine, check_asked, settings};
use crate::data::with_path;
use crate::door::{self, Door, End, Follower, follow, library, number, sentence};
use crate::halt::Halt;
use crate::info::Info;
use crate::output::{self, Lines};

/// The first line: the job that was queued.
#[derive(Serialize)]
struct JobLine {
    job: Id,
}

/// The last line: what the run has made.
#[derive(Serialize)]
struct MadeLine<'a> {
    /// The file, as without a store, if one was asked for.
    #[serde(flatten)]
    file: Option<Info<'a>>,
    /// The vector in the library.
    vector: Made,
    steps: usize,
    stopped: bool,
    seconds: f64,
}

#[derive(Serialize)]
struct Made {
    id: Id,
    name: String,
    layers: Vec<u32>,
    norm: f64,
    hash: String,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Halt> {
    check_asked(arguments)?;
    if arguments.max_steps.is_some() {
        let message =
            "a job of a store makes all its steps: leave out --max-steps, or stop it with `jobs cancel`.";
        return Err(Halt::Usage(message.into()));
    }
    arguments.model.check_in_store()?;
    let pairs = library::PairsOfFile::read(&arguments.data, &arguments.read)?;
    let path = arguments.model.path();
    let facts = read_facts(&path).map_err(|error| with_path(&path, error.into()))?;
    let train = pairs.rows().iter().filter(|row| row.split != Some(Split::HeldOut)).count();
    let settings = settings(arguments, facts.blocks as u32, train as u32);
    settings.check().map_err(|error| Halt::Usage(format!("{error}.")))?;
    if let Some(layer) = settings.layers.iter().find(|layer| **layer as usize >= facts.blocks) {
        let message = format!("the model has no layer {layer}: it has {} layers.", facts.blocks);
        return Err(Halt::Refused(message));
    }
    let lines = Lines::new(arguments.json, Some(pairs.report.clone()));
    door::within_project(&arguments.project, Purpose::Jobs, |door| {
        let overview = door.watch()?;
        let model = library::model(door, &overview, &path)?.id;
        let data_set = library::data_set(door, &overview, pairs)?.id;
        let name = arguments.out.as_deref().and_then(Path::file_stem);
        let name = name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let run = door.call(Train { name, model, data_set, settings })?;
        if let Some(out) = &arguments.out {
            door.call(SetOut { job: run.job, file: door::file(out)? })?;
        }
        say_queued(door, run.job, arguments.json)?;
        follow_run(door, run.job, &mut Printed::new(run.id, run.steps, &lines))
    })
}

/// Prints the job that a command has queued: first of all, so that a script knows it whatever happens.
pub(crate) fn say_queued(door: &Door, job: Id, json: bool) -> Result<(), Halt> {
    if json {
        return output::line(true, &JobLine { job }, String::new);
    }
    output::print_message(&format!("job {job}; Ctrl-C pauses it ({})", door.option()));
    Ok(())
}

/// Prints the steps and the epochs of a run as they are made.
pub(crate) struct Printed<'a> {
    run: Id,
    steps: u32,
    /// The last step that was printed.
    last: u32,
    epochs: BTreeSet<u32>,
    lines: &'a Lines,
    began: Instant,
}

impl<'a> Printed<'a> {
    pub(crate) fn new(run: Id, steps: u32, lines: &'a Lines) -> Self {
        // What is measured before the first step is no epoch.
        Self { run, steps, last: 0, epochs: BTreeSet::from([0]), lines, began: Instant::now() }
    }

    /// Takes what a run has made before as printed.
    pub(crate) fn skip(&mut self, door: &mut Door) -> Result<(), Halt> {
        let history = door.call(ReadHistory { run: self.run })?;
        self.last = history.steps.last().map_or(0, |step| step.step);
        self.epochs.extend(history.epochs.iter().map(|epoch| epoch.epoch));
        Ok(())
    }

    fn step(&mut self, step: &StepPoint) -> Result<(), Halt> {
        if step.step <= self.last {
            return Ok(());
        }
        self.last = step.step;
        if !self.lines.is_json() {
            return Ok(());
        }
        let line = StepLine {
            step: step.step as usize,
            steps: self.steps as usize,
            sign: step.sign,
            loss: step.loss,
            margin: step.margin,
            gradient_norm: step.gradient_norm,
            vector_norm: step.vector_norm,
            learning_rate: step.learning_rate,
            seconds: step.seconds,
        };
        self.lines.line(&line, String::new)
    }

    fn epoch(&mut self, point: &EpochPoint) -> Result<(), Halt> {
        if !self.epochs.insert(point.epoch) {
            return Ok(());
        }
        EpochLine {
            epoch: point.epoch as usize,
            held_out_plus: point.plus,
            held_out_minus: point.minus,
            sign_accuracy: point.sign_accuracy,
        }
        .print(self.lines)
    }
}

impl Follower for Printed<'_> {
    fn hear(&mut self, event: &Event) -> Result<(), Halt> {
        match event {
            Event::Run(run) if run.id == self.run => self.steps = run.steps,
            Event::Steps { run, steps } if *run == self.run => {
                steps.iter().try_for_each(|step| self.step(step))?;
            }
            Event::Epoch { run, epoch } if *run == self.run => self.epoch(epoch)?,
            _ => {}
        }
        Ok(())
    }

    fn catch_up(&mut self, door: &mut Door) -> Result<(), Halt> {
        let history = door.call(ReadHistory { run: self.run })?;
        for step in &history.steps {
            self.step(step)?;
            for epoch in history.epochs.iter().filter(|epoch| epoch.step == step.step) {
                self.epoch(epoch)?;
            }
        }
        Ok(())
    }
}

/// Follows the job of a run to its end, and prints what it has made.
pub(crate) fn follow_run(door: &mut Door, job: Id, printed: &mut Printed<'_>) -> Result<(), Halt> {
    let end = follow(door, job, printed)?;
    let paused = || {
        format!(
            "job {job} is paused at step {}; `tiller-cli jobs resume {job} {}` goes on with it",
            printed.last,
            door.option()
        )
    };
    let failed = match end {
        End::Paused => return Err(Halt::Stopped(paused())),
        End::Failed(failure) => {
            let halt = Halt::failure(failure);
            let message = format!("job {job} has failed and keeps its {} steps.", printed.last);
            output::print_message(&message);
            return Err(halt);
        }
        End::Done => None,
        End::Stopped => Some(format!("job {job} was stopped after {} steps", printed.last)),
    };
    print_made(door, job, printed, failed.is_some())?;
    match failed {
        None => Ok(()),
        Some(message) => Err(Halt::Stopped(message)),
    }
}

/// Prints the vector of a run, and the file that was asked for.
fn print_made(door: &mut Door, job: Id, printed: &Printed<'_>, stopped: bool) -> Result<(), Halt> {
    let overview = door.watch()?;
    let run = overview.runs.iter().find(|run| run.id == printed.run);
    let vector = run.and_then(|run| overview.vectors.iter().find(|vector| Some(vector.id) == run.vector));
    let Some(vector) = vector else {
        let message = format!("job {job} was stopped before the first step; nothing was written");
        return Err(Halt::Stopped(message));
    };
    let out = number(door, job)?.out;
    if let Some(failure) = out.as_ref().and_then(|out| out.failure.as_ref()) {
        let message = format!("the vector is in the store, and could not be written: {}", sentence(failure));
        return Err(Halt::Failed(message));
    }
    let path = out.map(|out| PathBuf::from(out.path));
    let file = match &path {
        Some(path) => Some(SteeringFile::read(path, None).map_err(|error| Halt::vector(path, &error))?),
        None => None,
    };
    let (steps, seconds) = (printed.last as usize, printed.began.elapsed().as_secs_f64());
    let made = Made {
        id: vector.id,
        name: vector.name.clone(),
        layers: vector.layers.clone(),
        norm: vector.norm,
        hash: vector.hash.clone(),
    };
    let file = path.as_deref().zip(file.as_ref()).map(|(path, file)| Info::new(path, file));
    let line = MadeLine { file, vector: made, steps, stopped, seconds };
    printed.lines.line(&line, || {
        let what = line.file.as_ref().map_or_else(|| format!("vector {}", line.vector.name), Info::text);
        format!("{what}, {steps} steps in {seconds:.1} s")
    })
}

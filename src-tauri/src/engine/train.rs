//! A training run as a job: what the engine computes, step by step into the store.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ipc::Id;
use ipc::event::Event;
use ipc::train::{EpochPoint, Method, Run, StepPoint, TrainSettings};
use sqlx::SqliteConnection;
use vectors::train::{Checkpoint, Position, Settings, StepReport, Training};

use super::encode::{self, Encoded};
use super::models;
use super::pace::Phase;
use super::runner::{Outcome, is_halting};
use crate::Error;
use crate::core::Core;
use crate::store::runs::SoFar;
use crate::store::vectors::NewVector;
use crate::store::{epochs, jobs, models as model_rows, runs, snapshots, steps, vectors as vector_rows};

/// How much of a run may be lost when the process is killed; also how often the curves grow.
const KEEP_EVERY: Duration = Duration::from_millis(250);

/// Steps after which the speed is worth noting.
const STEPS_TO_MEASURE_SPEED: usize = 3;

/// The settings as the engine takes them.
pub(crate) fn engine_settings(settings: &TrainSettings) -> Settings {
    Settings {
        method: match settings.method {
            Method::Bipo => vectors::train::Method::Bipo,
            Method::BipoUni => vectors::train::Method::BipoUni,
            Method::Freeform => vectors::train::Method::Freeform,
        },
        layers: vec![settings.layer as usize],
        position: Position::Mean,
        epochs: settings.epochs as usize,
        learning_rate: settings.learning_rate,
        warmup_steps: settings.warmup_steps as usize,
        beta: settings.beta,
        weight_decay: settings.weight_decay,
        clip_norm: settings.clip_norm,
        batch_pairs: settings.batch_pairs as usize,
        seed: settings.seed,
    }
}

/// Runs a training job from its checkpoint, if it has one, to its end or until it is to halt.
pub(super) fn run(core: &Arc<Core>, job: Id, id: Id) -> Result<Outcome, Error> {
    let run = core.block_on(runs::find(core.store.read(), id))?;
    let mut work = Work::prepare(core, job, run)?;
    let outcome = work.go_on()?;
    work.note_speed()?;
    Ok(outcome)
}

/// A run that is under way.
struct Work<'a> {
    core: &'a Core,
    job: Id,
    run: Run,
    training: Training,
    /// Steps made and not yet kept.
    made: Vec<StepPoint>,
    kept: Instant,
    has_held_out: bool,
    measured: Vec<EpochPoint>,
    /// Seconds that the last measurement of the held-out pairs took.
    measuring: f64,
    phase: Phase,
    /// Seconds in steps, steps made, and the work in one: what the speed is taken from.
    stepping: (f64, usize, f64),
}

impl<'a> Work<'a> {
    fn prepare(core: &'a Arc<Core>, job: Id, run: Run) -> Result<Self, Error> {
        let read = core.store.read();
        let (pairs, checkpoint, fingerprint_then) = core.block_on(async {
            let snapshot = runs::snapshot(read, run.id).await?;
            let pairs = snapshots::read(read, &snapshot).await?;
            Ok::<_, Error>((
                pairs,
                jobs::checkpoint(read, job).await?,
                runs::model_fingerprint(read, run.id).await?,
            ))
        })?;

        say(core, &mut Phase::new("Loading the model", ""), 0, 0);
        let (model, fingerprint) = models::wait(core, run.model, || is_halting(core))?;
        if fingerprint_then.is_some_and(|then| then != fingerprint) {
            return Err(Error::invalid(
                "The model's file or its chat template has changed since this run began.",
                "Put it back as it was, or start a new run.",
            ));
        }
        let pairs = Encoded::of(
            &model,
            &run.settings.system_prompt,
            &pairs,
            &mut reporter(core, "Reading pairs", "pair"),
        )?;
        let checkpoint: Option<Checkpoint> = checkpoint
            .map(|bytes| {
                serde_json::from_slice(&bytes).map_err(|source| Error::Damaged { what: "checkpoint", source })
            })
            .transpose()?;

        let blocks_above = model.facts().blocks.saturating_sub(run.settings.layer as usize + 1);
        let tokens = encode::tokens(&pairs.train) as f64 / pairs.train.len().max(1) as f64;
        let work_in_step = tokens * f64::from(run.settings.batch_pairs) * blocks_above as f64;
        let training = Training::prepare(
            model,
            &pairs.train,
            &pairs.held_out,
            engine_settings(&run.settings),
            checkpoint,
            &mut reporter(core, "Preparing", "pair"),
        )?;
        let measured = core.block_on(begin(core, &run, &training, &fingerprint))?;
        Ok(Self {
            core,
            job,
            run,
            training,
            made: vec![],
            kept: Instant::now(),
            has_held_out: !pairs.held_out.is_empty(),
            measured,
            measuring: 0.0,
            phase: Phase::new("Training", "step"),
            stepping: (0.0, 0, work_in_step),
        })
    }

    fn go_on(&mut self) -> Result<Outcome, Error> {
        loop {
            if let Some(epoch) = self.epoch_to_measure() {
                self.keep()?;
                self.measure(epoch)?;
            }
            if self.training.done() >= self.training.steps() {
                self.keep()?;
                return Ok(Outcome::Done);
            }
            if is_halting(self.core) {
                self.keep()?;
                return Ok(Outcome::Halted);
            }
            self.step()?;
        }
    }

    /// The epoch whose end the run stands at, unless it is measured already: a run that was killed between an epoch's
    /// last step and its measurement measures it when it goes on.
    fn epoch_to_measure(&self) -> Option<u32> {
        let (done, per_epoch) = (self.training.done(), self.training.steps_per_epoch());
        // A method without steps is measured once, with its vector.
        let epoch = if self.training.steps() == 0 {
            1
        } else {
            (done % per_epoch == 0).then(|| done / per_epoch)? as u32
        };
        let is_measured = self.measured.iter().any(|point| point.epoch == epoch);
        (self.has_held_out && !is_measured).then_some(epoch)
    }

    fn step(&mut self) -> Result<(), Error> {
        let began = Instant::now();
        let report = self.training.step()?;
        let seconds = began.elapsed().as_secs_f64();
        self.stepping.0 += seconds;
        self.stepping.1 += 1;
        self.made.push(point(&report, seconds));
        let epochs_left = (self.run.settings.epochs as usize + 1).saturating_sub(self.measured.len());
        let extra = self.measuring * epochs_left as f64;
        let progress =
            self.phase.progress(Instant::now(), self.training.done(), self.training.steps(), extra);
        self.core.live.progress(&self.core.hub, progress);
        if self.kept.elapsed() >= KEEP_EVERY { self.keep() } else { Ok(()) }
    }

    /// Stores the steps made, with a checkpoint and the vector of the same moment, then says them: what a window shows
    /// is in the store.
    fn keep(&mut self) -> Result<(), Error> {
        self.kept = Instant::now();
        let freeform = self.training.steps() == 0;
        if self.made.is_empty() && !freeform {
            return Ok(());
        }
        let steps = std::mem::take(&mut self.made);
        let checkpoint = serde_json::to_vec(&self.training.checkpoint())
            .map_err(|source| Error::Damaged { what: "checkpoint", source })?;
        let so_far = SoFar {
            values: self.training.vectors().iter().flat_map(|vector| vector.values.iter().copied()).collect(),
            residual_norm: self.training.residual_norm(),
        };
        let (core, run, job) = (self.core, self.run.id, self.job);
        core.block_on(async {
            let change = core.hub.change().await;
            let mut db = core.store.begin().await?;
            steps::insert(&mut db, run, &steps).await?;
            jobs::set_checkpoint(&mut db, job, &checkpoint).await?;
            runs::set_so_far(&mut db, run, &so_far).await?;
            db.commit().await?;
            if !steps.is_empty() {
                change.say(&Event::Steps { run, steps });
            }
            Ok(())
        })
    }

    fn measure(&mut self, epoch: u32) -> Result<(), Error> {
        let began = Instant::now();
        let measured = self.training.measure(&mut reporter(self.core, "Measuring held-out pairs", "pair"))?;
        self.measuring = began.elapsed().as_secs_f64();
        // The measurement is no part of the steps' rate.
        self.phase = Phase::new("Training", "step");
        let step = self.training.done();
        self.core
            .live
            .progress(&self.core.hub, self.phase.progress(Instant::now(), step, self.training.steps(), 0.0));
        let Some(found) = measured else {
            return Ok(());
        };
        let point = EpochPoint {
            epoch,
            step: step as u32,
            plus: found.plus,
            minus: found.minus,
            right_way: found.right_way,
        };
        self.measured.push(point);
        let (core, run) = (self.core, self.run.id);
        core.block_on(async {
            let change = core.hub.change().await;
            let mut db = core.store.begin().await?;
            epochs::insert(&mut db, run, &point).await?;
            db.commit().await?;
            change.say(&Event::Epoch { run, epoch: point });
            Ok(())
        })
    }

    /// Keeps the speed, for the next estimate.
    fn note_speed(&self) -> Result<(), Error> {
        let (seconds, steps, work_in_step) = self.stepping;
        if steps < STEPS_TO_MEASURE_SPEED || work_in_step <= 0.0 {
            return Ok(());
        }
        let speed = seconds / (steps as f64 * work_in_step);
        self.core.block_on(async {
            let mut db = self.core.store.begin().await?;
            model_rows::set_speed(&mut db, self.run.model, speed).await?;
            Ok(db.commit().await?)
        })
    }
}

/// Notes what the engine found, and drops what lies behind the checkpoint; returns the epochs that are measured.
async fn begin(
    core: &Core,
    run: &Run,
    training: &Training,
    fingerprint: &str,
) -> Result<Vec<EpochPoint>, Error> {
    let change = core.hub.change().await;
    let mut db = core.store.begin().await?;
    let done = training.done() as u32;
    runs::set_begun(&mut db, run.id, fingerprint, training.steps() as u32).await?;
    steps::delete_after(&mut db, run.id, done).await?;
    epochs::delete_after(&mut db, run.id, done).await?;
    db.commit().await?;
    change.say(&Event::Run(runs::find(core.store.read(), run.id).await?));
    epochs::list(core.store.read(), run.id).await
}

/// Makes a vector of what a run has come to, if that is anything. Asked twice, it makes one.
pub(crate) async fn keep_vector(
    db: &mut SqliteConnection,
    project: Id,
    run: Id,
) -> Result<Option<Id>, Error> {
    let run = runs::find(&mut *db, run).await?;
    let Some(so_far) = runs::so_far(&mut *db, run.id).await?.filter(|_| run.vector.is_none()) else {
        return Ok(None);
    };
    let model_fingerprint = runs::model_fingerprint(&mut *db, run.id).await?;
    let vector = NewVector {
        project,
        name: &run.name,
        method: Some(run.settings.method),
        layer: run.settings.layer,
        norm: so_far.values.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt(),
        values: &so_far.values,
        residual_norm: Some(so_far.residual_norm),
        model: run.model,
        model_fingerprint: model_fingerprint.as_deref(),
        run: Some(run.id),
        data_set: Some(run.data_set),
        snapshot: Some(&runs::snapshot(&mut *db, run.id).await?),
        settings: Some(&run.settings),
        provenance: None,
        steps: steps::list(&mut *db, run.id).await?.last().map_or(0, |step| step.step),
    };
    vector_rows::insert(db, &vector, crate::clock::now()).await.map(Some)
}

fn point(report: &StepReport, seconds: f64) -> StepPoint {
    StepPoint {
        step: report.step as u32,
        sign: report.sign,
        loss: report.loss,
        margin: report.margin,
        gradient_norm: report.gradient_norm,
        vector_norm: report.vector_norm,
        learning_rate: report.learning_rate,
        seconds,
    }
}

/// Says how far a phase is.
pub(super) fn say(core: &Core, phase: &mut Phase, done: usize, total: usize) {
    core.live.progress(&core.hub, phase.progress(Instant::now(), done, total, 0.0));
}

/// What the engine calls during a phase: says how far it is, and whether to halt.
pub(super) fn reporter<'a>(
    core: &'a Core,
    name: &'static str,
    unit: &'static str,
) -> impl FnMut(usize, usize) -> ControlFlow<()> + 'a {
    let mut phase = Phase::new(name, unit);
    move |done, total| {
        say(core, &mut phase, done, total);
        if is_halting(core) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

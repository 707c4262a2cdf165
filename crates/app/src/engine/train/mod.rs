//! Runs training as a job, and stores steps, checkpoints and measurements as they are made.

pub(crate) mod pair_numbers;
pub(crate) mod settings;
pub(crate) mod vector;

use std::sync::Arc;
use std::time::{Duration, Instant};

use ipc::Id;
use ipc::event::Event;
use ipc::train::{EpochPoint, Run, RunCost, Side, StepPoint, TrainPrecision};
use pair_numbers::PairNumbers;
use settings::training_pairs;
use sqlx::SqliteConnection;
use store::runs::{self, PartialVector};
use store::{epoch_vectors, epochs, jobs, models as model_rows, snapshots, steps, vectors as vector_rows};
use vector::save_vector;
use vectors::model::{MatmulPrecision, Model, Precision as Weights};
use vectors::train::{Checkpoint, StepReport, TrainError, Training, memory_estimate};

use super::encode::{self, Encoded};
use super::encode_pairs::encode_pairs;
use super::job::{
    Interrupt, Job, Stored, continue_unless_halting, is_halting, report_part, report_progress, reporter,
    save_progress,
};
use super::models;
use super::pace::Phase;
use crate::app_state::AppState;
use crate::{Error, memory, peak_memory};

/// The interval at which steps are stored and the curves grow. This much of a run is lost if the process is killed.
const KEEP_EVERY: Duration = Duration::from_millis(250);
/// Storing takes at most one part in this many of the time, because an adapter's checkpoint has several megabytes.
const KEEP_SHARE: u32 = 20;

/// The number of steps after which the speed is stored.
const STEPS_TO_MEASURE_SPEED: usize = 3;

/// Trains a vector or an adapter: fills the run with this id.
pub(super) struct TrainJob(pub(super) Id);

impl Job for TrainJob {
    fn models<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Vec<Id>> {
        Box::pin(async { Ok(vec![runs::find(db, self.0).await?.model]) })
    }

    fn run(&self, state: &Arc<AppState>, id: Id) -> Result<(), Interrupt> {
        let run = state.block_on(runs::find(state.store.read(), self.0))?;
        peak_memory::begin();
        let mut work = Work::prepare(state, id, run)?;
        let ended = work.train();
        work.note_cost(RunCost::default())?;
        if !matches!(ended, Err(Interrupt::Failed(_))) {
            work.note_speed()?;
        }
        ended
    }

    fn result<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Option<Event>> {
        Box::pin(async { Ok(Some(Event::Run(runs::find(db, self.0).await?))) })
    }

    fn finish<'a>(&'a self, db: &'a mut SqliteConnection, project: Id) -> Stored<'a, Option<Event>> {
        Box::pin(async move {
            match save_vector(db, project, self.0).await? {
                Some(vector) => Ok(Some(Event::Vector(vector_rows::find(db, vector).await?))),
                None => Ok(None),
            }
        })
    }
}

/// A training run under way.
struct Work<'a> {
    state: &'a AppState,
    job: Id,
    run: Run,
    training: Training,
    numbers: PairNumbers,
    /// The steps that are not stored yet.
    unsaved_steps: Vec<StepPoint>,
    last_save: Instant,
    /// The duration of the last store.
    save_duration: Duration,
    has_held_out: bool,
    measured: Vec<EpochPoint>,
    /// The seconds that the last measurement of the held-out pairs took.
    measuring: f64,
    phase: Phase,
    /// The seconds spent in steps, the number of steps, and the work of one step. The speed follows from them.
    stepping: (f64, usize, f64),
    /// The seconds of a step by the speed that earlier runs have measured.
    usual_step: Option<f64>,
}

impl<'a> Work<'a> {
    fn prepare(state: &'a Arc<AppState>, job: Id, run: Run) -> Result<Self, Interrupt> {
        let read = state.store.read();
        let (contents, checkpoint, fingerprint_then) = state.block_on(async {
            let snapshot = runs::snapshot(read, run.id).await?;
            let contents = snapshots::read(read, &snapshot).await?;
            Ok::<_, Error>((
                contents,
                jobs::checkpoint(read, job).await?,
                runs::model_fingerprint(read, run.id).await?,
            ))
        })?;

        report_progress(state, &mut Phase::new("Loading the model", ""), 0, 0);
        let (model, fingerprint) = models::wait(state, run.model, || is_halting(state))?;
        if fingerprint_then.is_some_and(|then| then != fingerprint) {
            return Err(Error::invalid(
                "The model's file or its chat template has changed since this run began.",
                "Put it back as it was, or start a new run.",
            )
            .into());
        }
        let began = Instant::now();
        let model = unpacked(state, model, &run)?;
        let Encoded { train, held_out } =
            encode_pairs(state, &model, &run.settings.system_prompt, &contents)?;
        let train = training_pairs(&model, &run.settings, &contents, train)?;
        let checkpoint = checkpoint.map(|bytes| Checkpoint::from_bytes(&bytes)).transpose()?;

        memory::check(state, "Training", memory_estimate(&model, &train, &held_out, &run.settings))?;
        let numbers = PairNumbers::new(&contents);
        let blocks_above = model.facts().blocks.saturating_sub(run.settings.blocks_below() as usize);
        let tokens = encode::tokens(&train) as f64 / train.len().max(1) as f64;
        let passes = f64::from(run.settings.method.passes());
        let work_in_step = passes * tokens * f64::from(run.settings.batch_pairs) * blocks_above as f64;
        let training = Training::new(model, &train, run.settings.clone())
            .held_out(&held_out)
            .checkpoint(checkpoint)
            .progress(&mut reporter(state, "Preparing", "pair"))
            .prepare()
            .map_err(|error| numbers.interrupt(error))?;
        let measured = state.block_on(begin(state, &run, &training, &fingerprint))?;
        let speed = state.block_on(model_rows::find(read, run.model))?.seconds_per_token_block;
        let preparing = began.elapsed().as_secs_f64();
        let work = Self {
            state,
            job,
            run,
            training,
            numbers,
            unsaved_steps: vec![],
            last_save: Instant::now(),
            save_duration: Duration::ZERO,
            has_held_out: !held_out.is_empty(),
            measured,
            measuring: 0.0,
            phase: Phase::new("Training", "step"),
            stepping: (0.0, 0, work_in_step),
            usual_step: speed.map(|speed| speed * work_in_step),
        };
        work.note_cost(RunCost { preparing_seconds: Some(preparing), ..RunCost::default() })?;
        Ok(work)
    }

    fn train(&mut self) -> Result<(), Interrupt> {
        loop {
            if let Some(epoch) = self.epoch_to_measure() {
                self.save()?;
                self.measure(epoch)?;
            }
            if self.training.done() >= self.training.steps() {
                self.save()?;
                return Ok(());
            }
            if is_halting(self.state) {
                self.save()?;
                return Err(Interrupt::Halted);
            }
            self.step()?;
        }
    }

    /// Returns the epoch that has just ended, unless it is measured already. If a run was killed between an epoch's
    /// last step and its measurement, the resumed run measures it.
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

    fn step(&mut self) -> Result<(), Interrupt> {
        let began = Instant::now();
        let report = match self.training.step() {
            Ok(report) => report,
            Err(error) => {
                // The steps before this one are good, and the run can be stopped with their vector.
                self.save()?;
                return Err(self.numbers.interrupt(error));
            }
        };
        let seconds = began.elapsed().as_secs_f64();
        self.stepping.0 += seconds;
        self.stepping.1 += 1;
        self.unsaved_steps.push(point(&report, seconds));
        self.report_steps();
        // The vector of every epoch is stored.
        let ends_epoch = self.training.done().is_multiple_of(self.training.steps_per_epoch());
        let is_due = self.last_save.elapsed() >= KEEP_EVERY.max(KEEP_SHARE * self.save_duration);
        if ends_epoch || is_due { Ok(self.save()?) } else { Ok(()) }
    }

    /// Reports the steps, with the seconds that the whole run still takes.
    fn report_steps(&mut self) {
        let (done, total) = (self.training.done(), self.training.steps());
        let mut progress = self.phase.progress(Instant::now(), done, total, None);
        progress.seconds_left = self.seconds_left(progress.seconds_per_unit);
        self.state.lanes.engine.progress(&self.state.events, progress);
    }

    /// Returns the seconds that the steps and the measurements of the held-out pairs still take: by the rate of the last steps,
    /// else by the mean of all, else by the speed of earlier runs. `None` while a speed is not known.
    fn seconds_left(&self, rate: Option<f64>) -> Option<f64> {
        let (seconds, steps, _) = self.stepping;
        let mean = (steps >= 2).then(|| seconds / steps as f64);
        let left = self.training.steps().saturating_sub(self.training.done());
        let stepping = if left == 0 { 0.0 } else { rate.or(mean).or(self.usual_step)? * left as f64 };
        if !self.has_held_out {
            return Some(stepping);
        }
        let measurements = (self.run.settings.epochs as usize + 1).saturating_sub(self.measured.len());
        (self.measuring > 0.0).then_some(stepping + self.measuring * measurements as f64)
    }

    /// Stores the new steps with a checkpoint and the vector of the same moment, then sends them. This way the window
    /// shows only what is stored.
    fn save(&mut self) -> Result<(), Error> {
        let began = Instant::now();
        let has_steps = self.training.steps() > 0;
        if self.unsaved_steps.is_empty() && has_steps {
            self.last_save = began;
            return Ok(());
        }
        let (done, per_epoch) = (self.training.done(), self.training.steps_per_epoch());
        let epoch = (has_steps && done % per_epoch == 0).then(|| (done / per_epoch) as u32);
        let steps = std::mem::take(&mut self.unsaved_steps);
        let checkpoint = self.training.checkpoint().to_bytes();
        let partial = PartialVector {
            values: self.training.values().to_vec(),
            residual_norm: self.training.residual_norm(),
        };
        let (state, run, job) = (self.state, self.run.id, self.job);
        state.block_on(async {
            let change = state.events.change().await;
            let mut db = state.store.begin().await?;
            steps::insert(&mut db, run, &steps).await?;
            jobs::set_checkpoint(&mut db, job, &checkpoint).await?;
            save_progress(state, &mut db).await?;
            runs::set_partial_vector(&mut db, run, &partial).await?;
            if let Some(epoch) = epoch {
                epoch_vectors::put(&mut db, run, epoch, done as u32, &partial.values).await?;
            }
            db.commit().await?;
            if !steps.is_empty() {
                change.send(&Event::Steps { run, steps });
            }
            Ok::<_, Error>(())
        })?;
        (self.last_save, self.save_duration) = (Instant::now(), began.elapsed());
        Ok(())
    }

    fn measure(&mut self, epoch: u32) -> Result<(), Interrupt> {
        let began = Instant::now();
        let (state, left) = (self.state, self.seconds_left(None));
        let mut phase = Phase::new("Measuring held-out pairs", "pair");
        let mut shown = |done: usize, total: usize| {
            // What is measured now is among what is left.
            let passed = began.elapsed().as_secs_f64();
            let mut progress = phase.progress(Instant::now(), done, total, None);
            progress.seconds_left = left.map(|left| (left - passed).max(0.0));
            state.lanes.engine.progress(&state.events, progress);
            continue_unless_halting(state)
        };
        let measured = match self.training.measure(Some(&mut shown)) {
            Err(TrainError::NoHeldOut) => None,
            measured => Some(measured.map_err(|error| self.numbers.interrupt(error))?),
        };
        self.measuring = began.elapsed().as_secs_f64();
        // The measurement does not count towards the rate of the steps.
        self.phase = Phase::new("Training", "step");
        let step = self.training.done();
        self.report_steps();
        let Some(found) = measured else {
            return Ok(());
        };
        let point = EpochPoint {
            epoch,
            step: step as u32,
            plus: found.plus,
            minus: found.minus,
            sign_accuracy: found.sign_accuracy,
        };
        self.measured.push(point);
        let (state, run) = (self.state, self.run.id);
        let cost = RunCost { measuring_seconds: Some(self.measuring), ..RunCost::default() };
        state.block_on(async {
            let change = state.events.change().await;
            let mut db = state.store.begin().await?;
            epochs::insert(&mut db, run, &point).await?;
            runs::add_cost(&mut db, run, &cost).await?;
            save_progress(state, &mut db).await?;
            db.commit().await?;
            change.send(&Event::Epoch { run, epoch: point });
            Ok::<_, Error>(())
        })?;
        Ok(())
    }

    /// Adds what a part of the run took, with the most memory so far.
    fn note_cost(&self, cost: RunCost) -> Result<(), Error> {
        let cost = RunCost { peak_bytes: peak_memory::bytes(), ..cost };
        self.state.block_on(async {
            let mut db = self.state.store.begin().await?;
            runs::add_cost(&mut db, self.run.id, &cost).await?;
            Ok(db.commit().await?)
        })
    }

    /// Stores the speed for the next estimate.
    fn note_speed(&self) -> Result<(), Error> {
        let (seconds, steps, work_in_step) = self.stepping;
        if steps < STEPS_TO_MEASURE_SPEED || work_in_step <= 0.0 {
            return Ok(());
        }
        let speed = seconds / (steps as f64 * work_in_step);
        self.state.block_on(async {
            let mut db = self.state.store.begin().await?;
            model_rows::set_speed(&mut db, self.run.model, speed).await?;
            Ok(db.commit().await?)
        })
    }
}

/// Stores the engine's results, and deletes the steps after the checkpoint. Returns the measured epochs.
async fn begin(
    state: &AppState,
    run: &Run,
    training: &Training,
    fingerprint: &str,
) -> Result<Vec<EpochPoint>, Error> {
    let change = state.events.change().await;
    let mut db = state.store.begin().await?;
    let done = training.done() as u32;
    runs::set_begun(&mut db, run.id, fingerprint, training.steps() as u32).await?;
    steps::delete_after(&mut db, run.id, done).await?;
    epochs::delete_after(&mut db, run.id, done).await?;
    epoch_vectors::delete_after(&mut db, run.id, done).await?;
    db.commit().await?;
    if state.shows_running_job() {
        change.send(&Event::Run(runs::find(state.store.read(), run.id).await?));
    }
    Ok(epochs::list(state.store.read(), run.id).await?)
}

fn point(report: &StepReport, seconds: f64) -> StepPoint {
    StepPoint {
        step: report.step as u32,
        sign: report.sign,
        loss: report.loss,
        margin: report.margin,
        sign_accuracy: Some(report.sign_accuracy),
        plus: report.plus.map(side),
        minus: report.minus.map(side),
        gradient_norm: report.gradient_norm,
        vector_norm: report.vector_norm,
        learning_rate: report.learning_rate,
        tokens: report.tokens as u32,
        seconds,
    }
}

fn side(side: vectors::train::Side) -> Side {
    Side { loss: side.loss, margin: side.margin }
}

/// Returns the model with its weights in the run's precision. Unpacked weights belong to the run and are freed with it.
pub(super) fn unpacked(state: &AppState, model: Arc<Model>, run: &Run) -> Result<Arc<Model>, Interrupt> {
    match run.settings.precision {
        TrainPrecision::Stored => return Ok(model),
        TrainPrecision::Bf16 => {
            return Ok(Arc::new(model.with_matmul_precision(MatmulPrecision::Bf16)?));
        }
        TrainPrecision::Full => {}
    }
    let row = state.block_on(model_rows::find(state.store.read(), run.model))?;
    memory::check(state, "Unpacking the weights", 4 * model.facts().parameters)?;
    let mut phase = Phase::new("Unpacking the weights", "block");
    let blocks = model.facts().blocks;
    let (device, template) = (model.device(), row.template.as_deref());
    let mut progress = |share: f64| {
        report_part(state, &mut phase, (share * blocks as f64) as usize, blocks, None);
        continue_unless_halting(state)
    };
    let opened = Model::open(&row.path).device(device).precision(Weights::F32).chat_template(template);
    let loaded = opened
        .progress(&mut progress)
        .load()
        .map_err(|error| Interrupt::new(error, |source| Error::Model { path: row.path, source }))?;
    Ok(Arc::new(loaded))
}

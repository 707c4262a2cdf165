//! A sweep as a job: measurement by measurement, each point into the store as soon as it is known. What an earlier sweep
//! measured of the same content is taken from the store.

mod answers;
mod judge;
mod key;
mod kind;
mod measure;
mod plan;
mod subject;
mod verdict;

use std::sync::Arc;

use ipc::Id;
use ipc::data::{PairContent, Split};
use ipc::event::Event;
use ipc::sweep::{Sweep, SweepPoint, SweepSettings};
use sqlx::SqliteConnection;
use vectors::model::Model;
use vectors::score::Interval;

pub(crate) use judge::{digits_note, instruction, verdict_key};
pub use kind::summary;
pub(crate) use kind::value;
pub(crate) use measure::{questions, truthful};

use super::models;
use super::pace::Phase;
use super::runner::{Outcome, is_halting};
use super::train::say;
use crate::core::Core;
use crate::{Error, clock};
use data::content::{Snapshot, held_out};
use key::Key;
use kind::Kind;
use plan::Task;
use store::measurements;
use store::sweep_points::{self, Behind};
use store::{snapshots, sweeps};
use subject::Subject;

/// A sweep that runs.
struct Running<'a> {
    core: &'a Arc<Core>,
    id: Id,
    settings: SweepSettings,
    model: Arc<Model>,
    fingerprint: String,
    sets: Vec<Set>,
    subjects: Vec<Subject>,
    /// The points that are known and hold for this model.
    known: Vec<SweepPoint>,
    /// Activations that are kept for the next arm.
    kept: Option<measure::Kept>,
}

/// A set as it was when the sweep began.
struct Set {
    /// Held-out pairs, or prompts alone, and behind them the training pairs that worked examples are taken from.
    pairs: Vec<PairContent>,
    /// What is measured on: the first ones, as far as the limit goes.
    measured: Vec<PairContent>,
    /// The hash of what is measured on, without the limit.
    hash: String,
}

/// Runs a sweep over the points that are still missing, or until it is to halt.
pub(super) fn run(core: &Arc<Core>, id: Id) -> Result<Outcome, Error> {
    let (sweep, sets, subjects) = core.block_on(read(core, id))?;
    say(core, &mut Phase::new("Loading the model", ""), 0, 0);
    let (model, fingerprint) = models::wait(core, sweep.model, || is_halting(core))?;
    let known = core.block_on(begin(core, id, &fingerprint))?;
    let mut running =
        Running { core, id, settings: sweep.settings, model, fingerprint, sets, subjects, known, kept: None };
    for task in plan::tasks(&running.settings) {
        running.task(&task)?;
    }
    Ok(Outcome::Done)
}

async fn read(core: &Core, id: Id) -> Result<(Sweep, Vec<Set>, Vec<Subject>), Error> {
    let mut db = core.store.read().acquire().await?;
    let sweep = sweeps::find(&mut db, id).await?;
    let sets = kept_sets(&mut db, id, sweep.settings.limit).await?;
    let mut subjects = Vec::with_capacity(sweep.settings.arms.len());
    for arm in &sweep.settings.arms {
        subjects.push(Subject::read(&mut db, arm).await?);
    }
    Ok((sweep, sets, subjects))
}

async fn kept_sets(db: &mut SqliteConnection, id: Id, limit: Option<u32>) -> Result<Vec<Set>, Error> {
    let mut all = Vec::new();
    for kept in sweeps::sets(&mut *db, id).await? {
        let pairs = snapshots::read(&mut *db, &kept.snapshot).await?;
        let mut measured = held_out(&pairs);
        let hash = Snapshot::of(&measured)?.hash;
        measured.truncate(limit.map_or(usize::MAX, |limit| limit as usize));
        all.push(Set { pairs, measured, hash });
    }
    Ok(all)
}

/// What a set of a sweep measured, in the order of its items.
pub(crate) async fn measured_items(
    db: &mut SqliteConnection,
    id: Id,
    set: u32,
    limit: Option<u32>,
) -> Result<Vec<PairContent>, Error> {
    let sets = kept_sets(db, id, limit).await?;
    sets.into_iter().nth(set as usize).map(|set| set.measured).ok_or(Error::Gone("set of the sweep"))
}

/// Notes which model is measured; returns the points that are known and hold for it.
async fn begin(core: &Core, id: Id, fingerprint: &str) -> Result<Vec<SweepPoint>, Error> {
    let change = core.hub.change().await;
    let mut db = core.store.begin().await?;
    sweeps::set_model(&mut db, id, fingerprint).await?;
    let sweep = sweeps::find(&mut db, id).await?;
    db.commit().await?;
    change.say(&Event::Sweep(sweep.clone()));
    Ok(sweep.points)
}

impl Running<'_> {
    /// Makes the points of a task that are missing: those that were measured before at once, then the others.
    fn task(&mut self, task: &Task) -> Result<(), Error> {
        let mut missing = Vec::new();
        for multiplier in self.settings.multipliers_of(task.arm) {
            let is_known = task.scores.iter().all(|score| {
                let point = SweepPoint { multiplier, ..task.place(*score) };
                self.known.iter().any(|known| known.is_at(&point))
            });
            if is_known {
                continue;
            }
            let key = self.key(task, multiplier)?;
            match self.core.block_on(measurements::find(self.core.store.read(), &key))? {
                Some(items) => self.keep(task, multiplier, key, &items)?,
                None => missing.push((multiplier, key)),
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        match &task.kind {
            Kind::Answers => self.answer(task, &missing),
            Kind::Judge { judge, rubric } => self.judge(task, judge, rubric, &missing),
            _ => self.measure(task, &missing),
        }
    }

    /// The key of what a task measures at a multiplier.
    fn key(&self, task: &Task, multiplier: f64) -> Result<String, Error> {
        let subject = &self.subjects[task.arm as usize];
        let steering = subject.steering_key(multiplier);
        let Some(set) = task.set.map(|set| &self.sets[set as usize]) else {
            let content = measure::content_hash(&task.kind)?;
            let is_text = task.kind == Kind::Texts;
            let system = if is_text { "" } else { subject.system() };
            let template = subject.template().filter(|_| !is_text);
            let key = Key::new(&task.kind, &self.fingerprint, steering, &content);
            return Key { system, template, ..key }.hash();
        };
        let key = Key {
            system: subject.system(),
            is_system_given: subject.is_system_given(),
            template: subject.template(),
            shots: subject.shots(&set.pairs),
            limit: self.settings.limit,
            suffix: &self.settings.suffix,
            ..Key::new(&task.kind, &self.fingerprint, steering, &set.hash)
        };
        let is_about_answers = task.kind.is_about_answers();
        if is_about_answers { key.with_generation(self.settings.generation) } else { key }.hash()
    }

    /// The key of the answers that a task is about.
    fn answers_key(&self, task: &Task, multiplier: f64) -> Result<String, Error> {
        self.key(&Task { kind: Kind::Answers, ..task.clone() }, multiplier)
    }

    /// Keeps a measurement with the points that follow from it.
    fn keep(&mut self, task: &Task, multiplier: f64, key: String, items: &[Vec<f64>]) -> Result<(), Error> {
        let is_about_answers = task.kind.is_about_answers();
        let answers = is_about_answers.then(|| self.answers_key(task, multiplier)).transpose()?;
        let behind = Behind { measurement: key, answers };
        let mut points = Vec::with_capacity(task.scores.len());
        for score in &task.scores {
            let (interval, count, missing) = summary(&self.settings.scores[*score as usize], items);
            let Interval { value, low, high } =
                if count > 0 { interval } else { Interval { value: 0.0, low: 0.0, high: 0.0 } };
            points.push(SweepPoint { multiplier, value, low, high, count, missing, ..task.place(*score) });
        }
        let (core, id) = (self.core, self.id);
        core.block_on(async {
            let change = core.hub.change().await;
            let mut db = core.store.begin().await?;
            measurements::put(&mut db, &behind.measurement, items, clock::now()).await?;
            for point in &points {
                sweep_points::put(&mut db, id, point, &behind).await?;
            }
            db.commit().await?;
            change.say(&Event::SweepPoints { sweep: id, points: points.clone() });
            Ok::<_, Error>(())
        })?;
        self.known.extend(points);
        Ok(())
    }
}

/// A prompt as it is asked: with the sweep's suffix.
fn with_suffix(prompt: &str, suffix: &str) -> String {
    if suffix.is_empty() { prompt.to_owned() } else { format!("{prompt}{suffix}") }
}

/// The prompts of a list, as the pairs that a snapshot keeps.
pub(crate) fn prompts_as_pairs(prompts: &[String]) -> Vec<PairContent> {
    let pair = |prompt: &String| PairContent {
        prompt: prompt.clone(),
        split: Split::HeldOut,
        ..PairContent::default()
    };
    prompts.iter().map(pair).collect()
}

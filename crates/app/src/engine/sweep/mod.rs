//! Runs a sweep as a job. Every point is stored as soon as it is known, and the measurements of an earlier sweep of the
//! same content are read from the store.

mod answers;
mod judge;
mod key;
mod kind;
mod measure;
mod plan;
mod speeds;
mod subject;
mod verdict;
mod work;

use std::sync::Arc;
use std::time::Instant;

use data::content::{Snapshot, held_out, sha256, to_json};
use ipc::Id;
use ipc::data::{PairContent, Split};
use ipc::event::Event;
use ipc::job::JobState;
use ipc::sweep::{PromptSet, Sweep, SweepPoint, SweepSettings};
use sqlx::SqliteConnection;
use store::models::ModelRow;
use store::sweep_points::{self, MeasurementKeys};
use store::{measurements, snapshots, sweeps};
use vectors::model::{Model, ModelError};
use vectors::score::Interval;

use self::key::Key;
use self::kind::Kind;
use self::plan::Task;
use self::speeds::Speeds;
use self::subject::Subject;
use super::job::{Interrupt, Job, Stored, is_halting, report_progress, save_progress};
use super::models;
use super::pace::Phase;
use crate::app_state::AppState;
use crate::{Error, clock};

pub(crate) use judge::{digits_note, instruction, verdict_key};
pub use kind::summary;
pub(crate) use kind::{change, value};
pub(crate) use measure::{mmlu, questions, truthful};

/// A running sweep.
struct Running<'a> {
    state: &'a Arc<AppState>,
    id: Id,
    settings: SweepSettings,
    model: Arc<Model>,
    fingerprint: String,
    sets: Vec<Set>,
    subjects: Vec<Subject>,
    /// The known points that are valid for this model.
    known: Vec<SweepPoint>,
    /// The prefix activations that are kept for the next arm.
    kept: Option<measure::PrefixCache>,
    /// The speeds of earlier sweeps, and those that this one has measured so far.
    speeds: Speeds,
    /// The seconds that the tasks after this one take, where their speeds are known.
    rest: Option<f64>,
}

/// A set as it was when the sweep was started.
struct Set {
    /// The held-out pairs or the prompts, followed by the training pairs from which worked examples are taken.
    pairs: Vec<PairContent>,
    /// The measured items: every held-out pair or prompt with every suffix.
    measured: Vec<PairContent>,
    /// The number of suffixes, with which each prompt is an item.
    suffixes: usize,
    /// The hash of all items.
    hash: String,
    /// The answers that were given elsewhere, in the order of the items.
    given: Option<Vec<String>>,
}

impl Set {
    /// Returns the pair of an item without the suffix, as it is shown to a judge: what makes a model answer must not reach
    /// the one that judges.
    fn without_suffix(&self, item: usize) -> Option<PairContent> {
        let mut held_out = self.pairs.iter().filter(|pair| pair.split == Split::HeldOut);
        held_out.nth(item / self.suffixes.max(1)).map(PairContent::as_seen)
    }
}

/// Measures vectors at several multipliers: fills the sweep with this id.
pub(super) struct SweepJob(pub(super) Id);

impl Job for SweepJob {
    fn models<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Vec<Id>> {
        Box::pin(async { Ok(vec![sweeps::find(db, self.0).await?.model]) })
    }

    fn run(&self, state: &Arc<AppState>, _id: Id) -> Result<(), Interrupt> {
        run(state, self.0)
    }

    fn result<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Option<Event>> {
        Box::pin(async { Ok(Some(Event::Sweep(sweeps::find(db, self.0).await?))) })
    }

    /// A stopped sweep keeps its points, and measures the missing ones when a person goes on with it. A whole one has none.
    fn can_run_again(&self, end: &JobState) -> bool {
        *end == JobState::Stopped
    }
}

/// Measures the points that are still missing.
fn run(state: &Arc<AppState>, id: Id) -> Result<(), Interrupt> {
    let (sweep, sets, subjects) = state.block_on(read(state, id))?;
    report_progress(state, &mut Phase::new("Loading the model", ""), 0, 0);
    let (model, fingerprint) = models::wait(state, sweep.model, || is_halting(state))?;
    let known = state.block_on(begin(state, id, &fingerprint))?;
    let row = state.block_on(store::models::find(state.store.read(), sweep.model)).map_err(Error::from)?;
    let speeds = state.block_on(Speeds::read(state, &row))?;
    let mut running = Running {
        state,
        id,
        settings: sweep.settings,
        model,
        fingerprint,
        sets,
        subjects,
        known,
        kept: None,
        speeds,
        rest: None,
    };
    let measured = running.measure_all();
    // What was measured up to a halt or a failure is worth as much.
    let remembered = state.block_on(running.speeds.write(state));
    measured.and(remembered.map_err(Interrupt::from))
}

/// Returns the seconds that a sweep with these settings takes on these sets, by the speeds that earlier sweeps have measured
/// with a model. `None` while the speed of one of its measurements is not known.
pub(crate) async fn estimate(
    state: &AppState,
    row: &ModelRow,
    settings: &SweepSettings,
    sets: &[Vec<PairContent>],
) -> Result<Option<f64>, Error> {
    let sets: Vec<&[PairContent]> = sets.iter().map(Vec::as_slice).collect();
    let work = work::of_tasks(settings, &plan::tasks(settings), &sets, |_, _| true);
    Ok(Speeds::read(state, row).await?.seconds(work.iter().flatten()))
}

async fn read(state: &AppState, id: Id) -> Result<(Sweep, Vec<Set>, Vec<Subject>), Error> {
    let mut db = state.store.read().acquire().await?;
    let sweep = sweeps::find(&mut db, id).await?;
    let sets = load_sets(&mut db, &sweep).await?;
    let mut subjects = Vec::with_capacity(sweep.settings.arms.len());
    for arm in &sweep.settings.arms {
        subjects.push(Subject::read(&mut db, arm).await?);
    }
    Ok((sweep, sets, subjects))
}

async fn load_sets(db: &mut SqliteConnection, sweep: &Sweep) -> Result<Vec<Set>, Error> {
    let mut all = Vec::new();
    for (place, kept) in (0_u32..).zip(sweeps::sets(&mut *db, sweep.id).await?) {
        let pairs = snapshots::read(&mut *db, &kept.snapshot).await?;
        let suffixes = sweep.settings.suffixes_of(place);
        let held_out = held_out(&pairs);
        let measured = with_suffixes(&held_out, &suffixes);
        // A suffix of all sets stands in the key by itself, as it did before there were lists of suffixes.
        let is_listed = sweep.settings.suffixes.contains_key(&place);
        let mut hash = Snapshot::new(if is_listed { &measured } else { &held_out })?.hash;
        let set = sweep.settings.sets.get(place as usize);
        let given = set.and_then(PromptSet::given_answers).map(<[String]>::to_vec);
        if let Some(given) = &given {
            // What the model answers to the same prompts is something else.
            hash = sha256(to_json("given answers", &(&hash, given))?.as_bytes());
        }
        all.push(Set { pairs, measured, suffixes: suffixes.len(), hash, given });
    }
    Ok(all)
}

/// Returns every item with every suffix: first the first item with each.
pub(crate) fn with_suffixes(items: &[PairContent], suffixes: &[String]) -> Vec<PairContent> {
    let with = |item: &PairContent, suffix: &String| PairContent {
        prompt: format!("{}{suffix}", item.prompt),
        ..item.clone()
    };
    items.iter().flat_map(|item| suffixes.iter().map(move |suffix| with(item, suffix))).collect()
}

/// Reads the measured items of a set of a sweep, in their order.
pub(crate) async fn measured_items(
    db: &mut SqliteConnection,
    sweep: &Sweep,
    set: u32,
) -> Result<Vec<PairContent>, Error> {
    let sets = load_sets(db, sweep).await?;
    sets.into_iter().nth(set as usize).map(|set| set.measured).ok_or(Error::Gone("set of the sweep"))
}

/// Stores which model is measured. Returns the known points that are valid for it.
async fn begin(state: &AppState, id: Id, fingerprint: &str) -> Result<Vec<SweepPoint>, Error> {
    let change = state.events.change().await;
    let mut db = state.store.begin().await?;
    sweeps::set_model(&mut db, id, fingerprint).await?;
    let sweep = sweeps::find(&mut db, id).await?;
    db.commit().await?;
    if state.shows_running_job() {
        change.send(&Event::Sweep(sweep.clone()));
    }
    Ok(sweep.points)
}

impl Running<'_> {
    /// Measures every task's missing points.
    fn measure_all(&mut self) -> Result<(), Interrupt> {
        let tasks = plan::tasks(&self.settings);
        let sets: Vec<&[PairContent]> = self.sets.iter().map(|set| set.measured.as_slice()).collect();
        // No task measures what another one misses, so that one count holds for the whole sweep.
        let is_missing = |task: &Task, multiplier: f64| self.is_missing(task, multiplier);
        let work = work::of_tasks(&self.settings, &tasks, &sets, is_missing);
        for (at, task) in tasks.iter().enumerate() {
            self.rest = self.speeds.seconds(work[at + 1..].iter().flatten());
            self.task(task)?;
        }
        Ok(())
    }

    /// Makes the missing points of a task. Those with a stored measurement come first.
    fn task(&mut self, task: &Task) -> Result<(), Interrupt> {
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
            match self.state.block_on(measurements::find(self.state.store.read(), &key))? {
                Some(items) => self.save_point(task, multiplier, key, &items)?,
                None => missing.push((multiplier, key)),
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let began = Instant::now();
        match &task.kind {
            Kind::Answers => self.answer(task, &missing),
            Kind::Judge { judge, rubric } => self.judge(task, judge, rubric, &missing),
            kind => {
                self.measure(task, &missing)?;
                let work =
                    missing.len() as f64 * work::amount(kind, self.items(task), &self.settings, task.set);
                self.speeds.note(kind, work, began.elapsed());
                Ok(())
            }
        }
    }

    /// Returns the items that a task is about. A text or a file of questions is about none.
    fn items(&self, task: &Task) -> &[PairContent] {
        task.set.map_or(&[][..], |set| &self.sets[set as usize].measured)
    }

    /// Returns the pairs from which a task's worked examples are taken: the set's own, or the first data set's for prompts of a
    /// list and for questions, which have no training pairs.
    fn examples(&self, task: &Task) -> &[PairContent] {
        let own = task.set.filter(|set| self.settings.sets[*set as usize].data_set().is_some());
        match own.or_else(|| self.settings.example_set()) {
            Some(set) => &self.sets[set as usize].pairs,
            None => &[],
        }
    }

    /// Returns whether a task has points to measure at a multiplier.
    fn is_missing(&self, task: &Task, multiplier: f64) -> bool {
        let point = |score: &u32| SweepPoint { multiplier, ..task.place(*score) };
        let is_known = |score| self.known.iter().any(|known| known.is_at(&point(score)));
        !task.scores.iter().all(is_known)
    }

    /// Returns the key of a task's measurement at a multiplier.
    fn key(&self, task: &Task, multiplier: f64) -> Result<String, Error> {
        let subject = &self.subjects[task.arm as usize];
        let steering = subject.steering_key(multiplier);
        let Some(set) = task.set.map(|set| &self.sets[set as usize]) else {
            let content = measure::content_hash(&task.kind)?;
            let is_text = task.kind == Kind::Texts;
            let system = if is_text { "" } else { subject.system() };
            let template = subject.template().filter(|_| !is_text);
            let shots = if is_text { Vec::new() } else { subject.shots(self.examples(task)) };
            let key = Key::new(&task.kind, &self.fingerprint, steering, &content);
            return Key { system, template, shots, ..key }.hash();
        };
        let is_about_answers = task.kind.is_about_answers();
        let key = Key {
            system: subject.system(),
            is_system_given: subject.is_system_given(),
            template: subject.template(),
            shots: subject.shots(self.examples(task)),
            // Preference takes seconds, so that it is measured on every pair.
            limit: self.settings.limit.filter(|_| is_about_answers),
            suffix: if task.set.is_some_and(|set| self.settings.suffixes.contains_key(&set)) {
                ""
            } else {
                &self.settings.suffix
            },
            ..Key::new(&task.kind, &self.fingerprint, steering, &set.hash)
        };
        if is_about_answers { key.with_generation(self.settings.generation) } else { key }.hash()
    }

    /// Returns the key of the answers that a task measures.
    fn answers_key(&self, task: &Task, multiplier: f64) -> Result<String, Error> {
        self.key(&Task { kind: Kind::Answers, ..task.clone() }, multiplier)
    }

    /// Stores a measurement with the points that follow from it.
    fn save_point(
        &mut self,
        task: &Task,
        multiplier: f64,
        key: String,
        items: &[Vec<f64>],
    ) -> Result<(), Error> {
        let is_about_answers = task.kind.is_about_answers();
        let answers = is_about_answers.then(|| self.answers_key(task, multiplier)).transpose()?;
        let keys = MeasurementKeys { measurement: key, answers };
        let mut points = Vec::with_capacity(task.scores.len());
        for score in &task.scores {
            let (interval, count, missing) = summary(&self.settings.scores[*score as usize], items);
            let Interval { value, low, high } =
                if count > 0 { interval } else { Interval { value: 0.0, low: 0.0, high: 0.0 } };
            if ![value, low, high].into_iter().all(f64::is_finite) {
                let what = self.settings.scores[*score as usize].name();
                return Err(Error::ScoreNotFinite { multiplier, what });
            }
            points.push(SweepPoint { multiplier, value, low, high, count, missing, ..task.place(*score) });
        }
        let (state, id) = (self.state, self.id);
        state.block_on(async {
            let change = state.events.change().await;
            let mut db = state.store.begin().await?;
            measurements::put(&mut db, &keys.measurement, items, clock::now()).await?;
            for point in &points {
                sweep_points::put(&mut db, id, point, &keys).await?;
            }
            save_progress(state, &mut db).await?;
            db.commit().await?;
            change.send(&Event::SweepPoints { sweep: id, points: points.clone() });
            Ok::<_, Error>(())
        })?;
        self.known.extend(points);
        Ok(())
    }
}

/// Turns an error at a multiplier into the reason why the sweep ends. `item` names the item with an index.
fn at_multiplier(error: ModelError, multiplier: f64, item: impl FnOnce(usize) -> String) -> Interrupt {
    match error {
        ModelError::NotFinite { index, .. } => {
            Interrupt::Failed(Error::ScoreNotFinite { multiplier, what: item(index) })
        }
        error => error.into(),
    }
}

/// Turns prompts into pairs, which is what a snapshot stores.
pub(crate) fn prompts_as_pairs(prompts: &[String]) -> Vec<PairContent> {
    let pair = |prompt: &String| PairContent {
        prompt: prompt.clone(),
        split: Split::HeldOut,
        ..PairContent::default()
    };
    prompts.iter().map(pair).collect()
}

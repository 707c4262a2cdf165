//! The model in memory: one at a time, loaded in the background.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, UNIX_EPOCH};
use std::{fs, thread};

use ipc::event::Event;
use ipc::model::{ModelFacts, ModelState};
use ipc::{Code, Failure, Id};
use vectors::model::{Facts, Model, ModelError, fingerprint};

use super::catch;
use super::pace::Throttle;
use crate::Error;
use crate::core::Core;
use crate::store::models::{self, ModelRow};

/// How often a waiting job looks whether it is to be halted.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Which model is in memory, and how far another one is on its way.
#[derive(Default)]
pub(crate) struct Models {
    slot: Mutex<Slot>,
    changed: Condvar,
}

#[derive(Default)]
struct Slot {
    states: HashMap<Id, ModelState>,
    loaded: Option<(Id, Arc<Model>)>,
    /// The loaded model's SHA-256; known a moment after the model can be used.
    fingerprint: Option<String>,
    /// Counts the loads: one that is no longer the last one ends.
    turn: u64,
}

impl Models {
    /// Whether a model is in memory.
    pub(crate) fn state(&self, id: Id) -> ModelState {
        self.lock().states.get(&id).cloned().unwrap_or(ModelState::Unloaded)
    }

    /// The model in memory.
    pub(crate) fn loaded(&self) -> Option<(Id, Arc<Model>)> {
        self.lock().loaded.clone()
    }

    /// This model, or why it cannot be used now.
    pub(crate) fn get(&self, id: Id) -> Result<Arc<Model>, Error> {
        let slot = self.lock();
        match (slot.states.get(&id), &slot.loaded) {
            (Some(ModelState::Ready { .. }), Some((loaded, model))) if *loaded == id => Ok(Arc::clone(model)),
            (Some(ModelState::Failed { failure }), _) => Err(Error::Told(failure.clone())),
            (Some(ModelState::Loading { .. }), _) => Err(Error::Told(not_loaded(
                "The model is still being loaded.",
                "Wait until it is there, then try again.",
            ))),
            _ => Err(Error::Told(not_loaded(
                "The model is not in memory.",
                "Load it under Models, then try again.",
            ))),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a load, which ends all others; `None` where the model is there or on its way. Returns the load's turn
    /// and the model that has to leave.
    fn begin(&self, id: Id) -> Option<(u64, Vec<Id>)> {
        let mut slot = self.lock();
        if matches!(slot.states.get(&id), Some(ModelState::Loading { .. } | ModelState::Ready { .. })) {
            return None;
        }
        let leaves =
            |state: &ModelState| matches!(state, ModelState::Loading { .. } | ModelState::Ready { .. });
        let mut leaving: Vec<Id> =
            slot.states.iter().filter(|(_, state)| leaves(state)).map(|(id, _)| *id).collect();
        leaving.sort_unstable();
        for other in &leaving {
            slot.states.insert(*other, ModelState::Unloaded);
        }
        slot.loaded = None;
        slot.fingerprint = None;
        slot.states.insert(id, ModelState::Loading { fraction: 0.0 });
        slot.turn += 1;
        Some((slot.turn, leaving))
    }

    /// Changes the slot, unless another load has begun.
    fn update(&self, turn: u64, change: impl FnOnce(&mut Slot)) -> ControlFlow<()> {
        let mut slot = self.lock();
        if slot.turn != turn {
            return ControlFlow::Break(());
        }
        change(&mut slot);
        drop(slot);
        self.changed.notify_all();
        ControlFlow::Continue(())
    }
}

fn not_loaded(message: &str, next: &str) -> Failure {
    Failure::new(Code::ModelNotLoaded, message).next(next)
}

/// Loads a model in the background, in place of the one in memory.
pub(crate) async fn load(core: &Arc<Core>, id: Id) -> Result<(), Error> {
    let row = models::find(core.store.read(), id).await?;
    let Some((turn, leaving)) = core.models.begin(id) else {
        return Ok(());
    };
    core.encodings.clear();
    for other in leaving {
        let other = models::find(core.store.read(), other).await?;
        core.hub.say(&Event::Model(core.model(other)));
    }
    core.hub.say(&Event::Model(core.model(row.clone())));
    let path = row.path.clone();
    let core = Arc::clone(core);
    let loader = thread::Builder::new().name("model loader".into()).spawn(move || load_now(&core, row, turn));
    loader.map(drop).map_err(|source| Error::Model { path, source: ModelError::Unreadable(source) })
}

/// Waits for a model and its fingerprint, and has it loaded if nobody else does. `halt` says whether to give up.
pub(crate) fn wait(core: &Arc<Core>, id: Id, halt: impl Fn() -> bool) -> Result<(Arc<Model>, String), Error> {
    let mut slot = core.models.lock();
    loop {
        if halt() {
            return Err(Error::Compute(ModelError::Stopped));
        }
        let state = slot.states.get(&id).cloned().unwrap_or(ModelState::Unloaded);
        match (state, &slot.loaded, &slot.fingerprint) {
            (ModelState::Ready { .. }, Some((_, model)), Some(fingerprint)) => {
                return Ok((Arc::clone(model), fingerprint.clone()));
            }
            (ModelState::Failed { failure }, ..) => return Err(Error::Told(failure)),
            (ModelState::Unloaded, ..) => {
                drop(slot);
                core.block_on(load(core, id))?;
                slot = core.models.lock();
            }
            _ => {}
        }
        slot = core.models.changed.wait_timeout(slot, LOOK_EVERY).unwrap_or_else(PoisonError::into_inner).0;
    }
}

fn load_now(core: &Core, mut row: ModelRow, turn: u64) {
    super::priority::give_way();
    match catch(|| read(core, &mut row, turn)) {
        Ok(()) => {}
        Err(error) if error.is_stop() => {}
        Err(error) => {
            let failure = Failure::from(error);
            tracing::warn!("the model {} could not be loaded: {failure}", row.name);
            let failed = core.models.update(turn, |slot| {
                slot.loaded = None;
                slot.states.insert(row.id, ModelState::Failed { failure });
            });
            if failed.is_continue() {
                core.encodings.clear();
                core.hub.say(&Event::Model(core.model(row)));
            }
        }
    }
}

/// Reads the model, lets it be used, then makes sure which file it is.
fn read(core: &Core, row: &mut ModelRow, turn: u64) -> Result<(), Error> {
    let path = row.path.clone();
    let failed = |source| Error::Model { path: path.clone(), source };
    let mut throttle = Throttle::default();
    let model = Model::load(Path::new(&path), &mut |fraction| {
        let on = core.models.update(turn, |slot| {
            slot.states.insert(row.id, ModelState::Loading { fraction });
        });
        if on.is_continue() && throttle.is_due(Instant::now()) {
            core.hub.say(&Event::Model(core.model(row.clone())));
        }
        on
    })
    .map_err(failed)?;

    let facts = facts(model.facts());
    core.block_on(async {
        let mut db = core.store.begin().await?;
        models::set_facts(&mut db, row.id, &facts).await?;
        Ok::<_, Error>(db.commit().await?)
    })?;
    row.facts = Some(facts);
    let device = model.device().to_owned();
    let model = Arc::new(model);
    let ready = core.models.update(turn, |slot| {
        slot.loaded = Some((row.id, model));
        slot.states.insert(row.id, ModelState::Ready { device });
    });
    if ready.is_break() {
        return Ok(());
    }
    core.hub.say(&Event::Model(core.model(row.clone())));

    let print = known_fingerprint(core, row, turn)?;
    if let Some(expected) = row.expected_fingerprint.as_ref().filter(|expected| **expected != print) {
        let failure = Failure::new(
            Code::ModelUnusable,
            "The starter model's file is not the one that belongs to Tiller.",
        )
        .detail(format!("Its SHA-256 is {print}, not {expected}: {}", row.path))
        .next("Fetch the file again, or add it under Models as a model of your own from another place.");
        return Err(Error::Told(failure));
    }
    // Another load may have begun: then the fingerprint is not the slot's.
    let _ = core.models.update(turn, |slot| slot.fingerprint = Some(print));
    Ok(())
}

/// The file's SHA-256: read again only where the file's size or time of change is another.
fn known_fingerprint(core: &Core, row: &ModelRow, turn: u64) -> Result<String, Error> {
    let stamp = stamp(Path::new(&row.path));
    if let (Some(known), Some(of)) = (&row.fingerprint, &row.fingerprint_of)
        && stamp.as_ref() == Some(of)
    {
        return Ok(known.clone());
    }
    let print = fingerprint(Path::new(&row.path), &mut |_| core.models.update(turn, |_| ()))
        .map_err(|source| Error::Model { path: row.path.clone(), source })?;
    core.block_on(async {
        let mut db = core.store.begin().await?;
        models::set_fingerprint(&mut db, row.id, &print, &stamp.unwrap_or_default()).await?;
        Ok::<_, Error>(db.commit().await?)
    })?;
    Ok(print)
}

/// A file's size and time of change.
fn stamp(path: &Path) -> Option<String> {
    let about = fs::metadata(path).ok()?;
    let changed = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} bytes, changed {}", about.len(), changed.as_nanos()))
}

fn facts(facts: &Facts) -> ModelFacts {
    ModelFacts {
        architecture: facts.architecture.clone(),
        quantization: facts.quantization.clone(),
        blocks: facts.blocks as u32,
        hidden_size: facts.hidden_size as u32,
        vocabulary: facts.vocabulary as u32,
        context_length: facts.context_length as u32,
        parameters: facts.parameters,
        file_bytes: facts.file_bytes,
    }
}

//! The models in memory: loaded in the background, one at a time unless a person allows more.
//!
//! A job holds its model until it ends. Therefore a model that has to leave is first let go of by everybody, and only then
//! does another one come: two are never in memory by accident.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use ipc::event::Event;
use ipc::model::{InMemory, ModelState, Precision};
use ipc::{Code, Failure, Id};
use vectors::model::{Model, ModelError};

use super::catch;
use super::pace::Throttle;
use crate::Error;
use crate::core::Core;
use crate::library::{self, files};
use crate::store::models::{self, ModelRow};
use crate::store::settings;

/// How often a waiting job looks whether it is to be halted.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How long a model that leaves is waited for where no job holds it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who asks for a model, and what may leave for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// A person: as many may stay as the settings allow, and none leaves that a job uses.
    AsSet,
    /// A person: everything stays.
    Beside,
    /// A job whose turn it is: what leaves for it comes back when no job is left.
    ForJob,
}

/// Which models are in memory, and how far others are on their way.
#[derive(Default)]
pub(crate) struct Models {
    slot: Mutex<Slot>,
    changed: Condvar,
}

#[derive(Default)]
struct Slot {
    states: HashMap<Id, ModelState>,
    /// In memory, the one that came last at the end.
    loaded: Vec<Loaded>,
    /// What a model's loading waits for.
    waits: HashMap<Id, String>,
    /// The load that counts for a model: others of it end.
    turns: HashMap<Id, u64>,
    turn: u64,
    /// The model that the person works with, and whether a job took its place.
    chosen: Option<Id>,
    is_displaced: bool,
    /// Models that have left and that somebody still holds.
    leaving: Vec<Weak<Model>>,
}

struct Loaded {
    id: Id,
    model: Arc<Model>,
    precision: Precision,
    /// What results depend on; known a moment after the model can be used.
    identity: Option<String>,
}

impl Slot {
    /// What has to leave so that no more than `most` are there with one more, oldest first.
    fn leaves(&self, id: Id, most: usize) -> Vec<Id> {
        let loading = |state: &ModelState| matches!(state, ModelState::Loading { .. });
        let mut on_their_way: Vec<Id> = self
            .states
            .iter()
            .filter(|(other, state)| **other != id && loading(state))
            .map(|(id, _)| *id)
            .collect();
        on_their_way.sort_unstable();
        let there = self.loaded.iter().map(|loaded| loaded.id).filter(|other| *other != id);
        let all: Vec<Id> = there.chain(on_their_way).collect();
        let count = (all.len() + 1).saturating_sub(most.max(1));
        all.into_iter().take(count).collect()
    }

    /// Takes a model out of memory, or ends its loading.
    fn let_go(&mut self, id: Id) {
        self.states.insert(id, ModelState::Unloaded);
        self.turns.remove(&id);
        self.waits.remove(&id);
        let (gone, kept) = std::mem::take(&mut self.loaded).into_iter().partition(|loaded| loaded.id == id);
        self.loaded = kept;
        let gone: Vec<Loaded> = gone;
        self.leaving.extend(gone.iter().map(|loaded| Arc::downgrade(&loaded.model)));
        self.leaving.retain(|model| model.strong_count() > 0);
    }
}

impl Models {
    /// Whether a model is in memory.
    pub(crate) fn state(&self, id: Id) -> ModelState {
        self.lock().states.get(&id).cloned().unwrap_or(ModelState::Unloaded)
    }

    /// How a model stands in memory.
    pub(crate) fn in_memory(&self, id: Id) -> Option<InMemory> {
        let slot = self.lock();
        let loaded = slot.loaded.iter().find(|loaded| loaded.id == id)?;
        Some(InMemory { precision: loaded.precision, bytes: loaded.model.weight_bytes() })
    }

    /// What a model's loading waits for, as a sentence.
    pub(crate) fn waits_for(&self, id: Id) -> Option<String> {
        let slot = self.lock();
        let displaced = || {
            let is_away = slot.is_displaced
                && slot.chosen == Some(id)
                && slot.loaded.iter().all(|other| other.id != id);
            is_away.then(|| "Jobs of another model run first; it is loaded again after them.".to_owned())
        };
        slot.waits.get(&id).cloned().or_else(displaced)
    }

    /// The model that the person works with, if it is in memory; where none was chosen, the one that is there.
    pub(crate) fn loaded(&self) -> Option<(Id, Arc<Model>)> {
        let slot = self.lock();
        let of = |id: Id| slot.loaded.iter().find(|loaded| loaded.id == id);
        let counts = slot.chosen.map_or_else(|| slot.loaded.last(), of)?;
        Some((counts.id, Arc::clone(&counts.model)))
    }

    /// This model, or why it cannot be used now.
    pub(crate) fn get(&self, id: Id) -> Result<Arc<Model>, Error> {
        let slot = self.lock();
        if let Some(loaded) = slot.loaded.iter().find(|loaded| loaded.id == id) {
            return Ok(Arc::clone(&loaded.model));
        }
        let (message, next) = match slot.states.get(&id) {
            Some(ModelState::Failed { failure }) => return Err(Error::Told(failure.clone())),
            Some(ModelState::Loading { .. }) => {
                ("The model is still being loaded.", "Wait until it is there, then try again.")
            }
            _ if slot.is_displaced && slot.chosen == Some(id) => (
                "A job of another model uses the memory.",
                "Wait until it is done, or pause it and load the model under Models.",
            ),
            _ => ("The model is not in memory.", "Load it under Models, then try again."),
        };
        Err(Error::Told(Failure::new(Code::ModelNotLoaded, message).next(next)))
    }

    /// What would have to leave for a model; nothing where it is there or on its way.
    pub(crate) fn leaves(&self, id: Id, most: usize) -> Vec<Id> {
        let slot = self.lock();
        match slot.states.get(&id) {
            Some(ModelState::Loading { .. } | ModelState::Ready { .. }) => vec![],
            _ => slot.leaves(id, most),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a load; `None` where the model is there or on its way. Returns the load's turn and the models that leave.
    fn begin(&self, id: Id, room: Room, most: usize) -> Option<(u64, Vec<Id>)> {
        let mut slot = self.lock();
        if room != Room::ForJob {
            (slot.chosen, slot.is_displaced) = (Some(id), false);
        }
        if matches!(slot.states.get(&id), Some(ModelState::Loading { .. } | ModelState::Ready { .. })) {
            return None;
        }
        let leaving = if room == Room::Beside { vec![] } else { slot.leaves(id, most) };
        for other in &leaving {
            slot.let_go(*other);
        }
        slot.is_displaced |=
            room == Room::ForJob && slot.chosen.is_some_and(|chosen| leaving.contains(&chosen));
        slot.turn += 1;
        let turn = slot.turn;
        slot.turns.insert(id, turn);
        slot.states.insert(id, ModelState::Loading { fraction: 0.0 });
        Some((turn, leaving))
    }

    /// Changes the slot, unless this load no longer counts.
    fn update(&self, id: Id, turn: u64, change: impl FnOnce(&mut Slot)) -> ControlFlow<()> {
        let mut slot = self.lock();
        if slot.turns.get(&id) != Some(&turn) {
            return ControlFlow::Break(());
        }
        change(&mut slot);
        drop(slot);
        self.changed.notify_all();
        ControlFlow::Continue(())
    }

    /// The model to bring back, now that no job needs the room: asked once.
    fn take_displaced(&self) -> Option<Id> {
        let mut slot = self.lock();
        let chosen = slot.chosen.filter(|_| slot.is_displaced);
        slot.is_displaced = false;
        chosen
    }
}

/// Loads a model in the background, in place of what has to leave for it.
pub(crate) async fn load(core: &Arc<Core>, id: Id, room: Room) -> Result<(), Error> {
    let row = models::find(core.store.read(), id).await?;
    let most = most_in_memory(core).await?;
    let Some((turn, leaving)) = core.models.begin(id, room, most) else {
        return Ok(());
    };
    core.encodings.clear();
    for other in leaving {
        say(core, other).await?;
    }
    core.hub.say(&Event::Model(core.model(row.clone())));
    let path = row.path.clone();
    let core = Arc::clone(core);
    let loader = thread::Builder::new().name("model loader".into()).spawn(move || load_now(&core, row, turn));
    loader.map(drop).map_err(|source| Error::Model { path, source: ModelError::Unreadable(source) })
}

/// How many models may be in memory.
pub(crate) async fn most_in_memory(core: &Core) -> Result<usize, Error> {
    let set = settings::read(core.store.read(), core.project).await?;
    Ok(set.models_beside as usize + 1)
}

/// Takes a model out of memory; what holds it ends with it.
pub(crate) async fn unload(core: &Core, id: Id) -> Result<(), Error> {
    core.models.lock().let_go(id);
    core.models.changed.notify_all();
    core.encodings.clear();
    say(core, id).await
}

/// Loads the person's model again after a job took its place.
pub(crate) async fn bring_back(core: &Arc<Core>) -> Result<(), Error> {
    match core.models.take_displaced() {
        Some(id) if core.models.state(id) == ModelState::Unloaded => load(core, id, Room::AsSet).await,
        _ => Ok(()),
    }
}

async fn say(core: &Core, id: Id) -> Result<(), Error> {
    let row = models::find(core.store.read(), id).await?;
    core.hub.say(&Event::Model(core.model(row)));
    Ok(())
}

/// Waits for a model and what its results depend on, and has it loaded if nobody else does. `halt` says whether to give
/// up.
pub(crate) fn wait(core: &Arc<Core>, id: Id, halt: impl Fn() -> bool) -> Result<(Arc<Model>, String), Error> {
    let mut slot = core.models.lock();
    loop {
        if halt() {
            return Err(Error::Compute(ModelError::Stopped));
        }
        let loaded = slot.loaded.iter().find(|loaded| loaded.id == id);
        if let Some(Loaded { model, identity: Some(identity), .. }) = loaded {
            return Ok((Arc::clone(model), identity.clone()));
        }
        match slot.states.get(&id).cloned().unwrap_or(ModelState::Unloaded) {
            ModelState::Failed { failure } => return Err(Error::Told(failure)),
            ModelState::Unloaded => {
                drop(slot);
                core.block_on(load(core, id, Room::ForJob))?;
                slot = core.models.lock();
            }
            ModelState::Loading { .. } | ModelState::Ready { .. } => {}
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
            let failed = core.models.update(row.id, turn, |slot| {
                slot.let_go(row.id);
                slot.states.insert(row.id, ModelState::Failed { failure });
            });
            if failed.is_continue() {
                core.encodings.clear();
                core.hub.say(&Event::Model(core.model(row)));
            }
        }
    }
}

/// Waits until what has left is out of memory. A model that something forgot to let go of does not keep a person waiting
/// for ever.
fn wait_for_room(core: &Core, row: &ModelRow, turn: u64) -> Result<(), Error> {
    let until = Instant::now() + PATIENCE;
    let mut is_said = false;
    loop {
        core.encodings.clear();
        let mut is_free = false;
        let on = core.models.update(row.id, turn, |slot| {
            slot.leaving.retain(|model| model.strong_count() > 0);
            is_free = slot.leaving.is_empty();
            let what = core.live.title().map_or_else(
                || "Waits until an answer of the other model has ended.".to_owned(),
                |title| format!("Waits until {title} has let go of the other model."),
            );
            if is_free {
                slot.waits.remove(&row.id)
            } else {
                slot.waits.insert(row.id, what)
            };
        });
        if on.is_break() {
            return Err(Error::Compute(ModelError::Stopped));
        }
        if is_free || (Instant::now() > until && core.live.title().is_none()) {
            return Ok(());
        }
        if !is_said {
            is_said = true;
            core.hub.say(&Event::Model(core.model(row.clone())));
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// Reads the model, lets it be used, then makes sure which file it is.
fn read(core: &Core, row: &mut ModelRow, turn: u64) -> Result<(), Error> {
    wait_for_room(core, row, turn)?;
    let path = row.path.clone();
    let failed = |source| Error::Model { path: path.clone(), source };
    let mut throttle = Throttle::default();
    let stamp = files::stamp(Path::new(&path));
    let precision = library::engine_precision(row.precision);
    let model = Model::load_as(Path::new(&path), precision, &mut |fraction| {
        let on = core.models.update(row.id, turn, |slot| {
            slot.states.insert(row.id, ModelState::Loading { fraction });
        });
        if on.is_continue() && throttle.is_due(Instant::now()) {
            core.hub.say(&Event::Model(core.model(row.clone())));
        }
        on
    })
    .map_err(failed)?;

    let facts = library::facts(model.facts());
    core.block_on(async {
        let mut db = core.store.begin().await?;
        models::set_facts(&mut db, row.id, &facts, stamp.as_deref()).await?;
        Ok::<_, Error>(db.commit().await?)
    })?;
    (row.facts, row.stamp) = (Some(facts), stamp);
    let device = model.device().to_owned();
    let loaded = Loaded { id: row.id, model: Arc::new(model), precision: row.precision, identity: None };
    let ready = core.models.update(row.id, turn, |slot| {
        slot.loaded.retain(|other| other.id != row.id);
        slot.loaded.push(loaded);
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
    let is_new = row.fingerprint.as_ref() != Some(&print);
    let identity = row.identity(&print);
    row.fingerprint = Some(print);
    // The model may have left in between: then the fingerprint is in the store at least.
    let there = core.models.update(row.id, turn, |slot| {
        if let Some(loaded) = slot.loaded.iter_mut().find(|loaded| loaded.id == row.id) {
            loaded.identity = Some(identity);
        }
    });
    if is_new && there.is_continue() {
        core.hub.say(&Event::Model(core.model(row.clone())));
    }
    Ok(())
}

/// The model's SHA-256: read again only where its files' sizes or times of change are others.
fn known_fingerprint(core: &Core, row: &ModelRow, turn: u64) -> Result<String, Error> {
    let stamp = files::stamp(Path::new(&row.path));
    if let (Some(known), Some(of)) = (&row.fingerprint, &row.fingerprint_of)
        && stamp.as_ref() == Some(of)
    {
        return Ok(known.clone());
    }
    let print = files::fingerprint(Path::new(&row.path), &mut |_| core.models.update(row.id, turn, |_| ()))
        .map_err(|source| Error::Model { path: row.path.clone(), source })?;
    core.block_on(async {
        let mut db = core.store.begin().await?;
        models::set_fingerprint(&mut db, row.id, &print, &stamp.unwrap_or_default()).await?;
        Ok::<_, Error>(db.commit().await?)
    })?;
    Ok(print)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(models: &Models, id: Id, room: Room, most: usize) -> Vec<Id> {
        models.begin(id, room, most).expect("a load begins").1
    }

    #[test]
    fn one_model_leaves_for_another_unless_more_are_allowed() {
        let models = Models::default();
        assert!(begun(&models, 1, Room::AsSet, 1).is_empty());
        assert_eq!(begun(&models, 2, Room::AsSet, 1), [1]);
        assert_eq!(models.state(1), ModelState::Unloaded);
        assert!(begun(&models, 3, Room::AsSet, 2).is_empty());
        assert!(begun(&models, 4, Room::Beside, 1).is_empty());
        assert_eq!(begun(&models, 5, Room::AsSet, 2), [2, 3]);
        assert!(models.begin(5, Room::AsSet, 1).is_none(), "it is on its way");
    }

    #[test]
    fn a_load_that_no_longer_counts_changes_nothing() {
        let models = Models::default();
        let (turn, _) = models.begin(1, Room::AsSet, 1).expect("a load");
        begun(&models, 2, Room::AsSet, 1);
        assert!(models.update(1, turn, |_| panic!("it does not count")).is_break());
        let (again, _) = models.begin(1, Room::AsSet, 1).expect("a load");
        assert!(models.update(1, turn, |_| ()).is_break() && models.update(1, again, |_| ()).is_continue());
    }

    #[test]
    fn what_left_for_a_job_is_brought_back_once_and_not_after_a_choice() {
        let models = Models::default();
        begun(&models, 1, Room::AsSet, 1);
        begun(&models, 2, Room::ForJob, 1);
        assert!(models.waits_for(1).is_some() && models.waits_for(2).is_none());
        assert_eq!((models.take_displaced(), models.take_displaced()), (Some(1), None));
        begun(&models, 1, Room::AsSet, 1);
        begun(&models, 2, Room::ForJob, 1);
        assert!(models.begin(2, Room::AsSet, 1).is_none(), "the person takes the job's model");
        assert_eq!(models.take_displaced(), None);
    }
}

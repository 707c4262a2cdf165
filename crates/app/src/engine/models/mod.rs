//! Keeps track of the models in memory. They load in the background, one at a time unless a person allows more.
//!
//! A job holds its model until it ends. Another model is read only after every user has dropped the removed one, so
//! that two models are never in memory by accident.

mod beside_list;
mod load;
mod sandbox_check;
mod sessions;
mod unfinished;

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};

use ipc::model::{InMemory, ModelState, Precision};
use ipc::{Code, Failure, Id};
use vectors::model::Model;

use crate::Error;
use sessions::Sessions;

pub(crate) use beside_list::{displace, load_like};
pub(crate) use load::{give_up, load, most_in_memory, reload_displaced, unload, wait};
pub(crate) use sandbox_check::{check_fully, check_in_sandbox, check_template};
pub(crate) use unfinished::{check_asked, fail_unfinished};

/// Says who requests a model, and which models may be removed for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EvictionPolicy {
    /// A person requests it. As many models may stay as the settings allow, and none that a job uses is removed.
    UpToLimit,
    /// A person requests it. Every other model stays.
    KeepAll,
    /// A job requests it. The removed model is loaded again when no job is left.
    ForJob,
}

/// The models in memory and those that are being loaded.
#[derive(Default)]
pub(crate) struct Models {
    slot: Mutex<Slot>,
    changed: Condvar,
}

#[derive(Default)]
struct Slot {
    states: HashMap<Id, ModelState>,
    /// The models in memory. The newest is the last one.
    loaded: Vec<Loaded>,
    /// The reason why a load waits, as a sentence.
    waits: HashMap<Id, String>,
    /// The number of the latest load of each model. Earlier loads of it end.
    turns: HashMap<Id, u64>,
    turn: u64,
    /// The model that the person works with, and whether a job displaced it.
    chosen: Option<Id>,
    is_displaced: bool,
    /// The removed models that somebody still holds.
    leaving: Vec<Weak<Model>>,
    /// What conversations have read. It goes with its model.
    sessions: Sessions,
    /// The models that the running job waits for.
    awaited: HashSet<Id>,
    /// The models whose loading ended an earlier process, and that were not loaded since.
    unfinished: HashSet<Id>,
}

struct Loaded {
    id: Id,
    model: Arc<Model>,
    precision: Precision,
    /// The hash in the keys of results. It is known a moment after the model can be used.
    identity: Option<String>,
}

impl Slot {
    /// Returns the models that must be removed, oldest first, so that at most `most` remain with `id`.
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

    /// Returns the running job if it may hold a model that leaves for this one. A job that waits for this one holds none.
    fn holder(&self, id: Id, running: Option<String>) -> Option<String> {
        running.filter(|_| !self.awaited.contains(&id))
    }

    /// Removes a model from memory, or ends its load.
    fn let_go(&mut self, id: Id) {
        self.states.insert(id, ModelState::Unloaded);
        self.turns.remove(&id);
        self.waits.remove(&id);
        self.sessions.forget_model(id);
        let (gone, kept) = std::mem::take(&mut self.loaded).into_iter().partition(|loaded| loaded.id == id);
        self.loaded = kept;
        let gone: Vec<Loaded> = gone;
        self.leaving.extend(gone.iter().map(|loaded| Arc::downgrade(&loaded.model)));
        self.leaving.retain(|model| model.strong_count() > 0);
    }
}

impl Models {
    /// Returns the state of a model: loaded, loading, failed or not in memory.
    pub(crate) fn state(&self, id: Id) -> ModelState {
        self.lock().states.get(&id).cloned().unwrap_or(ModelState::Unloaded)
    }

    /// Returns the precision and the size of a model in memory.
    pub(crate) fn in_memory(&self, id: Id) -> Option<InMemory> {
        let slot = self.lock();
        let loaded = slot.loaded.iter().find(|loaded| loaded.id == id)?;
        Some(InMemory { precision: loaded.precision, bytes: loaded.model.weight_bytes() })
    }

    /// Returns the reason why a load waits, as a sentence.
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

    /// Returns the model that the person works with, if it is in memory. If none was chosen, it returns the newest one.
    pub(crate) fn loaded(&self) -> Option<(Id, Arc<Model>)> {
        let slot = self.lock();
        let of = |id: Id| slot.loaded.iter().find(|loaded| loaded.id == id);
        let counts = slot.chosen.map_or_else(|| slot.loaded.last(), of)?;
        Some((counts.id, Arc::clone(&counts.model)))
    }

    /// Returns a model in memory, or why it cannot be used now.
    pub(crate) fn get(&self, id: Id) -> Result<Arc<Model>, Error> {
        let slot = self.lock();
        if let Some(loaded) = slot.loaded.iter().find(|loaded| loaded.id == id) {
            return Ok(Arc::clone(&loaded.model));
        }
        let (message, next) = match slot.states.get(&id) {
            Some(ModelState::Failed { failure }) => return Err(Error::Failure(failure.clone())),
            Some(ModelState::Loading { .. }) => {
                ("The model is still being loaded.", "Wait until it is there, then try again.")
            }
            _ if slot.is_displaced && slot.chosen == Some(id) => (
                "A job of another model uses the memory.",
                "Wait until it is done, or pause it and load the model under Models.",
            ),
            _ => ("The model is not in memory.", "Load it under Models, then try again."),
        };
        Err(Error::Failure(Failure::new(Code::ModelNotLoaded, message).next(next)))
    }

    /// Returns the models that must be removed for a model. There are none if the model is loaded or loading.
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

    /// Begins a load. Returns the number of the load and the removed models, or `None` if the model is loaded or
    /// loading.
    fn begin(&self, id: Id, eviction: EvictionPolicy, most: usize) -> Option<(u64, Vec<Id>)> {
        let mut slot = self.lock();
        if eviction != EvictionPolicy::ForJob {
            (slot.chosen, slot.is_displaced) = (Some(id), false);
        }
        if matches!(slot.states.get(&id), Some(ModelState::Loading { .. } | ModelState::Ready { .. })) {
            return None;
        }
        let leaving = if eviction == EvictionPolicy::KeepAll { vec![] } else { slot.leaves(id, most) };
        for other in &leaving {
            slot.let_go(*other);
        }
        slot.is_displaced |=
            eviction == EvictionPolicy::ForJob && slot.chosen.is_some_and(|chosen| leaving.contains(&chosen));
        slot.unfinished.remove(&id);
        slot.turn += 1;
        let turn = slot.turn;
        slot.turns.insert(id, turn);
        slot.states.insert(id, ModelState::Loading { fraction: 0.0 });
        Some((turn, leaving))
    }

    /// Returns whether a load is the model's latest one, and nobody has removed the model since.
    fn is_wanted(&self, id: Id, turn: u64) -> bool {
        self.lock().turns.get(&id) == Some(&turn)
    }

    /// Returns whether a later load of the model has begun.
    fn has_later(&self, id: Id, turn: u64) -> bool {
        self.lock().turns.get(&id).is_some_and(|latest| *latest != turn)
    }

    /// Changes the slot. Returns `Break` if a later load has replaced this one.
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

    /// Returns the model that a job has displaced, to load it again. The second call returns `None`.
    fn take_displaced(&self) -> Option<Id> {
        let mut slot = self.lock();
        let chosen = slot.chosen.filter(|_| slot.is_displaced);
        slot.is_displaced = false;
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(models: &Models, id: Id, eviction: EvictionPolicy, most: usize) -> Vec<Id> {
        models.begin(id, eviction, most).expect("a load begins").1
    }

    #[test]
    fn one_model_leaves_for_another_unless_more_are_allowed() {
        let models = Models::default();
        assert!(begun(&models, 1, EvictionPolicy::UpToLimit, 1).is_empty());
        assert_eq!(begun(&models, 2, EvictionPolicy::UpToLimit, 1), [1]);
        assert_eq!(models.state(1), ModelState::Unloaded);
        assert!(begun(&models, 3, EvictionPolicy::UpToLimit, 2).is_empty());
        assert!(begun(&models, 4, EvictionPolicy::KeepAll, 1).is_empty());
        assert_eq!(begun(&models, 5, EvictionPolicy::UpToLimit, 2), [2, 3]);
        assert!(models.begin(5, EvictionPolicy::UpToLimit, 1).is_none(), "it is on its way");
    }

    #[test]
    fn a_load_does_not_wait_for_the_job_that_waits_for_it() {
        let models = Models::default();
        let holder = |id: Id| models.lock().holder(id, Some("a sweep".to_owned()));
        assert!(holder(1).is_some());
        models.lock().awaited.insert(1);
        assert!(holder(1).is_none() && holder(2).is_some());
    }

    #[test]
    fn a_load_that_no_longer_counts_changes_nothing() {
        let models = Models::default();
        let (turn, _) = models.begin(1, EvictionPolicy::UpToLimit, 1).expect("a load");
        begun(&models, 2, EvictionPolicy::UpToLimit, 1);
        assert!(models.update(1, turn, |_| panic!("it does not count")).is_break());
        let (again, _) = models.begin(1, EvictionPolicy::UpToLimit, 1).expect("a load");
        assert!(models.update(1, turn, |_| ()).is_break() && models.update(1, again, |_| ()).is_continue());
    }

    #[test]
    fn what_left_for_a_job_is_brought_back_once_and_not_after_a_choice() {
        let models = Models::default();
        begun(&models, 1, EvictionPolicy::UpToLimit, 1);
        begun(&models, 2, EvictionPolicy::ForJob, 1);
        assert!(models.waits_for(1).is_some() && models.waits_for(2).is_none());
        assert_eq!((models.take_displaced(), models.take_displaced()), (Some(1), None));
        begun(&models, 1, EvictionPolicy::UpToLimit, 1);
        begun(&models, 2, EvictionPolicy::ForJob, 1);
        assert!(models.begin(2, EvictionPolicy::UpToLimit, 1).is_none(), "the person takes the job's model");
        assert_eq!(models.take_displaced(), None);
    }
}

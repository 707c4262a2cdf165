//! Loads models, each on a thread of its own: it waits for room, reads the weights, then hashes the file.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use hub::files;
use ipc::event::Event;
use ipc::model::ModelState;
use ipc::{Code, Failure, Id};
use store::models::{self, ModelRow};
use store::settings;
use vectors::model::{ChangedFile, Device, Model, ModelError, fingerprint, read_facts};

use super::{EvictionPolicy, Loaded, check_in_sandbox, unfinished};
use crate::app_state::AppState;
use crate::engine::job::Interrupt;
use crate::engine::pace::Throttle;
use crate::engine::{catch, priority};
use crate::failure::{error_for_log, for_log};
use crate::{Error, library, memory};

/// The interval at which a waiting job checks whether it must halt.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// The longest wait for the memory of a removed model, if no job holds it.
const TIME_LIMIT: Duration = Duration::from_mins(1);

/// Loads a model in the background, and removes the models that must make room for it.
pub(crate) async fn load(state: &Arc<AppState>, id: Id, eviction: EvictionPolicy) -> Result<(), Error> {
    let row = models::find(state.store.read(), id).await?;
    let most = most_in_memory(state).await?;
    let Some((turn, leaving)) = state.models.begin(id, eviction, most) else {
        return Ok(());
    };
    state.encodings.clear();
    for other in leaving {
        send_model(state, other).await?;
    }
    // Before anything of the file is read: if it ends the process, the next start knows.
    if let Err(error) = unfinished::begin(state, id).await {
        state.models.lock().let_go(id);
        return Err(error);
    }
    state.events.send(&Event::Model(state.model(row.clone())));
    let path = row.path.clone();
    let state = Arc::clone(state);
    let load = move || {
        load_now(&state, row, turn);
        unfinished::end(&state, id, turn);
    };
    let loader = thread::Builder::new().name("model loader".into()).spawn(load);
    loader.map(drop).map_err(|source| Error::Model { path, source: ModelError::Unreadable(source) })
}

/// Reads how many models may be in memory at once.
pub(crate) async fn most_in_memory(state: &AppState) -> Result<usize, Error> {
    let set = settings::read(state.store.read(), state.project()).await?;
    Ok(set.models_beside as usize + 1)
}

/// Reads the device that models are loaded on.
pub(crate) async fn device(state: &AppState) -> Result<Device, Error> {
    let set = settings::read(state.store.read(), state.project()).await?;
    Ok(set.device.as_deref().and_then(|name| name.parse::<Device>().ok()).unwrap_or_default())
}

/// Removes a model from memory. Its weights are freed when the last user drops them.
pub(crate) async fn unload(state: &AppState, id: Id) -> Result<(), Error> {
    state.models.lock().let_go(id);
    state.models.changed.notify_all();
    state.encodings.clear();
    send_model(state, id).await
}

/// Loads the person's model again after a job took its place.
pub(crate) async fn reload_displaced(state: &Arc<AppState>) -> Result<(), Error> {
    match state.models.take_displaced() {
        Some(id) if state.models.state(id) == ModelState::Unloaded => {
            load(state, id, EvictionPolicy::UpToLimit).await
        }
        _ => Ok(()),
    }
}

pub(super) async fn send_model(state: &AppState, id: Id) -> Result<(), Error> {
    let row = models::find(state.store.read(), id).await?;
    state.events.send(&Event::Model(state.model(row)));
    Ok(())
}

/// Waits for a model, and loads it if nobody else does. Returns it with its identity, the hash in the keys of results.
/// `halt` says whether to give up.
pub(crate) fn wait(
    state: &Arc<AppState>,
    id: Id,
    halt: impl Fn() -> bool,
) -> Result<(Arc<Model>, String), Interrupt> {
    state.models.lock().awaited.insert(id);
    let found = wait_until_loaded(state, id, halt);
    state.models.lock().awaited.remove(&id);
    found
}

fn wait_until_loaded(
    state: &Arc<AppState>,
    id: Id,
    halt: impl Fn() -> bool,
) -> Result<(Arc<Model>, String), Interrupt> {
    let mut slot = state.models.lock();
    loop {
        if halt() {
            return Err(Interrupt::Halted);
        }
        let loaded = slot.loaded.iter().find(|loaded| loaded.id == id);
        if let Some(Loaded { model, identity: Some(identity), .. }) = loaded {
            let found = (Arc::clone(model), identity.clone());
            drop(slot);
            return match found.0.check_files() {
                Ok(()) => Ok(found),
                Err(changed) => Err(state.block_on(give_up(state, id, changed)).into()),
            };
        }
        match slot.states.get(&id).cloned().unwrap_or(ModelState::Unloaded) {
            ModelState::Failed { failure } => return Err(Error::Failure(failure).into()),
            ModelState::Unloaded => {
                drop(slot);
                state.block_on(load(state, id, EvictionPolicy::ForJob))?;
                slot = state.models.lock();
            }
            ModelState::Loading { .. } | ModelState::Ready { .. } => {}
        }
        slot = state.models.changed.wait_timeout(slot, LOOK_EVERY).unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// Takes a model out of memory whose file has changed under it, and returns why it can no longer be used.
pub(crate) async fn give_up(state: &AppState, id: Id, changed: ChangedFile) -> Error {
    let path = changed.path.display().to_string();
    let failure = Failure::from(Error::Model { path, source: changed.source });
    {
        let mut slot = state.models.lock();
        slot.let_go(id);
        slot.states.insert(id, ModelState::Failed { failure: failure.clone() });
    }
    state.models.changed.notify_all();
    state.encodings.clear();
    if let Err(error) = send_model(state, id).await {
        tracing::warn!("the window does not know that a model has changed: {}", error_for_log(error));
    }
    Error::Failure(failure)
}

fn load_now(state: &AppState, mut row: ModelRow, turn: u64) {
    priority::give_way();
    match catch(|| read(state, &mut row, turn)) {
        // A newer load of the model, or the removal of the model, halts this load.
        Ok(()) | Err(Interrupt::Halted) => {}
        Err(Interrupt::Failed(error)) => {
            let failure = Failure::from(error);
            tracing::warn!(model = row.id, "a model could not be loaded: {}", for_log(&failure));
            // This is one step for a window that opens meanwhile. Otherwise the window could miss the event and wait
            // for ever.
            let change = state.block_on(state.events.change());
            let failed = state.models.update(row.id, turn, |slot| {
                slot.let_go(row.id);
                slot.states.insert(row.id, ModelState::Failed { failure });
            });
            if failed.is_continue() {
                state.encodings.clear();
                change.send(&Event::Model(state.model(row)));
            }
        }
    }
}

/// Waits until the removed models have left memory, for a minute at most if no job holds them.
fn wait_for_room(state: &AppState, row: &ModelRow, turn: u64) -> Result<(), Interrupt> {
    let until = Instant::now() + TIME_LIMIT;
    let mut is_reported = false;
    loop {
        state.encodings.clear();
        let (mut is_free, mut holder) = (false, None);
        let on = state.models.update(row.id, turn, |slot| {
            slot.leaving.retain(|model| model.strong_count() > 0);
            is_free = slot.leaving.is_empty();
            holder = slot.holder(row.id, state.lanes.engine.title());
            let what = holder.as_ref().map_or_else(
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
            return Err(Interrupt::Halted);
        }
        if is_free || (Instant::now() > until && holder.is_none()) {
            return Ok(());
        }
        if !is_reported {
            is_reported = true;
            state.events.send(&Event::Model(state.model(row.clone())));
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// Reads the model, makes it available, then computes its file's hash.
fn read(state: &AppState, row: &mut ModelRow, turn: u64) -> Result<(), Interrupt> {
    wait_for_room(state, row, turn)?;
    let path = row.path.clone();
    let failed = |source| Error::Model { path: path.clone(), source };
    let mut throttle = Throttle::default();
    check_in_sandbox(state, row, &|| state.is_ending() || !state.models.is_wanted(row.id, turn))?;
    let stamp = files::stamp(Path::new(&path));
    let precision = row.precision;
    let device = state.block_on(device(state))?;
    let template = row.template.clone();
    let mut progress = |fraction| {
        if state.is_ending() {
            return ControlFlow::Break(());
        }
        let on = state.models.update(row.id, turn, |slot| {
            slot.states.insert(row.id, ModelState::Loading { fraction });
        });
        if on.is_continue() && throttle.is_due(Instant::now()) {
            state.events.send(&Event::Model(state.model(row.clone())));
        }
        on
    };
    // The header is read anew, because another file may have its place since it was read last.
    let facts = library::facts(&read_facts(Path::new(&path)).map_err(failed)?);
    // What lies on a card takes no main memory for long, and what stays in its file takes none at all.
    if matches!(device, Device::Cpu | Device::Candle) {
        memory::check(state, "Loading the model", library::memory::taken_by_loading(&facts, precision))?;
    }
    let opened = Model::open(&path).device(device).precision(precision).chat_template(template.as_deref());
    let model = opened.progress(&mut progress).load().map_err(|error| Interrupt::new(error, failed))?;

    let facts = library::facts(model.facts());
    state.block_on(async {
        let mut db = state.store.begin().await?;
        models::set_facts(&mut db, row.id, &facts, stamp.as_deref()).await?;
        Ok::<_, Error>(db.commit().await?)
    })?;
    (row.facts, row.stamp) = (Some(facts), stamp);
    let device = library::device_label(model.device());
    let loaded = Loaded { id: row.id, model: Arc::new(model), precision: row.precision, identity: None };
    let change = state.block_on(state.events.change());
    let ready = state.models.update(row.id, turn, |slot| {
        slot.sessions.forget_model(row.id);
        slot.loaded.retain(|other| other.id != row.id);
        slot.loaded.push(loaded);
        slot.states.insert(row.id, ModelState::Ready { device });
    });
    if ready.is_break() {
        return Ok(());
    }
    change.send(&Event::Model(state.model(row.clone())));
    drop(change);
    unfinished::end(state, row.id, turn);

    let print = known_fingerprint(state, row, turn)?;
    if let Some(expected) = row.expected_fingerprint.as_ref().filter(|expected| **expected != print) {
        let failure = Failure::new(
            Code::ModelUnusable,
            "The starter model's file is not the one that belongs to Tiller.",
        )
        .detail(format!("Its SHA-256 is {print}, not {expected}: {}", row.path))
        .next("Fetch the file again, or add it under Models as a model of your own from another place.");
        return Err(Error::Failure(failure).into());
    }
    let is_new = row.fingerprint.as_ref() != Some(&print);
    let identity = row.identity(&print);
    row.fingerprint = Some(print);
    // The model may have been removed meanwhile. Then at least the store has the fingerprint.
    let there = state.models.update(row.id, turn, |slot| {
        if let Some(loaded) = slot.loaded.iter_mut().find(|loaded| loaded.id == row.id) {
            loaded.identity = Some(identity);
        }
    });
    if is_new && there.is_continue() {
        state.events.send(&Event::Model(state.model(row.clone())));
    }
    Ok(())
}

/// Returns the SHA-256 of the model's files. They are read again only if their sizes or times have changed.
fn known_fingerprint(state: &AppState, row: &ModelRow, turn: u64) -> Result<String, Interrupt> {
    let stamp = files::stamp(Path::new(&row.path));
    if let (Some(known), Some(of)) = (&row.fingerprint, &row.fingerprint_of)
        && stamp.as_ref() == Some(of)
    {
        return Ok(known.clone());
    }
    let print = fingerprint(Path::new(&row.path), &mut |_| state.models.update(row.id, turn, |_| ()))
        .map_err(|error| Interrupt::new(error, |source| Error::Model { path: row.path.clone(), source }))?;
    state.block_on(async {
        let mut db = state.store.begin().await?;
        models::set_fingerprint(&mut db, row.id, &print, &stamp.unwrap_or_default()).await?;
        Ok::<_, Error>(db.commit().await?)
    })?;
    Ok(print)
}

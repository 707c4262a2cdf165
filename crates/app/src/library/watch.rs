//! Notices when models' files change outside Tiller. It checks them when the window gets the focus and before a model
//! is used.

use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use hub::ollama_store::{self, Layer};
use hub::{files, hub_cache};
use ipc::Id;
use ipc::event::Event;
use ipc::model::FileState;
use store::models;
use vectors::model::{Facts, ModelError, read_facts};

use crate::app_state::AppState;
use crate::{Error, clock};

/// Checks every model's file, sends events about changed ones, and adds new models in the hub's cache. Call this on a
/// thread that may block.
pub(crate) fn check(state: &AppState) -> Result<(), Error> {
    if state.watched.is_checking.swap(true, Ordering::SeqCst) {
        return Ok(());
    }
    let checked = look(state);
    state.watched.is_checking.store(false, Ordering::SeqCst);
    checked
}

fn look(state: &AppState) -> Result<(), Error> {
    let rows = state.block_on(models::list(state.store.read()))?;
    for row in rows {
        let now = super::file_state(&row);
        let before =
            state.watched.reported.lock().unwrap_or_else(PoisonError::into_inner).insert(row.id, now);
        // If an older version has read the header, some facts are missing.
        let is_unread =
            row.facts.as_ref().is_none_or(|facts| facts.family.is_empty()) && now == FileState::Present;
        if is_unread && let Ok(facts) = read_facts(Path::new(&row.path)) {
            state.block_on(note_facts(state, row.id, &facts, Path::new(&row.path)))?;
        } else if before.is_some_and(|before| before != now)
            || (before.is_none() && now != FileState::Present)
        {
            state.events.send(&Event::Model(state.model(row)));
        }
    }
    for path in hub_cache::models(&state.downloads.environment.cache) {
        if state.is_ending() {
            return Ok(());
        }
        let stamp = files::stamp(&path);
        let known_unusable = {
            let unusable = state.watched.unusable.lock().unwrap_or_else(PoisonError::into_inner);
            unusable.get(&path) == Some(&stamp)
        };
        let text = path.to_string_lossy().into_owned();
        if known_unusable || state.block_on(models::at_path(state.store.read(), &text))?.is_some() {
            continue;
        }
        match read_facts(&path) {
            Ok(facts) => drop(state.block_on(make_known(state, &path, &facts))?),
            Err(error) => {
                tracing::debug!("{text} in the hub's cache is passed over: {error}");
                state.watched.unusable.lock().unwrap_or_else(PoisonError::into_inner).insert(path, stamp);
            }
        }
    }
    Ok(())
}

/// Stores the facts of a header.
pub(crate) async fn note_facts(state: &AppState, id: Id, facts: &Facts, path: &Path) -> Result<(), Error> {
    let change = state.events.change().await;
    let mut db = state.store.begin().await?;
    models::set_facts(&mut db, id, &super::facts(facts), files::stamp(path).as_deref()).await?;
    db.commit().await?;
    change.send(&Event::Model(state.model(models::find(state.store.read(), id).await?)));
    Ok(())
}

/// Adds a model to the list, or shows it again. Returns its id and whether it was missing.
pub(crate) async fn make_known(state: &AppState, path: &Path, facts: &Facts) -> Result<(Id, bool), Error> {
    let text = path.to_string_lossy().into_owned();
    let change = state.events.change().await;
    let mut db = state.store.begin().await?;
    let (id, is_new) = match models::at_path(&mut *db, &text).await? {
        Some(id) => {
            let is_listed = models::list(&mut *db).await?.iter().any(|row| row.id == id);
            models::show(&mut db, id).await?;
            (id, !is_listed)
        }
        None => (models::insert(&mut db, &name(state, facts, path), &text, None, clock::now()).await?, true),
    };
    models::set_facts(&mut db, id, &super::facts(facts), files::stamp(path).as_deref()).await?;
    db.commit().await?;
    state.watched.reported.lock().unwrap_or_else(PoisonError::into_inner).insert(id, FileState::Present);
    change.send(&Event::Model(state.model(models::find(state.store.read(), id).await?)));
    Ok((id, is_new))
}

/// Returns a model's name. A folder in the hub's cache is named by a commit, so its repository's name is used instead, and a
/// file in Ollama's store by a hash, so its manifest's name is used.
fn name(state: &AppState, facts: &Facts, path: &Path) -> String {
    if let Some(Layer::Model(name)) = ollama_store::layer(path) {
        return name;
    }
    match hub_cache::belongs_to(&state.downloads.environment.cache, path) {
        Some((repository, commit)) if path.ends_with(&commit) => {
            repository.rsplit('/').next().unwrap_or(&repository).to_owned()
        }
        _ => facts.name.clone(),
    }
}

/// Reads a header on a thread that may block.
pub(crate) async fn read(path: PathBuf) -> Result<Facts, Error> {
    let text = path.display().to_string();
    let read = tokio::task::spawn_blocking(move || read_facts(&path)).await;
    let facts: Result<Facts, ModelError> = read.map_err(|panic| Error::Panic(panic.to_string()))?;
    facts.map_err(|source| Error::Model { path: text, source })
}

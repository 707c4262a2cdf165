//! What becomes of models' files outside Tiller is noticed: when the window gets the focus, and before a model is used.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use hub::{files, hub_cache};
use ipc::Id;
use ipc::event::Event;
use ipc::model::{FileState, Scan};
use store::models;
use vectors::model::{Facts, ModelError, read_facts};

use crate::core::Core;
use crate::{Error, clock};

/// What was said about the files last, and the search that is under way.
#[derive(Default)]
pub(crate) struct Watched {
    told: Mutex<HashMap<Id, FileState>>,
    is_checking: AtomicBool,
    /// Files in the cache that cannot be used: they are not read again.
    unusable: Mutex<HashMap<PathBuf, Option<String>>>,
    pub(crate) scan: Mutex<Scan>,
    pub(crate) stops_scan: AtomicBool,
}

/// Looks at every model's file and says which ones are not what they were when they were said last; makes known what the
/// cache of the hub has got. To be called on a thread that may wait.
pub(crate) fn check(core: &Core) -> Result<(), Error> {
    if core.watched.is_checking.swap(true, Ordering::SeqCst) {
        return Ok(());
    }
    let checked = look(core);
    core.watched.is_checking.store(false, Ordering::SeqCst);
    checked
}

fn look(core: &Core) -> Result<(), Error> {
    let rows = core.block_on(models::list(core.store.read()))?;
    for row in rows {
        let state = super::file_state(&row);
        let before = core.watched.told.lock().unwrap_or_else(PoisonError::into_inner).insert(row.id, state);
        // A header that an older version has read says less.
        let is_unread =
            row.facts.as_ref().is_none_or(|facts| facts.family.is_empty()) && state == FileState::Present;
        if is_unread && let Ok(facts) = read_facts(Path::new(&row.path)) {
            core.block_on(note_facts(core, row.id, &facts, Path::new(&row.path)))?;
        } else if before.is_some_and(|before| before != state)
            || (before.is_none() && state != FileState::Present)
        {
            core.hub.say(&Event::Model(core.model(row)));
        }
    }
    for path in hub_cache::models(&core.downloads.places.cache) {
        if core.is_ending() {
            return Ok(());
        }
        let stamp = files::stamp(&path);
        let known_unusable = {
            let unusable = core.watched.unusable.lock().unwrap_or_else(PoisonError::into_inner);
            unusable.get(&path) == Some(&stamp)
        };
        let text = path.to_string_lossy().into_owned();
        if known_unusable || core.block_on(models::at_path(core.store.read(), &text))?.is_some() {
            continue;
        }
        match read_facts(&path) {
            Ok(facts) => drop(core.block_on(make_known(core, &path, &facts))?),
            Err(error) => {
                tracing::debug!("{text} in the hub's cache is passed over: {error}");
                core.watched.unusable.lock().unwrap_or_else(PoisonError::into_inner).insert(path, stamp);
            }
        }
    }
    Ok(())
}

/// Keeps what a header says now.
pub(crate) async fn note_facts(core: &Core, id: Id, facts: &Facts, path: &Path) -> Result<(), Error> {
    let change = core.hub.change().await;
    let mut db = core.store.begin().await?;
    models::set_facts(&mut db, id, &super::facts(facts), files::stamp(path).as_deref()).await?;
    db.commit().await?;
    change.say(&Event::Model(core.model(models::find(core.store.read(), id).await?)));
    Ok(())
}

/// Puts a model into the list, or back into it. Says whether it was not there.
pub(crate) async fn make_known(core: &Core, path: &Path, facts: &Facts) -> Result<(Id, bool), Error> {
    let text = path.to_string_lossy().into_owned();
    let change = core.hub.change().await;
    let mut db = core.store.begin().await?;
    let (id, is_new) = match models::at_path(&mut *db, &text).await? {
        Some(id) => {
            let is_listed = models::list(&mut *db).await?.iter().any(|row| row.id == id);
            models::show(&mut db, id).await?;
            (id, !is_listed)
        }
        None => (models::insert(&mut db, &name(core, facts, path), &text, None, clock::now()).await?, true),
    };
    models::set_facts(&mut db, id, &super::facts(facts), files::stamp(path).as_deref()).await?;
    db.commit().await?;
    core.watched.told.lock().unwrap_or_else(PoisonError::into_inner).insert(id, FileState::Present);
    change.say(&Event::Model(core.model(models::find(core.store.read(), id).await?)));
    Ok((id, is_new))
}

/// A model's name: its file's own; a folder in the cache is named by a commit, so its repository has to do.
fn name(core: &Core, facts: &Facts, path: &Path) -> String {
    match hub_cache::belongs_to(&core.downloads.places.cache, path) {
        Some((repository, commit)) if path.ends_with(&commit) => {
            repository.rsplit('/').next().unwrap_or(&repository).to_owned()
        }
        _ => facts.name.clone(),
    }
}

/// Reads a header on a thread that may wait.
pub(crate) async fn read(path: PathBuf) -> Result<Facts, Error> {
    let text = path.display().to_string();
    let read = tokio::task::spawn_blocking(move || read_facts(&path)).await;
    let facts: Result<Facts, ModelError> = read.map_err(|panic| Error::Panic(panic.to_string()))?;
    facts.map_err(|source| Error::Model { path: text, source })
}

//! Lists, keeps, compares and restores the versions of a data set: the snapshots that runs and sweeps have used or a
//! person has kept.

use data::content::{Snapshot, held_out};
use ipc::Id;
use ipc::command::{CompareVersion, ListVersions, ReadVersion, RestoreVersion, SaveVersion};
use ipc::data::{Pair, PairContent};
use ipc::event::Event;
use ipc::version::{RestoreInto, Restored, UseKind, Version, VersionDifference, VersionPage, VersionUse};
use sqlx::SqliteConnection;
use store::edits::Step;
use store::versions::{self, UseRow};
use store::{data_sets, pairs, snapshots};

use super::App;
use super::models::blocking;
use crate::differences::{Difference, compare, differences};
use crate::{Error, clock};

/// The most pairs of a version that one request reads.
const MOST_AT_ONCE: u32 = 500;

impl App {
    /// Returns the versions of a data set, newest first.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist or the store cannot be read.
    pub async fn list_versions(&self, request: ListVersions) -> Result<Vec<Version>, Error> {
        let mut db = self.state.store.read().begin().await?;
        data_sets::find(&mut *db, request.data_set).await?;
        let mut all = Vec::<Version>::new();
        for used in versions::uses(&mut *db, request.data_set).await? {
            let entry = VersionUse { kind: used.kind(), name: used.name };
            let is_sweep = entry.kind == UseKind::Sweep;
            if let Some(known) = all.iter_mut().find(|known| known.hash == used.hash) {
                known.held_out_only &= is_sweep;
                if !known.uses.contains(&entry) {
                    known.uses.push(entry);
                }
                continue;
            }
            let (pairs, held_out) = versions::counts(&mut *db, &used.hash).await?;
            let (hash, created, uses) = (used.hash, used.created, vec![entry]);
            let is_current = false;
            all.push(Version { hash, created, pairs, held_out, held_out_only: is_sweep, is_current, uses });
        }
        let now = pairs::contents(&mut *db, request.data_set).await?;
        let hashes = blocking(move || {
            Ok::<_, Error>([Snapshot::new(&now)?.hash, Snapshot::new(&held_out(&now))?.hash])
        });
        let hashes = hashes.await??;
        for version in &mut all {
            version.is_current = hashes.contains(&version.hash);
        }
        all.reverse();
        Ok(all)
    }

    /// Keeps the present content of the data set as a version with a name.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist, the name is empty or the store cannot be written.
    pub async fn save_version(&self, request: SaveVersion) -> Result<Vec<Version>, Error> {
        let name = request.name.trim();
        if name.is_empty() {
            return Err(Error::invalid("A version needs a name.", "Type one."));
        }
        {
            let _change = self.state.events.change().await;
            let mut db = self.state.store.begin().await?;
            data_sets::find(&mut *db, request.data_set).await?;
            let now = pairs::contents(&mut *db, request.data_set).await?;
            let snapshot = blocking(move || Snapshot::new(&now)).await??;
            snapshots::insert(&mut db, &snapshot).await?;
            versions::insert(&mut db, request.data_set, &snapshot.hash, name, clock::now()).await?;
            db.commit().await?;
        }
        self.list_versions(ListVersions { data_set: request.data_set }).await
    }

    /// Returns some of a version's pairs.
    ///
    /// # Errors
    /// Returns an error if the version does not exist or the store cannot be read.
    pub async fn read_version(&self, request: ReadVersion) -> Result<VersionPage, Error> {
        let mut db = self.state.store.read().begin().await?;
        let (all, _) = versions::counts(&mut *db, &request.hash).await?;
        let count = request.count.min(MOST_AT_ONCE);
        let pairs = versions::page(&mut *db, &request.hash, request.first, count).await?;
        Ok(VersionPage { first: request.first, pairs, all })
    }

    /// Compares a version with the present data set. A version that only sweeps have used holds held-out pairs only.
    ///
    /// # Errors
    /// Returns an error if the data set or the version does not exist or the store cannot be read.
    pub async fn compare_version(&self, request: CompareVersion) -> Result<VersionDifference, Error> {
        let mut db = self.state.store.read().begin().await?;
        data_sets::find(&mut *db, request.data_set).await?;
        versions::counts(&mut *db, &request.hash).await?;
        let then = snapshots::read(&mut *db, &request.hash).await?;
        let now = pairs::contents(&mut *db, request.data_set).await?;
        let uses = versions::uses(&mut *db, request.data_set).await?;
        let held_out_only = is_sweeps_only(&uses, &request.hash);
        blocking(move || {
            let now = if held_out_only { held_out(&now) } else { now };
            compare(&then, &now)
        })
        .await
    }

    /// Restores a version, in place or as a new data set.
    ///
    /// # Errors
    /// Returns an error if the data set or the version does not exist, the new name is empty or the store cannot be
    /// written.
    pub async fn restore_version(&self, request: RestoreVersion) -> Result<Restored, Error> {
        let read = self.state.store.read();
        data_sets::find(read, request.data_set).await?;
        versions::counts(read, &request.hash).await?;
        let then = snapshots::read(read, &request.hash).await?;
        let data_set = request.data_set;
        match request.into {
            RestoreInto::New { name } => self.restore_as_new(&name, then).await,
            RestoreInto::Place => {
                let edited = self.edit(data_set, async move |db| {
                    let step = put_back(db, data_set, then).await?;
                    if step.is_empty() {
                        Ok(None)
                    } else {
                        Ok(Some(step.note(db, data_set, clock::now()).await?))
                    }
                });
                let changed = edited.await?.map_or(0, |edited| edited.pairs);
                Ok(Restored { data_set, changed })
            }
        }
    }

    async fn restore_as_new(&self, name: &str, then: Vec<PairContent>) -> Result<Restored, Error> {
        if name.trim().is_empty() {
            return Err(Error::invalid("A data set needs a name.", "Type one."));
        }
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let now = clock::now();
        let id = data_sets::insert(&mut db, self.state.project(), name.trim(), "", now).await?;
        let changed = then.len() as u32;
        pairs::append(&mut db, id, then, now).await?;
        let data_set = data_sets::find(&mut *db, id).await?;
        db.commit().await?;
        change.send(&Event::DataSet(data_set));
        Ok(Restored { data_set: id, changed })
    }
}

/// Returns whether only sweeps have used a version.
fn is_sweeps_only(uses: &[UseRow], hash: &str) -> bool {
    let mut own = uses.iter().filter(|used| used.hash == hash).peekable();
    own.peek().is_some() && own.all(|used| used.kind() == UseKind::Sweep)
}

/// Restores the earlier content of a data set. Pairs that are still there keep their ids.
async fn put_back(db: &mut SqliteConnection, data_set: Id, then: Vec<PairContent>) -> Result<Step, Error> {
    let now = clock::now();
    let before = pairs::list(&mut *db, data_set).await?;
    let contents: Vec<PairContent> = before.iter().map(|pair| pair.content.clone()).collect();
    let (mut step, mut put, mut add, mut gone) = (Step::new("Put a version back"), vec![], vec![], vec![]);
    let (then_pairs, mut left) = (then, vec![false; before.len()]);
    for difference in differences(&then_pairs, &contents) {
        match difference {
            Difference::Added(place) => left[place] = true,
            Difference::Removed(place) => add.push((place as f64 + 1.0, then_pairs[place].clone())),
            Difference::Both(then, place) => {
                let pair = &before[place];
                let content = then_pairs[then].clone();
                let changed = if content == pair.content { pair.changed } else { now };
                let after = Pair { position: then as f64 + 1.0, content, changed, ..pair.clone() };
                if after != *pair {
                    step.changed(pair, &after)?;
                    put.push(after);
                }
            }
        }
    }
    for pair in before.iter().zip(&left).filter(|(_, left)| **left).map(|(pair, _)| pair) {
        step.removed(pair)?;
        gone.push(pair.id);
    }
    pairs::delete_all(db, &gone).await?;
    pairs::put_all(db, &put).await?;
    for pair in pairs::add(db, data_set, add, now).await? {
        step.added(&pair)?;
    }
    Ok(step)
}

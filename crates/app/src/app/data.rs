//! Reads and edits the pairs of data sets.

use ipc::Id;
use ipc::command::{AddPair, DeletePair, EditPair, ListPairs, Redo, Undo};
use ipc::data::{Edited, Pair};
use ipc::event::Event;
use sqlx::SqliteConnection;
use store::edits::{self, ChangedPairs, Direction, Step};
use store::insertion::{Insertion, positions};
use store::{data_sets, pairs, sweeps};

use super::App;
use crate::{Error, clock};

impl App {
    /// Returns the pairs of a data set in order.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist or the store cannot be read.
    pub async fn list_pairs(&self, request: ListPairs) -> Result<Vec<Pair>, Error> {
        data_sets::find(self.state.store.read(), request.data_set).await?;
        Ok(pairs::list(self.state.store.read(), request.data_set).await?)
    }

    /// Changes the content of a pair.
    ///
    /// # Errors
    /// Returns an error if the pair does not exist or the store cannot be written.
    pub async fn edit_pair(&self, request: EditPair) -> Result<Edited, Error> {
        let before = self.pair(request.pair).await?;
        self.edit(before.data_set, async move |db| {
            // The pair is read again, because another edit may have changed it meanwhile.
            let before = pairs::find(&mut *db, request.pair).await?.ok_or(Error::Gone("pair"))?;
            let mut step = Step::new("Edit a pair");
            let now = clock::now();
            if before.content != request.content {
                let after = Pair { content: request.content, changed: now, ..before.clone() };
                pairs::put(db, &after).await?;
                step.changed(&before, &after)?;
            }
            let touched = step.note(db, before.data_set, now).await?;
            Ok(Some(ChangedPairs { pairs: vec![before.id], ..touched }))
        })
        .await?
        .ok_or(Error::Gone("pair"))
    }

    /// Adds a pair.
    ///
    /// # Errors
    /// Returns an error if the data set or the pair before it does not exist or the store cannot be written.
    pub async fn add_pair(&self, request: AddPair) -> Result<Edited, Error> {
        data_sets::find(self.state.store.read(), request.data_set).await?;
        self.edit(request.data_set, async move |db| {
            let now = clock::now();
            let mut step = Step::new("Add a pair");
            let insertion = request.after.map_or(Insertion::Last, Insertion::After);
            let position = positions(db, request.data_set, insertion, 1, &mut step).await?;
            let contents = position.into_iter().zip([request.content]).collect();
            for pair in pairs::add(db, request.data_set, contents, now).await? {
                step.added(&pair)?;
            }
            Ok(Some(step.note(db, request.data_set, now).await?))
        })
        .await?
        .ok_or(Error::Gone("pair"))
    }

    /// Deletes a pair.
    ///
    /// # Errors
    /// Returns an error if the pair does not exist or the store cannot be written.
    pub async fn delete_pair(&self, request: DeletePair) -> Result<Edited, Error> {
        let before = self.pair(request.pair).await?;
        self.edit(before.data_set, async move |db| {
            let before = pairs::find(&mut *db, request.pair).await?.ok_or(Error::Gone("pair"))?;
            pairs::delete(db, before.id).await?;
            let mut step = Step::new("Delete a pair");
            step.removed(&before)?;
            Ok(Some(step.note(db, before.data_set, clock::now()).await?))
        })
        .await?
        .ok_or(Error::Gone("pair"))
    }

    /// Undoes the last edit of a data set. Returns `None` if there is none.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist or the store cannot be written.
    pub async fn undo(&self, request: Undo) -> Result<Option<Edited>, Error> {
        data_sets::find(self.state.store.read(), request.data_set).await?;
        self.walk(request.data_set, Direction::Undo).await
    }

    /// Redoes the last undone edit. Returns `None` if there is none.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist or the store cannot be written.
    pub async fn redo(&self, request: Redo) -> Result<Option<Edited>, Error> {
        data_sets::find(self.state.store.read(), request.data_set).await?;
        self.walk(request.data_set, Direction::Redo).await
    }

    async fn walk(&self, data_set: Id, direction: Direction) -> Result<Option<Edited>, Error> {
        let mut title = String::new();
        let edited = self
            .edit(data_set, async |db| {
                let Some((touched, named)) = edits::walk(db, data_set, direction).await? else {
                    return Ok(None);
                };
                title = named;
                Ok(Some(touched))
            })
            .await?;
        Ok(edited.map(|edited| Edited { title, ..edited }))
    }

    pub(super) async fn pair(&self, id: Id) -> Result<Pair, Error> {
        pairs::find(self.state.store.read(), id).await?.ok_or(Error::Gone("pair"))
    }

    /// Makes an edit, and sends events about the data set and about the sweeps that the edit makes stale or fresh.
    pub(super) async fn edit(
        &self,
        data_set: Id,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<Option<ChangedPairs>, Error>,
    ) -> Result<Option<Edited>, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let Some(touched) = work(&mut db).await? else {
            return Ok(None);
        };
        // The read connection still sees the state before this transaction.
        let sweeps_before = if touched.held_out {
            sweeps::of_data_set(&mut *self.state.store.read().acquire().await?, data_set).await?
        } else {
            vec![]
        };
        let sweeps_after =
            if touched.held_out { sweeps::of_data_set(&mut db, data_set).await? } else { vec![] };
        let data_set = data_sets::find(&mut *db, data_set).await?;
        let pair_id = touched.pairs.first().copied().unwrap_or_default();
        let pair = pairs::find(&mut *db, pair_id).await?;
        db.commit().await?;
        self.refresh_list(data_set.id, &touched).await?;
        change.send(&Event::DataSet(data_set.clone()));
        for (before, after) in sweeps_before.iter().zip(sweeps_after) {
            if before.stale != after.stale {
                change.send(&Event::Sweep(after));
            }
        }
        let (pairs, is_many) = (touched.pairs.len() as u32, touched.pairs.len() > 1);
        Ok(Some(Edited {
            data_set,
            pair,
            pair_id,
            pairs,
            is_many,
            order: touched.order,
            title: String::new(),
        }))
    }
}

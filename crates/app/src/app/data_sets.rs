//! Creates, renames and deletes data sets.

use ipc::command::{CreateDataSet, DeleteDataSet, RenameDataSet};
use ipc::data::DataSet;
use ipc::deletion::Deletion;
use ipc::event::Event;
use store::data_sets;

use super::App;
use super::deletions::recorded;
use crate::{Error, clock};

impl App {
    /// Creates an empty data set.
    ///
    /// # Errors
    /// Returns an error if the name is empty or the store cannot be written.
    pub async fn create_data_set(&self, request: CreateDataSet) -> Result<DataSet, Error> {
        let name = non_empty_name(&request.name)?;
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let id = data_sets::insert(&mut db, self.state.project(), name, "", clock::now()).await?;
        let data_set = data_sets::find(&mut *db, id).await?;
        db.commit().await?;
        change.send(&Event::DataSet(data_set.clone()));
        Ok(data_set)
    }

    /// Renames a data set.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist, the name is empty or the store cannot be written.
    pub async fn rename_data_set(&self, request: RenameDataSet) -> Result<DataSet, Error> {
        let name = non_empty_name(&request.name)?;
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        data_sets::rename(&mut db, request.data_set, name).await?;
        let data_set = data_sets::find(&mut *db, request.data_set).await?;
        db.commit().await?;
        change.send(&Event::DataSet(data_set.clone()));
        Ok(data_set)
    }

    /// Deletes a data set with its runs and sweeps.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist, a job that is not over uses it, or the store cannot be written.
    pub async fn delete_data_set(&self, request: DeleteDataSet) -> Result<Deletion, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let data_set = data_sets::find(&mut *db, request.data_set).await?;
        if let Some(job) = data_sets::used_by(&mut *db, data_set.id).await? {
            let message = format!("A job uses \u{201c}{}\u{201d}: {job}.", data_set.name);
            return Err(Error::invalid(message, "Stop the job, or let it come to its end."));
        }
        let title = format!("the data set \u{201c}{}\u{201d}", data_set.name);
        let deletion = recorded(db, title, async |db| data_sets::delete(db, data_set.id).await).await?;
        self.state.pair_index.forget(data_set.id);
        change.send(&Event::DataSetDeleted(data_set.id));
        Ok(deletion)
    }
}

fn non_empty_name(name: &str) -> Result<&str, Error> {
    match name.trim() {
        "" => Err(Error::invalid("A data set needs a name.", "Type one.")),
        name => Ok(name),
    }
}

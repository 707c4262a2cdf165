//! Creates, renames, copies and deletes data sets.

use ipc::Id;
use ipc::command::{
    CreateDataSet, DeleteDataSet, DescribeDataSet, DuplicateDataSet, RenameDataSet, SetRubric, SetSuffixes,
};
use ipc::data::DataSet;
use ipc::deletion::Deletion;
use ipc::event::Event;
use sqlx::SqliteConnection;
use store::{StoreError, data_sets};

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
        let id =
            data_sets::insert(&mut db, self.state.project(), name, request.description.trim(), clock::now())
                .await?;
        let data_set = data_sets::find(&mut *db, id).await?;
        db.commit().await?;
        change.send(&Event::DataSet(data_set.clone()));
        Ok(data_set)
    }

    /// Copies a data set under a free name, without its runs and sweeps.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist or the store cannot be written.
    pub async fn duplicate_data_set(&self, request: DuplicateDataSet) -> Result<DataSet, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let copy = data_sets::duplicate(&mut db, request.data_set, clock::now()).await?;
        let data_set = data_sets::find(&mut *db, copy).await?;
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
        self.change_data_set(request.data_set, async |db| data_sets::rename(db, request.data_set, name).await)
            .await
    }

    /// Writes the behaviour of a data set.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist or the store cannot be written.
    pub async fn describe_data_set(&self, request: DescribeDataSet) -> Result<DataSet, Error> {
        self.change_data_set(request.data_set, async |db| {
            data_sets::describe(db, request.data_set, request.description.trim()).await
        })
        .await
    }

    /// Changes the rubric by which answers to a data set are judged.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist or the store cannot be written.
    pub async fn set_rubric(&self, request: SetRubric) -> Result<DataSet, Error> {
        self.change_data_set(request.data_set, async |db| {
            data_sets::set_rubric(db, request.data_set, request.rubric.as_ref()).await
        })
        .await
    }

    /// Changes the suffixes with which a data set's prompts are measured. Empty ones and repetitions are dropped.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist, there are too many or too long suffixes, or the store cannot be
    /// written.
    pub async fn set_suffixes(&self, request: SetSuffixes) -> Result<DataSet, Error> {
        let suffixes = usable_suffixes(&request.suffixes)?;
        self.change_data_set(request.data_set, async |db| {
            data_sets::set_suffixes(db, request.data_set, &suffixes).await
        })
        .await
    }

    /// Makes a change to a data set, and reports the set as it is afterwards.
    async fn change_data_set(
        &self,
        id: Id,
        make: impl AsyncFnOnce(&mut SqliteConnection) -> Result<(), StoreError>,
    ) -> Result<DataSet, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        make(&mut db).await?;
        let data_set = data_sets::find(&mut *db, id).await?;
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

/// More suffixes, or longer ones, are most likely a wrong file.
const MOST_SUFFIXES: usize = 1000;
const LONGEST_SUFFIX: usize = 20_000;

/// Returns the suffixes without blanks around them, each once. Empty ones are dropped.
pub(super) fn usable_suffixes(suffixes: &[String]) -> Result<Vec<String>, Error> {
    let mut all: Vec<String> = Vec::new();
    for suffix in suffixes.iter().map(|suffix| suffix.trim()).filter(|suffix| !suffix.is_empty()) {
        if !all.iter().any(|known| known == suffix) {
            all.push(suffix.to_owned());
        }
    }
    let is_long = all.iter().any(|suffix| suffix.len() > LONGEST_SUFFIX);
    if all.len() > MOST_SUFFIXES || is_long {
        let message = format!(
            "At most {MOST_SUFFIXES} suffixes of at most {LONGEST_SUFFIX} bytes can be kept with a data set."
        );
        return Err(Error::invalid(message, "Write one suffix on each line."));
    }
    Ok(all)
}

fn non_empty_name(name: &str) -> Result<&str, Error> {
    match name.trim() {
        "" => Err(Error::invalid("A data set needs a name.", "Type one.")),
        name => Ok(name),
    }
}

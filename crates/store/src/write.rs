//! A transaction that writes. It is committed only when the data folder holds it.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};

use crate::StoreError;
use crate::store_files::StoreFiles;

/// A transaction that writes; dropping it without a commit undoes it.
#[derive(Debug)]
pub struct WriteTransaction {
    transaction: Transaction<'static, Sqlite>,
    writer: SqlitePool,
    files: Arc<StoreFiles>,
}

impl WriteTransaction {
    pub(crate) async fn begin(writer: &SqlitePool, files: &Arc<StoreFiles>) -> Result<Self, StoreError> {
        files.check()?;
        let transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Self { transaction, writer: writer.clone(), files: Arc::clone(files) })
    }

    /// Commits the transaction and checks that its files are in the data folder.
    pub async fn commit(self) -> Result<(), StoreError> {
        let Self { transaction, writer, files } = self;
        transaction.commit().await?;
        let checked = files.check();
        if matches!(checked, Err(StoreError::LogGone(_))) {
            // The open file has the log's content still: the database takes it.
            sqlx::query("PRAGMA wal_checkpoint(FULL)").execute(&writer).await?;
        }
        checked
    }
}

impl Deref for WriteTransaction {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.transaction
    }
}

impl DerefMut for WriteTransaction {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }
}

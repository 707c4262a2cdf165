//! Stores which file a job writes when it is done or stopped.

use std::collections::HashMap;

use ipc::job::JobOut;
use ipc::{Failure, Id};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;
use crate::json::{from_json, to_json};

#[derive(sqlx::FromRow)]
struct Row {
    job: Id,
    path: String,
    written: bool,
    failure: Option<String>,
}

impl TryFrom<Row> for (Id, JobOut) {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let failure = row.failure.as_deref().map(|failure| from_json("failure", failure)).transpose()?;
        Ok((row.job, JobOut { path: row.path, written: row.written, failure }))
    }
}

/// Names the file of a job. An earlier one is forgotten.
pub async fn put(db: &mut SqliteConnection, job: Id, path: &str) -> Result<(), StoreError> {
    sqlx::query("INSERT OR REPLACE INTO job_outs (job, path) VALUES (?, ?)")
        .bind(job)
        .bind(path)
        .execute(db)
        .await?;
    Ok(())
}

/// Notes that the file of a job was written, or why not.
pub async fn note(db: &mut SqliteConnection, job: Id, failure: Option<&Failure>) -> Result<(), StoreError> {
    let failure = failure.map(|failure| to_json("failure", failure)).transpose()?;
    sqlx::query("UPDATE job_outs SET written = ?2 IS NULL, failure = ?2 WHERE job = ?1")
        .bind(job)
        .bind(failure)
        .execute(db)
        .await?;
    Ok(())
}

/// Returns the file of a job, if it writes one.
pub async fn find(db: impl SqliteExecutor<'_>, job: Id) -> Result<Option<JobOut>, StoreError> {
    let row: Option<Row> =
        sqlx::query_as("SELECT * FROM job_outs WHERE job = ?").bind(job).fetch_optional(db).await?;
    Ok(row.map(<(Id, JobOut)>::try_from).transpose()?.map(|(_, out)| out))
}

/// Returns the files of all jobs that write one.
pub async fn all(db: impl SqliteExecutor<'_>) -> Result<HashMap<Id, JobOut>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as("SELECT * FROM job_outs").fetch_all(db).await?;
    rows.into_iter().map(<(Id, JobOut)>::try_from).collect()
}

#[cfg(test)]
mod tests {
    use ipc::Code;

    use super::*;
    use crate::runs::tests::a_run;
    use crate::tests::temporary;

    #[tokio::test]
    async fn a_file_is_named_written_and_named_anew() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let job = a_run(&mut db).await.job;
        assert_eq!(find(&mut *db, job).await.expect("a query"), None);
        put(&mut db, job, "/out/v.pt").await.expect("a file");
        let failure = Failure::new(Code::Storage, "Full.");
        note(&mut db, job, Some(&failure)).await.expect("a failure");
        let out = |written, failure| JobOut { path: "/out/v.pt".into(), written, failure };
        assert_eq!(find(&mut *db, job).await.expect("a query"), Some(out(false, Some(failure))));
        note(&mut db, job, None).await.expect("it is written");
        assert_eq!(all(&mut *db).await.expect("a query")[&job], out(true, None));
        put(&mut db, job, "/out/v.pt").await.expect("a file");
        assert_eq!(find(&mut *db, job).await.expect("a query"), Some(out(false, None)));
    }
}

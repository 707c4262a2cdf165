//! Stores downloads and their files.

use ipc::download::Download;
use ipc::{Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};

use super::jobs;
use crate::StoreError;

/// A download that is to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDownload<'a> {
    /// The hub's address.
    pub endpoint: &'a str,
    /// `organisation/name`.
    pub repository: &'a str,
    /// The branch or tag that was asked for.
    pub revision: &'a str,
    /// The commit that the branch or tag pointed to.
    pub commit: &'a str,
    /// The files, in the order in which they are fetched.
    pub files: &'a [FileRow],
}

/// A download without the state of its job.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DownloadRow {
    /// The hub's address.
    pub endpoint: String,
    /// `organisation/name`.
    pub repository: String,
    /// The branch or tag that was asked for.
    pub revision: String,
    /// The commit that the branch or tag pointed to.
    pub commit_hash: String,
}

/// One file of a download.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FileRow {
    /// Its path in the repository.
    pub path: String,
    /// Its size in bytes.
    #[sqlx(try_from = "i64")]
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal, where the hub states it.
    pub sha256: Option<String>,
    /// The name of its content in the cache.
    pub blob: String,
    /// The `ETag` under which the partial file was fetched.
    pub validator: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    job: Id,
    endpoint: String,
    repository: String,
    commit_hash: String,
    model: Option<Id>,
    state: String,
    failure: Option<String>,
}

/// Adds the download of a job.
pub async fn insert(
    db: &mut SqliteConnection,
    job: Id,
    download: &NewDownload<'_>,
    now: Millis,
) -> Result<Id, StoreError> {
    let done = sqlx::query(
        "INSERT INTO downloads (job, endpoint, repository, revision, commit_hash, created) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(job)
    .bind(download.endpoint)
    .bind(download.repository)
    .bind(download.revision)
    .bind(download.commit)
    .bind(now)
    .execute(&mut *db)
    .await?;
    let id = done.last_insert_rowid();
    for (place, file) in download.files.iter().enumerate() {
        sqlx::query(
            "INSERT INTO download_files (download, place, path, bytes, sha256, blob) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(place as i64)
        .bind(&file.path)
        .bind(file.bytes as i64)
        .bind(&file.sha256)
        .bind(&file.blob)
        .execute(&mut *db)
        .await?;
    }
    Ok(id)
}

/// Returns a download without the state of its job.
pub async fn row(db: impl SqliteExecutor<'_>, id: Id) -> Result<DownloadRow, StoreError> {
    let row = sqlx::query_as("SELECT * FROM downloads WHERE id = ?").bind(id).fetch_optional(db).await?;
    row.ok_or(StoreError::Gone("download"))
}

/// Returns the files of a download, in the order in which they are fetched.
pub async fn files(db: impl SqliteExecutor<'_>, id: Id) -> Result<Vec<FileRow>, StoreError> {
    let files = sqlx::query_as("SELECT * FROM download_files WHERE download = ? ORDER BY place").bind(id);
    Ok(files.fetch_all(db).await?)
}

/// Stores the `ETag` under which a partial file is fetched.
pub async fn set_validator(
    db: &mut SqliteConnection,
    id: Id,
    place: usize,
    validator: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE download_files SET validator = ? WHERE download = ? AND place = ?")
        .bind(validator)
        .bind(id)
        .bind(place as i64)
        .execute(db)
        .await?;
    Ok(())
}

/// Stores which model a download has made.
pub async fn set_model(db: &mut SqliteConnection, id: Id, model: Id) -> Result<(), StoreError> {
    sqlx::query("UPDATE downloads SET model = ? WHERE id = ?").bind(model).bind(id).execute(db).await?;
    Ok(())
}

const SELECT: &str =
    "SELECT downloads.*, jobs.state, jobs.failure FROM downloads JOIN jobs ON jobs.id = downloads.job";

/// Returns all downloads, newest first.
pub async fn list(db: &mut SqliteConnection) -> Result<Vec<Download>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} ORDER BY downloads.id DESC")))
        .fetch_all(&mut *db)
        .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(with_files(db, row).await?);
    }
    Ok(all)
}

/// Returns one download.
pub async fn find(db: &mut SqliteConnection, id: Id) -> Result<Download, StoreError> {
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} WHERE downloads.id = ?")))
        .bind(id)
        .fetch_optional(&mut *db)
        .await?;
    with_files(db, row.ok_or(StoreError::Gone("download"))?).await
}

/// Returns the host in an endpoint's address, with its port where the address has one.
fn host(endpoint: &str) -> &str {
    let rest = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

async fn with_files(db: &mut SqliteConnection, row: Row) -> Result<Download, StoreError> {
    let files = files(db, row.id).await?;
    Ok(Download {
        id: row.id,
        job: row.job,
        state: jobs::state(&row.state, row.failure.as_deref())?,
        host: host(&row.endpoint).to_owned(),
        repository: row.repository,
        commit: row.commit_hash,
        bytes: files.iter().map(|file| file.bytes).sum(),
        files: files.into_iter().map(|file| file.path).collect(),
        model: row.model,
    })
}

/// Deletes a download with its job.
pub async fn delete(db: &mut SqliteConnection, job: Id) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM jobs WHERE id = ?").bind(job).execute(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use ipc::job::JobState;

    use super::*;
    use crate::tests::temporary;

    #[tokio::test]
    async fn a_download_is_stored_with_its_files_and_waits_apart_from_the_engines_jobs() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let file = FileRow {
            path: "model.gguf".into(),
            bytes: 5_000_000_000,
            sha256: Some("ab".into()),
            blob: "ab".into(),
            validator: None,
        };
        let job = jobs::insert(&mut db, "Download of a/b", 1).await.expect("a job");
        let new = NewDownload {
            endpoint: "https://hub.example",
            repository: "a/b",
            revision: "main",
            commit: "c0",
            files: std::slice::from_ref(&file),
        };
        let id = insert(&mut db, job, &new, 1).await.expect("a download");
        set_validator(&mut db, id, 0, Some("\"x\"")).await.expect("a validator");
        let kept = files(&mut *db, id).await.expect("the files");
        assert_eq!(kept, [FileRow { validator: Some("\"x\"".into()), ..file }]);
        let download = find(&mut db, id).await.expect("the download");
        assert_eq!((download.host.as_str(), download.bytes), ("hub.example", 5_000_000_000));
        assert_eq!(jobs::next(&mut *db).await.expect("a query"), None);
        assert_eq!(jobs::next_download(&mut *db).await.expect("a query"), Some(job));
        jobs::set_state(&mut db, job, &JobState::Done).await.expect("a state");
        assert_eq!(list(&mut db).await.expect("the list")[0].state, JobState::Done);
        delete(&mut db, job).await.expect("it is taken away");
        assert!(matches!(find(&mut db, id).await, Err(StoreError::Gone("download"))));
    }
}

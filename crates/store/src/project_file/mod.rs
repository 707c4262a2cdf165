//! Project files: a whole project as one file, and merging by content. docs/projects.md says what is the same as what.
//!
//! A file is a SQLite database with the tables that `tables.rs` lists. A project is read into memory row by row, from the store
//! or from a file, so that both are compared and written in the same way.

mod check;
mod content;
mod error;
mod file;
mod identity;
mod json_columns;
mod merge;
mod plan;
mod portable;
mod readable;
mod table;
mod tables;

use std::path::Path;

use ipc::project::{Merged, ModelReference, ProjectFileInfo};
use ipc::{Id, Millis};
use sqlx::SqliteConnection;

use self::content::Content;
use self::identity::Identities;
use self::tables::TABLES;
use crate::{Store, StoreError, projects};

pub use self::error::ProjectFileError;
pub use self::file::{APPLICATION_ID, FORMAT, remove_parts};

/// The ending of a project file's name.
pub const ENDING: &str = "tiller";

/// A project as a file holds it.
#[derive(Debug)]
pub struct ProjectFile {
    content: Content,
}

impl ProjectFile {
    /// Reads and checks a file. It may come from anybody.
    ///
    /// # Errors
    /// Returns an error if it is another program's, damaged, too large, of a newer format, or holds what Tiller never writes.
    pub async fn open(path: &Path) -> Result<Self, ProjectFileError> {
        Ok(Self { content: file::read(path).await? })
    }

    /// Returns the project's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.content.name
    }

    /// Says what it holds.
    ///
    /// # Errors
    /// Never fails for a file that was opened: its JSON was read.
    pub fn info(&self) -> Result<ProjectFileInfo, ProjectFileError> {
        let content = &self.content;
        let counted = ["pairs", "steps", "sweep_points", "turns"];
        let mut counts = Vec::new();
        for (table, rows) in TABLES.iter().zip(&content.tables) {
            let is_counted = !table.label.is_empty() || counted.contains(&table.name);
            if is_counted && !rows.is_empty() {
                let label = if table.label.is_empty() {
                    table.name.replace('_', " ")
                } else {
                    table.label.to_owned()
                };
                counts.push((label, rows.len() as u64));
            }
        }
        let model = |row: content::RowOf<'_>| ModelReference {
            name: row.text("name").to_owned(),
            fingerprint: row.get("fingerprint").text().map(str::to_owned),
        };
        Ok(ProjectFileInfo {
            name: content.name.clone(),
            written_by: content.written_by.clone(),
            format: FORMAT,
            content_hash: Identities::of(content)?.content_hash(content)?,
            counts,
            models: content.rows("models").map(model).collect(),
        })
    }

    /// Merges it into a project, in the caller's transaction.
    ///
    /// # Errors
    /// Returns an error if the project does not exist, what the file holds cannot be stored or read back, or the store fails.
    pub async fn merge(
        &self,
        db: &mut SqliteConnection,
        project: Id,
        now: Millis,
    ) -> Result<Merged, ProjectFileError> {
        let merged = merge::merge(&mut *db, &self.content, project, false, now).await?;
        readable::check(db, project).await.map_err(|error| match error {
            StoreError::Database(error) if crate::sqlite_code(&error).is_some() => error.into(),
            error => ProjectFileError::unsound("rows", format!("{error:?}")),
        })?;
        Ok(merged)
    }
}

/// Copies a project into a new one of this name, in the caller's transaction. Jobs under way are paused in the copy.
///
/// # Errors
/// Returns an error if the project does not exist or the store fails.
pub async fn duplicate(
    db: &mut SqliteConnection,
    project: Id,
    name: &str,
    app_version: &str,
    now: Millis,
) -> Result<Id, ProjectFileError> {
    let mut content = Content::of_store(&mut *db, project).await?;
    content.make_idle()?;
    let copy = projects::insert(&mut *db, name, app_version, now).await?;
    merge::merge(db, &content, copy, true, now).await?;
    Ok(copy)
}

/// Returns the bytes of a file that holds a project as it is now.
///
/// # Errors
/// Returns an error if the project does not exist, or the store or its folder fails.
pub async fn export(store: &Store, project: Id) -> Result<Vec<u8>, ProjectFileError> {
    // One transaction, so that all of it is of one moment.
    let mut reading = store.read().begin().await?;
    let mut content = Content::of_store(&mut reading, project).await?;
    reading.rollback().await?;
    content.make_portable()?;
    file::write(&content, store.folder()).await
}

/// Returns the hash of everything that a project holds, apart from its name.
///
/// # Errors
/// Returns an error if the project does not exist or the store fails.
pub async fn content_hash(db: &mut SqliteConnection, project: Id) -> Result<String, ProjectFileError> {
    let mut content = Content::of_store(db, project).await?;
    content.make_portable()?;
    Identities::of(&content)?.content_hash(&content)
}

#[cfg(test)]
mod tests;

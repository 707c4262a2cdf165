//! Keeps what was deleted until the process ends, so that a person can take the deletion back.
//!
//! A deletion really deletes, so that no list, query, uniqueness check or export can show what is gone. While it is
//! recorded, temporary triggers copy every deleted row, also those that go with another one by a foreign key, and every
//! reference that becomes NULL. The copies are temporary tables of the connection that writes: they end with the process.

use ipc::Id;
use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::{StoreError, measurements, snapshots};

/// The number of deletions that can be taken back. Older ones are forgotten.
const KEPT: Id = 50;

/// A table of the store, with what is needed to copy its rows.
struct Table {
    name: String,
    /// All columns.
    columns: Vec<String>,
    /// The columns of the primary key.
    key: Vec<String>,
    /// The references that become NULL where their row is deleted.
    references: Vec<String>,
}

/// Begins to record a deletion in this transaction. [`end`] must follow in it.
pub async fn begin(db: &mut SqliteConnection) -> Result<Id, StoreError> {
    if !is_prepared(db).await? {
        prepare(db).await?;
    }
    let done = sqlx::query("INSERT INTO temp.deletions (is_open) VALUES (1)").execute(db).await?;
    Ok(done.last_insert_rowid())
}

/// Ends the recording.
pub async fn end(db: &mut SqliteConnection, id: Id) -> Result<(), StoreError> {
    sqlx::query("UPDATE temp.deletions SET is_open = 0").execute(&mut *db).await?;
    for table in tables(db).await? {
        table.forget(db, id - KEPT).await?;
    }
    sqlx::query("DELETE FROM temp.deletions WHERE id <= ?").bind(id - KEPT).execute(db).await?;
    Ok(())
}

/// Takes the last deletion back: every row and every reference is as it was.
///
/// # Errors
/// Returns [`StoreError::Gone`] where this is not the last deletion, because a later one may have taken what it needs.
pub async fn undo(db: &mut SqliteConnection, id: Id) -> Result<(), StoreError> {
    if !is_prepared(db).await? || last(db).await? != Some(id) {
        return Err(StoreError::Gone("deletion"));
    }
    // The rows come back table by table, so that a row may come before the one that it refers to.
    sqlx::query("PRAGMA defer_foreign_keys = ON").execute(&mut *db).await?;
    let tables = tables(db).await?;
    for table in &tables {
        run(db, &table.put_back(), id).await?;
    }
    for table in &tables {
        for reference in &table.references {
            run(db, &table.refer_again(reference), id).await?;
        }
        run(db, &format!("DELETE FROM temp.{} WHERE deletion = ?", table.deleted()), id).await?;
        run(db, &format!("DELETE FROM temp.{} WHERE deletion = ?", table.cleared()), id).await?;
    }
    run(db, "DELETE FROM temp.deletions WHERE id = ?", id).await
}

/// Whether a deletion can still be taken back. Until then nothing is forgotten that it may need.
pub(crate) async fn can_be_undone(db: &mut SqliteConnection) -> Result<bool, StoreError> {
    Ok(is_prepared(db).await? && last(db).await?.is_some())
}

/// Deletes what only the deletions of the last process needed.
pub async fn forget_unused(db: &mut SqliteConnection) -> Result<(), StoreError> {
    measurements::forget_unused(&mut *db).await?;
    snapshots::forget_unused(db).await
}

async fn last(db: &mut SqliteConnection) -> Result<Option<Id>, StoreError> {
    Ok(sqlx::query_scalar("SELECT max(id) FROM temp.deletions").fetch_one(db).await?)
}

async fn is_prepared(db: &mut SqliteConnection) -> Result<bool, StoreError> {
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM temp.sqlite_master WHERE name = 'deletions'")
        .fetch_one(db)
        .await?;
    Ok(count > 0)
}

async fn run(db: &mut SqliteConnection, statement: &str, id: Id) -> Result<(), StoreError> {
    sqlx::query(AssertSqlSafe(statement.to_owned())).bind(id).execute(db).await?;
    Ok(())
}

async fn prepare(db: &mut SqliteConnection) -> Result<(), StoreError> {
    let deletions =
        "CREATE TEMP TABLE deletions (id INTEGER PRIMARY KEY AUTOINCREMENT, is_open INTEGER NOT NULL)";
    sqlx::query(deletions).execute(&mut *db).await?;
    for table in tables(db).await? {
        for statement in table.recording() {
            sqlx::query(AssertSqlSafe(statement)).execute(&mut *db).await?;
        }
    }
    Ok(())
}

/// Reads the tables from the schema, so that a new one cannot be left out.
async fn tables(db: &mut SqliteConnection) -> Result<Vec<Table>, StoreError> {
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM main.sqlite_master
         WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '_sqlx_migrations' ORDER BY name",
    )
    .fetch_all(&mut *db)
    .await?;
    let mut tables = Vec::with_capacity(names.len());
    for name in names {
        let columns: Vec<(String, i64)> =
            sqlx::query_as("SELECT name, pk FROM pragma_table_info(?, 'main') ORDER BY cid")
                .bind(&name)
                .fetch_all(&mut *db)
                .await?;
        let references = sqlx::query_scalar(
            "SELECT \"from\" FROM pragma_foreign_key_list(?, 'main') WHERE on_delete = 'SET NULL'",
        );
        let references = references.bind(&name).fetch_all(&mut *db).await?;
        let key = columns.iter().filter(|(_, key)| *key > 0).map(|(name, _)| name.clone()).collect();
        let columns = columns.into_iter().map(|(name, _)| name).collect();
        tables.push(Table { name, columns, key, references });
    }
    Ok(tables)
}

impl Table {
    /// The copies of deleted rows.
    fn deleted(&self) -> String {
        format!("deleted_{}", self.name)
    }

    /// The references that became NULL, with the keys of their rows.
    fn cleared(&self) -> String {
        format!("cleared_{}", self.name)
    }

    /// Returns the statements that make the copies and the triggers.
    fn recording(&self) -> Vec<String> {
        let (name, deleted, cleared) = (&self.name, self.deleted(), self.cleared());
        let old = |columns: &[String]| list(columns, |column| format!("OLD.{column}"));
        let mut statements = vec![
            format!("CREATE TEMP TABLE {deleted} AS SELECT 0 AS deletion, * FROM main.{name} WHERE 0"),
            format!(
                "CREATE TEMP TABLE {cleared} AS
                 SELECT 0 AS deletion, '' AS reference, 0 AS target, {} FROM main.{name} WHERE 0",
                self.key.join(", ")
            ),
            format!(
                "CREATE TEMP TRIGGER keep_{name} BEFORE DELETE ON main.{name}
                 WHEN EXISTS (SELECT 1 FROM deletions WHERE is_open)
                 BEGIN INSERT INTO {deleted} SELECT id, {} FROM deletions WHERE is_open; END",
                old(&self.columns)
            ),
        ];
        for reference in &self.references {
            statements.push(format!(
                "CREATE TEMP TRIGGER keep_{name}_{reference} BEFORE UPDATE OF {reference} ON main.{name}
                 WHEN NEW.{reference} IS NULL AND OLD.{reference} IS NOT NULL
                    AND EXISTS (SELECT 1 FROM deletions WHERE is_open)
                 BEGIN
                    INSERT INTO {cleared} SELECT id, '{reference}', OLD.{reference}, {} FROM deletions WHERE is_open;
                 END",
                old(&self.key)
            ));
        }
        statements
    }

    fn put_back(&self) -> String {
        let columns = self.columns.join(", ");
        let (name, deleted) = (&self.name, self.deleted());
        format!("INSERT INTO main.{name} ({columns}) SELECT {columns} FROM temp.{deleted} WHERE deletion = ?")
    }

    fn refer_again(&self, reference: &str) -> String {
        let (name, cleared) = (&self.name, self.cleared());
        let is_row = self.key.iter().map(|key| format!("kept.{key} = {name}.{key}"));
        let is_row = is_row.collect::<Vec<_>>().join(" AND ");
        format!(
            "UPDATE main.{name} SET {reference} = kept.target FROM temp.{cleared} AS kept
             WHERE kept.deletion = ? AND kept.reference = '{reference}' AND {is_row}"
        )
    }

    /// Forgets the copies of this deletion and of all before it.
    async fn forget(&self, db: &mut SqliteConnection, through: Id) -> Result<(), StoreError> {
        for copies in [self.deleted(), self.cleared()] {
            run(db, &format!("DELETE FROM temp.{copies} WHERE deletion <= ?"), through).await?;
        }
        Ok(())
    }
}

fn list(columns: &[String], each: impl Fn(&String) -> String) -> String {
    columns.iter().map(each).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "deletions_tests.rs"]
mod tests;

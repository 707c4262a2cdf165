//! Stores the known models. The store does not know which of them are in memory.

use data::content::sha256;
use ipc::model::{ModelFacts, Precision};
use ipc::{Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;
use crate::json::{from_json, to_json};

/// A known model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelRow {
    /// Its id.
    pub id: Id,
    /// Its name in lists.
    pub name: String,
    /// Its file or folder.
    pub path: String,
    /// The facts in its header, if the header was read.
    pub facts: Option<ModelFacts>,
    /// The SHA-256 that the file must have.
    pub expected_fingerprint: Option<String>,
    /// The SHA-256 that the file had when it was read last.
    pub fingerprint: Option<String>,
    /// The file's size and modification time at that moment.
    pub fingerprint_of: Option<String>,
    /// The seconds that training takes for one token in one block, where they were measured.
    pub seconds_per_token_block: Option<f64>,
    /// The precision in which its weights are kept in memory.
    pub precision: Precision,
    /// A chat template that the person has set in place of the model's own.
    pub template: Option<String>,
    /// The stamp of the file or folder (which tells a changed one) when its header was read.
    pub stamp: Option<String>,
    /// The key of what the sandbox has found sound.
    pub sandbox_key: Option<String>,
}

impl ModelRow {
    /// Returns the key of what results depend on: the fingerprint, and the person's own template, which makes another
    /// model of it.
    #[must_use]
    pub fn identity(&self, fingerprint: &str) -> String {
        match &self.template {
            Some(template) => format!("{fingerprint}+template-{}", &sha256(template.as_bytes())[..16]),
            None => fingerprint.to_owned(),
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    name: String,
    path: String,
    facts: Option<String>,
    expected_fingerprint: Option<String>,
    fingerprint: Option<String>,
    fingerprint_of: Option<String>,
    seconds_per_token_block: Option<f64>,
    precision: Option<String>,
    template: Option<String>,
    stamp: Option<String>,
    sandbox_key: Option<String>,
}

impl TryFrom<Row> for ModelRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            name: row.name,
            path: row.path,
            facts: row.facts.map(|facts| from_json("facts of a model", &facts)).transpose()?,
            expected_fingerprint: row.expected_fingerprint,
            fingerprint: row.fingerprint,
            fingerprint_of: row.fingerprint_of,
            seconds_per_token_block: row.seconds_per_token_block,
            precision: match row.precision.as_deref() {
                Some("f32") => Precision::F32,
                Some("q8") => Precision::Q8,
                _ => Precision::Quantized,
            },
            template: row.template,
            stamp: row.stamp,
            sandbox_key: row.sandbox_key,
        })
    }
}

/// Returns the models of the list, oldest first.
pub async fn list(db: impl SqliteExecutor<'_>) -> Result<Vec<ModelRow>, StoreError> {
    let rows: Vec<Row> =
        sqlx::query_as("SELECT * FROM models WHERE hidden = 0 ORDER BY id").fetch_all(db).await?;
    rows.into_iter().map(ModelRow::try_from).collect()
}

/// Returns one model.
pub async fn find(db: impl SqliteExecutor<'_>, id: Id) -> Result<ModelRow, StoreError> {
    let row: Option<Row> =
        sqlx::query_as("SELECT * FROM models WHERE id = ?").bind(id).fetch_optional(db).await?;
    row.ok_or(StoreError::Gone("model"))?.try_into()
}

/// Returns the model whose file is at this path.
pub async fn at_path(db: impl SqliteExecutor<'_>, path: &str) -> Result<Option<Id>, StoreError> {
    Ok(sqlx::query_scalar("SELECT id FROM models WHERE path = ?").bind(path).fetch_optional(db).await?)
}

/// Returns the model that comes with the application.
pub async fn starter(db: impl SqliteExecutor<'_>) -> Result<Option<ModelRow>, StoreError> {
    let row: Option<Row> =
        sqlx::query_as("SELECT * FROM models WHERE expected_fingerprint IS NOT NULL ORDER BY id LIMIT 1")
            .fetch_optional(db)
            .await?;
    row.map(ModelRow::try_from).transpose()
}

/// Adds a model.
pub async fn insert(
    db: &mut SqliteConnection,
    name: &str,
    path: &str,
    expected_fingerprint: Option<&str>,
    now: Millis,
) -> Result<Id, StoreError> {
    let done =
        sqlx::query("INSERT INTO models (name, path, expected_fingerprint, created) VALUES (?, ?, ?, ?)")
            .bind(name)
            .bind(path)
            .bind(expected_fingerprint)
            .bind(now)
            .execute(db)
            .await?;
    Ok(done.last_insert_rowid())
}

/// Changes the path of a model's file.
pub async fn set_path(db: &mut SqliteConnection, id: Id, path: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE models SET path = ? WHERE id = ?").bind(path).bind(id).execute(db).await?;
    Ok(())
}

/// Stores what the header says, with the stamp of the file or folder at that moment.
pub async fn set_facts(
    db: &mut SqliteConnection,
    id: Id,
    facts: &ModelFacts,
    stamp: Option<&str>,
) -> Result<(), StoreError> {
    let facts = to_json("facts of a model", facts)?;
    sqlx::query("UPDATE models SET facts = ?, stamp = ? WHERE id = ?")
        .bind(facts)
        .bind(stamp)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Sets the precision in which the weights are kept in memory.
pub async fn set_precision(
    db: &mut SqliteConnection,
    id: Id,
    precision: Precision,
) -> Result<(), StoreError> {
    let word = match precision {
        Precision::Quantized => None,
        Precision::Q8 => Some("q8"),
        Precision::F32 => Some("f32"),
    };
    sqlx::query("UPDATE models SET precision = ? WHERE id = ?").bind(word).bind(id).execute(db).await?;
    Ok(())
}

/// Sets or clears the person's own chat template.
pub async fn set_template(
    db: &mut SqliteConnection,
    id: Id,
    template: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE models SET template = ? WHERE id = ?").bind(template).bind(id).execute(db).await?;
    Ok(())
}

/// Puts a model back into the list.
pub async fn show(db: &mut SqliteConnection, id: Id) -> Result<(), StoreError> {
    sqlx::query("UPDATE models SET hidden = 0 WHERE id = ?").bind(id).execute(db).await?;
    Ok(())
}

/// Takes a model off the list. Its row stays, because vectors and runs refer to it, and because listing the cache again
/// must not bring the model back.
pub async fn hide(db: &mut SqliteConnection, id: Id) -> Result<(), StoreError> {
    sqlx::query("UPDATE models SET hidden = 1 WHERE id = ?").bind(id).execute(db).await?;
    Ok(())
}

/// Stores the key of what the sandbox has found sound.
pub async fn set_sandbox_key(db: &mut SqliteConnection, id: Id, key: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE models SET sandbox_key = ? WHERE id = ?").bind(key).bind(id).execute(db).await?;
    Ok(())
}

/// Stores the file's SHA-256, with the size and modification time at that moment.
pub async fn set_fingerprint(
    db: &mut SqliteConnection,
    id: Id,
    fingerprint: &str,
    of: &str,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE models SET fingerprint = ?, fingerprint_of = ? WHERE id = ?")
        .bind(fingerprint)
        .bind(of)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Stores the seconds that training takes for one token in one block.
pub async fn set_speed(db: &mut SqliteConnection, id: Id, seconds: f64) -> Result<(), StoreError> {
    sqlx::query("UPDATE models SET seconds_per_token_block = ? WHERE id = ?")
        .bind(seconds)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::temporary;

    #[tokio::test]
    async fn a_model_and_what_is_learnt_about_it_are_stored() {
        let (store, _dir) = temporary().await;
        let mut change = store.begin().await.expect("a change");
        let id = insert(&mut change, "Smol", "/old.gguf", Some("ab"), 1).await.expect("a model");
        set_path(&mut change, id, "/new.gguf").await.expect("a path");
        set_fingerprint(&mut change, id, "ab", "9 bytes").await.expect("a fingerprint");
        set_speed(&mut change, id, 0.5).await.expect("a speed");
        set_sandbox_key(&mut change, id, "9 bytes").await.expect("a key");
        change.commit().await.expect("a commit");
        let row = find(store.read(), id).await.expect("the model");
        assert_eq!((row.path.as_str(), row.fingerprint.as_deref()), ("/new.gguf", Some("ab")));
        assert_eq!(row.sandbox_key.as_deref(), Some("9 bytes"));
        assert_eq!(starter(store.read()).await.expect("a query"), Some(row));
        assert_eq!(at_path(store.read(), "/old.gguf").await.expect("a query"), None);
        assert!(matches!(find(store.read(), 99).await, Err(StoreError::Gone("model"))));
    }

    #[tokio::test]
    async fn a_model_taken_from_the_list_stays_known_and_comes_back_as_it_was() {
        let (store, _dir) = temporary().await;
        let mut change = store.begin().await.expect("a change");
        let id = insert(&mut change, "Smol", "/smol.gguf", None, 1).await.expect("a model");
        set_precision(&mut change, id, Precision::F32).await.expect("a precision");
        set_template(&mut change, id, Some("{{ messages }}")).await.expect("a template");
        hide(&mut change, id).await.expect("it is taken away");
        assert!(list(&mut *change).await.expect("the list").is_empty());
        assert_eq!(at_path(&mut *change, "/smol.gguf").await.expect("a query"), Some(id));
        show(&mut change, id).await.expect("it is put back");
        let back = list(&mut *change).await.expect("the list").remove(0);
        assert_eq!((back.precision, back.template.as_deref()), (Precision::F32, Some("{{ messages }}")));
        set_template(&mut change, id, None).await.expect("no template");
        let plain = find(&mut *change, id).await.expect("the model");
        assert_eq!(plain.identity("ab"), "ab");
        assert_ne!(back.identity("ab"), "ab", "another template is another model");
    }
}

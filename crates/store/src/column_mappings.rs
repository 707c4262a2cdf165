//! Stores the columns that a person named for files with the same header.

use ipc::Millis;
use ipc::files::Columns;
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;

/// The most headers that are remembered; the ones that were used longest ago are forgotten first.
pub const MOST_REMEMBERED: u32 = 1000;

/// Returns the columns that were named for a header, given by its hash.
pub async fn find(db: impl SqliteExecutor<'_>, header_hash: &str) -> Result<Option<Columns>, StoreError> {
    let found: Option<(String, String, String)> =
        sqlx::query_as("SELECT prompt, wanted, opposite FROM column_mappings WHERE header_hash = ?")
            .bind(header_hash)
            .fetch_optional(db)
            .await?;
    Ok(found.map(|(prompt, wanted, opposite)| Columns { prompt, wanted, opposite }))
}

/// Remembers the columns of a header in place of those before.
pub async fn put(
    db: &mut SqliteConnection,
    header_hash: &str,
    columns: &Columns,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT OR REPLACE INTO column_mappings (header_hash, prompt, wanted, opposite, used) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(header_hash)
    .bind(&columns.prompt)
    .bind(&columns.wanted)
    .bind(&columns.opposite)
    .bind(now)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "DELETE FROM column_mappings WHERE header_hash IN
            (SELECT header_hash FROM column_mappings ORDER BY used DESC, rowid DESC LIMIT -1 OFFSET ?)",
    )
    .bind(MOST_REMEMBERED)
    .execute(db)
    .await?;
    Ok(())
}

/// Forgets the columns of a header.
pub async fn forget(db: &mut SqliteConnection, header_hash: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM column_mappings WHERE header_hash = ?").bind(header_hash).execute(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::temporary;

    fn columns(prompt: &str) -> Columns {
        Columns { prompt: prompt.into(), wanted: "good".into(), opposite: "bad".into() }
    }

    #[tokio::test]
    async fn the_last_choice_is_remembered_until_it_is_forgotten() {
        let (store, _dir) = temporary().await;
        let mut change = store.begin().await.expect("a change");
        assert_eq!(find(&mut *change, "h").await.expect("a query"), None);
        for prompt in ["question", "frage"] {
            put(&mut change, "h", &columns(prompt), 1).await.expect("a write");
            assert_eq!(find(&mut *change, "h").await.expect("a query"), Some(columns(prompt)));
        }
        assert_eq!(find(&mut *change, "other").await.expect("a query"), None);
        forget(&mut change, "h").await.expect("a deletion");
        forget(&mut change, "h").await.expect("nothing to forget");
        assert_eq!(find(&mut *change, "h").await.expect("a query"), None);
    }

    #[tokio::test]
    async fn the_headers_that_were_used_last_stay() {
        let (store, _dir) = temporary().await;
        let mut change = store.begin().await.expect("a change");
        for used in 0..MOST_REMEMBERED + 2 {
            put(&mut change, &used.to_string(), &columns("q"), used.into()).await.expect("a write");
        }
        put(&mut change, "2", &columns("q"), 5000).await.expect("a write");
        put(&mut change, "new", &columns("q"), 5001).await.expect("a write");
        for (hash, stays) in
            [("0", false), ("1", false), ("2", true), ("3", false), ("4", true), ("new", true)]
        {
            let found = find(&mut *change, hash).await.expect("a query");
            assert_eq!(found.is_some(), stays, "{hash}");
        }
    }
}

//! Finds the rows of the target that stand for models and pairs of a source, and gives new ones their ids.

use std::collections::HashMap;

use data::content::sha256;
use ipc::Id;

use super::super::content::{Content, RowOf};
use super::super::error::ProjectFileError;
use super::super::identity::Identities;
use super::Writer;
use crate::StoreError;

/// The folder of models that are known by their fingerprint alone. There is no such folder.
const NOT_HERE: &str = "not-here/";

impl Writer<'_> {
    /// Finds the models by their fingerprints. One that is not there gets a row without a file.
    pub(super) async fn find_models(
        &mut self,
        source: &Content,
        same_store: bool,
    ) -> Result<(), ProjectFileError> {
        for row in source.rows("models") {
            let id = if same_store { row.id() } else { self.model(row).await? };
            self.plan.known.insert(("models", row.id()), id);
        }
        Ok(())
    }

    async fn model(&mut self, row: RowOf<'_>) -> Result<Id, StoreError> {
        let fingerprint = row.get("fingerprint").text();
        let known: Option<Id> = sqlx::query_scalar(
            "SELECT id FROM models WHERE fingerprint = ?1 OR expected_fingerprint = ?1 ORDER BY hidden, id LIMIT 1",
        )
        .bind(fingerprint)
        .fetch_optional(&mut *self.db)
        .await?;
        let by =
            fingerprint.map_or_else(|| format!("{} {}", row.text("name"), row.text("facts")), str::to_owned);
        let path = format!("{NOT_HERE}{}", sha256(by.as_bytes()));
        let known = match known {
            None => crate::models::at_path(&mut *self.db, &path).await?,
            known => known,
        };
        if let Some(known) = known {
            return Ok(known);
        }
        let name: String = row.text("name").chars().filter(|char| !char.is_control()).collect();
        let done = sqlx::query(
            "INSERT INTO models (name, path, facts, fingerprint, created) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(name)
        .bind(path)
        .bind(row.get("facts").text())
        .bind(fingerprint)
        .bind(self.now)
        .execute(&mut *self.db)
        .await?;
        Ok(done.last_insert_rowid())
    }

    /// Gives every pair its id in the target: that of the same pair of a known data set, or a new one.
    pub(super) async fn number_pairs(
        &mut self,
        ids: &Identities,
        target: &Identities,
    ) -> Result<(), StoreError> {
        let used: Option<Id> = sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'pairs'")
            .fetch_optional(&mut *self.db)
            .await?;
        let there: HashMap<(Id, u32), Id> =
            target.pairs().map(|(data_set, pair, number)| ((data_set, number), pair)).collect();
        let mut all: Vec<(Id, Id, u32)> = ids.pairs().collect();
        all.sort_unstable_by_key(|(data_set, _, number)| (*data_set, *number));
        let mut next = used.unwrap_or(0);
        for (data_set, pair, number) in all {
            let known = self.plan.known.get(&("data_sets", data_set));
            let known = known.and_then(|data_set| there.get(&(*data_set, number)).copied());
            let id = known.unwrap_or_else(|| {
                next += 1;
                next
            });
            self.pairs.insert((data_set, pair), id);
        }
        Ok(())
    }

    /// Ids are never used twice, those of deleted pairs that the log of edits names neither.
    pub(super) async fn keep_ids_unused(&mut self) -> Result<(), StoreError> {
        let Some(last) = self.pairs.values().max() else { return Ok(()) };
        sqlx::query("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'pairs'")
            .bind(last)
            .execute(&mut *self.db)
            .await?;
        let known: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_sequence WHERE name = 'pairs'")
            .fetch_one(&mut *self.db)
            .await?;
        if known == 0 {
            sqlx::query("INSERT INTO sqlite_sequence (name, seq) VALUES ('pairs', ?)")
                .bind(last)
                .execute(&mut *self.db)
                .await?;
        }
        Ok(())
    }
}

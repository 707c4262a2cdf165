//! Brings up to date what a project has already: what has gone on in the source, and what a person has noted there.

use std::collections::{HashMap, HashSet};

use ipc::Id;
use ipc::project::Settings;
use sqlx::AssertSqlSafe;

use super::super::content::{Content, RowOf, Value};
use super::super::error::ProjectFileError;
use super::super::json_columns::Json;
use super::super::plan::{THINGS, progress};
use super::Writer;
use crate::json::{from_json, to_json};
use crate::settings;

impl Writer<'_> {
    /// Brings what the target has already up to date: what has gone on in the source, and what a person has noted there.
    pub(super) async fn update_known(
        &mut self,
        source: &Content,
        target: &Content,
    ) -> Result<(), ProjectFileError> {
        let jobs: HashMap<Id, RowOf<'_>> = source.rows("jobs").map(|job| (job.id(), job)).collect();
        for table in THINGS {
            for row in source.rows(table) {
                let key = (table, row.id());
                let Some(known) = self.plan.known.get(&key).copied() else { continue };
                if self.plan.continued.contains(&key)
                    && let Some(job) = jobs.get(&row.int("job"))
                {
                    self.go_on(row, *job, known).await?;
                }
                match table {
                    "vectors" => self.join_notes(row, target, known).await?,
                    "sweeps" => self.join_names(row, target, known).await?,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Lets something of the target go on where it is in the source.
    async fn go_on(&mut self, row: RowOf<'_>, job: RowOf<'_>, known: Id) -> Result<(), ProjectFileError> {
        let table = row.table.name;
        let find = format!("SELECT job, state FROM {table} JOIN jobs ON jobs.id = job WHERE {table}.id = ?");
        let (id, state): (Id, String) =
            sqlx::query_as(AssertSqlSafe(find)).bind(known).fetch_one(&mut *self.db).await?;
        let is_further = progress(job.text("state")) > progress(&state);
        if table == "runs" || is_further {
            sqlx::query("UPDATE jobs SET state = ?, failure = ?, progress = ?, checkpoint = ? WHERE id = ?")
                .bind(job.text("state"))
                .bind(job.get("failure").text())
                .bind(job.text("progress"))
                .bind(job.get("checkpoint").bytes())
                .bind(id)
                .execute(&mut *self.db)
                .await?;
        }
        let real = |name| if let Value::Real(number) = row.get(name) { Some(*number) } else { None };
        match table {
            "runs" => {
                sqlx::query(
                    "UPDATE runs SET so_far = ?, residual_norm = ?, preparing_seconds = ?, measuring_seconds = ?, peak_bytes = ?,
                         steps = ?, model_fingerprint = coalesce(?, model_fingerprint)
                     WHERE id = ?",
                )
                .bind(row.get("so_far").bytes())
                .bind(real("residual_norm"))
                .bind(real("preparing_seconds"))
                .bind(real("measuring_seconds"))
                .bind(row.get("peak_bytes").int())
                .bind(row.int("steps"))
                .bind(row.get("model_fingerprint").text())
                .bind(known)
                .execute(&mut *self.db)
                .await?;
            }
            "sweeps" | "analyses" => {
                let update = format!(
                    "UPDATE {table} SET model_fingerprint = coalesce(model_fingerprint, ?) WHERE id = ?"
                );
                sqlx::query(AssertSqlSafe(update))
                    .bind(row.get("model_fingerprint").text())
                    .bind(known)
                    .execute(&mut *self.db)
                    .await?;
            }
            "transfers" => {
                let made = row.get("made").int().and_then(|made| self.id("vectors", made));
                sqlx::query("UPDATE transfers SET made = coalesce(made, ?) WHERE id = ?")
                    .bind(made)
                    .bind(known)
                    .execute(&mut *self.db)
                    .await?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Joins the tags and notes of a vector that both have.
    async fn join_notes(
        &mut self,
        row: RowOf<'_>,
        target: &Content,
        known: Id,
    ) -> Result<(), ProjectFileError> {
        let Some(other) = target.rows("vectors").find(|other| other.id() == known) else { return Ok(()) };
        let mut tags: Vec<String> = from_json("tags of a vector", other.text("tags"))?;
        let more: Vec<String> = from_json("tags of a vector", row.text("tags"))?;
        let count = tags.len();
        tags.extend(more);
        let mut seen = HashSet::new();
        tags.retain(|tag| seen.insert(tag.clone()));
        if tags.len() > count {
            // Only then, so that a merge of the same changes nothing.
            tags.sort_unstable();
        }
        let note = join(other.text("note"), row.text("note"));
        if tags.len() == count && note == other.text("note") {
            return Ok(());
        }
        crate::vectors::describe(&mut *self.db, known, &tags, &note).await?;
        Ok(())
    }

    /// Joins the names and notes of a sweep that both have. Of two names the target's stays, and the other goes into the note.
    async fn join_names(
        &mut self,
        row: RowOf<'_>,
        target: &Content,
        known: Id,
    ) -> Result<(), ProjectFileError> {
        let Some(other) = target.rows("sweeps").find(|other| other.id() == known) else { return Ok(()) };
        let mut note = join(other.text("note"), row.text("note"));
        let name = match (other.get("name").text(), row.get("name").text()) {
            (Some(ours), Some(theirs)) if ours != theirs => {
                note = join(&note, theirs);
                Some(ours)
            }
            (ours, theirs) => ours.or(theirs),
        };
        if (name, note.as_str()) != (other.get("name").text(), other.text("note")) {
            crate::sweeps::describe(&mut *self.db, known, name, &note).await?;
        }
        Ok(())
    }

    /// Takes over what the settings say about the project, where the target says nothing.
    pub(super) async fn merge_settings(&mut self, source: &Content) -> Result<(), ProjectFileError> {
        let Some(row) = source.rows("settings").next() else { return Ok(()) };
        let theirs: Settings =
            from_json("settings", &self.json(row, Json::ProjectSettings, row.text("content"), 0)?)?;
        let ours = settings::read(&mut *self.db, self.project).await?;
        let is_there = |id: &Id| *id > 0;
        let merged = Settings {
            data_set: ours.data_set.or(theirs.data_set.filter(is_there)),
            vector: ours.vector.or(theirs.vector.filter(is_there)),
            ..ours.clone()
        };
        if to_json("settings", &merged)? != to_json("settings", &ours)? {
            settings::write(&mut *self.db, self.project, &merged).await?;
        }
        Ok(())
    }
}

/// Joins two notes: one that the other holds already adds nothing.
fn join(one: &str, other: &str) -> String {
    if one.contains(other) {
        return one.to_owned();
    }
    if other.contains(one) {
        return other.to_owned();
    }
    let mut both = [one, other];
    both.sort_unstable();
    both.join("\n\n")
}

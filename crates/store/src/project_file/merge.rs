//! Writes the rows of a project into another one: all of them, or those that it lacks.

use std::collections::{HashMap, HashSet};

use data::content::sha256;
use ipc::project::{Merged, Settings};
use ipc::{Id, Millis};
use serde_json::Value as JsonValue;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::content::{Content, Row, RowOf, Value, with_cells};
use super::error::ProjectFileError;
use super::identity::{Identities, Key};
use super::json_columns::{Json, rewrite};
use super::plan::{Plan, THINGS, progress};
use super::tables::{Kind, TABLES, Table};
use crate::json::{from_json, to_json};
use crate::{StoreError, projects, settings};

/// The folder of models that are known by their fingerprint alone. There is no such folder.
const NOT_HERE: &str = "not-here/";

/// Merges a source into a project of the store, in the caller's transaction. Models are found by their fingerprint; with
/// `same_store` they are the same rows.
pub(crate) async fn merge(
    db: &mut SqliteConnection,
    source: &Content,
    project: Id,
    same_store: bool,
    now: Millis,
) -> Result<Merged, ProjectFileError> {
    let mut target = Content::of_store(db, project).await?;
    target.make_portable()?;
    let (ids, target_ids) = (Identities::of(source)?, Identities::of(&target)?);
    let plan = Plan::new((source, &ids), (&target, &target_ids))?;
    let mut writer =
        Writer { db, project, now, plan, new: HashMap::new(), pairs: HashMap::new(), runs: HashSet::new() };
    writer.runs = target.rows("vectors").filter_map(|row| row.get("run").int()).collect();
    writer.find_models(source, same_store).await?;
    writer.number_pairs(&ids, &target_ids).await?;
    for (table, rows) in TABLES.iter().zip(&source.tables) {
        for row in rows {
            writer.write(RowOf { table, row }).await?;
        }
    }
    writer.keep_ids_unused().await?;
    writer.update_known(source, &target).await?;
    writer.merge_settings(source).await?;
    Ok(report(source, &writer.plan))
}

fn report(source: &Content, plan: &Plan) -> Merged {
    let mut merged = Merged::default();
    for table in TABLES.iter().filter(|table| !table.label.is_empty()) {
        let (known, new): (Vec<_>, Vec<_>) =
            source.rows(table.name).partition(|row| plan.known.contains_key(&(table.name, row.id())));
        merged.known += known.len() as u64;
        if !new.is_empty() {
            merged.added.push((table.label.to_owned(), new.len() as u64));
        }
    }
    merged.continued = plan.continued.len() as u64;
    merged
}

struct Writer<'a> {
    db: &'a mut SqliteConnection,
    project: Id,
    now: Millis,
    plan: Plan,
    /// The new ids of the rows that were added.
    new: HashMap<Key, Id>,
    /// The new ids of the pairs of each data set, also of those that were deleted.
    pairs: HashMap<(Id, Id), Id>,
    /// The runs of the target that have a vector.
    runs: HashSet<Id>,
}

impl Writer<'_> {
    /// Returns the id that a row has in the target.
    fn id(&self, table: &'static str, id: Id) -> Option<Id> {
        self.plan.known.get(&(table, id)).or_else(|| self.new.get(&(table, id))).copied()
    }

    /// Finds the models by their fingerprints. One that is not there gets a row without a file.
    async fn find_models(&mut self, source: &Content, same_store: bool) -> Result<(), ProjectFileError> {
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
    async fn number_pairs(&mut self, ids: &Identities, target: &Identities) -> Result<(), StoreError> {
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
    async fn keep_ids_unused(&mut self) -> Result<(), StoreError> {
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

    /// Writes a row, unless the target has it.
    async fn write(&mut self, row: RowOf<'_>) -> Result<(), ProjectFileError> {
        match row.table.name {
            "models" | "settings" => Ok(()),
            "snapshots" | "measurements" | "sweep_answers" | "verdicts" => self.share(row).await,
            "ratings" => self.rate(row).await,
            "jobs" => {
                let owner = self.plan.owners.get(&row.id()).copied();
                if owner.is_some_and(|owner| self.plan.is_new(owner)) {
                    self.insert(row).await
                } else {
                    Ok(())
                }
            }
            "pairs" | "edits" | "versions" => self.write_part(row, "data_sets", "data_set").await,
            "steps" | "epochs" | "epoch_vectors" => self.write_part(row, "runs", "run").await,
            "sweep_sets" | "sweep_points" => self.write_part(row, "sweeps", "sweep").await,
            "findings" => self.write_part(row, "analyses", "analysis").await,
            "drafts" => self.write_part(row, "draft_batches", "batch").await,
            "turns" => self.write_part(row, "conversations", "conversation").await,
            table if self.plan.is_new((table, row.id())) => self.insert(row).await,
            _ => Ok(()),
        }
    }

    /// Writes a part of something that is added, or that goes on.
    async fn write_part(
        &mut self,
        row: RowOf<'_>,
        of: &'static str,
        column: &str,
    ) -> Result<(), ProjectFileError> {
        let owner = (of, row.int(column));
        if self.plan.is_new(owner) {
            return self.insert(row).await;
        }
        let goes_on =
            matches!(row.table.name, "steps" | "epochs" | "epoch_vectors" | "sweep_points" | "findings");
        if goes_on && self.plan.continued.contains(&owner) {
            let cells = self.cells(row)?;
            return self.run("INSERT OR IGNORE INTO", row.table, &cells, false).await.map(drop);
        }
        Ok(())
    }

    /// Adds a row that is kept by its content for all projects.
    async fn share(&mut self, row: RowOf<'_>) -> Result<(), ProjectFileError> {
        self.run("INSERT OR IGNORE INTO", row.table, row.row, false).await?;
        if row.table.name == "verdicts" {
            sqlx::query("INSERT OR IGNORE INTO project_verdicts (project, verdict) VALUES (?, ?)")
                .bind(self.project)
                .bind(row.text("key"))
                .execute(&mut *self.db)
                .await?;
        }
        Ok(())
    }

    /// Of two ratings of one answer the later one counts; of two of the same time, the higher one.
    async fn rate(&mut self, row: RowOf<'_>) -> Result<(), ProjectFileError> {
        sqlx::query(
            "INSERT INTO ratings (answers, place, rating, created) VALUES (?, ?, ?, ?)
             ON CONFLICT (answers, place) DO UPDATE SET rating = excluded.rating, created = excluded.created
             WHERE (excluded.created, excluded.rating) > (ratings.created, ratings.rating)",
        )
        .bind(row.text("answers"))
        .bind(row.int("place"))
        .bind(row.int("rating"))
        .bind(row.int("created"))
        .execute(&mut *self.db)
        .await?;
        Ok(())
    }

    /// Adds a row, with a new id.
    async fn insert(&mut self, row: RowOf<'_>) -> Result<(), ProjectFileError> {
        let mut cells = self.cells(row)?;
        match row.table.name {
            // A run has one vector at its end; another one that claims it stands for itself.
            "vectors" => {
                if let Some(place) = row.table.place("run")
                    && let Some(run) = cells[place].int()
                    && !self.runs.insert(run)
                {
                    cells[place] = Value::Null;
                }
            }
            "presets" => {
                let taken: Vec<String> = sqlx::query_scalar("SELECT name FROM presets WHERE project = ?")
                    .bind(self.project)
                    .fetch_all(&mut *self.db)
                    .await?;
                cells[1] =
                    Value::Text(projects::free(row.text("name"), |name| taken.iter().any(|one| one == name)));
            }
            _ => {}
        }
        let id = self.run("INSERT INTO", row.table, &cells, true).await?;
        if row.table.columns[0].kind == Kind::Id && row.table.name != "pairs" {
            self.new.insert((row.table.name, row.id()), id);
        }
        Ok(())
    }

    /// Returns the cells that a row has in the target.
    fn cells(&self, row: RowOf<'_>) -> Result<Row, ProjectFileError> {
        let gone = |column: &str| ProjectFileError::unsound(row.table.name, format!("{column} is not there"));
        let data_set = match row.table.name {
            "drafts" => self.plan.data_set_of_batch(row.int("batch")),
            _ => row.int("data_set"),
        };
        let mut cells = Row::with_capacity(row.row.len());
        for (column, value) in row.cells() {
            cells.push(match (column.kind, value) {
                (Kind::Id, Value::Int(id)) if row.table.name == "pairs" => {
                    Value::Int(*self.pairs.get(&(data_set, *id)).ok_or_else(|| gone("id"))?)
                }
                (Kind::Id, _) => Value::Null,
                (Kind::Ref(table), Value::Int(id)) => {
                    Value::Int(self.id(table, *id).ok_or_else(|| gone(column.name))?)
                }
                (Kind::Pair, Value::Int(id)) => {
                    Value::Int(*self.pairs.get(&(data_set, *id)).ok_or_else(|| gone(column.name))?)
                }
                (Kind::Json(kind), Value::Text(text)) if kind != Json::Pairs => {
                    Value::Text(self.json(row, kind, text, data_set)?)
                }
                (_, value) => value.clone(),
            });
        }
        Ok(cells)
    }

    fn json(&self, row: RowOf<'_>, kind: Json, text: &str, data_set: Id) -> Result<String, ProjectFileError> {
        let mut replace = |table: &'static str, id: Id| -> JsonValue {
            let new = match table {
                "pairs" => self.pairs.get(&(data_set, id)).copied(),
                table => self.id(table, id),
            };
            // What is gone keeps no id that another row may have here.
            new.unwrap_or(0).into()
        };
        let written = rewrite(kind, text, &mut replace);
        written.map_err(|error| ProjectFileError::unsound(row.table.name, error.to_string()))
    }

    /// Runs an insertion, and returns the row's id.
    async fn run(
        &mut self,
        insert: &'static str,
        table: &'static Table,
        cells: &Row,
        with_owner: bool,
    ) -> Result<Id, ProjectFileError> {
        let mut names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let mut extra = Vec::new();
        if with_owner
            && matches!(table.name, "data_sets" | "vectors" | "sweeps" | "conversations" | "presets")
        {
            names.push("project");
            extra.push(self.project.to_string());
        }
        if table.name == "jobs" {
            names.push("turn");
            extra.push("(SELECT coalesce(max(turn), 0) + 1 FROM jobs)".to_owned());
        }
        let values = table.columns.iter().map(|_| "?".to_owned()).chain(extra);
        let values: Vec<String> = values.collect();
        let statement =
            format!("{insert} main.{} ({}) VALUES ({})", table.name, names.join(", "), values.join(", "));
        let done = with_cells(sqlx::query(AssertSqlSafe(statement)), cells).execute(&mut *self.db).await;
        let done = done.map_err(|error| match crate::sqlite_code(&error) {
            // A constraint of the store's table, or a cell of another type.
            Some(19 | 20) => ProjectFileError::unsound(table.name, error.to_string()),
            _ => error.into(),
        })?;
        Ok(done.last_insert_rowid())
    }

    /// Brings what the target has already up to date: what has gone on in the source, and what a person has noted there.
    async fn update_known(&mut self, source: &Content, target: &Content) -> Result<(), ProjectFileError> {
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
    async fn merge_settings(&mut self, source: &Content) -> Result<(), ProjectFileError> {
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

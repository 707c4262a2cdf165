//! Writes the rows of a project into another one: all of them, or those that it lacks.

mod known;
mod models_and_pairs;

use std::collections::{HashMap, HashSet};

use ipc::project::Merged;
use ipc::{Id, Millis};
use serde_json::Value as JsonValue;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::content::{Content, Row, RowOf, Value, with_cells};
use super::error::ProjectFileError;
use super::identity::{Identities, Key};
use super::json_columns::{Json, rewrite};
use super::plan::Plan;
use super::table::{Kind, Table};
use super::tables::TABLES;
use crate::projects;

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
}

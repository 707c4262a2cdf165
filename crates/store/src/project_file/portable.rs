//! Takes out of a project what belongs to one machine: paths, addresses, and jobs under way.
//!
//! This is done when a project is exported, and again when a file is imported, because the file may come from anybody: an
//! address in it must not become one that nobody confirmed.

use std::collections::HashMap;

use data::content::sha256;
use ipc::Failure;
use ipc::drafts::{DraftSettings, DraftSource};
use ipc::project::Settings;
use ipc::score::{ELSEWHERE, Judge, Score};
use ipc::sweep::SweepSettings;

use super::content::{Content, Row, Value};
use super::tables::table;
use crate::StoreError;
use crate::json::{from_json, to_json};

/// How the keys of measurements of early versions begin, which named a sweep and not what was measured.
const OLD_KEY: &str = "sweep ";

impl Content {
    /// Takes out what belongs to one machine.
    pub(crate) fn make_portable(&mut self) -> Result<(), StoreError> {
        self.pause_jobs();
        self.stop_answers();
        self.word_failures()?;
        self.forget_places()?;
        self.key_measurements();
        self.keep_settings_of_project()
    }

    /// Lets nothing be under way, for a copy in the same store.
    pub(crate) fn make_idle(&mut self) -> Result<(), StoreError> {
        self.pause_jobs();
        self.stop_answers();
        self.keep_settings_of_project()
    }

    fn pause_jobs(&mut self) {
        for row in self.rows_mut("jobs") {
            if matches!(cell(row, "jobs", "state").and_then(|state| state.text()), Some("queued" | "running"))
            {
                set(row, "jobs", "state", Value::Text("paused".into()));
            }
        }
    }

    fn stop_answers(&mut self) {
        for row in self.rows_mut("turns") {
            if cell(row, "turns", "answer_end").and_then(|end| end.text()) == Some("open") {
                set(row, "turns", "answer_end", Value::Text("stopped".into()));
            }
        }
    }

    /// A failure may name files of the machine that it happened on.
    fn word_failures(&mut self) -> Result<(), StoreError> {
        for name in ["jobs", "turns", "drafts"] {
            for row in self.rows_mut(name) {
                let Some(text) = cell(row, name, "failure").and_then(|failure| failure.text()) else {
                    continue;
                };
                let failure = portable_failure(from_json("failure", text)?);
                set(row, name, "failure", Value::Text(to_json("failure", &failure)?));
            }
        }
        Ok(())
    }

    /// Takes the addresses and the folders out of the settings of sweeps and drafts. A sweep that needs them is over.
    fn forget_places(&mut self) -> Result<(), StoreError> {
        let mut stopped = Vec::new();
        for row in self.rows_mut("sweeps") {
            let Some(text) = cell(row, "sweeps", "settings").and_then(|settings| settings.text()) else {
                continue;
            };
            let mut settings: SweepSettings = from_json("settings of a sweep", text)?;
            let needs = settings.scores.iter_mut().map(forget_place).fold(false, |some, needs| some | needs);
            if needs {
                stopped.extend(cell(row, "sweeps", "job").and_then(Value::int));
                set(row, "sweeps", "settings", Value::Text(to_json("settings of a sweep", &settings)?));
            }
        }
        for row in self.rows_mut("draft_batches") {
            let Some(text) = cell(row, "draft_batches", "settings").and_then(|settings| settings.text())
            else {
                continue;
            };
            let mut settings: DraftSettings = from_json("settings", text)?;
            if let DraftSource::Endpoint(endpoint) = &mut settings.source {
                endpoint.address.clear();
                stopped.extend(cell(row, "draft_batches", "job").and_then(Value::int));
                set(row, "draft_batches", "settings", Value::Text(to_json("settings", &settings)?));
            }
        }
        for row in self.rows_mut("jobs") {
            let is_stopped =
                cell(row, "jobs", "id").and_then(Value::int).is_some_and(|id| stopped.contains(&id));
            if is_stopped && cell(row, "jobs", "state").and_then(|state| state.text()) != Some("done") {
                set(row, "jobs", "state", Value::Text("stopped".into()));
                set(row, "jobs", "failure", Value::Null);
            }
        }
        Ok(())
    }

    /// Gives measurements of early versions a key by their content: theirs named a sweep of one store.
    fn key_measurements(&mut self) {
        let mut keys = HashMap::new();
        for row in self.rows_mut("measurements") {
            let Some(old) = cell(row, "measurements", "key").and_then(|key| key.text()) else { continue };
            if old.starts_with(OLD_KEY) {
                let items =
                    cell(row, "measurements", "items").and_then(|items| items.text()).unwrap_or_default();
                let new = format!("items {}", sha256(items.as_bytes()));
                keys.insert(old.to_owned(), new.clone());
                set(row, "measurements", "key", Value::Text(new));
            }
        }
        for row in self.rows_mut("sweep_points") {
            let old = cell(row, "sweep_points", "measurement").and_then(|key| key.text());
            if let Some(new) = old.and_then(|old| keys.get(old)) {
                set(row, "sweep_points", "measurement", Value::Text(new.clone()));
            }
        }
        // Equal ones have one key now.
        if let Some((place, _)) = table("measurements") {
            self.tables[place].sort_by(|a, b| a[0].text().cmp(&b[0].text()));
            self.tables[place].dedup_by(|a, b| a[0] == b[0]);
        }
    }

    /// Keeps of the settings what is about the project: the rest is the person's and the machine's.
    fn keep_settings_of_project(&mut self) -> Result<(), StoreError> {
        let found = self.rows("settings").next().map(|row| from_json("settings", row.text("content")));
        let all: Settings = found.transpose()?.unwrap_or_default();
        let settings = Settings { data_set: all.data_set, vector: all.vector, ..Settings::default() };
        if let Some((place, _)) = table("settings") {
            self.tables[place] = vec![vec![Value::Text(to_json("settings", &settings)?)]];
        }
        Ok(())
    }
}

/// Takes the place out of a score. Returns whether it had one.
fn forget_place(score: &mut Score) -> bool {
    match score {
        Score::Knowledge { path, .. }
        | Score::Mmlu { folder: path, .. }
        | Score::TruthfulOne { path }
        | Score::TruthfulTwo { path } => {
            if path.is_empty() {
                return false;
            }
            let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
            *path = format!("{ELSEWHERE}{name}");
            true
        }
        Score::Judge { judge: Judge::Endpoint(endpoint), .. }
        | Score::JudgedCompliance { judge: Judge::Endpoint(endpoint) } => {
            endpoint.address.clear();
            true
        }
        _ => false,
    }
}

/// Keeps the sentences of a failure, unless they name a place.
fn portable_failure(failure: Failure) -> Failure {
    let is_place = |text: &str| text.contains(['/', '\\']);
    let message =
        if is_place(&failure.message) { "It failed on another machine.".to_owned() } else { failure.message };
    Failure { message, detail: None, next: failure.next.filter(|next| !is_place(next)), code: failure.code }
}

fn cell<'a>(row: &'a Row, name: &str, column: &str) -> Option<&'a Value> {
    let (_, table) = table(name)?;
    row.get(table.place(column)?)
}

fn set(row: &mut Row, name: &str, column: &str, value: Value) {
    let place = table(name).and_then(|(_, table)| table.place(column));
    if let Some(cell) = place.and_then(|place| row.get_mut(place)) {
        *cell = value;
    }
}

//! Says which things of two projects are the same, by their content: docs/projects.md has the rules.

use std::collections::HashMap;

use data::content::sha256;
use ipc::Id;
use serde_json::Value as JsonValue;

use super::content::{Content, RowOf, Value};
use super::error::ProjectFileError;
use super::json_columns::{Json, canonical, pairs_of_edits};
use super::table::Kind;
use super::tables::TABLES;

/// The name of a row: its table and its id there.
pub(crate) type Key = (&'static str, Id);

/// What the rows of a project are known by, wherever they are.
#[derive(Debug, Default)]
pub(crate) struct Identities {
    of: HashMap<Key, String>,
    /// The content hashes of the vectors, by which settings name them.
    vectors: HashMap<Id, String>,
    /// The pairs of a data set, also those that were deleted, counted in their order.
    pairs: HashMap<(Id, Id), u32>,
}

impl Identities {
    /// Computes the identities of all things of a project.
    pub(crate) fn of(content: &Content) -> Result<Self, ProjectFileError> {
        let mut all = Self { pairs: count_pairs(content), ..Self::default() };
        for row in content.rows("vectors") {
            all.vectors.insert(row.id(), row.text("hash").to_owned());
        }
        for row in content.rows("models") {
            let known = row
                .get("fingerprint")
                .text()
                .map_or_else(|| format!("named {}", row.text("name")), str::to_owned);
            all.of.insert(("models", row.id()), known);
        }
        all.add_data_sets(content)?;
        for row in content.rows("runs") {
            let parts = [
                all.model(row),
                all.json(row, "settings")?,
                row.int("seed").to_string(),
                row.text("snapshot").to_owned(),
            ];
            all.add(row, &parts);
        }
        for row in content.rows("vectors") {
            let mut parts =
                vec![all.model(row), row.text("hash").to_owned(), row.text("snapshot").to_owned()];
            for column in ["method", "settings", "intervention", "provenance", "made"] {
                parts.push(all.json(row, column)?);
            }
            for column in ["steps", "seed", "epoch"] {
                parts.push(format!("{:?}", row.get(column).int()));
            }
            for column in ["run", "picked_from"] {
                parts.push(all.get("runs", row.get(column).int()));
            }
            all.add(row, &parts);
        }
        all.add_measured(content)?;
        all.add_said(content)?;
        Ok(all)
    }

    /// Returns what a row is known by; an empty text for a row that is known by what it belongs to.
    pub(crate) fn get(&self, table: &'static str, id: Option<Id>) -> String {
        id.and_then(|id| self.of.get(&(table, id))).cloned().unwrap_or_default()
    }

    /// Returns the number of a pair in its data set.
    pub(crate) fn pair(&self, data_set: Id, pair: Id) -> Option<u32> {
        self.pairs.get(&(data_set, pair)).copied()
    }

    /// Iterates over all pairs: the data set, the id, and the number in the data set.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (Id, Id, u32)> + '_ {
        self.pairs.iter().map(|((data_set, pair), number)| (*data_set, *pair, *number))
    }

    fn add(&mut self, row: RowOf<'_>, parts: &[String]) {
        self.of.insert((row.table.name, row.id()), hash(row.table.name, parts));
    }

    /// Returns what the row's model is known by: the fingerprint that was measured, else that of the model's file.
    fn model(&self, row: RowOf<'_>) -> String {
        let measured = row.get("model_fingerprint").text().map(str::to_owned);
        measured.unwrap_or_else(|| self.get("models", row.get("model").int()))
    }

    /// Returns a column's JSON with everything in it that is named by an id named by its identity.
    fn json(&self, row: RowOf<'_>, column: &'static str) -> Result<String, ProjectFileError> {
        let Some(text) = row.get(column).text() else { return Ok(String::new()) };
        let place = row.table.place(column).map(|place| row.table.columns[place].kind);
        let Some(Kind::Json(kind)) = place else { return Ok(text.to_owned()) };
        self.canonical(row, kind, text)
    }

    /// Returns what a text says: JSON with everything in it that is named by an id named by its identity.
    pub(crate) fn said(&self, row: RowOf<'_>, column: &'static str) -> Result<String, ProjectFileError> {
        self.json(row, column)
    }

    fn canonical(&self, row: RowOf<'_>, kind: Json, text: &str) -> Result<String, ProjectFileError> {
        let data_set = row.int("data_set");
        let mut replace = |table: &'static str, id: Id| match table {
            // Its content is in a snapshot, and it may have changed since.
            "data_sets" => JsonValue::Null,
            "vectors" => self.vectors.get(&id).cloned().map_or(JsonValue::Null, JsonValue::from),
            "pairs" => self.pair(data_set, id).map_or(JsonValue::Null, JsonValue::from),
            table => self.of.get(&(table, id)).cloned().map_or(JsonValue::Null, JsonValue::from),
        };
        if kind == Json::ProjectSettings {
            let mut named = |table: &'static str, id: Id| {
                self.of.get(&(table, id)).cloned().map_or(JsonValue::Null, JsonValue::from)
            };
            return canonical(kind, text, &mut named).map_err(|error| unreadable(row, &error));
        }
        canonical(kind, text, &mut replace).map_err(|error| unreadable(row, &error))
    }

    fn add_data_sets(&mut self, content: &Content) -> Result<(), ProjectFileError> {
        let mut parts: HashMap<Id, Vec<String>> = HashMap::new();
        for row in content.rows("data_sets") {
            let mut part = vec![row.text("name").to_owned(), row.text("description").to_owned()];
            part.extend([self.json(row, "rubric")?, self.json(row, "suffixes")?]);
            parts.insert(row.id(), part);
        }
        for row in content.rows("pairs") {
            let mut part = Vec::new();
            for column in ["prompt", "wanted", "opposite", "split", "note"] {
                part.push(row.text(column).to_owned());
            }
            part.push(format!("{:?} {}", row.get("system").text(), row.int("pinned")));
            part.push(self.json(row, "turns")?);
            part.push(self.json(row, "tags")?);
            parts.entry(row.int("data_set")).or_default().push(hash("pair", &part));
        }
        for row in content.rows("edits") {
            let part =
                [row.text("title").to_owned(), row.int("undone").to_string(), self.json(row, "changes")?];
            parts.entry(row.int("data_set")).or_default().push(hash("edit", &part));
        }
        for row in content.rows("versions") {
            let part = [row.text("name").to_owned(), row.text("snapshot").to_owned()];
            parts.entry(row.int("data_set")).or_default().push(hash("version", &part));
        }
        for (id, parts) in parts {
            self.of.insert(("data_sets", id), hash("data_sets", &parts));
        }
        Ok(())
    }

    fn add_measured(&mut self, content: &Content) -> Result<(), ProjectFileError> {
        let mut sets: HashMap<Id, Vec<String>> = HashMap::new();
        for row in content.rows("sweep_sets") {
            sets.entry(row.int("sweep")).or_default().push(row.text("snapshot").to_owned());
        }
        for row in content.rows("sweeps") {
            let mut parts = vec![self.model(row), self.json(row, "settings")?, self.json(row, "vectors")?];
            parts.extend(sets.remove(&row.id()).unwrap_or_default());
            self.add(row, &parts);
        }
        for row in content.rows("analyses") {
            let (question, subject) = (self.json(row, "question")?, row.text("subject").to_owned());
            self.add(row, &[self.model(row), question, subject, row.text("snapshot").to_owned()]);
        }
        for row in content.rows("transfers") {
            let vector = self.get("vectors", row.get("vector").int());
            let layers = format!("{} {}", row.int("from_layer"), row.int("layer"));
            let texts = [row.text("snapshot").to_owned(), row.text("texts").to_owned()];
            self.add(row, &[vec![vector, self.model(row), layers], texts.to_vec()].concat());
        }
        let mut drafts: HashMap<Id, Vec<String>> = HashMap::new();
        for row in content.rows("drafts") {
            let mut part = vec![row.text("prompt").to_owned(), row.text("verdict").to_owned()];
            part.extend(
                ["wanted", "opposite", "failure"].map(|column| format!("{:?}", row.get(column).text())),
            );
            drafts.entry(row.int("batch")).or_default().push(hash("draft", &part));
        }
        for row in content.rows("draft_batches") {
            let data_set = self.get("data_sets", row.get("data_set").int());
            let mut parts = vec![data_set, self.json(row, "settings")?];
            parts.extend(drafts.remove(&row.id()).unwrap_or_default());
            self.add(row, &parts);
        }
        Ok(())
    }

    /// A conversation is known by the tree of its turns, whichever of them are shown; an empty one by its desk.
    fn add_said(&mut self, content: &Content) -> Result<(), ProjectFileError> {
        let mut followers: HashMap<Id, Vec<String>> = HashMap::new();
        let mut first: HashMap<Id, Vec<String>> = HashMap::new();
        let turns: Vec<RowOf<'_>> = content.rows("turns").collect();
        // A turn comes after the one that it follows, so that the last ones are hashed first.
        for row in turns.into_iter().rev() {
            let mut parts: Vec<String> = ["said_by", "text", "answer_end", "system_prompt"]
                .map(|column| format!("{:?}", row.get(column).text()))
                .to_vec();
            parts.push(row.int("desk_column").to_string());
            for column in ["failure", "sampling", "steering", "observed"] {
                parts.push(self.json(row, column)?);
            }
            parts.extend(followers.remove(&row.id()).unwrap_or_default());
            let turn = hash("turn", &parts);
            self.of.insert(("turns", row.id()), turn.clone());
            match row.get("parent").int() {
                Some(parent) => followers.entry(parent).or_default().push(turn),
                None => first.entry(row.int("conversation")).or_default().push(turn),
            }
        }
        for row in content.rows("conversations") {
            let parts = match first.remove(&row.id()) {
                Some(turns) => turns,
                None => vec![self.json(row, "desk")?],
            };
            self.add(row, &parts);
        }
        for row in content.rows("presets") {
            let parts = [self.json(row, "desk")?];
            self.add(row, &parts);
        }
        Ok(())
    }

    /// Returns the hash of everything that a project holds, apart from its name. It is the same wherever the same is held:
    /// in two stores, or in a store and a file.
    pub(crate) fn content_hash(&self, content: &Content) -> Result<String, ProjectFileError> {
        let owners = owners(content);
        let batches: HashMap<Id, Id> =
            content.rows("draft_batches").map(|row| (row.id(), row.int("data_set"))).collect();
        let mut all = Vec::new();
        // Models are counted where something refers to them: what a store says of their files differs.
        for table in TABLES.iter().filter(|table| table.name != "models") {
            for row in content.rows(table.name) {
                let mut parts = Vec::with_capacity(table.columns.len());
                let data_set = batches.get(&row.int("batch")).copied().unwrap_or_else(|| row.int("data_set"));
                for (column, value) in row.cells() {
                    parts.push(match (column.kind, value) {
                        (_, Value::Null) => "null".to_owned(),
                        (Kind::Id, Value::Int(id)) if table.name == "jobs" => {
                            owners.get(id).map_or_else(String::new, |(table, id)| self.get(table, Some(*id)))
                        }
                        (Kind::Id, _) => String::new(),
                        (Kind::Ref(to), Value::Int(id)) => self.get(to, Some(*id)),
                        (Kind::Pair, Value::Int(id)) => format!("{:?}", self.pair(data_set, *id)),
                        (Kind::Json(kind), Value::Text(text)) => self.canonical(row, kind, text)?,
                        (_, Value::Int(number)) => number.to_string(),
                        (_, Value::Real(number)) => format!("{:016x}", number.to_bits()),
                        (_, Value::Text(text)) => format!("text {text}"),
                        (_, Value::Blob(bytes)) => sha256(bytes),
                    });
                }
                all.push(hash(table.name, &parts));
            }
        }
        all.sort_unstable();
        Ok(hash("project", &all))
    }
}

/// Returns what each job fills.
pub(crate) fn owners(content: &Content) -> HashMap<Id, Key> {
    let tables = ["runs", "sweeps", "analyses", "transfers", "draft_batches"];
    let rows = tables.into_iter().flat_map(|name| content.rows(name).map(move |row| (name, row)));
    rows.map(|(name, row)| (row.int("job"), (name, row.id()))).collect()
}

/// Counts the pairs of every data set in their order, then those that only its edits and drafts name.
fn count_pairs(content: &Content) -> HashMap<(Id, Id), u32> {
    let mut numbers = HashMap::new();
    let mut counts: HashMap<Id, u32> = HashMap::new();
    let mut count = |data_set: Id, pair: Id| {
        numbers.entry((data_set, pair)).or_insert_with(|| {
            let next = counts.entry(data_set).or_default();
            *next += 1;
            *next
        });
    };
    for row in content.rows("pairs") {
        count(row.int("data_set"), row.id());
    }
    for row in content.rows("edits") {
        count(row.int("data_set"), row.int("pair"));
        for pair in pairs_of_edits(row.text("changes")) {
            count(row.int("data_set"), pair);
        }
    }
    let batches: HashMap<Id, Id> =
        content.rows("draft_batches").map(|row| (row.id(), row.int("data_set"))).collect();
    for row in content.rows("drafts") {
        if let Some(data_set) = batches.get(&row.int("batch")) {
            for pair in ["pair", "accepted"].iter().filter_map(|column| row.get(column).int()) {
                count(*data_set, pair);
            }
        }
    }
    numbers
}

/// Hashes parts one after the other, each with its length, so that no two lists look the same.
fn hash(what: &str, parts: &[String]) -> String {
    let mut bytes = what.as_bytes().to_vec();
    for part in parts {
        bytes.extend((part.len() as u64).to_le_bytes());
        bytes.extend(part.as_bytes());
    }
    sha256(&bytes)
}

fn unreadable(row: RowOf<'_>, error: &serde_json::Error) -> ProjectFileError {
    ProjectFileError::unsound(row.table.name, error.to_string())
}

//! Checks what a file holds before any of it is used: whoever wrote it may have meant harm.

use std::collections::{HashMap, HashSet};

use data::content::{from_bytes, sha256};
use ipc::Id;
use ipc::sweep::SweepSettings;
use ipc::vector::Adapter;

use super::content::{Content, RowOf, Value};
use super::error::ProjectFileError;
use super::json_columns::{Json, rewrite};
use super::table::Kind;
use super::tables::TABLES;
use crate::json::from_json;
use crate::steering;

/// The most characters of a name.
const LONGEST_NAME: usize = 400;

type Checked = Result<(), ProjectFileError>;

impl Content {
    /// Checks every cell and every reference, and computes anew what can be computed.
    pub(crate) fn check(&mut self) -> Checked {
        self.check_cells()?;
        self.check_references()?;
        self.check_snapshots()?;
        self.check_turns()?;
        self.check_sweeps()?;
        self.check_vectors()
    }

    fn check_cells(&mut self) -> Checked {
        for (table, rows) in TABLES.iter().zip(&mut self.tables) {
            for row in rows {
                for (column, value) in table.columns.iter().zip(row) {
                    let refused = |why: &str| {
                        Err(ProjectFileError::unsound(table.name, format!("{} {why}", column.name)))
                    };
                    match (column.kind, &*value) {
                        (_, Value::Null) if !column.is_optional => return refused("is missing"),
                        (Kind::Id | Kind::Pair, Value::Int(id)) if *id < 1 => return refused("is no id"),
                        (Kind::Real, Value::Real(number)) if !number.is_finite() => {
                            return refused("is not finite");
                        }
                        (Kind::Text, Value::Text(name))
                            if column.name == "name" && name.chars().count() > LONGEST_NAME =>
                        {
                            return refused("is too long");
                        }
                        (Kind::Json(kind), Value::Text(text)) => {
                            match rewrite(kind, text, &mut |_, id| id.into()) {
                                // A snapshot's hash is that of its text as it is.
                                Ok(_) if kind == Json::Pairs => {}
                                Ok(text) => *value = Value::Text(text),
                                Err(error) => return refused(&error.to_string()),
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
        Ok(())
    }

    fn check_references(&self) -> Checked {
        let mut known: HashSet<(&str, Id)> = HashSet::new();
        let mut jobs: HashMap<Id, u32> = HashMap::new();
        for table in TABLES {
            for row in self.rows(table.name) {
                for (column, value) in row.cells() {
                    if let (Kind::Ref(to), Value::Int(id)) = (column.kind, value) {
                        if !known.contains(&(to, *id)) {
                            return unsound(row, format!("{} {id} is not there", column.name));
                        }
                        if to == "jobs" {
                            *jobs.entry(*id).or_default() += 1;
                        }
                    }
                }
                if row.table.columns[0].kind == Kind::Id && !known.insert((table.name, row.id())) {
                    return unsound(row, "an id is there twice");
                }
            }
        }
        if self.rows("jobs").any(|job| jobs.get(&job.id()) != Some(&1)) {
            return Err(ProjectFileError::unsound("jobs", "each must have one result"));
        }
        let measured: HashSet<&str> = self.rows("measurements").map(|row| row.text("key")).collect();
        let lost = self.rows("sweep_points").find(|row| !measured.contains(row.text("measurement")));
        lost.map_or(Ok(()), |row| unsound(row, "a measurement is not there"))
    }

    fn check_snapshots(&self) -> Checked {
        let mut known = HashSet::new();
        for row in self.rows("snapshots") {
            if sha256(row.text("content").as_bytes()) != row.text("hash") {
                return unsound(row, "the hash is not that of the pairs");
            }
            known.insert(row.text("hash"));
        }
        for name in ["versions", "runs", "vectors", "sweep_sets", "analyses", "transfers"] {
            for row in self.rows(name) {
                if row.get("snapshot").text().is_some_and(|hash| !known.contains(hash)) {
                    return unsound(row, "a snapshot is not there");
                }
            }
        }
        Ok(())
    }

    /// A turn follows one of its own column, and what is said about places in its text is about places that are there.
    fn check_turns(&self) -> Checked {
        let mut places: HashMap<Id, (Id, i64)> = HashMap::new();
        for row in self.rows("turns") {
            let place = (row.int("conversation"), row.int("desk_column"));
            if row.get("parent").int().is_some_and(|parent| places.get(&parent) != Some(&place)) {
                return unsound(row, "it follows a turn of another column");
            }
            places.insert(row.id(), place);
            let text = row.text("text");
            let given = usize::try_from(row.int("given")).unwrap_or(usize::MAX);
            let changes: Vec<ipc::conversation::SteeringChange> = list(row, "steering")?;
            let tokens: Vec<ipc::conversation::ObservedToken> = list(row, "observed")?;
            let places = changes.iter().map(|change| change.from_byte as usize);
            let mut places =
                places.chain(tokens.iter().map(|token| token.until_byte as usize)).chain([given]);
            if places.any(|place| !text.is_char_boundary(place)) {
                return unsound(row, "a place is not in its text");
            }
        }
        Ok(())
    }

    fn check_sweeps(&self) -> Checked {
        let mut settings: HashMap<Id, SweepSettings> = HashMap::new();
        for row in self.rows("sweeps") {
            let of: SweepSettings = from_json("settings of a sweep", row.text("settings"))?;
            let is_odd = of.arms.is_empty() || of.scores.is_empty() || of.multipliers.is_empty();
            let of_arms = of.arms.iter().flat_map(|arm| &arm.sets);
            let mut sets = of.rubrics.keys().chain(of.suffixes.keys()).chain(of_arms);
            if is_odd || sets.any(|set| *set as usize >= of.sets.len()) {
                return unsound(row, "it measures nothing");
            }
            settings.insert(row.id(), of);
        }
        for row in self.rows("sweep_points") {
            let Some(of) = settings.get(&row.int("sweep")) else {
                return unsound(row, "its sweep is not there");
            };
            let is_within = |column: &str, count: usize| (0..count as i64).contains(&row.int(column));
            let is_set = row.int("place") == -1 || is_within("place", of.sets.len());
            if !is_within("arm", of.arms.len()) || !is_within("score", of.scores.len()) || !is_set {
                return unsound(row, "it is on no curve");
            }
        }
        Ok(())
    }

    /// Checks the numbers of vectors, and computes their hashes and norms anew.
    fn check_vectors(&mut self) -> Checked {
        let finite = |bytes: &[u8]| {
            !bytes.is_empty()
                && bytes.len().is_multiple_of(4)
                && from_bytes(bytes).iter().all(|x| x.is_finite())
        };
        for (name, column) in [("epoch_vectors", "numbers"), ("runs", "so_far"), ("vectors", "numbers")] {
            for row in self.rows(name) {
                if row.get(column).bytes().is_some_and(|bytes| !finite(bytes)) {
                    return unsound(row, "its numbers are not finite");
                }
            }
        }
        let mut computed = Vec::new();
        for row in self.rows("vectors") {
            computed.push(computed_of(row)?);
        }
        for (row, (hash, norms)) in self.rows_mut("vectors").iter_mut().zip(computed) {
            let Some((_, table)) = super::tables::table("vectors") else { continue };
            for (column, text) in [("hash", hash), ("norms", norms)] {
                if let Some(place) = table.place(column) {
                    row[place] = Value::Text(text);
                }
            }
        }
        Ok(())
    }
}

/// Returns a vector's hash and its norms as JSON.
fn computed_of(row: RowOf<'_>) -> Result<(String, String), ProjectFileError> {
    let numbers = from_bytes(row.get("numbers").bytes().unwrap_or_default());
    let adapter: Option<Adapter> =
        row.get("adapter").text().map(|json| from_json("adapter of a vector", json)).transpose()?;
    let layers: Vec<u32> = match row.get("layers").text() {
        Some(json) => from_json("layers of a vector", json)?,
        None => vec![u32::try_from(row.int("layer")).unwrap_or_default()],
    };
    let is_right = match &adapter {
        Some(sizes) => {
            let blocks = u128::from(sizes.blocks) * u128::from(sizes.rank);
            blocks.checked_mul(u128::from(sizes.columns())) == Some(numbers.len() as u128)
        }
        None => {
            !layers.is_empty()
                && layers.is_sorted_by(|a, b| a < b)
                && numbers.len().is_multiple_of(layers.len())
        }
    };
    if !is_right {
        return Err(ProjectFileError::unsound("vectors", "its numbers are not as many as its sizes say"));
    }
    let steering =
        steering::steering(adapter.as_ref(), &layers, &numbers, ipc::steering::Intervention::default())?;
    Ok((steering.content_hash(), crate::json::to_json("norms of a vector", &steering.norms())?))
}

fn list<T: serde::de::DeserializeOwned>(row: RowOf<'_>, column: &str) -> Result<Vec<T>, ProjectFileError> {
    Ok(row.get(column).text().map_or_else(|| Ok(Vec::new()), |json| from_json("list", json))?)
}

fn unsound<T>(row: RowOf<'_>, why: impl Into<String>) -> Result<T, ProjectFileError> {
    Err(ProjectFileError::unsound(row.table.name, why))
}

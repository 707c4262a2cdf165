//! Reads the JSON of a column into its type and writes it again, with the ids in it replaced.

use ipc::analysis::{Finding, Question};
use ipc::conversation::{Desk, ObservedToken, SamplingSettings, SteeringChange};
use ipc::data::{Pair, PairContent, Turn};
use ipc::derive::Derivation;
use ipc::drafts::DraftSettings;
use ipc::job::Progress;
use ipc::model::ModelFacts;
use ipc::project::Settings;
use ipc::steering::Intervention;
use ipc::sweep::SweepSettings;
use ipc::train::{Method, Side, TrainSettings};
use ipc::vector::Adapter;
use ipc::{Failure, Id};
use serde::Serialize;
use serde::de::{DeserializeOwned, Error as _};
use serde_json::{Map, Value};
use vectors::files::Provenance;

/// The type of a column's JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Json {
    Facts,
    Pairs,
    Failure,
    Progress,
    Turns,
    Tags,
    Edits,
    Settings,
    OptionalSettings,
    Side,
    Method,
    Provenance,
    Layers,
    Intervention,
    Norms,
    Derivation,
    Adapter,
    Items,
    SweepSettings,
    Hashes,
    Question,
    Finding,
    DraftSettings,
    Desk,
    Sampling,
    Steering,
    Observed,
    ProjectSettings,
}

/// Maps the id of a row of a table to what takes its place.
pub(crate) type Replace<'a> = dyn FnMut(&'static str, Id) -> Value + 'a;

/// A change of pairs, as the log of edits keeps it.
type Edits = Vec<(Option<Map<String, Value>>, Option<Map<String, Value>>)>;

/// Reads a JSON text as its type and writes it anew. `replace` replaces the ids of rows in it.
pub(crate) fn rewrite(
    kind: Json,
    text: &str,
    replace: &mut Replace<'_>,
) -> Result<String, serde_json::Error> {
    match kind {
        Json::Facts => typed::<ModelFacts>(kind, text, replace),
        Json::Pairs => typed::<Vec<PairContent>>(kind, text, replace),
        Json::Failure => typed::<Failure>(kind, text, replace),
        Json::Progress => typed::<Progress>(kind, text, replace),
        Json::Turns => typed::<Vec<Turn>>(kind, text, replace),
        Json::Tags | Json::Hashes => typed::<Vec<String>>(kind, text, replace),
        Json::Edits => {
            check_edits(&serde_json::from_str(text)?)?;
            typed::<Edits>(kind, text, replace)
        }
        Json::Settings => typed::<TrainSettings>(kind, text, replace),
        Json::OptionalSettings => typed::<Option<TrainSettings>>(kind, text, replace),
        Json::Side => typed::<Side>(kind, text, replace),
        Json::Method => typed::<Option<Method>>(kind, text, replace),
        Json::Provenance => typed::<Provenance>(kind, text, replace),
        Json::Layers => typed::<Vec<u32>>(kind, text, replace),
        Json::Intervention => typed::<Intervention>(kind, text, replace),
        Json::Norms => typed::<Vec<f64>>(kind, text, replace),
        Json::Derivation => typed::<Derivation>(kind, text, replace),
        Json::Adapter => typed::<Adapter>(kind, text, replace),
        Json::Items => typed::<Vec<Vec<f64>>>(kind, text, replace),
        Json::SweepSettings => typed::<SweepSettings>(kind, text, replace),
        Json::Question => typed::<Question>(kind, text, replace),
        Json::Finding => typed::<Finding>(kind, text, replace),
        Json::DraftSettings => typed::<DraftSettings>(kind, text, replace),
        Json::Desk => typed::<Desk>(kind, text, replace),
        Json::Sampling => typed::<SamplingSettings>(kind, text, replace),
        Json::Steering => typed::<Vec<SteeringChange>>(kind, text, replace),
        Json::Observed => typed::<Vec<ObservedToken>>(kind, text, replace),
        Json::ProjectSettings => typed::<Settings>(kind, text, replace),
    }
}

/// Reads a JSON text as its type and returns the text by which it is compared. `replace` replaces the ids of rows by what is
/// the same wherever the rows are.
pub(crate) fn canonical(
    kind: Json,
    text: &str,
    replace: &mut Replace<'_>,
) -> Result<String, serde_json::Error> {
    // Read as its type, so that what is left to a default and what says it are the same.
    let mut value: Value = serde_json::from_str(&rewrite(kind, text, &mut |_, id| id.into())?)?;
    each_id(kind, &mut value, replace);
    serde_json::to_string(&value)
}

fn typed<T: Serialize + DeserializeOwned>(
    kind: Json,
    text: &str,
    replace: &mut Replace<'_>,
) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(serde_json::from_str::<T>(text)?)?;
    each_id(kind, &mut value, replace);
    serde_json::to_string(&serde_json::from_value::<T>(value)?)
}

/// Replaces the ids of rows in a value.
fn each_id(kind: Json, value: &mut Value, replace: &mut Replace<'_>) {
    match kind {
        Json::Edits => each_id_of_edits(value, replace),
        Json::ProjectSettings => {
            by_name(value, replace);
            rubrics(value, replace);
        }
        Json::SweepSettings
        | Json::Question
        | Json::Desk
        | Json::Steering
        | Json::Derivation
        | Json::DraftSettings => by_name(value, replace),
        _ => {}
    }
}

/// Replaces the ids in fields whose name says what they refer to.
fn by_name(value: &mut Value, replace: &mut Replace<'_>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                let table = match name.as_str() {
                    "vector" | "other" | "against" => "vectors",
                    "data_set" => "data_sets",
                    "run" => "runs",
                    "model" => "models",
                    _ => "",
                };
                match value.as_i64() {
                    Some(id) if !table.is_empty() => *value = replace(table, id),
                    _ => by_name(value, replace),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|value| by_name(value, replace)),
        _ => {}
    }
}

/// Replaces the data sets by which the rubrics are kept.
fn rubrics(value: &mut Value, replace: &mut Replace<'_>) {
    let Some(Value::Object(rubrics)) = value.get_mut("rubrics") else { return };
    let all = std::mem::take(rubrics);
    for (key, rubric) in all {
        let Ok(id) = key.parse::<Id>() else { continue };
        let key = match replace("data_sets", id) {
            Value::String(text) => text,
            // A rubric of a data set that is gone is of no use.
            Value::Number(number) if number.as_i64() != Some(0) => number.to_string(),
            _ => continue,
        };
        rubrics.insert(key, rubric);
    }
}

fn each_id_of_edits(value: &mut Value, replace: &mut Replace<'_>) {
    let sides = value.as_array_mut().into_iter().flatten().filter_map(Value::as_array_mut).flatten();
    for fields in sides.filter_map(Value::as_object_mut) {
        for (name, table) in [("id", "pairs"), ("data_set", "data_sets")] {
            if let Some(value) = fields.get_mut(name)
                && let Some(id) = value.as_i64()
            {
                *value = replace(table, id);
            }
        }
    }
}

/// Checks that each change holds a pair, or fields of one: undoing it must give a pair.
fn check_edits(edits: &Edits) -> Result<(), serde_json::Error> {
    let whole = Pair { id: 0, data_set: 0, position: 0.0, content: PairContent::default(), changed: 0 };
    let Value::Object(whole) = serde_json::to_value(whole)? else {
        return Err(serde_json::Error::custom("a pair has fields"));
    };
    for (before, after) in edits {
        let is_whole = before.is_none() || after.is_none();
        for fields in [before, after].into_iter().flatten() {
            if fields.get("id").and_then(Value::as_i64).is_none() {
                return Err(serde_json::Error::custom("an edit is about no pair"));
            }
            let mut pair = if is_whole { Map::new() } else { whole.clone() };
            for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
                pair.insert(name.clone(), value.clone());
            }
            serde_json::from_value::<Pair>(Value::Object(pair))?;
        }
    }
    Ok(())
}

/// Returns the ids of pairs in a log of edits, in their order.
pub(crate) fn pairs_of_edits(text: &str) -> Vec<Id> {
    let mut found = Vec::new();
    if let Ok(mut value) = serde_json::from_str::<Value>(text) {
        each_id_of_edits(&mut value, &mut |table, id| {
            if table == "pairs" {
                found.push(id);
            }
            id.into()
        });
    }
    found
}

//! Reads and writes the columns that foreign formats lack: the split, the pin, the tags and the note of a pair.

use ipc::data::{MOST_TAGS, Split, tag};
use serde_json::{Value, json};

use super::cells::optional;
use super::json::kind;
use super::report::RowNote;
use super::trl::AddNote;
use super::{Cells, Row};

/// Adds the split, the pin, the tags and the note of a row to its JSON object, where they are set.
pub(super) fn add_further(line: &mut Value, row: &Row) {
    if let Some(split) = row.split {
        line["split"] = json!(split);
        line["pinned"] = json!(row.pinned.unwrap_or(true));
    }
    if !row.tags.is_empty() {
        line["tags"] = json!(row.tags);
    }
    if !row.note.is_empty() {
        line["note"] = json!(row.note);
    }
}

/// A column's name, and the function that returns its text for a row.
pub(super) type Column = (&'static str, fn(&Row) -> String);

/// Returns the same fields as columns of text, without those that no row fills.
pub(super) fn further_columns(rows: &[Row]) -> impl Iterator<Item = Column> {
    let all: [Column; 4] = [
        ("split", |row| match row.split {
            None => String::new(),
            Some(Split::Train) => "train".into(),
            Some(Split::HeldOut) => "held-out".into(),
        }),
        ("pinned", |row| row.split.map_or_else(String::new, |_| row.pinned.unwrap_or(true).to_string())),
        ("tags", |row| row.tags.join(",")),
        ("note", |row| row.note.clone()),
    ];
    all.into_iter().filter(|(_, text)| rows.iter().any(|row| !text(row).is_empty()))
}

/// Adds the tags, the note and the pin of a file in a foreign format. A value of another type is passed over, and said to be,
/// because a column of that name may mean something else there.
pub(super) fn with_further(cells: &Cells, row: Row, done: AddNote<'_>) -> Row {
    fn or_passed_over<T: Default>(column: &'static str, read: Result<T, String>, done: AddNote<'_>) -> T {
        read.unwrap_or_else(|_| {
            done(RowNote::PassedOver(column));
            T::default()
        })
    }
    Row {
        tags: or_passed_over("tags", tags(cells), done),
        note: or_passed_over("note", optional(cells, "note"), done).unwrap_or_default(),
        pinned: or_passed_over("pinned", pinned(cells), done),
        ..row
    }
}

/// Reads whether a row stays in its split when the data set is split anew.
pub(super) fn pinned(cells: &Cells) -> Result<Option<bool>, String> {
    match cells.get("pinned") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(pinned)) => Ok(Some(*pinned)),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(Some(true)),
            "false" | "0" => Ok(Some(false)),
            _ => Err(format!("its \"pinned\" is {text:?}, neither true nor false")),
        },
        Some(other) => Err(format!("its \"pinned\" is {}, neither true nor false", kind(other))),
    }
}

/// Reads the tags from a list of texts, or from one text with commas between the tags.
pub(super) fn tags(cells: &Cells) -> Result<Vec<String>, String> {
    let mut tags = Vec::<String>::new();
    let mut put = |text: &str| {
        if let Some(tag) = tag(text).filter(|tag| !tags.contains(tag)) {
            tags.push(tag);
        }
    };
    match cells.get("tags") {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => text.split(',').for_each(put),
        Some(Value::Array(items)) => {
            for item in items {
                let text = item
                    .as_str()
                    .ok_or_else(|| format!("one of its \"tags\" is {}, not text", kind(item)))?;
                put(text);
            }
        }
        Some(other) => return Err(format!("its \"tags\" is {}, not a list of texts", kind(other))),
    }
    if tags.len() > MOST_TAGS {
        return Err(format!("it has {} tags, a pair has at most {MOST_TAGS}", tags.len()));
    }
    Ok(tags)
}

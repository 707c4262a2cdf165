//! Tiller's own rows, which keep everything: earlier turns, the system prompt, tags and the note.

use ipc::data::{MOST_TAGS, Role, Split, Turn, tag};
use serde_json::{Value, json};

use super::columns::text;
use super::json::kind;
use super::{Cells, Row};

/// The most turns before a prompt.
pub(super) const MOST_TURNS: usize = 1000;

/// A row with `prompt`, `wanted` and `opposite`; the rest may be missing.
pub(super) fn row(cells: &Cells) -> Result<Row, String> {
    Ok(Row {
        prompt: text(cells, "prompt")?,
        wanted: text(cells, "wanted")?,
        opposite: text(cells, "opposite")?,
        system: optional(cells, "system")?,
        turns: turns(cells)?,
        tags: tags(cells)?,
        note: optional(cells, "note")?.unwrap_or_default(),
        pinned: pinned(cells)?,
        ..Row::default()
    })
}

/// The row as an object on a line.
pub(super) fn line(row: &Row) -> Value {
    let mut line = json!({"prompt": row.prompt, "wanted": row.wanted, "opposite": row.opposite});
    if let Some(system) = &row.system {
        line["system"] = json!(system);
    }
    if !row.turns.is_empty() {
        line["turns"] = json!(row.turns);
    }
    add_further(&mut line, row);
    line
}

/// The column of other formats that holds what is said before the prompt.
pub(super) const BEFORE: &str = "before";

/// Adds what no format of others has a place for: the split, the tags, the note.
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

/// A column's name, and its text for a row.
pub(super) type Column = (&'static str, fn(&Row) -> String);

/// The same as columns of text; those that no row needs are left out.
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

/// The tags, the note and the pin that a file in another format has, where they are such: a column of that name may as
/// well mean something else there.
pub(super) fn with_further(cells: &Cells, row: Row) -> Row {
    let note = optional(cells, "note").ok().flatten();
    Row {
        tags: tags(cells).unwrap_or_default(),
        note: note.unwrap_or_default(),
        pinned: pinned(cells).ok().flatten(),
        ..row
    }
}

fn optional(cells: &Cells, name: &str) -> Result<Option<String>, String> {
    match cells.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => text(cells, name).map(Some),
    }
}

fn pinned(cells: &Cells) -> Result<Option<bool>, String> {
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

/// A list of texts, or one text with commas between the tags.
fn tags(cells: &Cells) -> Result<Vec<String>, String> {
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

fn turns(cells: &Cells) -> Result<Vec<Turn>, String> {
    let Some(value) = cells.get("turns").filter(|value| !value.is_null()) else { return Ok(vec![]) };
    let Value::Array(items) = value else {
        return Err(format!("its \"turns\" is {}, not a list", kind(value)));
    };
    if items.len() > MOST_TURNS {
        return Err(format!("it has {} earlier turns, a pair has at most {MOST_TURNS}", items.len()));
    }
    let turn = |item: &Value| {
        let (role, text) = (item.get("role")?.as_str()?, item.get("text")?.as_str()?);
        Some(Turn { role: role_named(role)?, text: text.to_owned() })
    };
    items
        .iter()
        .map(|item| {
            turn(item).ok_or_else(|| {
                "its \"turns\" must each have a \"role\" (user or assistant) and a \"text\"".to_owned()
            })
        })
        .collect()
}

/// The role of that name.
pub(super) fn role_named(name: &str) -> Option<Role> {
    match name {
        "user" => Some(Role::User),
        "assistant" => Some(Role::Assistant),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Row, String> {
        row(&serde_json::from_str(json).expect("JSON"))
    }

    #[test]
    fn tags_come_as_a_list_or_as_one_text() {
        let with = |tags: &str| {
            read(&format!(r#"{{"prompt": "p", "wanted": "w", "opposite": "o", "tags": {tags}}}"#))
                .map(|row| row.tags)
        };
        assert_eq!(with(r#"["a b", " a  b ", "", "c"]"#), Ok(vec!["a b".into(), "c".into()]));
        assert_eq!(with(r#""a b, c,,c""#), Ok(vec!["a b".into(), "c".into()]));
        assert!(with("7").is_err() && with("[7]").is_err());
    }

    #[test]
    fn turns_and_pins_are_checked() {
        let with =
            |field: &str| read(&format!(r#"{{"prompt": "p", "wanted": "w", "opposite": "o", {field}}}"#));
        let row = with(r#""turns": [{"role": "user", "text": "hi"}], "pinned": "true""#).expect("a row");
        assert_eq!((row.turns.len(), row.pinned), (1, Some(true)));
        assert!(with(r#""turns": [{"role": "system", "text": "hi"}]"#).is_err());
        assert!(with(r#""turns": "hi""#).is_err() && with(r#""pinned": "perhaps""#).is_err());
    }
}

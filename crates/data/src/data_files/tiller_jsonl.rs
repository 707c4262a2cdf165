//! Reads and writes Tiller's own JSON lines, which keep every field of a pair.

use ipc::data::Turn;
use serde_json::{Value, json};

use super::cells::{MOST_TURNS, optional, role_named, text};
use super::further::{add_further, pinned, tags};
use super::json::kind;
use super::{Cells, Row};

/// Reads a row with `prompt`, `wanted` and `opposite`; the other fields may be missing.
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

/// Writes the row as one JSON object.
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

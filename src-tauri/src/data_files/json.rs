//! JSON: an object on each line, or one list of objects. A list for each column is refused by name.

use serde_json::Value;
use serde_json::value::RawValue;

use super::error::list;
use super::{Cells, DataFileError, Records};

/// Reads text that begins with a bracket or a brace.
pub(super) fn records(text: &str) -> Result<Records, DataFileError> {
    if text.trim_start().starts_with('[') {
        return of_list(text);
    }
    // An object that does not end on its first line is one object over several lines.
    let first = text.trim_start().lines().next().unwrap_or_default();
    let whole = || serde_json::from_str::<Cells>(text).ok();
    let one = if serde_json::from_str::<Cells>(first).is_ok() && text.trim() != first.trim() {
        None
    } else {
        whole()
    };
    match one {
        Some(object) => {
            check_orientation(&object)?;
            let line = 1 + text[..text.len() - text.trim_start().len()].matches('\n').count();
            let mut records = Records { columns: object.keys().cloned().collect(), ..Records::default() };
            records.push(line, Ok(object))?;
            Ok(records)
        }
        None => of_lines(text),
    }
}

fn of_lines(text: &str) -> Result<Records, DataFileError> {
    let mut records = Records::default();
    for (index, line) in text.split('\n').enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        add(&mut records, index + 1, line)?;
    }
    Ok(records)
}

fn of_list(text: &str) -> Result<Records, DataFileError> {
    let items: Vec<&RawValue> = serde_json::from_str(text)
        .map_err(|error| DataFileError::Json { line: error.line(), detail: error.to_string() })?;
    let mut records = Records { is_list: true, ..Records::default() };
    let (mut line, mut before) = (1, 0);
    for item in items {
        // The items are parts of the text: how far apart they lie says how many lines are between them.
        let start = item.get().as_ptr() as usize - text.as_ptr() as usize;
        line += text.get(before..start).unwrap_or_default().matches('\n').count();
        before = start;
        add(&mut records, line, item.get())?;
    }
    Ok(records)
}

fn add(records: &mut Records, line: usize, json: &str) -> Result<(), DataFileError> {
    let cells = serde_json::from_str::<Value>(json).map_err(|error| format!("it is not JSON: {error}"));
    let cells = cells.and_then(|value| match value {
        Value::Object(cells) => Ok(cells),
        other => Err(format!("it is {}, not an object", kind(&other))),
    });
    if let (Ok(cells), true) = (&cells, records.columns.is_empty()) {
        records.columns = cells.keys().cloned().collect();
    }
    records.push(line, cells)
}

/// What a JSON value is, in words.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// pandas writes `{"prompt": {"0": ...}}` or `{"prompt": [...]}`. A conversation is a list too, but of messages.
fn check_orientation(object: &Cells) -> Result<(), DataFileError> {
    let is_column = |value: &Value| match value {
        Value::Array(items) => items.iter().all(|item| item.get("role").is_none()),
        Value::Object(items) => items.keys().all(|key| key.parse::<u64>().is_ok()),
        _ => false,
    };
    if !object.is_empty() && object.values().all(is_column) {
        let columns: Vec<String> = object.keys().cloned().collect();
        return Err(DataFileError::ColumnOriented { columns: list(&columns) });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_for_each_column_is_refused_by_name() {
        for text in
            [r#"{"prompt": {"0": "a"}, "chosen": {"0": "b"}}"#, "{\"prompt\":\n [\"a\"], \"chosen\": []}\n"]
        {
            let told = records(text).expect_err("columns").to_string();
            assert!(told.contains("column-oriented") && told.contains("\"prompt\", \"chosen\""), "{told}");
        }
        assert!(records(r#"{"chosen": [{"role": "user", "content": "a"}]}"#).is_ok());
    }

    #[test]
    fn lines_and_list_items_know_their_line() {
        let lines = |text: &str| -> Vec<(usize, bool)> {
            let records = records(text).expect("records");
            records.all.iter().map(|record| (record.line, record.cells.is_ok())).collect()
        };
        assert_eq!(lines("{\"a\":1}\r\n\r\n{oops}\r\n[1]\r\n"), [(1, true), (3, false), (4, false)]);
        assert_eq!(lines("[\n {\"a\":\n  1},\n {\"a\": 2},\n 7]"), [(2, true), (4, true), (5, false)]);
        assert_eq!(lines("{\n \"a\": 1\n}\n"), [(1, true)]);
        assert!(records("[{\"a\": 1}, ").is_err());
        assert!(records(&"[".repeat(100_000)).is_err());
    }
}

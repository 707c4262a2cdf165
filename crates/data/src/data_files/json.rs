//! Reads JSON files: an object on each line, or one list of objects. Column-oriented JSON is refused by name.
//!
//! Parsed JSON takes many times its size in memory. So the library finds where each object begins and ends in the whole
//! file, and only one object at a time is parsed.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::error::list;
use super::{DataFileError, MOST_ROWS, Records};

/// The most bytes of one pair.
const LONGEST_ROW: usize = 4 << 20;

/// An object whose values are not parsed yet.
type Outside<'a> = BTreeMap<String, &'a RawValue>;

/// Reads text that begins with a bracket or a brace into rows of named cells.
pub(super) fn records(text: &str) -> Result<Records, DataFileError> {
    let trimmed = text.trim_start();
    if trimmed.starts_with('[') {
        return of_list(text);
    }
    // The first of several lines is an object by itself, so there is an object on each line.
    let first = trimmed.lines().next().unwrap_or_default();
    let is_one =
        trimmed.trim_end().len() == first.trim_end().len() || serde_json::from_str::<Outside>(first).is_err();
    match serde_json::from_str::<Outside>(text) {
        Ok(object) if is_one => {
            check_orientation(&object)?;
            let line = 1 + text[..text.len() - trimmed.len()].matches('\n').count();
            let mut records = Records::default();
            add(&mut records, line, trimmed)?;
            Ok(records)
        }
        _ => of_lines(text),
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
    let Items(items) = serde_json::from_str(text).map_err(|error| match error.classify() {
        // The text is a list, or it would not be read here, so its length is the only reason to refuse its content.
        Category::Data => DataFileError::TooManyRows,
        _ => DataFileError::Json { line: error.line(), detail: error.to_string() },
    })?;
    let mut records = Records { is_list: true, ..Records::default() };
    let (mut line, mut before) = (1, 0);
    for item in items {
        // The items are slices of the text, so the text between them tells how many lines lie between them.
        let start = item.get().as_ptr() as usize - text.as_ptr() as usize;
        line += text.get(before..start).unwrap_or_default().matches('\n').count();
        before = start;
        add(&mut records, line, item.get())?;
    }
    Ok(records)
}

/// Holds a list's unparsed items; more items than a file may have rows are an error.
struct Items<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = Items<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of objects")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Items<'de>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = sequence.next_element()? {
                    if items.len() == MOST_ROWS {
                        return Err(A::Error::custom("too many rows"));
                    }
                    items.push(item);
                }
                Ok(Items(items))
            }
        }
        deserializer.deserialize_seq(Visit)
    }
}

fn add(records: &mut Records, line: usize, json: &str) -> Result<(), DataFileError> {
    let cells = if json.len() > LONGEST_ROW {
        Err(format!("it has {} MB, a pair has at most {}", json.len() >> 20, LONGEST_ROW >> 20))
    } else {
        match serde_json::from_str::<Value>(json) {
            Ok(Value::Object(cells)) => Ok(cells),
            Ok(other) => Err(format!("it is {}, not an object", kind(&other))),
            Err(error) => Err(format!("it is not JSON: {error}")),
        }
    };
    if let (Ok(cells), true) = (&cells, records.columns.is_empty()) {
        records.columns = cells.keys().cloned().collect();
    }
    records.push(line, cells)
}

/// Names the kind of a JSON value, for a message.
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

/// Refuses column-oriented JSON, as pandas writes it: `{"prompt": {"0": ...}}` or `{"prompt": [...]}`. A conversation is
/// a list, too, but of messages.
fn check_orientation(object: &Outside) -> Result<(), DataFileError> {
    let is_column = |value: &&RawValue| {
        let inside = |open: char| value.get().strip_prefix(open).map(str::trim_start);
        match (inside('['), inside('{')) {
            (Some(items), _) => !items.starts_with('{'),
            (_, Some(entries)) => {
                entries.strip_prefix('"').is_some_and(|key| key.starts_with(|c: char| c.is_ascii_digit()))
            }
            _ => false,
        }
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
            let refusal = records(text).expect_err("columns").to_string();
            assert!(
                refusal.contains("column-oriented") && refusal.contains("\"chosen\", \"prompt\""),
                "{refusal}"
            );
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

    #[test]
    fn what_would_take_much_memory_is_refused_unread() {
        let long = format!("{{\"a\": [{}0]}}", "0,".repeat(LONGEST_ROW / 2));
        let refused = |text: &str| records(text).expect("records").all.pop().expect("a row").cells.is_err();
        assert!(refused(&format!("{{\"b\": 1}}\n{long}")) && refused(&format!("[{long}]")));
        let many = records(&format!("[{}0]", "0,".repeat(MOST_ROWS)));
        assert!(matches!(many, Err(DataFileError::TooManyRows)));
    }
}

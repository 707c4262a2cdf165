//! Reads JSON files: an object on each line, or one list of objects. Column-oriented JSON is refused by name.
//!
//! Parsed JSON takes many times its size in memory. So the library finds where each object begins and ends in the whole
//! file, and only one object at a time is parsed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::error::list;
use super::{Cells, DataFileError, MOST_ROWS, Records, columns};

/// The most bytes of one pair.
const LONGEST_ROW: usize = 4 << 20;

/// An object whose values are not parsed yet.
type RawObject<'a> = BTreeMap<String, &'a RawValue>;

/// Reads text that begins with a bracket or a brace into rows of named cells.
pub(super) fn records(text: &str) -> Result<Records, DataFileError> {
    let trimmed = text.trim_start();
    if trimmed.starts_with('[') {
        return of_list(text, text);
    }
    // The first of several lines is an object by itself, so there is an object on each line.
    let first = trimmed.lines().next().unwrap_or_default();
    let is_one = trimmed.trim_end().len() == first.trim_end().len()
        || serde_json::from_str::<RawObject>(first).is_err();
    match serde_json::from_str::<RawObject>(text) {
        Ok(object) if is_one => {
            check_orientation(&object)?;
            if let Some((key, list)) = only_list(&object) {
                let mut records = of_list(text, list)?;
                records.report.note(format!("The rows stand under the key {key:?}."));
                return Ok(records);
            }
            let mut records = Records::default();
            add(&mut records, line_of(text, trimmed), trimmed)?;
            Ok(records)
        }
        _ if is_one => one_after_another(text),
        _ => of_lines(text),
    }
}

/// Returns the line, from 1, on which a part of a text begins.
fn line_of(text: &str, part: &str) -> usize {
    let start = part.as_ptr() as usize - text.as_ptr() as usize;
    1 + text.get(..start).unwrap_or_default().matches('\n').count()
}

/// Returns the list of rows that an object encloses, as some programs write their data: `{"version": 1, "data":
/// [...]}`.
fn only_list<'a>(object: &RawObject<'a>) -> Option<(String, &'a str)> {
    let is_rows = |value: &RawValue| {
        value.get().strip_prefix('[').is_some_and(|items| items.trim_start().starts_with('{'))
    };
    let mut lists = object.iter().filter(|(_, value)| is_rows(value));
    let (key, list) = lists.next()?;
    // A row's messages and tags are lists, too, but a row has the columns of a format.
    let names: Vec<String> = object.keys().cloned().collect();
    let is_row = columns::is_known(&names) || ["messages", "conversations", "chosen"].contains(&key.as_str());
    (lists.next().is_none() && !is_row).then(|| (key.clone(), list.get()))
}

fn of_lines(text: &str) -> Result<Records, DataFileError> {
    let mut records = Records::default();
    for (index, line) in text.split('\n').enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        add(&mut records, index + 1, line)?;
    }
    Ok(records)
}

/// Objects that span lines, one behind the other. Where that is damaged, each line is read by itself, so that the
/// damaged one is named.
fn one_after_another(text: &str) -> Result<Records, DataFileError> {
    let mut records = Records::default();
    for value in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        let Ok(value) = value else { return of_lines(text) };
        add(&mut records, line_of(text, value.get()), value.get())?;
    }
    Ok(records)
}

/// Reads a list, which is a part of the text.
fn of_list(text: &str, list: &str) -> Result<Records, DataFileError> {
    let start = line_of(text, list) - 1;
    let (readable, has_words) = without_number_words(list);
    let Items(items) = serde_json::from_str(&readable).map_err(|error| match error.classify() {
        // The text is known to be a list, so only its length can be wrong.
        Category::Data => DataFileError::TooManyRows,
        _ => DataFileError::Json { line: start + error.line(), detail: plain(&error) },
    })?;
    let mut records = Records { is_list: true, ..Records::default() };
    if has_words {
        records.report.note(NUMBER_WORDS);
    }
    let (mut line, mut before) = (start + 1, 0);
    for item in items {
        // The items are parts of the text, so their distance gives the number of lines between them.
        let at = item.get().as_ptr() as usize - readable.as_ptr() as usize;
        line += readable.get(before..at).unwrap_or_default().matches('\n').count();
        before = at;
        add(&mut records, line, item.get())?;
    }
    Ok(records)
}

/// Returns a parser's message without the position, which the caller names.
fn plain(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.split(" at line ").next().unwrap_or(&message).to_owned()
}

/// The note on numbers that JSON does not have.
const NUMBER_WORDS: &str = "NaN and Infinity, which JSON does not have, were read as nothing.";

/// Replaces Python's and JavaScript's words for numbers that JSON lacks by null, and returns whether there were any.
fn without_number_words(json: &str) -> (Cow<'_, str>, bool) {
    const WORDS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];
    if !json.contains("NaN") && !json.contains("Infinity") {
        return (json.into(), false);
    }
    let (mut out, mut found) = (String::with_capacity(json.len()), false);
    let (mut rest, mut inside) = (json, false);
    while let Some(letter) = rest.chars().next() {
        let word = WORDS.iter().find(|word| !inside && rest.starts_with(**word));
        let taken = match word {
            Some(word) => {
                out.push_str("null");
                found = true;
                word.len()
            }
            None if inside && letter == '\\' => {
                let length = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
                out.push_str(&rest[..length]);
                length
            }
            None => {
                inside ^= letter == '"';
                out.push(letter);
                letter.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    (out.into(), found)
}

/// A list whose items were not read, and not more of them than there may be rows.
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
        let (json, has_words) = without_number_words(json);
        if has_words {
            records.report.note(NUMBER_WORDS);
        }
        object(&json)
    };
    if let (Ok(cells), true) = (&cells, records.columns.is_empty()) {
        records.columns = cells.keys().cloned().collect();
    }
    records.push(line, cells)
}

/// Parses a row's object. A name that occurs twice is refused, because readers of JSON differ in which of the two they
/// take.
fn object(json: &str) -> Result<Cells, String> {
    match serde_json::from_str::<Value>(json) {
        Ok(Value::Object(_)) => {}
        Ok(other) => return Err(format!("it is {}, not an object", kind(&other))),
        Err(error) => return Err(format!("it is not valid JSON: {}", plain(&error))),
    }
    serde_json::from_str::<UniqueKeys>(json).map(|UniqueKeys(cells)| cells).map_err(|error| plain(&error))
}

/// An object in which every name occurs once.
struct UniqueKeys(Cells);

impl<'de> Deserialize<'de> for UniqueKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = UniqueKeys;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<UniqueKeys, A::Error> {
                let mut cells = Cells::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if cells.contains_key(&name) {
                        return Err(A::Error::custom(format!("it has two values called {name:?}")));
                    }
                    cells.insert(name, value);
                }
                Ok(UniqueKeys(cells))
            }
        }
        deserializer.deserialize_map(Visit)
    }
}

/// Names the type of a JSON value.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(cells) if cells.contains_key(STRANGE) => "of a type that holds no text",
        Value::Object(_) => "an object",
    }
}

/// The key of a value of a binary table that is neither text nor a number.
pub(super) const STRANGE: &str = "\0type";

/// Refuses an object of columns, as pandas writes it: `{"prompt": {"0": ...}}` or `{"prompt": [...]}`. A conversation
/// is a list too, but of messages.
fn check_orientation(object: &RawObject) -> Result<(), DataFileError> {
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

    #[test]
    fn rows_may_stand_under_a_key_or_one_behind_the_other() {
        let lines = |text: &str| -> Vec<(usize, bool)> {
            let records = records(text).expect("records");
            records.all.iter().map(|record| (record.line, record.cells.is_ok())).collect()
        };
        assert_eq!(lines("{\"version\": 1,\n \"data\": [{\"a\": 1},\n {\"a\": 2}]}"), [(2, true), (3, true)]);
        assert_eq!(lines("{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n"), [(1, true), (4, true)]);
    }

    #[test]
    fn numbers_that_json_does_not_have_are_passed_over_and_reported() {
        let read = records("{\"a\": NaN, \"b\": -Infinity, \"c\": \"NaN \\\" Infinity\"}").expect("a row");
        let cells = read.all[0].cells.as_ref().expect("an object");
        assert_eq!((&cells["b"], &cells["c"]), (&Value::Null, &Value::from("NaN \" Infinity")));
        assert_eq!(read.report.notes, [NUMBER_WORDS]);
    }

    #[test]
    fn a_name_that_stands_twice_is_refused_and_damage_is_reported_once() {
        let reason =
            |text: &str| records(text).expect("records").all[0].cells.clone().expect_err("a refusal");
        assert!(reason("{\"a\": 1, \"a\": 2}").contains("two values called \"a\""));
        assert_eq!(reason("{\"a\": tru}\n{\"a\": 1}"), "it is not valid JSON: expected ident");
    }
}

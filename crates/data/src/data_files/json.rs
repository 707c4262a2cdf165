//! Reads JSON files: an object on each line, or one list of objects. Column-oriented JSON is refused by name.
//!
//! Parsed JSON takes many times its size in memory. So only one object at a time is parsed, and of that only what is
//! needed.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::ControlFlow;

use serde_json::Value;
use serde_json::value::RawValue;

use super::budget::{LONGEST_ROW, too_long};
use super::error::list;
use super::json_row::{self, Outside};
use super::sink::{Header, Needed, Sink};
use super::values::{Fault, Values};
use super::{DataFileError, columns};

/// Reads text that begins with a bracket or a brace.
pub(super) fn read(text: &str, sink: &mut dyn Sink) -> Result<(), DataFileError> {
    let trimmed = text.trim_start();
    if trimmed.starts_with('[') {
        return Rows::new(sink).of_list(trimmed, line_of(text, trimmed));
    }
    // The first of several lines is an object by itself, so there is an object on each line.
    let first = trimmed.lines().next().unwrap_or_default();
    let is_only_line = trimmed.trim_end().len() == first.trim_end().len();
    if !is_only_line && serde_json::from_str::<Outside>(first).is_ok() {
        return Rows::new(sink).of_lines(text);
    }
    match only_value(trimmed).and_then(|text| serde_json::from_str::<Outside>(text).ok()) {
        Some(Outside(object)) => {
            if let Some(message) = servers_message(&object) {
                return Err(DataFileError::ServersMessage { message });
            }
            check_orientation(&object)?;
            if let Some((key, list)) = only_list(&object) {
                sink.report().note(format!("The rows stand under the key {key:?}."));
                return Rows::new(sink).of_list(list, line_of(text, list));
            }
            Rows::new(sink).add(line_of(text, trimmed), trimmed).map(drop)
        }
        // Where something between the objects is damaged, each line is read by itself, so that the damaged one is named.
        None if Values::one_after_another(text).all(|found| found.is_ok()) => {
            Rows::new(sink).one_by_one(text)
        }
        None => Rows::new(sink).of_lines(text),
    }
}

/// The line, from 1, on which a part of a text begins.
fn line_of(text: &str, part: &str) -> usize {
    let start = part.as_ptr() as usize - text.as_ptr() as usize;
    1 + text.get(..start).unwrap_or_default().matches('\n').count()
}

/// The value that the text is, where it is only one.
fn only_value(text: &str) -> Option<&str> {
    let mut values = Values::one_after_another(text);
    let first = values.next()?.ok()?;
    values.next().is_none().then_some(first.text)
}

/// The names in the errors that hubs and servers of files send in place of a file.
const OF_A_SERVER: [&str; 11] = [
    "error",
    "errors",
    "error_code",
    "error_type",
    "detail",
    "message",
    "documentation_url",
    "status",
    "code",
    "request_id",
    "requestId",
];
/// The names under which such an error says what is wrong.
const MESSAGES: [&str; 4] = ["error", "errors", "detail", "message"];

/// What an error says that a server has sent in place of a file: an object with the names of one, and no others.
fn servers_message(object: &[(Cow<'_, str>, &RawValue)]) -> Option<String> {
    if object.iter().any(|(name, _)| !OF_A_SERVER.contains(&name.as_ref())) {
        return None;
    }
    let said = |name: &str| object.iter().find(|(known, _)| known == name);
    let (_, value) = MESSAGES.into_iter().find_map(said)?;
    Some(value.get().chars().take(120).collect())
}

/// The list of rows in an object around it, as some programs write their data: `{"version": 1, "data": [...]}`.
fn only_list<'a>(object: &[(Cow<'a, str>, &'a RawValue)]) -> Option<(String, &'a str)> {
    let is_rows = |value: &RawValue| {
        value.get().strip_prefix('[').is_some_and(|items| items.trim_start().starts_with('{'))
    };
    let mut lists = object.iter().filter(|(_, value)| is_rows(value));
    let (key, list) = lists.next()?;
    // A row's messages and tags are lists, too, but a row has the columns of a format, or its list holds messages.
    let names: Vec<String> = object.iter().map(|(name, _)| name.to_string()).collect();
    let is_row = columns::is_known(&names) || begins_with_message(list.get());
    (lists.next().is_none() && !is_row).then(|| (key.to_string(), list.get()))
}

/// Whether a list's first object is a message.
fn begins_with_message(list: &str) -> bool {
    let first = Values::of_list(list, 1).next().and_then(Result::ok);
    let names = first.and_then(|found| json_row::names(found.text)).unwrap_or_default();
    let has = |name: &str| names.iter().any(|known| known == name);
    (has("role") && has("content")) || (has("from") && has("value"))
}

/// The rows of a file on their way to the sink.
struct Rows<'a> {
    sink: &'a mut dyn Sink,
    is_list: bool,
    /// What the sink needs, as soon as the first object has told the columns.
    needed: Option<Needed>,
    /// The names that the sink knows.
    known: HashSet<String>,
}

impl<'a> Rows<'a> {
    fn new(sink: &'a mut dyn Sink) -> Self {
        Self { sink, is_list: false, needed: None, known: HashSet::new() }
    }

    fn of_lines(mut self, text: &str) -> Result<(), DataFileError> {
        for (index, line) in text.split('\n').enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            if self.add(index + 1, line)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Reads objects that span lines, one behind the other.
    fn one_by_one(mut self, text: &str) -> Result<(), DataFileError> {
        for found in Values::one_after_another(text) {
            let found = found.map_err(damaged)?;
            if self.add(found.line, found.text)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Reads a list that begins on a line of its file.
    fn of_list(mut self, list: &str, line: usize) -> Result<(), DataFileError> {
        self.is_list = true;
        for found in Values::of_list(list, line) {
            let found = found.map_err(damaged)?;
            if self.add(found.line, found.text)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Reads an object and hands it on.
    fn add(&mut self, line: usize, json: &str) -> Result<ControlFlow<()>, DataFileError> {
        if json.len() > LONGEST_ROW {
            return self.sink.row(line, Err(too_long(json.len())));
        }
        let (json, has_words) = without_number_words(json);
        if has_words {
            self.sink.report().note(NUMBER_WORDS);
        }
        if self.needed.is_none() {
            self.needed = self.header(&json)?;
        }
        let (needed, mut added) = (self.needed.as_ref().unwrap_or(&Needed::None), Vec::new());
        let read = json_row::cells(&json, needed, &mut self.known, &mut added);
        if self.needed.is_some() {
            for name in added {
                self.sink.later_column(name);
            }
        }
        let cells = match read {
            Err(json_row::Fault::Syntax { .. }) if json.trim_start().starts_with("{'") => {
                Err(PRINTED.to_owned())
            }
            Err(json_row::Fault::Syntax { line: inside, detail }) if self.is_list => {
                return Err(DataFileError::Json { line: line + inside - 1, detail });
            }
            Ok(_) if self.needed.is_none() => Err("it is an empty object".to_owned()),
            cells => cells.map_err(json_row::Fault::reason),
        };
        self.sink.row(line, cells)
    }

    /// Hands the names of a whole object on as the columns; one without names tells none, and the next one may.
    fn header(&mut self, json: &str) -> Result<Option<Needed>, DataFileError> {
        let columns = json_row::names(json).unwrap_or_default();
        if columns.is_empty() {
            return Ok(None);
        }
        self.known.extend(columns.iter().cloned());
        self.sink.header(Header { columns, is_list: self.is_list }).map(Some)
    }
}

fn damaged(fault: Fault) -> DataFileError {
    DataFileError::Json { line: fault.line, detail: fault.detail.to_owned() }
}

/// Why a row is refused that Python has printed.
pub(super) const PRINTED: &str = "it is an object as Python prints it; write it as JSON (json.dumps) instead";

/// The note on numbers that JSON does not have.
const NUMBER_WORDS: &str = "NaN and Infinity, which JSON does not have, were read as nothing.";

/// Python's and JavaScript's words for numbers that JSON does not have become null. Whether there were any.
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

/// What a JSON value is, in words.
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

/// The name under which a value of a binary table stands that is neither text nor a number.
pub(super) const STRANGE: &str = "\0type";

/// pandas writes `{"prompt": {"0": ...}}` or `{"prompt": [...]}`. A conversation is a list too, but of messages.
fn check_orientation(object: &[(Cow<'_, str>, &RawValue)]) -> Result<(), DataFileError> {
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
    if !object.is_empty() && object.iter().map(|(_, value)| *value).all(|value| is_column(&value)) {
        let mut columns: Vec<String> = object.iter().map(|(name, _)| name.to_string()).collect();
        columns.sort_unstable();
        return Err(DataFileError::ColumnOriented { columns: list(&columns) });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::sink::testing::{Everything, everything};
    use super::*;

    fn records(text: &str) -> Result<Everything, DataFileError> {
        everything(|sink| read(text, sink))
    }

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
    fn errors_of_servers_and_what_python_prints_are_refused_by_name() {
        for text in [r#"{"error": "Repository not found"}"#, r#"{"detail": "x", "status": 404}"#] {
            let refusal = records(text).expect_err("no data").to_string();
            assert!(refusal.contains("error message of a server"), "{refusal}");
        }
        assert_eq!(records(r#"{"message": "m", "answer": "a"}"#).expect("a row").rows.len(), 1);
        for text in ["{'a': 1}\n{'a': 2}\n", "[{'a': 1}]"] {
            let rows = records(text).expect("rows").rows;
            assert!(rows[0].1.as_ref().is_err_and(|reason| reason == PRINTED), "{rows:?}");
        }
    }

    #[test]
    fn lines_and_list_items_know_their_line() {
        let lines = |text: &str| -> Vec<(usize, bool)> {
            let records = records(text).expect("records");
            records.rows.iter().map(|(line, cells)| (*line, cells.is_ok())).collect()
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
        let refused = |text: &str| records(text).expect("records").rows.pop().expect("a row").1.is_err();
        assert!(refused(&format!("{{\"b\": 1}}\n{long}")) && refused(&format!("[{long}]")));
        let names: Vec<String> = (0..5000).map(|name| format!("\"{name}\":0")).collect();
        assert!(refused(&format!("[{{{}}}]", names.join(","))));
    }

    #[test]
    fn rows_may_stand_under_a_key_or_one_behind_the_other() {
        let lines = |text: &str| -> Vec<(usize, bool)> {
            let records = records(text).expect("records");
            records.rows.iter().map(|(line, cells)| (*line, cells.is_ok())).collect()
        };
        assert_eq!(lines("{\"version\": 1,\n \"data\": [{\"a\": 1},\n {\"a\": 2}]}"), [(2, true), (3, true)]);
        let message = "{\"q\": [{\"role\": \"user\", \"content\": \"c\"}], \"label\": true}";
        assert_eq!(records(message).expect("a row").columns, ["q", "label"], "a row with messages");
        assert_eq!(lines("{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n"), [(1, true), (4, true)]);
    }

    #[test]
    fn numbers_that_json_does_not_have_are_passed_over_and_noted() {
        let read = records("{\"a\": NaN, \"b\": -Infinity, \"c\": \"NaN \\\" Infinity\"}").expect("a row");
        let cells = read.rows[0].1.as_ref().expect("an object");
        assert_eq!((&cells["b"], &cells["c"]), (&Value::Null, &Value::from("NaN \" Infinity")));
        assert_eq!(read.report.notes, [NUMBER_WORDS]);
    }

    #[test]
    fn a_name_that_stands_twice_is_refused_and_damage_is_reported_once() {
        let reason = |text: &str| records(text).expect("records").rows[0].1.clone().expect_err("a refusal");
        assert!(reason("{\"a\": 1, \"a\": 2}").contains("two values called \"a\""));
        assert_eq!(reason("{\"a\": tru}\n{\"a\": 1}"), "it is not valid JSON: expected ident");
    }
}

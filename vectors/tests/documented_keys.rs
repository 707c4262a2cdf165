//! The tables of keys in docs/models.md are those of the code.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use vectors::model::{
    COMPUTING_WORDS, INERT_GGUF_KEYS, INERT_JSON_KEYS, OFF_GGUF_KEYS, OFF_JSON_KEYS, READ_GGUF_KEYS,
    READ_JSON_KEYS, ROPE_JSON_KEYS,
};

/// Returns the keys in a row of a table.
fn row<'a>(table: &'a str, title: &str) -> BTreeSet<&'a str> {
    let start = format!("| {title}");
    let line =
        table.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("no row {title}"));
    let cell = line.split(" | ").nth(1).unwrap();
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_tables_of_keys_are_those_of_the_code() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/models.md")).unwrap();
    let (_, json) = text.split_once("| keys of `config.json` |").unwrap();
    let (json, gguf) = json.split_once("| keys of a GGUF header").unwrap();
    for (table, title, keys) in [
        (json, "read |", READ_JSON_KEYS),
        (json, "change nothing", INERT_JSON_KEYS),
        (json, "must be nothing", OFF_JSON_KEYS),
        (json, "read in", ROPE_JSON_KEYS),
        (json, "begin a word", COMPUTING_WORDS),
        (gguf, "read |", READ_GGUF_KEYS),
        (gguf, "change nothing", INERT_GGUF_KEYS),
        (gguf, "must be zero", OFF_GGUF_KEYS),
    ] {
        assert_eq!(row(table, title), keys.iter().copied().collect(), "{title}");
    }
}

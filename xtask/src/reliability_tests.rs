//! Tests that docs/reliability.md names tests that are there, and that the page has no place where a text could become HTML.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::folders;

/// The folders in which tests are.
const FOLDERS: [&str; 7] = ["tests", "crates", "vectors", "ipc", "src-tauri", "ui", "xtask"];

/// Reads every file of Rust below a folder.
pub(crate) fn each_file(folder: &Path, read: &mut dyn FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            each_file(&path, read);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            read(&path, &fs::read_to_string(&path).expect("a file of Rust"));
        }
    }
}

/// Returns the words of a text.
fn words(text: &str) -> Vec<&str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect()
}

/// Returns the names of all functions and modules.
pub(crate) fn names() -> HashSet<String> {
    let mut names = HashSet::new();
    for folder in FOLDERS {
        each_file(&folders::root().join(folder), &mut |_, text| {
            let words = words(text);
            let named = words.windows(2).filter(|two| matches!(two[0], "fn" | "mod"));
            names.extend(named.map(|two| two[1].to_owned()));
        });
    }
    names
}

#[test]
fn every_fault_names_a_test_that_is_there() {
    let page = fs::read_to_string(folders::root().join("docs/reliability.md")).expect("the page");
    let names = names();
    let mut rows = 0;
    let tables = page.split("\n| fault |").skip(1).map(|table| table.split("\n\n").next().unwrap_or(table));
    for row in tables.flat_map(|table| table.lines().skip(2)) {
        let tests = row.trim_end_matches([' ', '|']).rsplit(" | ").next().unwrap_or_default();
        let named: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "no test: {row}");
        for test in named {
            let is_there = if test.contains('/') {
                folders::root().join(test).exists()
            } else {
                test.split("::").all(|part| names.contains(part) || folders::root().join(part).is_dir())
            };
            assert!(is_there, "{test} is not there: {row}");
        }
        rows += 1;
    }
    assert!(rows > 80, "{rows} rows");
}

#[test]
fn the_page_writes_no_html() {
    const WRITERS: [&str; 7] = [
        "inner_html",
        "set_inner_html",
        "outer_html",
        "set_outer_html",
        "insert_adjacent_html",
        "document_write",
        "create_contextual_fragment",
    ];
    let mut files = 0;
    each_file(&folders::root().join("ui/src"), &mut |path, text| {
        files += 1;
        let writer = words(text).into_iter().find(|word| WRITERS.contains(word));
        assert_eq!(writer, None, "{}", path.display());
    });
    assert!(files > 50, "{files} files");
}

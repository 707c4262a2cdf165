//! Tests that the sources keep to what CONTRIBUTING.md says of their length, and that no example of the documentation is passed over.

use std::fs;
use std::path::{Path, PathBuf};

use crate::folders;
use crate::reliability_tests::each_file;

/// The folders with sources.
const FOLDERS: [&str; 8] = ["tests", "crates", "vectors", "ipc", "src-tauri", "ui", "xtask", "fuzz"];

/// The most lines of a file, of a test, of an example of the engine, and of the example in its documentation.
const LONGEST_FILE: usize = 499;
const LONGEST_TEST: usize = 120;
const LONGEST_EXAMPLE: usize = 49;
const LONGEST_DOCUMENTED: usize = 20;

/// Reads every file of Rust that is no output of cargo.
fn each_source(read: &mut dyn FnMut(&Path, &str)) {
    for folder in FOLDERS {
        each_file(&folders::root().join(folder), &mut |path, text| {
            if !path.components().any(|part| part.as_os_str() == "target") {
                read(path, text);
            }
        });
    }
}

fn read(name: &str) -> String {
    fs::read_to_string(folders::root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Returns the name and the number of lines of every test. rustfmt puts a function's last brace below its first word.
fn lengths_of_tests(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let is_test = |line: &str| line == "#[test]" || line.starts_with("#[tokio::test");
    let places = (0..lines.len()).filter(|place| is_test(lines[*place].trim()));
    let length = |place: usize| {
        let begin = (place..lines.len()).find(|place| lines[*place].contains("fn "))?;
        let first = lines[begin];
        let indent = &first[..first.len() - first.trim_start().len()];
        let end = (begin..lines.len()).find(|place| lines[*place].strip_prefix(indent) == Some("}"))?;
        Some((first.trim().to_owned(), end - begin + 1))
    };
    places.filter_map(length).collect()
}

/// Returns the first lines of the code blocks in comments of documentation, without their marks: `text`, or nothing for an example.
fn code_blocks(text: &str) -> Vec<String> {
    let mut is_open = false;
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        let comment = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        if let Some(kind) = comment.and_then(|comment| comment.trim().strip_prefix("```")) {
            if !is_open {
                found.push(kind.to_owned());
            }
            is_open = !is_open;
        }
    }
    found
}

#[test]
fn no_file_and_no_test_is_longer_than_can_be_read_at_one_go() {
    let (mut files, mut tests) = (0, 0);
    each_source(&mut |path, text| {
        files += 1;
        let lines = text.lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines: split it by idea", path.display());
        for (name, lines) in lengths_of_tests(text) {
            tests += 1;
            assert!(lines <= LONGEST_TEST, "{}: {name} has {lines} lines: split it", path.display());
        }
    });
    assert!(files > 800 && tests > 1000, "{files} files, {tests} tests");
}

#[test]
fn a_tests_length_is_that_from_its_first_line_to_its_last_brace() {
    let text = "mod a {\n    #[test]\n    fn one() {\n        if true {\n        }\n    }\n}\n#[tokio::test(x)]\n#[ignore]\nasync fn two() {\n}\n";
    let found = lengths_of_tests(text);
    assert_eq!(found, [("fn one() {".to_owned(), 4), ("async fn two() {".to_owned(), 2)]);
}

#[test]
fn the_engines_examples_are_short() {
    for name in ["train", "sweep", "chat"] {
        let lines = read(&format!("vectors/examples/{name}.rs")).lines().count();
        assert!(lines <= LONGEST_EXAMPLE, "{name} has {lines} lines");
    }
    let page = read("vectors/src/lib.rs");
    let example = page.split("//! ```\n").nth(1).expect("the example of the crate");
    // What begins with `# ` is compiled and not shown.
    let shown: Vec<&str> = example.lines().filter(|line| !line.starts_with("//! # ")).collect();
    assert!(shown.len() <= LONGEST_DOCUMENTED, "{} lines", shown.len());
    for word in ["Training::new", "Scorer::prepare", "generate_text"] {
        assert!(shown.iter().any(|line| line.contains(word)), "it shows {word}");
    }
}

#[test]
fn crates_whose_examples_are_not_looked_for_have_none() {
    let root = folders::root();
    let crates = fs::read_dir(root.join("crates")).expect("the crates").flatten().map(|entry| entry.path());
    let others = ["ipc", "src-tauri", "ui", "vectors"].map(|name| root.join(name));
    let all: Vec<PathBuf> =
        crates.chain(others).filter(|folder| folder.join("src/lib.rs").is_file()).collect();
    assert!(all.len() > 12, "{all:?}");
    let mut with_examples = Vec::new();
    for folder in all {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("a manifest");
        if !manifest.contains("\ndoctest = false\n") {
            with_examples.push(folder.file_name().expect("a name").to_owned());
            continue;
        }
        each_file(&folder.join("src"), &mut |path, text| {
            let example = code_blocks(text).into_iter().find(|kind| kind != "text");
            assert_eq!(example, None, "{}: remove `doctest = false` from its Cargo.toml", path.display());
        });
    }
    assert_eq!(with_examples, ["vectors"], "a crate without examples says `doctest = false`");
}

#[test]
fn a_code_block_is_known_by_its_first_line() {
    let text = "//! ```text\n//! a\n//! ```\n/// ```\n/// assert!(true);\n/// ```\nlet text = \"```\";\n";
    assert_eq!(code_blocks(text), ["text", ""]);
}

/// Returns the names that a file of the page gives to memos.
fn memos(text: &str) -> Vec<&str> {
    let name = |before: &'static str, after: &'static str| {
        text.match_indices(after).filter_map(move |(at, _)| {
            let name = text[..at]
                .trim_end()
                .rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .next()?;
            text[..at].trim_end().strip_suffix(name)?.ends_with(before).then_some(name)
        })
    };
    name("let ", "= Memo::new(").chain(name(" ", ": Memo<")).filter(|name| !name.is_empty()).collect()
}

#[test]
fn no_memo_is_followed_without_being_read() {
    let mut found = 0;
    each_file(&folders::root().join("ui/src"), &mut |path, text| {
        for memo in memos(text) {
            found += 1;
            let followed = text.match_indices(&format!("{memo}.track()")).any(|(at, _)| {
                let before = text[..at].strip_suffix("self.").unwrap_or(&text[..at]);
                before.ends_with(char::is_whitespace)
            });
            // A memo that nobody reads is never computed, and so takes no notice of what changes.
            assert!(!followed, "{}: read the memo {memo}, `{memo}.with(|_| ())`", path.display());
        }
    });
    assert!(found > 100, "{found} memos were found");
}

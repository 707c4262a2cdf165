//! Tests that the tables of `docs/data.md` say what the code reads.

use std::collections::BTreeSet;

use super::columns::{FURTHER, KNOWN};
use super::container::{BINARY, FOREIGN, FOREIGN_TEXT, OPEN_DOCUMENT, PACKINGS, TAR};
use super::csv::SEPARATORS;
use super::dialect::{Dialect, Quoting};
use super::{
    Encoding, Format, LARGEST_FILE, LARGEST_INDEX, LARGEST_RECODED, LARGEST_TEXT, LONGEST_ROW, MOST_CELLS,
    MOST_COLUMNS, MOST_REFUSED, MOST_ROWS, MOST_VALUES, trl,
};

const DOCS: &str = include_str!("../../../../docs/data.md");

/// The cells of the rows of the table with this header.
fn table(header: &str) -> Vec<Vec<&'static str>> {
    let lines = DOCS.lines().skip_while(|line| *line != header).skip(2);
    let rows = lines.take_while(|line| line.starts_with('|'));
    let rows: Vec<Vec<&str>> =
        rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect();
    assert!(!rows.is_empty(), "docs/data.md has no table with the header {header}");
    rows
}

/// The names that stand in backquotes in a cell.
fn names(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn formats_and_their_columns() {
    let documented: Vec<(&str, Vec<&str>, Vec<&str>)> = table("| format | recognised by | also read |")
        .into_iter()
        .map(|cells| (cells[0], names(cells[1]), names(cells[2])))
        .collect();
    let known =
        KNOWN.iter().map(|known| (known.format.name(), known.columns.to_vec(), known.optional.to_vec()));
    let mapped = (Format::Mapped.name(), vec![], vec![]);
    let every = ("every format", vec![], FURTHER.to_vec());
    assert_eq!(documented, known.chain([mapped, every]).collect::<Vec<_>>());
    let refused =
        DOCS.lines().find(|line| line.starts_with("A row of TRL's is refused")).expect("the sentence");
    assert_eq!(names(refused), trl::REFUSED);
}

#[test]
fn containers() {
    let documented = table("| container | |");
    let documented: BTreeSet<&str> = documented.iter().map(|cells| cells[0]).collect();
    let packings = PACKINGS.map(super::container::Packing::name);
    let read = packings.into_iter().chain(["Parquet", "Arrow", "an Excel workbook"]);
    assert_eq!(documented, read.collect());
    let refused = table("| refused by name | what to do |");
    let refused: BTreeSet<(&str, &str)> = refused.iter().map(|cells| (cells[0], cells[1])).collect();
    let foreign = FOREIGN.map(|(_, name, next)| (name, next));
    let foreign_text = FOREIGN_TEXT.map(|(_, name, next)| (name, next));
    assert_eq!(
        refused,
        foreign.into_iter().chain(foreign_text).chain([TAR, OPEN_DOCUMENT, BINARY]).collect()
    );
}

#[test]
fn encodings() {
    let documented = table("| encoding | reported as |");
    let documented: Vec<&str> = documented.iter().map(|cells| cells[1]).collect();
    let detected = Encoding::Detected(encoding_rs::WINDOWS_1251);
    let known =
        [Encoding::Utf8, Encoding::Cesu8, Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Latin1, detected];
    assert_eq!(documented, known.map(|encoding| encoding.name().into_owned()));
}

#[test]
fn separators() {
    let documented = table("| cells are separated by | |");
    let documented: BTreeSet<&str> = documented.iter().map(|cells| cells[0]).collect();
    let name = |separator| Dialect { separator, quoting: Quoting::Doubled }.separator_name();
    assert_eq!(documented, SEPARATORS.map(name).into_iter().collect());
}

#[test]
fn budgets() {
    let mb = |bytes: u64| format!("{} MB", bytes >> 20);
    let known = [
        ("bytes of a file", mb(LARGEST_FILE)),
        ("bytes of text that a file unpacks to, or that its pairs hold", mb(LARGEST_TEXT)),
        ("bytes of a file in another encoding than UTF-8, and of its text", mb(LARGEST_RECODED)),
        ("bytes of a row", mb(LONGEST_ROW as u64)),
        ("rows, and pairs", MOST_ROWS.to_string()),
        ("columns", MOST_COLUMNS.to_string()),
        (
            "values in the columns that are read of a binary table, texts of a workbook",
            MOST_CELLS.to_string(),
        ),
        ("values in a row", MOST_VALUES.to_string()),
        ("bytes of the index of a Parquet file", mb(LARGEST_INDEX as u64)),
        ("refused rows", MOST_REFUSED.to_string()),
    ];
    let documented = table("| most | |");
    let documented: Vec<(&str, &str)> = documented.iter().map(|cells| (cells[0], cells[1])).collect();
    assert_eq!(documented, known.iter().map(|(what, most)| (*what, most.as_str())).collect::<Vec<_>>());
}

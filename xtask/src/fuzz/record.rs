//! What fuzzing has reached so far: `docs/fuzzing.json`, to which every run adds, and the table in `docs/reliability.md` that is
//! made from it.

use std::collections::BTreeMap;
use std::fs;

use serde::{Deserialize, Serialize};

use crate::folders;
use crate::problem::{Outcome, Problem, WithContext as _};

/// The sums of all runs.
const RECORD: &str = "docs/fuzzing.json";
/// The page with the table.
const PAGE: &str = "docs/reliability.md";
/// The table's first two lines.
const HEAD: &str = "| fuzzed reader | inputs | processor time | slowest input | most memory | goal |\n| --- | --- | --- | --- | --- | --- |\n";

/// A reader is done after so many inputs,
const GOAL_INPUTS: u64 = 10_000_000;
/// or after so many seconds of processor time.
const GOAL_SECONDS: f64 = 1200.0;

/// What the program measures: how many inputs it read, and the most that one of them took.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Measured {
    inputs: u64,
    /// The processor time of all inputs and of libFuzzer's own work between them.
    seconds: f64,
    /// The processor time of the slowest input, in seconds.
    slowest: f64,
    /// The most memory of an input.
    bytes: u64,
}

impl Measured {
    /// Returns whether the reader has reached its goal.
    fn is_done(&self) -> bool {
        self.inputs >= GOAL_INPUTS || self.seconds >= GOAL_SECONDS
    }

    fn plus(&self, other: &Self) -> Self {
        Self {
            inputs: self.inputs + other.inputs,
            // Tenths of a second and of a millisecond are enough, and keep the file short.
            seconds: ((self.seconds + other.seconds) * 10.0).round() / 10.0,
            slowest: (self.slowest.max(other.slowest) * 10_000.0).round() / 10_000.0,
            bytes: self.bytes.max(other.bytes),
        }
    }

    /// Returns a row of the table.
    pub(super) fn row(&self, reader: &str) -> String {
        format!(
            "| `{reader}` | {} | {:.0} s | {:.0} ms | {:.1} MB | {} |",
            grouped(self.inputs),
            self.seconds,
            self.slowest * 1e3,
            self.bytes as f64 / 1e6,
            if self.is_done() { "reached" } else { "" }
        )
    }
}

/// What was reached with each reader.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Record(BTreeMap<String, Measured>);

impl Record {
    /// Reads the sums of all runs; empty before the first one.
    pub(super) fn read() -> Outcome<Self> {
        let path = folders::root().join(RECORD);
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&path).with_context(|| format!("{RECORD} cannot be read"))?;
        serde_json::from_str(&text).map_err(|error| {
            Problem::new(format!("{RECORD} is damaged: {error}.")).next("Restore it with git.")
        })
    }

    /// Puts the readers that are farthest from their goal first.
    pub(super) fn sort_by_reached(&self, readers: &mut [String]) {
        let reached = |reader: &String| {
            let measured = self.0.get(reader).copied().unwrap_or_default();
            (measured.is_done(), measured.seconds)
        };
        readers.sort_by(|one, other| {
            reached(one).partial_cmp(&reached(other)).unwrap_or(std::cmp::Ordering::Equal)
        });
    }

    /// Adds a run to the sums and to the page.
    pub(super) fn add(reader: &str, measured: &Measured) -> Outcome {
        let mut record = Self::read()?;
        let sum = record.0.entry(reader.to_owned()).or_default();
        *sum = sum.plus(measured);
        let text = serde_json::to_string_pretty(&record).unwrap_or_default() + "\n";
        fs::write(folders::root().join(RECORD), text)
            .with_context(|| format!("{RECORD} cannot be written"))?;
        let path = folders::root().join(PAGE);
        let page = fs::read_to_string(&path).with_context(|| format!("{PAGE} cannot be read"))?;
        let (before, after) = around(&page)
            .ok_or_else(|| Problem::new(format!("{PAGE} has no table of the readers that were fuzzed.")))?;
        fs::write(&path, [before, &record.table(), after].concat())
            .with_context(|| format!("{PAGE} cannot be written"))
    }

    fn table(&self) -> String {
        let rows = self.0.iter().map(|(reader, measured)| measured.row(reader) + "\n");
        std::iter::once(HEAD.to_owned()).chain(rows).collect()
    }
}

/// Returns what stands before and behind the table.
fn around(page: &str) -> Option<(&str, &str)> {
    let begin = page.find(HEAD)?;
    let end = page[begin..].find("\n\n").map_or(page.len(), |end| begin + end + 1);
    Some((&page[..begin], &page[end..]))
}

/// Writes a number with commas between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_the_table_of_what_was_reached() {
        let page = fs::read_to_string(folders::root().join(PAGE)).expect("the page");
        let (before, after) = around(&page).expect("the table");
        let table = &page[before.len()..page.len() - after.len()];
        assert_eq!(table, Record::read().expect("the record").table(), "cargo xtask fuzz writes both");
    }

    #[test]
    fn every_reader_that_was_fuzzed_is_there() {
        let readers = fs::read_to_string(folders::root().join("fuzz/src/readers.rs")).expect("the readers");
        for reader in Record::read().expect("the record").0.keys() {
            assert!(readers.contains(&format!("name: \"{reader}\"")), "{reader}");
        }
    }

    #[test]
    fn runs_add_up_and_the_worst_stays() {
        let one = Measured { inputs: 3, seconds: 1.25, slowest: 0.5, bytes: 7 };
        let other = Measured { inputs: 10_000_000, seconds: 2.0, slowest: 0.25, bytes: 9_000_000 };
        let sum = one.plus(&other);
        assert_eq!(sum, Measured { inputs: 10_000_003, seconds: 3.3, slowest: 0.5, bytes: 9_000_000 });
        assert_eq!(sum.row("a"), "| `a` | 10,000,003 | 3 s | 500 ms | 9.0 MB | reached |");
        assert!(!one.is_done() && sum.is_done());
        assert!(Measured { seconds: 1200.0, ..Measured::default() }.is_done());
    }

    #[test]
    fn what_was_fuzzed_least_is_fuzzed_first() {
        let seconds = |seconds| Measured { seconds, ..Measured::default() };
        let record =
            Record(BTreeMap::from([("a".to_owned(), seconds(1300.0)), ("b".to_owned(), seconds(2.0))]));
        let mut readers = ["a", "b", "c"].map(str::to_owned);
        record.sort_by_reached(&mut readers);
        assert_eq!(readers, ["c", "b", "a"]);
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!([0, 999, 1000, 12_345_678].map(grouped), ["0", "999", "1,000", "12,345,678"]);
    }
}

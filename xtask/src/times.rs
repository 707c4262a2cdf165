//! Remembers how long every test took, so that the next run starts with the longest.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::folders;
use crate::problem::{Outcome, WithContext as _};
use crate::runner::Batch;
use crate::test_programs::is_long;

/// The seconds of the longest tests on a machine with two cores. A fresh clone knows no others, and one that began late would leave the
/// other cores without work. Times that have changed since only change the order.
const KEPT: &str = include_str!("../test-times.json");

/// The seconds that a test of which nothing is known is expected to take.
const UNKNOWN: f64 = 2.0;

/// The programs most of whose tests work with the starter model. On a fresh machine no times are known, and these would be the last.
const WITH_THE_MODEL: [&str; 3] = ["src-tauri ipc", "vectors engine", "cli cli"];

/// What is expected of a test of these.
const UNKNOWN_WITH_THE_MODEL: f64 = 10.0;

/// The same for a test of a module called `long`.
const LONG: f64 = 300.0;

/// Maps `program test` to the seconds that the test took.
#[derive(Default, Clone)]
pub(crate) struct Times(BTreeMap<String, f64>);

impl Times {
    /// Reads the times of earlier runs, which decide what starts first. Of what never ran here, the kept times are known at most.
    pub(crate) fn read() -> Self {
        let text = fs::read_to_string(Self::file()).unwrap_or_default();
        let mut times = Self::kept();
        times.add(Self(serde_json::from_str(&text).unwrap_or_default()));
        times
    }

    /// Returns the times that come with the sources.
    fn kept() -> Self {
        Self(serde_json::from_str(KEPT).unwrap_or_default())
    }

    /// Writes the times for the next run.
    pub(crate) fn write(&self) -> Outcome {
        let text = serde_json::to_string(&self.0).unwrap_or_default();
        fs::write(Self::file(), text).with_context(|| "The times of the tests cannot be written")
    }

    /// Adds newer times.
    pub(crate) fn add(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Returns the tests that took the longest.
    pub(crate) fn slowest(&self, count: usize) -> Vec<(&str, Duration)> {
        let mut all: Vec<(&str, f64)> = self.0.iter().map(|(name, taken)| (name.as_str(), *taken)).collect();
        all.sort_by(|one, other| other.1.total_cmp(&one.1));
        all.into_iter().take(count).map(|(name, taken)| (name, Duration::from_secs_f64(taken))).collect()
    }

    fn file() -> PathBuf {
        folders::target().join("test-times.json")
    }

    /// Estimates the seconds that a batch takes. A new test may be long, above all one that works with a model; one of a module called
    /// `long` certainly is, and a batch without named tests comes first.
    pub(crate) fn estimate(&self, batch: &Batch) -> f64 {
        if batch.tests.is_empty() {
            return f64::INFINITY;
        }
        let loads_the_model = WITH_THE_MODEL.contains(&batch.program.as_str());
        let short = if loads_the_model { UNKNOWN_WITH_THE_MODEL } else { UNKNOWN };
        let of_test = |test: &String| {
            let unknown = if is_long(test) { LONG } else { short };
            self.0.get(&name(&batch.program, test)).copied().unwrap_or(unknown)
        };
        batch.tests.iter().map(of_test).sum()
    }
}

impl FromIterator<(String, Duration)> for Times {
    fn from_iter<I: IntoIterator<Item = (String, Duration)>>(times: I) -> Self {
        Self(times.into_iter().map(|(name, taken)| (name, taken.as_secs_f64())).collect())
    }
}

/// Names a test of a program.
pub(crate) fn name(program: &str, test: &str) -> String {
    format!("{program} {test}")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn batch(program: &str, tests: &[&str]) -> Batch {
        let tests = tests.iter().map(|&test| test.to_owned()).collect();
        Batch { program: program.to_owned(), tests, command: Command::new("true") }
    }

    #[test]
    fn the_kept_times_are_those_of_long_tests_that_are_there() {
        let kept = Times::kept();
        assert!(kept.0.len() > 10, "the file is read");
        let tests = crate::reliability_tests::names();
        for (name, seconds) in &kept.0 {
            // What is quicker than a guess of what nothing is known of needs no line.
            assert!(*seconds >= UNKNOWN, "{name}");
            let path = name.rsplit(' ').next().expect("the test");
            assert!(path.split("::").all(|part| tests.contains(part)), "{name} is not there any more");
        }
        let of_the_walk = kept.estimate(&batch("src-tauri window", &["walk::the_whole_way_once"]));
        assert!(of_the_walk > kept.estimate(&batch("src-tauri window", &["new"])), "a fresh clone knows it");
    }

    #[test]
    fn what_takes_longest_is_known_or_guessed() {
        let known: Times =
            [("src-tauri ipc quick".to_owned(), Duration::from_millis(50))].into_iter().collect();
        let of = |tests: &[&str]| known.estimate(&batch("src-tauri ipc", tests));
        assert!(of(&["quick"]) < of(&["new"]), "a new test may be long");
        assert!(
            of(&["new"; 16]) < of(&["starter::long::again"]),
            "a long one begins before a batch of others"
        );
        assert!(of(&["starter::long::again"]) < of(&[]), "the examples of the documentation begin first");
        let of_the_store = known.estimate(&batch("store store", &["new"; 16]));
        assert!(of_the_store < of(&["new"; 16]), "the store's tests load no model");
    }
}

//! Parses the output of a libtest program that runs its tests one after another: the result and the time of each test.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::time::{Duration, Instant};

/// The prefix of `skipped: NAME: why`, which a test prints on standard error if it cannot run.
const SKIPPED: &str = "skipped: ";

/// Counts tests by how they ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// Tests that passed.
    pub(crate) passed: u32,
    /// Tests that failed.
    pub(crate) failed: u32,
    /// Tests that were skipped because their data is missing.
    pub(crate) skipped: u32,
    /// Tests that `#[ignore]` left out.
    pub(crate) ignored: u32,
}

impl Counts {
    /// Parses `test result: ok. 3 passed; 0 failed; 1 ignored; ...`. Returns `None` for other lines.
    fn read(line: &str) -> Option<Self> {
        let result = line.trim().strip_prefix("test result: ")?;
        let (_, numbers) = result.split_once(". ")?;
        let number = |of: &str| {
            let mut parts = numbers.split(';').map(str::trim);
            parts.find_map(|part| part.strip_suffix(of)?.trim().parse().ok())
        };
        Some(Self {
            passed: number("passed")?,
            failed: number("failed")?,
            ignored: number("ignored").unwrap_or(0),
            skipped: 0,
        })
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.ignored += other.ignored;
    }
}

/// Collects the results of one test program from its output.
pub(crate) struct LibtestOutput {
    counts: Counts,
    /// Maps every test that has ended to whether it passed and how long it took.
    ended: BTreeMap<String, (bool, Duration)>,
    /// The test whose name was printed and whose result was not.
    running: Option<String>,
    since: Instant,
}

impl LibtestOutput {
    /// Makes an empty collection for a program that starts now.
    pub(crate) fn new(now: Instant) -> Self {
        Self { counts: Counts::default(), ended: BTreeMap::new(), running: None, since: now }
    }

    /// Reads a line of standard output. libtest ends a test's line when the test ends, so the time since the previous line
    /// is the time of that test.
    pub(crate) fn read_line(&mut self, line: &str, now: Instant) {
        if let Some(counts) = Counts::read(line) {
            self.counts += counts;
        } else if line.starts_with("running ") {
            self.since = now;
        } else if let Some((name, status)) =
            line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... "))
        {
            let name = name.trim_end_matches(" - should panic").to_owned();
            self.running = Some(name);
            self.end(status, now);
        } else {
            // A test's child process may print between the test's name and its result.
            self.end(line, now);
        }
    }

    fn end(&mut self, status: &str, now: Instant) {
        let passed = match status.trim() {
            "ok" => true,
            status if status.starts_with("FAILED") => false,
            status if status.starts_with("ignored") => {
                self.running = None;
                return;
            }
            _ => return,
        };
        if let Some(name) = self.running.take() {
            self.ended.insert(name, (passed, now - self.since));
            self.since = now;
        }
    }

    /// Returns the counts after the program has ended and printed `errors` on standard error. A test that passed and printed
    /// that it was skipped counts as skipped only.
    pub(crate) fn counts(&self, errors: &str) -> Counts {
        let has_passed = |name: &&str| self.ended.get(*name).is_some_and(|(passed, _)| *passed);
        let mut names: Vec<&str> = skips(errors).map(|(name, _)| name).filter(has_passed).collect();
        names.sort_unstable();
        names.dedup();
        let skipped = (names.len() as u32).min(self.counts.passed);
        Counts { passed: self.counts.passed - skipped, skipped, ..self.counts }
    }

    /// Lists every test that has ended with the time that it took.
    pub(crate) fn times(&self) -> impl Iterator<Item = (&str, Duration)> {
        self.ended.iter().map(|(name, (_, taken))| (name.as_str(), *taken))
    }
}

/// Finds the tests that printed that they were skipped, with their reasons.
pub(crate) fn skips(errors: &str) -> impl Iterator<Item = (&str, &str)> {
    errors.lines().filter_map(|line| line.strip_prefix(SKIPPED)?.split_once(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_results_are_counted() {
        let line = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 5 filtered out; finished in 0.03s";
        assert_eq!(Counts::read(line), Some(Counts { passed: 12, failed: 2, skipped: 0, ignored: 1 }));
        assert_eq!(Counts::read("test counts::tests::only_results_are_counted ... ok"), None);
        assert_eq!(Counts::read("running 3 tests"), None);
    }

    #[test]
    fn a_skipped_test_does_not_count_as_passed() {
        let begun = Instant::now();
        let mut output = LibtestOutput::new(begun);
        let lines = [
            "running 4 tests",
            "test one ... ok",
            "test two::here ... what a child printed",
            "ok",
            "test three - should panic ... FAILED",
            "test four ... ignored, by hand",
            "test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 3.00s",
        ];
        for (seconds, line) in lines.into_iter().enumerate() {
            output.read_line(line, begun + Duration::from_secs(seconds as u64));
        }
        let stderr = "skipped: two::here: no data: none at all\nskipped: two::here: again\nskipped: three: it failed\n";
        assert_eq!(output.counts(stderr), Counts { passed: 1, failed: 1, skipped: 1, ignored: 1 });
        assert_eq!(skips(stderr).next(), Some(("two::here", "no data: none at all")));
        let times: Vec<_> = output.times().map(|(name, taken)| (name, taken.as_secs())).collect();
        assert_eq!(times, [("one", 1), ("three", 1), ("two::here", 2)]);
    }
}

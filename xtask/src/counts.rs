//! What a test program says about its tests while it runs them one after another, read line by line.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::time::{Duration, Instant};

/// How a test says that it left itself out, on standard error: `skipped: NAME: why`.
const SKIPPED: &str = "skipped: ";

/// Numbers of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// That passed.
    pub(crate) passed: u32,
    /// That failed.
    pub(crate) failed: u32,
    /// That said that what they need is not there.
    pub(crate) skipped: u32,
    /// That were left out by their own mark.
    pub(crate) ignored: u32,
}

impl Counts {
    /// Reads `test result: ok. 3 passed; 0 failed; 1 ignored; ...`; nothing on other lines.
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

/// What is known of the tests of a program that runs.
pub(crate) struct Reading {
    counts: Counts,
    /// Every test that has ended: whether it passed, and how long it took.
    ended: BTreeMap<String, (bool, Duration)>,
    /// The test that runs, where its line could not be read in one piece.
    running: Option<String>,
    since: Instant,
}

impl Reading {
    /// Begins when the program begins.
    pub(crate) fn begin(now: Instant) -> Self {
        Self { counts: Counts::default(), ended: BTreeMap::new(), running: None, since: now }
    }

    /// Takes a line of standard output. A test's line is whole when the test ends, so the time since the line before it is
    /// the test's own.
    pub(crate) fn line(&mut self, line: &str, now: Instant) {
        if let Some(counts) = Counts::read(line) {
            self.counts += counts;
        } else if line.starts_with("running ") {
            self.since = now;
        } else if let Some((name, said)) =
            line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... "))
        {
            let name = name.trim_end_matches(" - should panic").to_owned();
            self.running = Some(name);
            self.end(said, now);
        } else {
            // What a test's child process prints comes between the test's name and its end.
            self.end(line, now);
        }
    }

    fn end(&mut self, said: &str, now: Instant) {
        let passed = match said.trim() {
            "ok" => true,
            said if said.starts_with("FAILED") => false,
            said if said.starts_with("ignored") => {
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

    /// The numbers, when the program has ended and said this on standard error. A test that passed and said that it left
    /// itself out is not counted as passed.
    pub(crate) fn counts(&self, errors: &str) -> Counts {
        let has_passed = |name: &&str| self.ended.get(*name).is_some_and(|(passed, _)| *passed);
        let mut names: Vec<&str> = skips(errors).map(|(name, _)| name).filter(has_passed).collect();
        names.sort_unstable();
        names.dedup();
        let skipped = (names.len() as u32).min(self.counts.passed);
        Counts { passed: self.counts.passed - skipped, skipped, ..self.counts }
    }

    /// Every test that has ended, with its time.
    pub(crate) fn times(&self) -> impl Iterator<Item = (&str, Duration)> {
        self.ended.iter().map(|(name, (_, taken))| (name.as_str(), *taken))
    }
}

/// The tests that left themselves out, with why.
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
    fn a_test_that_left_itself_out_has_not_passed() {
        let begun = Instant::now();
        let mut reading = Reading::begin(begun);
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
            reading.line(line, begun + Duration::from_secs(seconds as u64));
        }
        let said = "skipped: two::here: no data: none at all\nskipped: two::here: again\nskipped: three: it failed\n";
        assert_eq!(reading.counts(said), Counts { passed: 1, failed: 1, skipped: 1, ignored: 1 });
        assert_eq!(skips(said).next(), Some(("two::here", "no data: none at all")));
        let times: Vec<_> = reading.times().map(|(name, taken)| (name, taken.as_secs())).collect();
        assert_eq!(times, [("one", 1), ("three", 1), ("two::here", 2)]);
    }
}

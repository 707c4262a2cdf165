//! Runs test programs in parallel, one process for each worker, and records how long every test takes.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use crate::counts::{Counts, LibtestOutput, skips};
use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};
use crate::times::{Times, name};

/// Some tests of one program that run in one process, one after another, so that a shared model is loaded once.
pub(crate) struct Batch {
    /// The program's name.
    pub(crate) program: String,
    /// Its tests.
    pub(crate) tests: Vec<String>,
    /// The command that runs them.
    pub(crate) command: Command,
}

/// Adds up the outcomes of test processes.
#[derive(Default)]
pub(crate) struct Results {
    /// The tests by how they ended.
    pub(crate) counts: Counts,
    /// Processes that failed.
    failures: u32,
    /// The first and only test of each process that failed.
    failed: Vec<FailedTest>,
    /// The tests that failed first and passed when they were tried again.
    unsteady: Vec<String>,
    times: Times,
}

/// A test that failed in a process of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FailedTest {
    /// The program's name.
    pub(crate) program: String,
    /// The test.
    pub(crate) test: String,
}

impl Results {
    /// Adds the outcomes of other processes.
    pub(crate) fn add(&mut self, others: Self) {
        self.counts += others.counts;
        self.failures += others.failures;
        self.failed.extend(others.failed);
        self.unsteady.extend(others.unsteady);
        self.times.add(others.times);
    }

    /// Lists the tests that failed in processes of their own.
    pub(crate) fn failed(&self) -> &[FailedTest] {
        &self.failed
    }

    /// Lists the tests that failed first and passed when they were tried again.
    pub(crate) fn unsteady(&self) -> &[String] {
        &self.unsteady
    }

    /// Takes the results of a second try of the failed tests. Those that passed now are counted as passed, and listed.
    pub(crate) fn settle(&mut self, second: &Self) {
        let (still, steady): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.failed).into_iter().partition(|one| second.failed.contains(one));
        let count = steady.len() as u32;
        self.failures -= count;
        self.counts.failed -= count;
        self.counts.passed += count;
        self.failed = still;
        self.unsteady.extend(steady.into_iter().map(|one| name(&one.program, &one.test)));
    }

    /// Returns how long every test took.
    pub(crate) fn times(&self) -> &Times {
        &self.times
    }

    /// Returns an error if a process failed or no test ran.
    pub(crate) fn outcome(&self) -> Outcome {
        match (self.failures, self.counts.passed + self.counts.failed) {
            (0, 0) => Err(Problem::new("No test ran.")),
            (0, _) => Ok(()),
            (1, _) => Err(Problem::new("A test program did not end well: its output is above.")),
            (failures, _) => Err(Problem::new(format!(
                "{failures} test programs did not end well: their output is above."
            ))),
        }
    }
}

/// Runs the batches, the longest first, one at a time in every worker. `place` sets a worker's environment in a command.
pub(crate) fn run<W: Sync>(
    workers: &[W],
    mut batches: Vec<Batch>,
    place: impl Fn(&W, Command) -> Command + Sync,
) -> Results {
    let known = Times::read();
    // Workers take batches from the end of the queue.
    batches.sort_by(|one, other| known.estimate(one).total_cmp(&known.estimate(other)));
    let queue = Mutex::new(batches);
    let results = Mutex::new(Results::default());
    let (next, results, place) = (&|| locked(&queue).pop(), &results, &place);
    thread::scope(|scope| {
        for worker in workers {
            scope.spawn(move || {
                // In the condition of the loop itself, the lock would be held while the batch runs.
                while let Some(batch) = next() {
                    let result = run_one(&batch.program, &batch.tests, place(worker, batch.command));
                    locked(results).add(result.unwrap_or_else(|problem| {
                        // The summary shows that a process failed.
                        let _ = problem.print();
                        Results { failures: 1, ..Results::default() }
                    }));
                }
            });
        }
    });
    std::mem::take(&mut locked(results))
}

/// Locks a value, even if another worker has panicked, because the value is never half written.
fn locked<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Runs one process to its end and prints a line about it, with all of its output if it failed.
fn run_one(program: &str, tests: &[String], mut command: Command) -> Outcome<Results> {
    let begun = Instant::now();
    let label = match tests {
        [test] => name(program, test),
        _ => program.to_owned(),
    };
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("The tests of {program} cannot be started"))?;
    let errors = child.stderr.take().map(|mut stderr| {
        thread::spawn(move || {
            let mut all = Vec::new();
            // An error ends the output early. The part that was read is still printed.
            let _ = stderr.read_to_end(&mut all);
            String::from_utf8_lossy(&all).into_owned()
        })
    });
    let (mut output, mut stdout_text) = (LibtestOutput::new(begun), String::new());
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.with_context(|| format!("What the tests of {program} say cannot be read"))?;
            let line = String::from_utf8_lossy(&line);
            output.read_line(&line, Instant::now());
            stdout_text.push_str(&line);
            stdout_text.push('\n');
        }
    }
    let status = child.wait().with_context(|| format!("The tests of {program} cannot be waited for"))?;
    let errors = errors.and_then(|errors| errors.join().ok()).unwrap_or_default();

    let counts = output.counts(&errors);
    let failed = match tests {
        [test] if counts.failed == 1 => {
            vec![FailedTest { program: program.to_owned(), test: test.clone() }]
        }
        _ => vec![],
    };
    let lines = if status.success() {
        let skipped: Vec<String> =
            skips(&errors).map(|(test, why)| format!("    skipped: {test}: {why}\n")).collect();
        skipped.concat()
    } else {
        format!("{stdout_text}{errors}")
    };
    let ended = if status.success() { "" } else { ", FAILED" };
    let taken = print::time(begun.elapsed());
    let passed = counts.passed;
    // A single call keeps the lines of two workers apart.
    println!("{lines}    {label}: {passed} passed{ended} in {taken}");
    let times = output.times().map(|(test, taken)| (name(program, test), taken)).collect();
    let failures = u32::from(!status.success());
    Ok(Results { counts, failures, failed, times, ..Results::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(name: &str, script: &str) -> Batch {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Batch { program: name.to_owned(), tests: vec!["a".to_owned()], command }
    }

    #[test]
    #[cfg(unix)]
    fn the_results_of_all_processes_are_added_up() {
        let good = "echo 'test a ... ok'; echo 'test result: ok. 1 passed; 0 failed; 0 ignored'";
        let skips = format!("echo 'skipped: a: nothing there' >&2; {good}");
        let bad =
            "echo 'test a ... FAILED'; echo 'test result: FAILED. 0 passed; 1 failed; 0 ignored'; exit 101";
        let place = |(): &(), command| command;
        let results = run(&[(), ()], vec![batch("good", good), batch("skips", &skips)], place);
        assert_eq!(results.counts, Counts { passed: 1, skipped: 1, ..Counts::default() });
        assert!(results.outcome().is_ok());
        assert_eq!(results.times().slowest(1).len(), 1);
        let results = run(&[()], vec![batch("good", good), batch("bad", bad)], place);
        assert_eq!((results.counts.passed, results.counts.failed), (1, 1));
        assert!(results.outcome().is_err());
        assert!(run(&[()], vec![], place).outcome().is_err(), "nothing ran");
    }

    #[test]
    #[cfg(unix)]
    fn a_test_that_passes_the_second_time_is_counted_and_named() {
        let good = "echo 'test a ... ok'; echo 'test result: ok. 1 passed; 0 failed; 0 ignored'";
        let bad =
            "echo 'test a ... FAILED'; echo 'test result: FAILED. 0 passed; 1 failed; 0 ignored'; exit 101";
        let run = |batches| run(&[()], batches, |(): &(), command| command);
        let mut results = run(vec![batch("one", bad), batch("other", bad), batch("good", good)]);
        assert_eq!(results.failed().len(), 2);
        results.settle(&run(vec![batch("one", good), batch("other", bad)]));
        assert_eq!(results.counts, Counts { passed: 2, failed: 1, ..Counts::default() });
        assert_eq!((results.unsteady(), results.failed().len()), (&["one a".to_owned()][..], 1));
        assert!(results.outcome().is_err());
        results.settle(&run(vec![batch("other", good)]));
        assert!(results.outcome().is_ok() && results.failed().is_empty());
    }

    #[test]
    #[cfg(unix)]
    fn two_workers_run_two_batches_at_the_same_time() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        // Each batch waits for a file that only the other one writes.
        let meets = |own: &str, other: &str| {
            format!(
                "touch '{}'; for i in $(seq 100); do [ -e '{}' ] && echo 'test a ... ok' \
                 && echo 'test result: ok. 1 passed; 0 failed; 0 ignored' && exit 0; sleep 0.1; done; exit 1",
                path(own),
                path(other)
            )
        };
        let batches = vec![batch("one", &meets("one", "other")), batch("other", &meets("other", "one"))];
        let results = run(&[(), ()], batches, |(): &(), command| command);
        assert!(results.outcome().is_ok() && results.counts.passed == 2, "{:?}", results.counts);
    }
}

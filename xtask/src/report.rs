//! What `cargo xtask test` found: its phases and the results of all tests, and the summary that is printed of them.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::counts::Counts;
use crate::print;
use crate::problem::Outcome;
use crate::runner::Results;
use crate::times::Times;

/// The number of the slowest tests that are printed at the end.
const SLOWEST: usize = 10;

/// The results so far.
#[derive(Default)]
pub(crate) struct Report {
    phases: Vec<Phase>,
    results: Results,
}

/// A part of the run and how it ended.
pub(crate) struct Phase {
    name: &'static str,
    taken: Duration,
    outcome: PhaseOutcome,
}

enum PhaseOutcome {
    Passed,
    Failed,
    NotRun(&'static str),
}

impl Phase {
    /// Runs a check and prints its error.
    pub(crate) fn run(name: &'static str, check: impl FnOnce() -> Outcome) -> Self {
        let begun = Instant::now();
        let done = check();
        if let Err(problem) = &done {
            // The error is only printed. All checks run, and the process fails at the end.
            let _ = problem.print();
        }
        let outcome = if done.is_ok() { PhaseOutcome::Passed } else { PhaseOutcome::Failed };
        Self { name, taken: begun.elapsed(), outcome }
    }

    /// Returns a phase that has passed.
    pub(crate) fn passed(name: &'static str, taken: Duration) -> Self {
        Self { name, taken, outcome: PhaseOutcome::Passed }
    }

    /// Runs tests, prints the error if they cannot be run, and returns their results beside the phase.
    pub(crate) fn of_tests(name: &'static str, run: impl FnOnce() -> Outcome<Results>) -> (Self, Results) {
        let mut results = Results::default();
        let phase = Self::run(name, || {
            results = run()?;
            results.outcome()
        });
        (phase, results)
    }
}

impl Report {
    /// Says what begins, runs one check, and returns whether it succeeded.
    pub(crate) fn check(&mut self, name: &'static str, what: &str, check: impl FnOnce() -> Outcome) -> bool {
        print::step(what);
        self.add(Phase::run(name, check))
    }

    /// Adds a result and returns whether it succeeded.
    pub(crate) fn add(&mut self, phase: Phase) -> bool {
        let well = matches!(phase.outcome, PhaseOutcome::Passed);
        self.phases.push(phase);
        well
    }

    /// Adds a phase of tests with their results.
    pub(crate) fn add_tests(&mut self, (phase, results): (Phase, Results)) {
        self.add(phase);
        self.results.add(results);
    }

    /// Adds a phase that was not run, and why.
    pub(crate) fn leave_out(&mut self, name: &'static str, why: &'static str) {
        self.phases.push(Phase { name, taken: Duration::ZERO, outcome: PhaseOutcome::NotRun(why) });
    }

    /// Prints the summary and stores the times of the tests. Returns the exit code of the run.
    pub(crate) fn print(&self, taken: Duration) -> ExitCode {
        print::step("Summary");
        for phase in &self.phases {
            let time = print::time(phase.taken);
            match phase.outcome {
                PhaseOutcome::Passed => print::note(&format!("{:<10} ok        {time}", phase.name)),
                PhaseOutcome::Failed => print::note(&format!("{:<10} FAILED    {time}", phase.name)),
                PhaseOutcome::NotRun(why) => print::note(&format!("{:<10} not run   {why}", phase.name)),
            }
        }
        self.print_times();
        for test in self.results.unsteady() {
            print::note(&format!("UNSTEADY: {test} failed, and passed when it was tried again."));
        }
        let Counts { passed, failed, skipped, ignored } = self.results.counts;
        let ignored = if ignored == 0 { String::new() } else { format!(", {ignored} ignored") };
        println!("{passed} passed, {failed} failed, {skipped} skipped{ignored} in {}", print::time(taken));
        let failed = self.phases.iter().any(|phase| matches!(phase.outcome, PhaseOutcome::Failed));
        if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }

    /// Prints the slowest tests and stores all times, so that the next run starts with the longest tests.
    fn print_times(&self) {
        let times = self.results.times();
        let slowest = times.slowest(SLOWEST);
        if slowest.is_empty() {
            return;
        }
        print::step("The slowest tests");
        for (test, taken) in slowest {
            print::note(&format!("{:>10}  {test}", print::time(taken)));
        }
        let mut known = Times::read();
        known.add(times.clone());
        if let Err(problem) = known.write() {
            // Without the times the next run only has a worse order.
            let _ = problem.print();
        }
    }
}

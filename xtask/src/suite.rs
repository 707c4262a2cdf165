//! The tests of a run, sorted by what may run beside them.

use std::path::PathBuf;
use std::thread;

use crate::axe::AXE;
use crate::llama_cpp::LLAMA_CPP;
use crate::problem::Outcome;
use crate::program;
use crate::run::STARTER_MODEL;
use crate::runner::{self, Batch, Results};
use crate::test_programs::{PRODUCT, TestProgram, WINDOW_TESTS, is_alone, is_long};
use crate::vocabularies::VOCABULARIES;

/// The maximum number of tests in one process. A program with more tests runs in several processes, so that no core waits
/// for the last tests of another one.
const BATCH: usize = 16;

/// The files that the tests read.
pub(crate) struct Files {
    pub(crate) model: PathBuf,
    pub(crate) vocabularies: Option<PathBuf>,
    pub(crate) llama_cpp: Option<PathBuf>,
    pub(crate) axe: Option<PathBuf>,
}

impl Files {
    /// Returns the process that runs these tests of a program.
    pub(crate) fn batch(&self, program: &TestProgram, tests: &[String]) -> Batch {
        let mut command = program.run(tests);
        command.env(STARTER_MODEL, &self.model);
        if let Some(folder) = &self.vocabularies {
            command.env(VOCABULARIES, folder);
        }
        if let Some(python) = &self.llama_cpp {
            command.env(LLAMA_CPP, python);
        }
        if let Some(script) = &self.axe {
            command.env(AXE, script);
        }
        Batch { program: program.name.clone(), tests: tests.to_vec(), command }
    }
}

/// The tests of some programs, by what may run beside them.
#[derive(Default)]
pub(crate) struct Suite {
    /// May run beside one another.
    pub(crate) together: Vec<Batch>,
    /// Measure time: nothing may run beside each.
    pub(crate) alone: Vec<Batch>,
}

impl Suite {
    /// Sorts the tests of programs. A process runs at most `size` of them, and one of a module called `long` has its own.
    pub(crate) fn of(programs: &[TestProgram], files: &Files, size: usize) -> Outcome<Self> {
        let mut suite = Self::default();
        for program in programs {
            let (alone, beside): (Vec<_>, Vec<_>) =
                program.tests()?.into_iter().partition(|test| is_alone(test));
            let (long, short): (Vec<_>, Vec<_>) = beside.into_iter().partition(|test| is_long(test));
            suite.alone.extend(alone.chunks(1).map(|tests| files.batch(program, tests)));
            let processes = long.chunks(1).chain(short.chunks(size));
            suite.together.extend(processes.map(|tests| files.batch(program, tests)));
        }
        Ok(suite)
    }

    /// Sorts all tests outside the window, with the examples in the documentation.
    pub(crate) fn outside_the_window(programs: &[TestProgram], files: &Files) -> Outcome<Self> {
        let mut suite = Self::of(programs, files, BATCH)?;
        let mut documentation = program::linting_cargo()?;
        documentation.arg("test").args(PRODUCT).args(["--doc", "--no-fail-fast"]).args(WINDOW_TESTS).args([
            "--",
            "--test-threads",
            "1",
        ]);
        suite.together.push(Batch {
            program: "documentation".to_owned(),
            tests: vec![],
            command: documentation,
        });
        Ok(suite)
    }
}

/// Runs tests outside the window on every core.
pub(crate) fn on_every_core(batches: Vec<Batch>) -> Results {
    let workers = vec![(); thread::available_parallelism().map_or(1, usize::from)];
    runner::run(&workers, batches, |(), command| command)
}

/// Runs tests outside the window one after another.
pub(crate) fn one_by_one(batches: Vec<Batch>) -> Results {
    runner::run(&[()], batches, |(), command| command)
}

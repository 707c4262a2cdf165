//! Runs the tests in the real window, each in its own process and on displays of their own.

use std::env;
use std::process::Command;

use crate::display::Display;
use crate::print;
use crate::problem::Outcome;
use crate::program;
use crate::runner::{self, Batch, FailedTest, Results};
use crate::suite::{Files, Suite};
use crate::test_programs::TestProgram;

/// The number of windows that are tested at the same time. A window waits more than it computes.
const WINDOWS: usize = 2;

/// The most failed tests of the window that are tried once more.
const MOST_AGAIN: usize = 2;

/// Runs the tests in the real window: several windows at a time, then one by one those that measure how quickly it responds, and
/// what failed once more, with nothing beside it. `before_alone` waits for what else runs until then.
pub(crate) fn run(programs: &[TestProgram], files: &Files, before_alone: impl FnOnce()) -> Outcome<Results> {
    let mut displays = vec![Display::open()?];
    while displays.len() < WINDOWS && displays[0].is_ours() {
        displays.push(Display::open()?);
    }
    let Suite { together, alone } = Suite::of(programs, files, 1)?;
    let one_by_one = |batches: Vec<Batch>| runner::run(&displays[..1], batches, place);
    let mut results = runner::run(&displays, together, place);
    before_alone();
    results.add(one_by_one(alone));
    let again = again(programs, files, &results);
    if !again.is_empty() {
        print::step("Trying once more what failed in the window, with nothing beside it");
        results.settle(&one_by_one(again));
    }
    Ok(results)
}

/// Returns the tests that failed, if they are few. A web view on a busy machine sometimes leaves out what it was asked for;
/// more failures than this are the program's.
fn again(programs: &[TestProgram], files: &Files, results: &Results) -> Vec<Batch> {
    let failed = results.failed();
    let batch = |one: &FailedTest| {
        let program = programs.iter().find(|program| program.name == one.program)?;
        Some(files.batch(program, std::slice::from_ref(&one.test)))
    };
    if failed.len() > MOST_AGAIN { vec![] } else { failed.iter().filter_map(batch).collect() }
}

/// Gives a command its display, and a session bus of its own.
pub(crate) fn place(display: &Display, mut command: Command) -> Command {
    display.show(&mut command);
    on_a_session_bus(command)
}

/// Wraps a command in a session bus of its own if there is none.
fn on_a_session_bus(command: Command) -> Command {
    if env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some() || program::find("dbus-run-session").is_none() {
        return command;
    }
    program::behind("dbus-run-session", &["--"], &command)
}

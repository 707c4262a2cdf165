//! `cargo xtask test`: runs every check, quick ones first, and prints a summary of what ran.

use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use crate::axe;
use crate::examples;
use crate::frontend;
use crate::llama_cpp;
use crate::print;
use crate::problem::{Outcome, Problem};
use crate::program;
use crate::progress::Progress;
use crate::report::{Phase, Report};
use crate::set_up;
use crate::starter_model;
use crate::suite::{self, Files, Suite};
use crate::test_programs::{self, TestProgram};
use crate::vocabularies;
use crate::wasm_target::{self, WasmTarget};
use crate::windows;

/// The program without a window.
const HEADLESS: &str = "tiller-cli";

/// Runs every check, even if an early one fails.
pub(crate) fn test(fast: bool) -> Outcome<ExitCode> {
    let begun = Instant::now();
    let mut report = Report::default();
    let set_up = Instant::now();
    set_up::system_packages(!fast)?;
    let target = if fast { None } else { Some(wasm_target::ensure()?) };
    let model = starter_model::ensure()?;
    let vocabularies = vocabularies::ensure();
    let llama_cpp = llama_cpp::ensure();
    let axe = if fast { None } else { Some(axe::ensure()) };
    report.add(Phase::passed("set-up", set_up.elapsed()));

    if let Err(problem) = &vocabularies {
        // The tests that need the vocabularies report that they were skipped, and the summary counts them.
        let _ = problem.print();
        report.leave_out("real words", "the vocabularies could not be fetched");
    }
    if let Err(problem) = &llama_cpp {
        let _ = problem.print();
        report.leave_out("llama.cpp", "its package could not be fetched");
    }
    if let Some(Err(problem)) = &axe {
        let _ = problem.print();
        report.leave_out("axe-core", "its package could not be fetched");
    }
    let (vocabularies, llama_cpp) = (vocabularies.ok(), llama_cpp.ok());
    let files = Files { model, vocabularies, llama_cpp, axe: axe.and_then(Result::ok) };

    report.check("format", "Checking the format", || cargo(&["fmt", "--all", "--check"]));
    // The page has its own target folder, so it can compile at the same time.
    let page = thread::spawn(move || target.map(|target| Phase::run("page", || page(target))));
    let mut programs = Vec::new();
    report.check("build", "Compiling and linting everything", || {
        programs = test_programs::build(!fast)?;
        Ok(())
    });
    // The page is often not there yet.
    report.check("headless", "Checking that the headless program needs no window", || {
        cargo(&["check", "--quiet", "--package", HEADLESS])
    });
    let page = page.join().map_err(|_| Problem::new("Building the page ended in a panic."))?;
    let page = page.is_some_and(|phase| report.add(phase));
    if page && !programs.is_empty() {
        // The window embeds the page. If the page was new, the window compiles once more, and nothing else does.
        report.check("embed", "Putting the page into the window", || {
            programs = test_programs::build(!fast)?;
            Ok(())
        });
    }
    if programs.is_empty() {
        report.leave_out("tests", "they could not be built");
        report.leave_out("examples", "the tests could not be built");
        report.leave_out("window", "it could not be built");
        return Ok(report.print(begun.elapsed()));
    }
    let (windows, others): (Vec<_>, Vec<_>) = programs.into_iter().partition(TestProgram::is_window);
    let why_not = if fast {
        Some("left out by --fast")
    } else if cfg!(not(target_os = "linux")) {
        Some("its driver is only there on Linux")
    } else if page {
        None
    } else {
        Some("there is no page to show")
    };
    run_tests(&mut report, &others, why_not.is_none().then_some(&*windows), &files);
    if let Some(why) = why_not {
        report.leave_out("window", why);
    }
    Ok(report.print(begun.elapsed()))
}

/// Runs all tests. Those in the window follow the others: beside them, a training in the window or out of it would wait for its turn
/// beyond the limits of time. What measures time runs with nothing beside it.
fn run_tests(report: &mut Report, others: &[TestProgram], windows: Option<&[TestProgram]>, files: &Files) {
    print::step("Running every test outside the window");
    let mut alone = Vec::new();
    report.add_tests(Phase::of_tests("tests", || {
        let suite = Suite::outside_the_window(others, files)?;
        alone = suite.alone;
        Ok(suite::on_every_core(suite.together))
    }));
    report.check("examples", "Running the examples of the engine", || examples::run(&files.model));
    if !alone.is_empty() {
        print::step("Running the tests that measure time, with nothing beside them");
        report.add_tests(Phase::of_tests("alone", || Ok(suite::one_by_one(alone))));
    }
    if let Some(programs) = windows {
        print::step("Walking through the real window");
        report.add_tests(Phase::of_tests("window", || windows::run(programs, files)));
    }
}

fn page(target: WasmTarget) -> Outcome {
    // The quick page has the same code and content security policy as the released one. Only the optimisation differs.
    frontend::build(target, frontend::Build::Quick, &Progress::start())
}

fn cargo(arguments: &[&str]) -> Outcome {
    program::run(program::cargo().args(arguments))
}

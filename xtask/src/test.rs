//! `cargo xtask test`: runs every check, quick ones first, and prints a summary of what ran.

use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use crate::downloads::Downloads;
use crate::examples;
use crate::frontend;
use crate::print;
use crate::problem::{Outcome, Problem};
use crate::program;
use crate::progress::Progress;
use crate::report::{Phase, Report};
use crate::set_up;
use crate::suite::{self, Files, Suite};
use crate::test_programs::{self, TestProgram};
use crate::wasm_target::{self, WasmTarget};
use crate::windows;

/// The program without a window.
const HEADLESS: &str = "tiller-cli";

/// Runs every check, even if an early one fails.
pub(crate) fn test(fast: bool) -> Outcome<ExitCode> {
    let begun = Instant::now();
    let mut report = Report::default();
    set_up::system_packages(!fast)?;
    let target = if fast { None } else { Some(wasm_target::ensure()?) };
    report.add(Phase::passed("set-up", begun.elapsed()));

    let downloads = Downloads::begin(fast);
    report.check("format", "Checking the format", || {
        program::run(program::cargo().args(["fmt", "--all", "--check"]))
    });
    // The page has its own target folder, so it can compile at the same time.
    let page = thread::spawn(move || target.map(|target| Phase::run("page", || page(target))));
    let mut programs = Vec::new();
    report.check("build", "Compiling and linting everything", || {
        programs = test_programs::build()?;
        Ok(())
    });
    let page = page.join().map_err(|_| Problem::new("Building the page ended in a panic."))?;
    let page = page.is_some_and(|phase| report.add(phase));
    if page && !programs.is_empty() {
        // The program `tiller` embeds the page. If the page was new, it compiles and links once more, and nothing else does.
        report.check("embed", "Putting the page into the window's program", || {
            programs = test_programs::build()?;
            Ok(())
        });
    }
    let why_no_window = if fast {
        Some("left out by --fast")
    } else if cfg!(not(target_os = "linux")) {
        Some("its driver is only there on Linux")
    } else if page {
        None
    } else {
        Some("there is no page to show")
    };
    match downloads.end(&mut report) {
        Some(files) if !programs.is_empty() => {
            let (windows, others): (Vec<_>, Vec<_>) = programs.into_iter().partition(TestProgram::is_window);
            run_tests(&mut report, &others, &files);
            match why_no_window {
                None => walk(&mut report, &windows, &files),
                Some(why) => leave_out_the_window(&mut report, why),
            }
        }
        _ => {
            for phase in ["tests", "examples"] {
                report.leave_out(phase, "the tests' programs or the starter model are not there");
            }
            leave_out_the_window(&mut report, "its program or the starter model is not there");
        }
    }
    Ok(report.print(begun.elapsed()))
}

/// Runs the tests outside the window. What measures time runs with nothing beside it.
fn run_tests(report: &mut Report, others: &[TestProgram], files: &Files) {
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
}

/// Runs the tests in the window, after the others: beside them, a training in the window or out of it would wait for its turn beyond
/// the limits of time. The check of the headless program runs beside them, as it gives way; what measures time waits for its end.
fn walk(report: &mut Report, windows: &[TestProgram], files: &Files) {
    print::step("Walking through the real window, and checking that the headless program needs none");
    let mut headless = None;
    let walked = thread::scope(|scope| {
        let check = scope.spawn(|| headless = Some(Phase::run("headless", check_headless)));
        let before_alone = || {
            // How it has ended is in its phase.
            let _ = check.join();
        };
        Phase::of_tests("window", || windows::run(windows, files, before_alone))
    });
    let panicked = || Err(Problem::new("Checking the headless program ended in a panic."));
    report.add(headless.unwrap_or_else(|| Phase::run("headless", panicked)));
    report.add_tests(walked);
}

/// Does what remains where no window is walked through.
fn leave_out_the_window(report: &mut Report, why: &'static str) {
    report.check("headless", "Checking that the headless program needs no window", check_headless);
    report.leave_out("window", why);
}

/// Compiles the headless program by itself, without what the rest of the workspace asks of its dependencies.
fn check_headless() -> Outcome {
    let mut check = program::cargo();
    check.args(["check", "--quiet", "--package", HEADLESS]);
    program::run(&mut program::giving_way(check))
}

fn page(target: WasmTarget) -> Outcome {
    // The quick page has the same code and content security policy as the released one. Only the optimisation differs.
    frontend::build(target, frontend::Build::Quick, &Progress::beside_other_work())
}

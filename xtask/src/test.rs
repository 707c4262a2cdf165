//! `cargo xtask test`: runs every check, quick ones first, and prints a summary of what ran.

use std::env;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use crate::axe::{self, AXE};
use crate::counts::Counts;
use crate::display::Display;
use crate::examples;
use crate::frontend;
use crate::llama_cpp::{self, LLAMA_CPP};
use crate::print;
use crate::problem::{Outcome, Problem};
use crate::program;
use crate::progress::Progress;
use crate::run::STARTER_MODEL;
use crate::runner::{self, Batch, FailedTest, Results, Times};
use crate::set_up;
use crate::starter_model;
use crate::test_programs::{self, TestProgram, is_alone};
use crate::vocabularies::{self, VOCABULARIES};
use crate::wasm_target::{self, WasmTarget};

/// The program without a window.
const HEADLESS: &str = "tiller-cli";

/// The maximum number of tests in one process. A program with more tests runs in several processes, so that no core waits
/// for the last tests of another one.
const BATCH: usize = 16;

/// The number of windows that are tested at the same time. A window waits more than it computes.
const WINDOWS: usize = 2;

/// The most failed tests of the window that are tried once more.
const MOST_AGAIN: usize = 2;

/// The number of the slowest tests that are printed at the end.
const SLOWEST: usize = 10;

/// The results so far.
#[derive(Default)]
struct Report {
    phases: Vec<Phase>,
    results: Results,
}

/// The files that the tests read.
struct Files {
    model: PathBuf,
    vocabularies: Option<PathBuf>,
    llama_cpp: Option<PathBuf>,
    axe: Option<PathBuf>,
}

struct Phase {
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
    fn run(name: &'static str, check: impl FnOnce() -> Outcome) -> Self {
        let begun = Instant::now();
        let done = check();
        if let Err(problem) = &done {
            // The error is only printed. All checks run, and the process fails at the end.
            let _ = problem.print();
        }
        let outcome = if done.is_ok() { PhaseOutcome::Passed } else { PhaseOutcome::Failed };
        Self { name, taken: begun.elapsed(), outcome }
    }
}

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
    report.phases.push(Phase { name: "set-up", taken: set_up.elapsed(), outcome: PhaseOutcome::Passed });

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
    let page = page.join().map_err(|_| Problem::new("Building the page ended in a panic."))?;
    let page = page.is_some_and(|phase| report.add(phase));
    if page && !programs.is_empty() {
        // The window embeds the page. If the page was new, the window compiles once more, and nothing else does.
        report.check("embed", "Putting the page into the window", || {
            programs = test_programs::build(!fast)?;
            Ok(())
        });
    }
    report.check("headless", "Checking that the headless program needs no window", || {
        cargo(&["check", "--quiet", "--package", HEADLESS])
    });
    if programs.is_empty() {
        report.leave_out("tests", "they could not be built");
        report.leave_out("examples", "the tests could not be built");
        report.leave_out("window", "it could not be built");
        return Ok(report.print(begun.elapsed()));
    }
    let (windows, others): (Vec<_>, Vec<_>) = programs.into_iter().partition(TestProgram::is_window);
    report.tests("tests", "Running every test outside the window", || outside_the_window(&others, &files));
    report.check("examples", "Running the examples of the engine", || examples::run(&files.model));
    if fast {
        report.leave_out("window", "left out by --fast");
    } else if cfg!(not(target_os = "linux")) {
        report.leave_out("window", "its driver is only there on Linux");
    } else if page {
        report.tests("window", "Walking through the real window", || in_the_window(&windows, &files));
    } else {
        report.leave_out("window", "there is no page to show");
    }
    Ok(report.print(begun.elapsed()))
}

fn page(target: WasmTarget) -> Outcome {
    // The quick page has the same code and content security policy as the released one. Only the optimisation differs.
    frontend::build(target, frontend::Build::Quick, &Progress::start())
}

fn cargo(arguments: &[&str]) -> Outcome {
    program::run(program::cargo().args(arguments))
}

/// Runs the examples in the documentation and all tests except those of the window, on every core.
fn outside_the_window(programs: &[TestProgram], files: &Files) -> Outcome<Results> {
    let mut documentation = program::linting_cargo()?;
    documentation.args(["test", "--workspace", "--doc", "--no-fail-fast", "--", "--test-threads", "1"]);
    let mut batches =
        vec![Batch { program: "documentation".to_owned(), tests: Vec::new(), command: documentation }];
    for program in programs {
        let tests = program.tests()?;
        batches.extend(tests.chunks(BATCH).map(|tests| files.batch(program, tests)));
    }
    let workers = vec![(); thread::available_parallelism().map_or(1, usize::from)];
    Ok(runner::run(&workers, batches, |(), command| command))
}

/// Runs the tests in the real window, each in its own process. Those that measure
/// how quickly the window responds follow, one after another.
fn in_the_window(programs: &[TestProgram], files: &Files) -> Outcome<Results> {
    let mut displays = vec![Display::open()?];
    while displays.len() < WINDOWS && displays[0].is_ours() {
        displays.push(Display::open()?);
    }
    let (mut together, mut alone) = (Vec::new(), Vec::new());
    for program in programs {
        for test in program.tests()? {
            let batches = if is_alone(&test) { &mut alone } else { &mut together };
            batches.push(files.batch(program, &[test]));
        }
    }
    let place = |display: &Display, mut command: Command| {
        display.show(&mut command);
        on_a_session_bus(command)
    };
    let mut results = runner::run(&displays, together, place);
    results.add(runner::run(&displays[..1], alone, place));
    let again = again(programs, files, &results);
    if !again.is_empty() {
        print::step("Trying once more what failed in the window, with nothing beside it");
        results.settle(&runner::run(&displays[..1], again, place));
    }
    Ok(results)
}

/// Returns the window's tests that failed, if they are few. A web view on a busy machine sometimes leaves out what it was asked for;
/// more failures than this are the program's.
fn again(programs: &[TestProgram], files: &Files, results: &Results) -> Vec<Batch> {
    let failed = results.failed();
    let batch = |one: &FailedTest| {
        let program = programs.iter().find(|program| program.name == one.program)?;
        Some(files.batch(program, std::slice::from_ref(&one.test)))
    };
    if failed.len() > MOST_AGAIN { vec![] } else { failed.iter().filter_map(batch).collect() }
}

impl Files {
    fn batch(&self, program: &TestProgram, tests: &[String]) -> Batch {
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

impl Report {
    /// Runs one check and returns whether it succeeded.
    fn check(&mut self, name: &'static str, what: &str, check: impl FnOnce() -> Outcome) -> bool {
        if !what.is_empty() {
            print::step(what);
        }
        self.add(Phase::run(name, check))
    }

    /// Adds a result and returns whether it succeeded.
    fn add(&mut self, phase: Phase) -> bool {
        let well = matches!(phase.outcome, PhaseOutcome::Passed);
        self.phases.push(phase);
        well
    }

    /// Runs tests and adds up their results.
    fn tests(&mut self, name: &'static str, what: &str, run: impl FnOnce() -> Outcome<Results>) {
        let mut results = Results::default();
        self.check(name, what, || {
            results = run()?;
            results.outcome()
        });
        self.results.add(results);
    }

    fn leave_out(&mut self, name: &'static str, why: &'static str) {
        self.phases.push(Phase { name, taken: Duration::ZERO, outcome: PhaseOutcome::NotRun(why) });
    }

    fn print(&self, taken: Duration) -> ExitCode {
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

/// Wraps a command in a session bus of its own if there is none.
fn on_a_session_bus(command: Command) -> Command {
    if env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some() || program::find("dbus-run-session").is_none() {
        return command;
    }
    let mut outer = program::command("dbus-run-session");
    outer.arg("--").arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        outer.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => outer.env(name, value),
            None => outer.env_remove(name),
        };
    }
    outer
}

//! `cargo xtask test`: every check there is, quick ones first, and a summary of what really ran.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::counts::Counts;
use crate::display::Display;
use crate::frontend;
use crate::problem::{Because as _, Outcome, Problem};
use crate::program;
use crate::run::STARTER_MODEL;
use crate::say;
use crate::set_up;
use crate::starter_model;
use crate::vocabularies::{self, VOCABULARIES};
use crate::wasm_target::{self, WasmTarget};

/// The program without a window, once it is there.
const HEADLESS: &str = "tiller-cli";

/// What ran so far.
#[derive(Default)]
struct Report {
    phases: Vec<Phase>,
    counts: Counts,
}

struct Phase {
    name: &'static str,
    taken: Duration,
    ended: Ended,
}

enum Ended {
    Well,
    Badly,
    NotRun(&'static str),
}

impl Phase {
    /// Runs a check, and tells what went wrong.
    fn of(name: &'static str, check: impl FnOnce() -> Outcome) -> Self {
        let begun = Instant::now();
        let done = check();
        if let Err(problem) = &done {
            // The process ends with a failure of its own, after everything has run.
            let _ = problem.tell();
        }
        let ended = if done.is_ok() { Ended::Well } else { Ended::Badly };
        Self { name, taken: begun.elapsed(), ended }
    }
}

/// Runs every check; all of them, even when an early one fails.
pub(crate) fn test(fast: bool) -> Outcome<ExitCode> {
    let begun = Instant::now();
    let mut report = Report::default();
    let set_up = Instant::now();
    set_up::system_packages(!fast)?;
    let target = if fast { None } else { Some(wasm_target::ensure()?) };
    let model = starter_model::ensure()?;
    let vocabularies = vocabularies::ensure();
    report.phases.push(Phase { name: "set-up", taken: set_up.elapsed(), ended: Ended::Well });

    if let Err(problem) = &vocabularies {
        // The tests that need them say that they are left out, and so does the summary.
        let _ = problem.tell();
        report.leave_out("real words", "the vocabularies could not be fetched");
    }
    let vocabularies = vocabularies.ok();

    report.check("format", "Checking the format", || cargo(&["fmt", "--all", "--check"]));
    // The page's last minutes keep one core busy: the checks have the other.
    let page = thread::spawn(move || target.map(|target| Phase::of("page", || page(target))));
    report.check("lints", "Checking the lints", || {
        // The window's test is among no targets but its own: asked for beside all others it is passed over.
        let targets: [&[&str]; 2] = [&["--all-targets"], &["--test", "window"]];
        targets.iter().try_for_each(|targets| {
            let clippy = ["clippy", "--quiet", "--workspace"];
            cargo(&[&clippy, *targets, &["--", "--deny", "warnings"]].concat())
        })
    });
    if has_headless_program()? {
        report.check("headless", "Checking that the headless program needs no window", || {
            cargo(&["check", "--quiet", "--package", HEADLESS])
        });
    }
    // Before the tests: the application embeds the page, and would be compiled again for a new one.
    let page = page.join().map_err(|_| Problem::new("Building the page ended in a panic."))?;
    let page = page.is_some_and(|phase| report.add(phase));
    let mut tests = cargo_test(&[], &model);
    if let Some(folder) = vocabularies {
        tests.env(VOCABULARIES, folder);
    }
    report.tests("tests", "Running every test outside the window", tests);
    if fast {
        report.leave_out("window", "left out by --fast");
    } else if cfg!(not(target_os = "linux")) {
        report.leave_out("window", "its driver is only there on Linux");
    } else if page {
        report.window(&model);
    } else {
        report.leave_out("window", "there is no page to show");
    }
    Ok(report.tell(begun.elapsed()))
}

fn page(target: WasmTarget) -> Outcome {
    frontend::build(target, frontend::Build::Full)
}

fn cargo(arguments: &[&str]) -> Outcome {
    program::run(program::cargo().args(arguments))
}

/// The same packages, features and profile for every test, so that everything is compiled once.
fn cargo_test(arguments: &[&str], model: &Path) -> Command {
    let mut command = program::cargo();
    command
        .args(["test", "--quiet", "--workspace", "--no-fail-fast"])
        .args(arguments)
        .env(STARTER_MODEL, model);
    command
}

fn has_headless_program() -> Outcome<bool> {
    let metadata =
        program::output(program::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    Ok(metadata.contains(&format!("\"name\":\"{HEADLESS}\"")))
}

impl Report {
    /// Runs one check; whether it ended well.
    fn check(&mut self, name: &'static str, what: &str, check: impl FnOnce() -> Outcome) -> bool {
        if !what.is_empty() {
            say::step(what);
        }
        self.add(Phase::of(name, check))
    }

    /// Adds what ran; whether it ended well.
    fn add(&mut self, phase: Phase) -> bool {
        let well = matches!(phase.ended, Ended::Well);
        self.phases.push(phase);
        well
    }

    /// Runs tests and counts them.
    fn tests(&mut self, name: &'static str, what: &str, command: Command) {
        let mut counts = Counts::default();
        self.check(name, what, || counted(command, &mut counts));
        self.counts += counts;
    }

    /// Runs the tests in the real window, one after another: they measure how soon it answers.
    fn window(&mut self, model: &Path) {
        let mut counts = Counts::default();
        self.check("window", "Walking through the real window", || {
            let display = Display::open()?;
            let mut command =
                on_a_session_bus(cargo_test(&["--test", "window", "--", "--test-threads", "1"], model));
            display.show(&mut command);
            counted(command, &mut counts)
        });
        self.counts += counts;
    }

    fn leave_out(&mut self, name: &'static str, why: &'static str) {
        self.phases.push(Phase { name, taken: Duration::ZERO, ended: Ended::NotRun(why) });
    }

    fn tell(&self, taken: Duration) -> ExitCode {
        say::step("Summary");
        for phase in &self.phases {
            let time = say::time(phase.taken);
            match phase.ended {
                Ended::Well => say::note(&format!("{:<10} ok        {time}", phase.name)),
                Ended::Badly => say::note(&format!("{:<10} FAILED    {time}", phase.name)),
                Ended::NotRun(why) => say::note(&format!("{:<10} not run   {why}", phase.name)),
            }
        }
        let Counts { passed, failed, ignored } = self.counts;
        let ignored = if ignored == 0 { String::new() } else { format!(", {ignored} ignored") };
        println!("{passed} passed, {failed} failed{ignored} in {}", say::time(taken));
        let failed = self.phases.iter().any(|phase| matches!(phase.ended, Ended::Badly));
        if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}

/// The same command on a session bus of its own where there is none.
fn on_a_session_bus(command: Command) -> Command {
    if env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some() || program::find("dbus-run-session").is_none() {
        return command;
    }
    let mut outer = program::command("dbus-run-session");
    outer.arg("--").arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => outer.env(name, value),
            None => outer.env_remove(name),
        };
    }
    outer
}

/// Runs tests with what they say on the terminal, and adds their results up.
fn counted(mut command: Command, counts: &mut Counts) -> Outcome {
    let mut child = command.stdout(Stdio::piped()).spawn().because(|| "The tests cannot be started")?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line.because(|| "The tests' words cannot be read")?;
            println!("{line}");
            if let Some(result) = Counts::read(&line) {
                *counts += result;
            }
        }
    }
    let status = child.wait().because(|| "The tests cannot be waited for")?;
    match (status.success(), counts.passed + counts.failed) {
        (true, 0) => Err(Problem::new("No test ran.")),
        (true, _) => Ok(()),
        (false, _) => Err(Problem::new(format!("The tests ended with {status}."))),
    }
}

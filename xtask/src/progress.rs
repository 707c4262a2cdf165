//! Runs cargo builds and prints every ten seconds how far they are and how long they will still take.

use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};

/// The time between two lines.
const INTERVAL: Duration = Duration::from_secs(10);

/// The width of the progress bar that cargo prints, wide enough for its numbers and some names.
const WIDTH: &str = "120";

/// The share of the crates of a first build that are done after each tenth of its time: the last crates are the large ones.
/// Measured on two idle cores.
const DONE_AT_TENTHS: [f64; 11] = [0.0, 0.18, 0.35, 0.5, 0.62, 0.72, 0.8, 0.88, 0.94, 0.985, 1.0];

/// The number of crates at the end of a build, each of which takes much longer than the others.
const LARGE_CRATES: u32 = 5;

/// The builds that run now. Prints their state until it is dropped.
pub(crate) struct Progress {
    builds: Arc<Mutex<BTreeMap<&'static str, Build>>>,
    /// Ends the printing thread when it is dropped.
    end: Option<mpsc::Sender<()>>,
    printer: Option<JoinHandle<()>>,
}

/// How far a build is.
#[derive(Debug, Clone, PartialEq)]
struct Build {
    begun: Instant,
    /// The crates that were done when the build began, because an earlier build had compiled them.
    fresh: u32,
    done: u32,
    total: u32,
    /// The names of the crates that compile now.
    now: String,
}

impl Progress {
    /// Starts printing.
    pub(crate) fn start() -> Self {
        let builds = Arc::default();
        let (end, ended) = mpsc::channel::<()>();
        let shown = Arc::clone(&builds);
        let printer = thread::spawn(move || {
            while ended.recv_timeout(INTERVAL) == Err(mpsc::RecvTimeoutError::Timeout) {
                let line = describe(&locked(&shown), Instant::now());
                if let Some(line) = line {
                    print::note(&line);
                }
            }
        });
        Self { builds, end: Some(end), printer: Some(printer) }
    }

    /// Runs a cargo build to its end. Compiler messages go to the terminal.
    pub(crate) fn run(&self, name: &'static str, cargo: &mut Command) -> Outcome {
        let mut child = cargo
            .env("CARGO_TERM_PROGRESS_WHEN", "always")
            .env("CARGO_TERM_PROGRESS_WIDTH", WIDTH)
            .env("CARGO_TERM_COLOR", "never")
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| "cargo cannot be started")?;
        if let Some(stderr) = child.stderr.take() {
            each_line(stderr, |line| self.read(name, line));
        }
        let status = child.wait().with_context(|| "cargo cannot be waited for")?;
        locked(&self.builds).remove(name);
        if status.success() {
            Ok(())
        } else {
            Err(Problem::new(format!("Building the {name} ended with {status}.")))
        }
    }

    /// Takes a line of cargo's: its progress is stored, its messages are printed.
    fn read(&self, name: &'static str, line: &str) {
        if let Some((done, total, now)) = progress(line) {
            let mut builds = locked(&self.builds);
            let build = builds.entry(name).or_insert_with(|| Build {
                begun: Instant::now(),
                fresh: done,
                done,
                total,
                now: String::new(),
            });
            (build.done, build.total, build.now) = (done, total, now.to_owned());
        } else if is_message(line) {
            eprintln!("{line}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(printer) = self.printer.take() {
            // The thread only prints. If it panicked, its message is on the terminal already.
            let _ = printer.join();
        }
    }
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Calls `take` with every line. Cargo ends a line of progress with a carriage return.
fn each_line(stream: impl Read, mut take: impl FnMut(&str)) {
    let mut line = Vec::new();
    // An error ends the output early; cargo's exit status still tells how the build ended.
    for byte in BufReader::new(stream).bytes().map_while(Result::ok) {
        if byte == b'\n' || byte == b'\r' {
            take(&String::from_utf8_lossy(&line));
            line.clear();
        } else {
            line.push(byte);
        }
    }
    take(&String::from_utf8_lossy(&line));
}

/// Parses a line such as `Building [====>   ] 12/345: serde, tokio` into the crates done, all crates, and the names.
fn progress(line: &str) -> Option<(u32, u32, &str)> {
    let rest = line.trim_start().strip_prefix("Building [")?;
    let (counts, now) = rest.split_once("] ")?.1.split_once(':').unwrap_or((rest.split_once("] ")?.1, ""));
    let (done, total) = counts.trim().split_once('/')?;
    Some((done.parse().ok()?, total.parse().ok()?, now.trim()))
}

/// Returns whether the line is a message of the compiler, and not one of cargo's lines about what it does.
fn is_message(line: &str) -> bool {
    const STATUS: [&str; 9] = [
        "Compiling",
        "Building",
        "Downloading",
        "Downloaded",
        "Finished",
        "Fresh",
        "Locking",
        "Updating",
        "Blocking",
    ];
    let first = line.trim_start_matches(['\u{1b}', '[', 'K', ' ']).split_whitespace().next();
    first.is_some_and(|first| !STATUS.contains(&first))
}

/// Describes the builds in one line. `None` if none runs.
fn describe(builds: &BTreeMap<&'static str, Build>, now: Instant) -> Option<String> {
    let parts: Vec<String> = builds
        .iter()
        .map(|(name, build)| {
            let crates = if build.now.is_empty() { String::new() } else { format!(" ({})", build.now) };
            format!("{name}: {} of {} crates{crates}", build.done, build.total)
        })
        .collect();
    let left = builds.values().map(|build| left(build, now)).collect::<Option<Vec<_>>>();
    let left = match left.and_then(|left| left.into_iter().max()) {
        Some(left) if left < Duration::from_mins(1) => "; less than a minute left".to_owned(),
        Some(left) => format!("; about {} min left", left.as_secs().div_ceil(60)),
        None => String::new(),
    };
    (!parts.is_empty()).then(|| parts.join(", ") + &left)
}

/// Estimates how long a build still takes. `None` where crates tell too little: at the beginning, at the last crates, which are
/// large, and where an earlier build has compiled many, so that the measured shares do not apply.
fn left(build: &Build, now: Instant) -> Option<Duration> {
    let is_first_build = build.fresh * 10 < build.total;
    if !is_first_build || build.done + LARGE_CRATES >= build.total {
        return None;
    }
    let taken = now.saturating_duration_since(build.begun);
    let share = share_of_time(f64::from(build.done) / f64::from(build.total.max(1)));
    (share > 0.05).then(|| taken.mul_f64((1.0 - share) / share))
}

/// Returns the share of a build's time at which this share of its crates is done.
fn share_of_time(crates: f64) -> f64 {
    let after = DONE_AT_TENTHS.partition_point(|done| *done <= crates).clamp(1, DONE_AT_TENTHS.len() - 1);
    let (low, high) = (DONE_AT_TENTHS[after - 1], DONE_AT_TENTHS[after]);
    ((after - 1) as f64 + ((crates - low) / (high - low)).clamp(0.0, 1.0)) / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_progress_is_understood() {
        let line = "    Building [=======>                 ] 128/637: candle-core, tauri(build)...";
        assert_eq!(progress(line), Some((128, 637, "candle-core, tauri(build)...")));
        assert_eq!(progress("    Building [>  ] 0/9"), Some((0, 9, "")));
        assert_eq!(progress("   Compiling serde v1.0.0"), None);
        assert!(
            !is_message("   Compiling serde v1.0.0") && !is_message("") && is_message("error: no such crate")
        );
    }

    #[test]
    fn lines_end_with_either_sign() {
        let mut lines = Vec::new();
        each_line(&b"one\rtwo\nthree"[..], |line| lines.push(line.to_owned()));
        assert_eq!(lines, ["one", "two", "three"]);
    }

    #[test]
    fn the_remaining_time_follows_from_the_time_so_far() {
        let begun = Instant::now();
        let build = |fresh, done| Build { begun, fresh, done, total: 200, now: "ui".into() };
        // Half of the crates are done after three tenths of the time, so seven tenths are left.
        let after = begun + Duration::from_mins(3);
        assert_eq!(left(&build(0, 100), after).map(|left| left.as_secs()), Some(420));
        assert_eq!(left(&build(0, 1), after), None, "too early to tell");
        assert_eq!(left(&build(0, 196), after), None, "only large crates are left");
        assert_eq!(left(&build(100, 150), after), None, "half was compiled before");
        let builds = BTreeMap::from([("page", build(0, 100)), ("program", build(0, 100))]);
        assert_eq!(
            describe(&builds, after).as_deref(),
            Some("page: 100 of 200 crates (ui), program: 100 of 200 crates (ui); about 7 min left")
        );
        assert_eq!(describe(&BTreeMap::new(), after), None);
    }
}

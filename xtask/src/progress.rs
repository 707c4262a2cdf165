//! Runs cargo builds and prints every ten seconds how far they are and, where it can be said, how long they will still take.

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

/// The same for page and program together. They begin with hundreds of small crates, and the program ends with the engine
/// and what it needs, long after the page. Measured on two cores, from nothing.
const DONE_AT_TENTHS_TOGETHER: [f64; 11] = [0.0, 0.4, 0.49, 0.58, 0.72, 0.77, 0.81, 0.845, 0.88, 0.94, 1.0];

/// The number of crates at the end of a build, each of which takes much longer than the others.
const LARGE_CRATES: u32 = 5;

/// The share of a build's time before which the crates that are done say too little.
const TOO_EARLY: f64 = 0.1;

/// How far the remaining time may be from the estimate: another machine compiles other crates faster than the measured one.
const DOUBT: f64 = 0.3;

/// The builds that run now, and those that have ended.
type Builds = BTreeMap<&'static str, Build>;

/// Prints the state of builds until it is dropped.
pub(crate) struct Progress {
    builds: Arc<Mutex<Builds>>,
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
    /// All crates. None until cargo has said how many there are.
    total: u32,
    /// The names of the crates that compile now.
    now: String,
    has_ended: bool,
}

impl Build {
    /// Returns a build that begins now.
    fn begun() -> Self {
        Self { begun: Instant::now(), fresh: 0, done: 0, total: 0, now: String::new(), has_ended: false }
    }
}

impl Progress {
    /// Starts printing.
    pub(crate) fn start() -> Self {
        Self::printing(left)
    }

    /// Starts printing how far the builds are and not how long they take: they share the cores with work that is not seen here.
    pub(crate) fn beside_other_work() -> Self {
        Self::printing(|_, _| None)
    }

    /// Starts printing, with the remaining time that `left` finds.
    fn printing(left: fn(&Builds, Instant) -> Option<Duration>) -> Self {
        let builds = Arc::default();
        let (end, ended) = mpsc::channel::<()>();
        let shown: Arc<Mutex<Builds>> = Arc::clone(&builds);
        let printer = thread::spawn(move || {
            while ended.recv_timeout(INTERVAL) == Err(mpsc::RecvTimeoutError::Timeout) {
                let line = {
                    let builds = locked(&shown);
                    describe(&builds, left(&builds, Instant::now()))
                };
                if let Some(line) = line {
                    print::note(&line);
                }
            }
        });
        Self { builds, end: Some(end), printer: Some(printer) }
    }

    /// Runs a cargo build to its end. Compiler messages go to the terminal.
    pub(crate) fn run(&self, name: &'static str, cargo: &mut Command) -> Outcome {
        // Cargo says its crates later. Until then nobody knows how long the builds take.
        locked(&self.builds).insert(name, Build::begun());
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
        if let Some(build) = locked(&self.builds).get_mut(name) {
            build.has_ended = true;
        }
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
            let build = builds.entry(name).or_insert_with(Build::begun);
            if build.total == 0 {
                *build = Build { fresh: done, ..Build::begun() };
            }
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

/// Describes the builds and their remaining time in one line. `None` if none runs.
fn describe(builds: &Builds, left: Option<Duration>) -> Option<String> {
    let parts: Vec<String> = builds
        .iter()
        .filter(|(_, build)| !build.has_ended && build.total > 0)
        .map(|(name, build)| {
            let crates = if build.now.is_empty() { String::new() } else { format!(" ({})", build.now) };
            format!("{name}: {} of {} crates{crates}", build.done, build.total)
        })
        .collect();
    let left = left.map(|left| format!("; {} left", range(left))).unwrap_or_default();
    (!parts.is_empty()).then(|| parts.join(", ") + &left)
}

/// Words an estimate as the whole minutes between which the time will be.
fn range(estimate: Duration) -> String {
    let minutes = estimate.as_secs_f64() / 60.0;
    let low = (minutes * (1.0 - DOUBT)).floor() as u32;
    let high = (minutes * (1.0 + DOUBT)).ceil() as u32;
    match (low, high) {
        (_, 0 | 1) => "less than a minute".to_owned(),
        (0, _) => format!("up to {high} min"),
        _ => format!("{low} to {high} min"),
    }
}

/// Estimates how long the builds still take. They share the cores, so the estimate is one for all of them. `None` where crates tell
/// too little: in the first tenth, before every build has said its crates, at the last crates, which are large, and where an
/// earlier build has compiled many, so that the measured shares do not apply.
fn left(builds: &Builds, now: Instant) -> Option<Duration> {
    let is_first = |build: &&Build| build.fresh * 10 < build.total;
    if builds.values().any(|build| !build.has_ended && !is_first(&build)) {
        return None;
    }
    let first: Vec<&Build> = builds.values().filter(is_first).collect();
    let begun = first.iter().map(|build| build.begun).min()?;
    let done: u32 = first.iter().map(|build| build.done).sum();
    let total: u32 = first.iter().map(|build| build.total).sum();
    if done + LARGE_CRATES >= total {
        return None;
    }
    let curve = if first.len() > 1 { &DONE_AT_TENTHS_TOGETHER } else { &DONE_AT_TENTHS };
    let share = share_of_time(f64::from(done) / f64::from(total.max(1)), curve);
    (share >= TOO_EARLY).then(|| now.saturating_duration_since(begun).mul_f64((1.0 - share) / share))
}

/// Returns the share of a build's time at which this share of its crates is done.
fn share_of_time(crates: f64, done_at_tenths: &[f64; 11]) -> f64 {
    let after = done_at_tenths.partition_point(|done| *done <= crates).clamp(1, done_at_tenths.len() - 1);
    let (low, high) = (done_at_tenths[after - 1], done_at_tenths[after]);
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
        let build =
            |fresh, done| Build { begun, fresh, done, total: 200, now: "ui".into(), has_ended: false };
        let alone = |build| BTreeMap::from([("page", build)]);
        // Half of the crates are done after three tenths of the time, so seven tenths are left.
        let after = begun + Duration::from_mins(3);
        assert_eq!(left(&alone(build(0, 100)), after).map(|left| left.as_secs()), Some(420));
        assert_eq!(left(&alone(build(0, 35)), after), None, "too early to tell");
        assert!(left(&alone(build(0, 40)), after).is_some(), "a tenth of the time is over");
        assert_eq!(left(&alone(build(0, 196)), after), None, "only large crates are left");
        assert_eq!(left(&alone(build(100, 150)), after), None, "half was compiled before");
        let both = BTreeMap::from([("page", build(0, 116)), ("program", build(0, 116))]);
        assert_eq!(
            describe(&both, left(&both, after)).as_deref(),
            Some("page: 116 of 200 crates (ui), program: 116 of 200 crates (ui); 4 to 10 min left")
        );
        assert_eq!(describe(&BTreeMap::new(), None), None);
    }

    #[test]
    fn a_time_is_said_with_its_doubt() {
        let said = |seconds| range(Duration::from_secs(seconds));
        assert_eq!(
            [40, 60, 360].map(said),
            ["less than a minute", "up to 2 min", "4 to 8 min"].map(str::to_owned)
        );
    }

    #[test]
    fn nothing_is_said_of_the_time_before_every_build_has_said_its_crates() {
        let begun = Instant::now();
        let page = Build { begun, fresh: 0, done: 35, total: 50, now: String::new(), has_ended: false };
        let both = BTreeMap::from([("page", page), ("program", Build::begun())]);
        let after = begun + Duration::from_mins(3);
        assert_eq!(describe(&both, left(&both, after)).as_deref(), Some("page: 35 of 50 crates"));
    }

    #[test]
    fn a_build_that_has_ended_counts_and_is_not_shown() {
        let begun = Instant::now();
        let build = |fresh, done, total, has_ended| Build {
            begun,
            fresh,
            done,
            total,
            now: String::new(),
            has_ended,
        };
        let after = begun + Duration::from_mins(7);
        // 845 of 1000 crates are done after seven tenths of the time, so three tenths are left.
        let both =
            BTreeMap::from([("page", build(0, 300, 300, true)), ("program", build(0, 545, 700, false))]);
        assert_eq!(
            describe(&both, left(&both, after)).as_deref(),
            Some("program: 545 of 700 crates; 2 to 4 min left")
        );
        let page_was_there =
            BTreeMap::from([("page", build(300, 300, 300, true)), ("program", build(0, 350, 700, false))]);
        assert_eq!(left(&page_was_there, after).map(|left| left.as_secs()), Some(980), "its own curve");
        let again =
            BTreeMap::from([("page", build(0, 300, 300, true)), ("program", build(698, 698, 700, false))]);
        assert_eq!(left(&again, after), None, "only the window compiles once more");
    }
}

//! Starts the log: sentences on standard error, and lines of JSON in the data folder for a report.

use std::io::{self, Write};
use std::panic;
use std::path::Path;

use super::log_limit::Limited;
use app::{LOG_FOLDER, printable};
use tracing::{Level, Subscriber};
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::filter::{LevelFilter, Targets, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

/// The crates whose lines the files hold. Other libraries may write what a person typed.
const OWN: [&str; 7] = ["app", "data", "endpoint", "hub", "store", "tiller", "vectors"];

/// A file a day, and as many of them.
const DAYS: usize = 7;

/// Starts the log. `error` and `warn` are for the person who looks why something failed, `info` tells what was begun and
/// ended, and `debug` is for developers. `TILLER_LOG` sets the level on standard error. The files hold `info` and above,
/// without prompts, answers and names.
pub(super) fn start(data: &Path) {
    let level =
        std::env::var("TILLER_LOG").ok().and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::WARN);
    // Colours are escape sequences, which the writer takes away from everybody.
    let terminal =
        tracing_subscriber::fmt::layer().with_ansi(false).with_writer(|| PrintableLine(io::stderr()));
    let terminal = terminal.with_filter(log_filter(level));
    let files = files(&data.join(LOG_FOLDER));
    let missing = files.as_ref().err().map(ToString::to_string);
    tracing_subscriber::registry().with(files.ok().map(log_lines)).with(terminal).init();
    if let Some(error) = missing {
        tracing::warn!("the log cannot be kept in the data folder: {error}");
    }
    log_panics();
}

/// Returns the filter of the log. Below `info` the clients of the network write what they send and receive, keys and texts
/// included, so they are never more talkative.
#[must_use]
pub fn log_filter(level: LevelFilter) -> Targets {
    let quiet = level.min(LevelFilter::INFO);
    ["ureq", "ureq_proto", "rustls"]
        .into_iter()
        .fold(Targets::new().with_default(level), |targets, client| targets.with_target(client, quiet))
}

/// Writes each record as one line without characters that a terminal obeys: names of models and the words of servers come
/// from others.
struct PrintableLine<W>(W);

impl<W: Write> Write for PrintableLine<W> {
    fn write(&mut self, record: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(record);
        let (line, end) = text.strip_suffix('\n').map_or((&*text, ""), |line| (line, "\n"));
        write!(self.0, "{}{end}", printable::line(line))?;
        Ok(record.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Opens the files of the log.
fn files(folder: &Path) -> Result<Limited<RollingFileAppender>, tracing_appender::rolling::InitError> {
    // The library looks for old files before it makes the folder, and prints that there is none.
    if let Err(error) = std::fs::create_dir_all(folder) {
        tracing::debug!("the folder of the log cannot be made: {error}");
    }
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("tiller")
        .filename_suffix("jsonl")
        .max_log_files(DAYS)
        .build(folder);
    files.map(Limited::new)
}

/// Writes Tiller's own lines as JSON.
pub fn log_lines<S: Subscriber + for<'a> LookupSpan<'a>>(
    writer: impl for<'a> tracing_subscriber::fmt::MakeWriter<'a> + Send + Sync + 'static,
) -> impl Layer<S> {
    // A filter by names of targets would also take crates whose names only begin with one of these.
    let own = filter_fn(|metadata| {
        let krate = metadata.target().split("::").next().unwrap_or_default();
        OWN.contains(&krate) && *metadata.level() <= Level::INFO
    });
    tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(writer).with_filter(own)
}

/// Writes where a panic happened. Its words may quote a text, so they only go to standard error.
fn log_panics() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a mistake in Tiller ended a piece of work");
        before(info);
    }));
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_files_hold_own_lines_as_json_and_no_others() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let kept = files(&folder.path().join("logs")).expect("files");
        let subscriber = tracing_subscriber::registry().with(log_lines(kept));
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(target: "app::engine::queue", job = 7, "a job begins");
            tracing::debug!(target: "app", "for developers");
            tracing::error!(target: "sqlx::query", "of a library");
            tracing::error!(target: "application", "of another crate");
        });
        let file = fs::read_dir(folder.path().join("logs")).expect("a folder").next().expect("a file");
        let text = fs::read_to_string(file.expect("a file").path()).expect("text");
        let all: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
        let [line] = &all[..] else { panic!("{text}") };
        assert_eq!((line["message"].as_str(), line["job"].as_i64()), (Some("a job begins"), Some(7)));
        assert!(line["level"] == "INFO" && line["timestamp"].is_string());
    }

    #[test]
    fn a_week_of_files_is_kept() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for day in 1..=20 {
            fs::write(folder.path().join(format!("tiller.2020-01-{day:02}.jsonl")), "{}").expect("a file");
        }
        drop(files(folder.path()).expect("files"));
        let kept = fs::read_dir(folder.path()).expect("a folder").count();
        assert!(kept <= DAYS, "{kept} files");
    }

    #[test]
    fn a_record_of_the_log_is_one_line_that_a_terminal_only_shows() {
        let mut log = PrintableLine(Vec::new());
        log.write_all(b" WARN the model \x1b]0;owned\x07 was not loaded\n WARN forged\n").expect("a record");
        let written = String::from_utf8(log.0).expect("text");
        assert_eq!(written, " WARN the model \\u{1b}]0;owned\\u{7} was not loaded\\n WARN forged\n");
    }
}

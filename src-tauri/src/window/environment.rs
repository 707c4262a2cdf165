//! Prepares the process before the window opens: the log, the display and the web view's environment.

use std::io::{self, Write};
use std::process::ExitCode;

use app::{DATA_DIR, printable};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Starts the log. `error` and `warn` are for the person who looks why something failed, `info` tells what was begun
/// and ended, and `debug` is for developers. `TILLER_LOG` sets the level.
pub(super) fn log() {
    let level =
        std::env::var("TILLER_LOG").ok().and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::WARN);
    // Colours are escape sequences, which the writer takes away from everybody.
    let log = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(|| PrintableLine(io::stderr()));
    tracing_subscriber::registry().with(log).with(log_filter(level)).init();
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

/// Refuses to open a window if there is no display, and sets the environment variables that the web view needs.
#[cfg(target_os = "linux")]
pub(super) fn prepare() -> Result<(), String> {
    // With some drivers the web view stays blank if it passes its pictures on as DMA buffers.
    const DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
        return Err(no_display("neither DISPLAY nor WAYLAND_DISPLAY is set"));
    }
    if std::env::var_os(DMABUF).is_none() {
        #[expect(unsafe_code, reason = "an environment variable is the only way to tell WebKitGTK")]
        // SAFETY: this is the first thing that `main` does after the log is set up; no other thread runs yet that could
        // read the environment at the same time.
        unsafe {
            std::env::set_var(DMABUF, "1");
        }
    }
    // Tauri panics where this fails. A second call returns the same at once.
    gtk::init().map_err(|_| {
        let names = ["WAYLAND_DISPLAY", "DISPLAY"].into_iter().filter(|name| is_set(name));
        let named =
            names.map(|name| format!("{name}={}", std::env::var_os(name).unwrap_or_default().display()));
        no_display(&format!("nobody answers at {}", named.collect::<Vec<_>>().join(" and ")))
    })
}

/// Returns the sentence about a missing display.
#[cfg(target_os = "linux")]
fn no_display(why: &str) -> String {
    format!(
        "There is no display to open a window on: {why}. \
            Start Tiller from a desktop session, or use tiller-cli, which needs no window."
    )
}

/// Does nothing, because other platforms have a display or report its absence themselves.
#[cfg(not(target_os = "linux"))]
pub(super) fn prepare() -> Result<(), String> {
    Ok(())
}

/// Returns whether a second start brings the first one's window to the front. It does not if the person chose the data
/// folder, whose lock refuses a second process, or if there is no session bus to ask.
pub(super) fn has_single_instance() -> bool {
    let has_bus = !cfg!(target_os = "linux") || std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some();
    has_bus && std::env::var_os(DATA_DIR).is_none()
}

/// The variable with which the tests of the real window answer the dialogs that ask a person: `yes` or `no`.
#[cfg(debug_assertions)]
const TEST_ANSWER: &str = "TILLER_TEST_CONFIRM";

/// Returns the answer of a test that drives the window, which cannot click a dialog of the desktop. A released program has
/// no such door.
#[cfg(debug_assertions)]
pub(super) fn answer_of_a_test() -> Option<bool> {
    let is_driven = std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some_and(|value| value == "true");
    let answer = std::env::var(TEST_ANSWER).ok().filter(|_| is_driven)?;
    Some(answer == "yes")
}

/// Returns no answer: a person gives it.
#[cfg(not(debug_assertions))]
pub(super) fn answer_of_a_test() -> Option<bool> {
    None
}

/// Prints a sentence and returns the exit code of a failure.
pub(super) fn refuse(sentence: &str) -> ExitCode {
    print_sentences(&[Some(sentence)]);
    ExitCode::FAILURE
}

/// Prints sentences to standard error, each on a line of its own.
pub(super) fn print_sentences(sentences: &[Option<&str>]) {
    for sentence in sentences.iter().flatten() {
        // If standard error is closed, nobody can read the sentence.
        let _ = writeln!(io::stderr(), "{}", printable::lines(sentence));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_the_log_is_one_line_that_a_terminal_only_shows() {
        let mut log = PrintableLine(Vec::new());
        log.write_all(b" WARN the model \x1b]0;owned\x07 was not loaded\n WARN forged\n").expect("a record");
        let written = String::from_utf8(log.0).expect("text");
        assert_eq!(written, " WARN the model \\u{1b}]0;owned\\u{7} was not loaded\\n WARN forged\n");
    }
}

//! Prepares the process before the window opens: the log, the display and the web view's environment.

use std::io::{self, Write as _};
use std::process::ExitCode;

use app::DATA_DIR;
use tracing_subscriber::filter::LevelFilter;

/// Starts the log. `error` and `warn` are for the person who looks why something failed, `info` tells what was begun
/// and ended, and `debug` is for developers. `TILLER_LOG` sets the level.
pub(super) fn log() {
    let level =
        std::env::var("TILLER_LOG").ok().and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::WARN);
    tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr).init();
}

/// Refuses to open a window if there is no display, and sets the environment variables that the web view needs.
#[cfg(target_os = "linux")]
pub(super) fn prepare() -> Result<(), &'static str> {
    // With some drivers the web view stays blank if it passes its pictures on as DMA buffers.
    const DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
        return Err("There is no display to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set. \
            Start Tiller from a desktop session, or use tiller-cli, which needs no window.");
    }
    if std::env::var_os(DMABUF).is_none() {
        #[expect(unsafe_code, reason = "an environment variable is the only way to tell WebKitGTK")]
        // SAFETY: this is the first thing that `main` does after the log is set up; no other thread runs yet that could
        // read the environment at the same time.
        unsafe {
            std::env::set_var(DMABUF, "1");
        }
    }
    Ok(())
}

/// Does nothing, because other platforms have a display or report its absence themselves.
#[cfg(not(target_os = "linux"))]
pub(super) fn prepare() -> Result<(), &'static str> {
    Ok(())
}

/// Returns whether a second start brings the first one's window to the front. It does not if the person chose the data
/// folder, whose lock refuses a second process, or if there is no session bus to ask.
pub(super) fn has_single_instance() -> bool {
    let has_bus = !cfg!(target_os = "linux") || std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some();
    has_bus && std::env::var_os(DATA_DIR).is_none()
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
        let _ = writeln!(io::stderr(), "{sentence}");
    }
}

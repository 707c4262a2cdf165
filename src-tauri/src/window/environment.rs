//! What must be right about the process before the window opens.

use std::io::{self, Write as _};
use std::process::ExitCode;

use tracing_subscriber::filter::LevelFilter;

use app::DATA_DIR;

/// Levels by who reads them: `error` and `warn` are for the person who looks why something failed, `info` tells what
/// was begun and ended, `debug` is for developers. `TILLER_LOG` sets the level.
pub(super) fn log() {
    let level =
        std::env::var("TILLER_LOG").ok().and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::WARN);
    tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr).init();
}

/// Refuses to open a window where there is no display, and sets what the web view needs.
#[cfg(target_os = "linux")]
pub(super) fn prepare() -> Result<(), &'static str> {
    // With some drivers the web view stays blank when it hands its pictures over as DMA buffers.
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

/// Other platforms have a display, or say so themselves.
#[cfg(not(target_os = "linux"))]
pub(super) fn prepare() -> Result<(), &'static str> {
    Ok(())
}

/// Whether a second start should bring the first one's window to the front: not for a data folder of its own (the lock
/// there refuses a second process), and not where there is no session bus to ask.
pub(super) fn has_single_instance() -> bool {
    let has_bus = !cfg!(target_os = "linux") || std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some();
    has_bus && std::env::var_os(DATA_DIR).is_none()
}

/// Says a sentence and names the process's failure.
pub(super) fn refuse(sentence: &str) -> ExitCode {
    say(&[Some(sentence)]);
    ExitCode::FAILURE
}

/// Says sentences on standard error, each on a line of its own.
pub(super) fn say(sentences: &[Option<&str>]) {
    for sentence in sentences.iter().flatten() {
        // Nobody is left to be told that standard error is closed.
        let _ = writeln!(io::stderr(), "{sentence}");
    }
}

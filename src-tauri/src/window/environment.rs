//! Prepares the process before the window opens: the display and the web view's environment.

use std::io::{self, Write as _};
use std::process::ExitCode;

use app::{DATA_DIR, printable};

#[cfg(target_os = "linux")]
use super::texts::t;

/// What the web view is told, and its processes inherit.
#[cfg(target_os = "linux")]
const WEB_VIEW: [(&str, &str); 2] = [
    // With some drivers the web view stays blank if it passes its pictures on as DMA buffers.
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    // JavaScriptCore on Linux sometimes goes on with wrong values where it replaces WebAssembly in the middle of a loop by faster code
    // (WebKit's bug 289009): the page stops with impossible numbers. Without, faster code is used from the next call on.
    ("JSC_useWasmOSR", "0"),
];

/// Refuses to open a window if there is no display, and sets the environment variables that the web view needs.
#[cfg(target_os = "linux")]
pub(super) fn prepare() -> Result<(), String> {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
        return Err(t!("native-display-unset"));
    }
    for (name, value) in WEB_VIEW {
        // A person may know better.
        if std::env::var_os(name).is_none() {
            #[expect(unsafe_code, reason = "an environment variable is the only way to tell WebKitGTK")]
            // SAFETY: this is the first thing that `main` does after the log has begun; no other thread runs yet that could
            // read the environment at the same time.
            unsafe {
                std::env::set_var(name, value);
            }
        }
    }
    // Tauri panics where this fails. A second call returns the same at once.
    gtk::init().map_err(|_| {
        let names = ["WAYLAND_DISPLAY", "DISPLAY"].into_iter().filter(|name| is_set(name));
        let named =
            names.map(|name| format!("{name}={}", std::env::var_os(name).unwrap_or_default().display()));
        t!("native-display-silent", displays = named.collect::<Vec<_>>().join(", "))
    })
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

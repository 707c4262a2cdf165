//! Handles Ctrl-C: the first one asks to stop and keep the results, the second one ends the program at once.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::halt::Halt;
use crate::output;

static STOPPED: AtomicBool = AtomicBool::new(false);

/// Installs the handler of Ctrl-C.
pub(crate) fn listen() -> Result<(), Halt> {
    let on_ctrl_c = || {
        if STOPPED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        output::print_message("stopping; Ctrl-C again ends at once");
    };
    // The handler is a thread of its own, for which there may be no room.
    ctrlc::set_handler(on_ctrl_c).map_err(|error| {
        let why = "The system gives this process too little memory, or no further thread";
        Halt::Failed(format!("Ctrl-C cannot be listened for ({error}). {why}."))
    })
}

/// From here on there is nothing to keep: the next Ctrl-C ends the program at once.
pub(crate) fn rest() {
    STOPPED.store(true, Ordering::Relaxed);
}

/// Begins work that can be stopped after a [`rest`].
pub(crate) fn begin() {
    STOPPED.store(false, Ordering::Relaxed);
}

/// Says whether a person has asked to stop.
pub(crate) fn is_asked() -> bool {
    STOPPED.load(Ordering::Relaxed)
}

/// Returns `Break` to the engine where a person has asked to stop.
pub(crate) fn flow() -> ControlFlow<()> {
    if is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

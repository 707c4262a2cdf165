//! Ctrl-C: the first asks to stop and keep, the second ends at once.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::halt::Halt;
use crate::output;

static STOPPED: AtomicBool = AtomicBool::new(false);

/// Listens for Ctrl-C from now on.
pub(crate) fn listen() -> Result<(), Halt> {
    let heard = || {
        if STOPPED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        output::say("stopping; Ctrl-C again ends at once");
    };
    ctrlc::set_handler(heard).map_err(|error| Halt::Failed(format!("Ctrl-C cannot be listened for: {error}")))
}

/// Whether to stop.
pub(crate) fn is_asked() -> bool {
    STOPPED.load(Ordering::Relaxed)
}

/// Whether to go on, as the engine asks it.
pub(crate) fn flow() -> ControlFlow<()> {
    if is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

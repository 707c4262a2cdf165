//! A pause after the last of several changes, before what follows from them is done.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

/// Does one thing after a pause: what is asked for meanwhile takes its place. Nothing is done once the view is gone.
#[derive(Clone, Copy)]
pub struct Pause {
    length: Duration,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Pause {
    /// Makes a pause of this length for the view that is being built.
    #[must_use]
    pub fn new(length: Duration) -> Self {
        let pause = Self { length, timer: StoredValue::new(None) };
        on_cleanup(move || pause.cancel());
        pause
    }

    /// Does this after the pause, and not what waited for it.
    pub fn then(self, act: impl FnOnce() + 'static) {
        self.cancel();
        self.timer.set_value(set_timeout_with_handle(act, self.length).ok());
    }

    /// Does nothing of what waits.
    pub fn cancel(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }
}

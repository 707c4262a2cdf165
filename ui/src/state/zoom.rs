//! How large everything is: a part of the settings, which the application applies to the whole page.

use std::cell::Cell;

use ipc::command::SetZoom;
use ipc::project::Settings;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Store;
use crate::actions::Zoom;
use crate::bridge;

/// The sizes, in per cent.
pub const SIZES: [u32; 12] = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 300];

const WHOLE: u32 = 100;

thread_local! {
    /// The size that the page has.
    static APPLIED: Cell<u32> = const { Cell::new(WHOLE) };
}

/// Applies the size of the settings to the page.
pub(super) fn apply(store: Store) {
    let percent = store.settings.read_untracked().zoom.unwrap_or(WHOLE);
    if APPLIED.replace(percent) == percent {
        return;
    }
    spawn_local(async move {
        if let Err(failure) = bridge::call(SetZoom { percent }).await {
            store.failure.set(Some(failure));
        }
    });
}

/// Returns the size of the settings, in per cent.
#[must_use]
pub fn percent(settings: &Settings) -> u32 {
    settings.zoom.unwrap_or(WHOLE)
}

/// Returns the size after a step.
fn stepped(from: u32, step: Zoom) -> u32 {
    let next = match step {
        Zoom::In => SIZES.into_iter().find(|size| *size > from),
        Zoom::Out => SIZES.into_iter().rev().find(|size| *size < from),
        Zoom::Reset => Some(WHOLE),
    };
    next.unwrap_or(from)
}

impl Store {
    /// Makes everything larger or smaller by a step, and keeps that.
    pub fn zoom(self, step: Zoom) {
        let size = stepped(percent(&self.settings.read_untracked()), step);
        self.set_zoom(size);
    }

    /// Makes everything so large, and keeps that.
    pub fn set_zoom(self, size: u32) {
        self.change_settings(|settings| settings.zoom = Some(size).filter(|size| *size != WHOLE));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lead_through_the_sizes_and_stop_at_their_ends() {
        assert_eq!((stepped(100, Zoom::In), stepped(100, Zoom::Out)), (110, 90));
        assert_eq!((stepped(300, Zoom::In), stepped(50, Zoom::Out)), (300, 50));
        assert_eq!((stepped(103, Zoom::Out), stepped(103, Zoom::Reset)), (100, 100));
    }
}

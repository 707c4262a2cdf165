//! Closes the window once the page has stored what is typed.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tauri::{Manager, Runtime, Window, async_runtime};

use super::events;

/// The time in which the page must answer. A page that does not answer cannot store anything.
const TIME_LIMIT: Duration = Duration::from_secs(3);

/// Whether the page has been asked and has not answered.
#[derive(Default)]
pub(super) struct Leaving(Mutex<Question>);

#[derive(Default)]
struct Question {
    is_open: bool,
    /// Tells one question from a later one.
    number: u32,
}

impl Leaving {
    /// Opens a question. Returns its number, or `None` if one is open.
    fn ask(&self) -> Option<u32> {
        let mut question = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if question.is_open {
            return None;
        }
        *question = Question { is_open: true, number: question.number + 1 };
        Some(question.number)
    }

    /// Whether a question is still open.
    fn is_open(&self, number: u32) -> bool {
        let question = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        question.is_open && question.number == number
    }

    /// Closes the question. Returns whether one was open.
    fn answer(&self) -> bool {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).is_open)
    }
}

/// Asks the page to store what is typed. Returns `false` if it has been asked before: then the window closes at once.
pub(super) fn ask<R: Runtime>(window: &Window<R>) -> bool {
    let Some(number) = window.state::<Leaving>().ask() else { return false };
    events::say_closing(window.app_handle());
    let window = window.clone();
    async_runtime::spawn(async move {
        tokio::time::sleep(TIME_LIMIT).await;
        if window.state::<Leaving>().is_open(number) {
            close(&window);
        }
    });
    true
}

/// Takes the page's answer: it closes the window, or keeps it open because something could not be stored.
pub(super) fn answer<R: Runtime>(window: &Window<R>, is_closing: bool) {
    if window.state::<Leaving>().answer() && is_closing {
        close(window);
    }
}

fn close<R: Runtime>(window: &Window<R>) {
    if let Err(error) = window.destroy() {
        tracing::error!("the window could not be closed: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_stays_is_asked_again_and_a_second_wish_closes_at_once() {
        let leaving = Leaving::default();
        let first = leaving.ask().expect("nobody has asked");
        assert!(leaving.ask().is_none(), "the person insists");
        assert!(leaving.answer() && !leaving.answer());
        let second = leaving.ask().expect("the page has answered");
        assert!(leaving.is_open(second) && !leaving.is_open(first), "the first wait is over");
    }
}

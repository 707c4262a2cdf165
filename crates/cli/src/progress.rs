//! Draws a progress bar on a terminal, and nothing where standard error is a file or a pipe.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use crate::stop;

const WIDTH: usize = 24;
const REDRAW_EVERY: Duration = Duration::from_millis(100);

/// The progress bar of one phase of the work.
pub(crate) struct Bar {
    what: Cow<'static, str>,
    began: Instant,
    drawn: Option<Instant>,
    is_terminal: bool,
}

impl Bar {
    pub(crate) fn new(what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            what: what.into(),
            began: Instant::now(),
            drawn: None,
            is_terminal: io::stderr().is_terminal(),
        }
    }

    /// Shows how much is done, and says whether to go on.
    pub(crate) fn show(&mut self, done: usize, total: usize) -> ControlFlow<()> {
        let is_due = self.drawn.is_none_or(|drawn| drawn.elapsed() >= REDRAW_EVERY);
        if self.is_terminal && is_due {
            self.drawn = Some(Instant::now());
            let line = line(&self.what, done, total, self.began.elapsed());
            let _ = write!(io::stderr(), "\r\x1b[K{line}");
        }
        stop::flow()
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn line(what: &str, done: usize, total: usize, taken: Duration) -> String {
    let total = total.max(1);
    let done = done.min(total);
    let filled = WIDTH * done / total;
    let (full, empty) = ("#".repeat(filled), ".".repeat(WIDTH - filled));
    let left = if done == 0 {
        String::new()
    } else {
        let seconds = taken.as_secs_f64() * (total - done) as f64 / done as f64;
        let (minutes, seconds) = (seconds as u64 / 60, seconds as u64 % 60);
        format!(", {minutes}:{seconds:02} left")
    };
    format!("{what} [{full}{empty}] {done}/{total}{left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_and_shows_the_remaining_time() {
        assert_eq!(
            line("Training", 6, 24, Duration::from_secs(30)),
            "Training [######..................] 6/24, 1:30 left"
        );
        assert!(line("x", 0, 0, Duration::ZERO).ends_with("0/1"));
    }
}

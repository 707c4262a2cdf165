//! Collects everything that this process logs: once as the terminal would show it at the most talkative level, and once
//! as the files in the data folder hold it.

use std::io;
use std::sync::{Mutex, Once};

use tiller::window;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

static TERMINAL: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static FILES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Writer(&'static Mutex<Vec<u8>>);

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins to collect, if that has not begun. A process has one log, which all tests in it share.
pub(crate) fn begin() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        let terminal = tracing_subscriber::fmt::layer()
            .with_writer(|| Writer(&TERMINAL))
            .with_filter(window::log_filter(LevelFilter::TRACE));
        let files = window::log_lines(|| Writer(&FILES));
        tracing_subscriber::registry().with(files).with(terminal).init();
    });
}

fn text(log: &Mutex<Vec<u8>>) -> String {
    String::from_utf8_lossy(&log.lock().expect("the log")).into_owned()
}

/// Returns what the terminal has shown since the beginning.
pub(crate) fn terminal() -> String {
    text(&TERMINAL)
}

/// Returns the lines of the files since the beginning.
pub(crate) fn files() -> String {
    text(&FILES)
}

//! Limits how much is written to the log in a day: a fault that repeats itself must not fill the disk.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tracing_subscriber::fmt::MakeWriter;

/// The most bytes of a day, some 100,000 lines.
const MOST_BYTES: u64 = 16 << 20;
const SECONDS_OF_A_DAY: u64 = 86_400;
/// The last line of a day that has too many.
const FULL: &[u8] = b"{\"level\":\"WARN\",\"message\":\"the log is full for today\"}\n";

/// A writer of lines that stops when a day's limit is reached.
pub(super) struct Limited<W> {
    inner: W,
    now: fn() -> SystemTime,
    written: Mutex<Written>,
}

/// What was written on a day.
#[derive(Default)]
struct Written {
    day: u64,
    bytes: u64,
}

impl<W> Limited<W> {
    pub(super) fn new(inner: W) -> Self {
        Self { inner, now: SystemTime::now, written: Mutex::default() }
    }
}

impl<'a, W: MakeWriter<'a> + 'a> MakeWriter<'a> for Limited<W> {
    type Writer = Lines<'a, W>;

    fn make_writer(&'a self) -> Self::Writer {
        Lines(self)
    }
}

/// Writes one line.
pub(super) struct Lines<'a, W>(&'a Limited<W>);

impl<'a, W: MakeWriter<'a> + 'a> Write for Lines<'a, W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let now = (self.0.now)().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let mut written = self.0.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.day != now / SECONDS_OF_A_DAY {
            *written = Written { day: now / SECONDS_OF_A_DAY, bytes: 0 };
        }
        let before = written.bytes;
        written.bytes = before.saturating_add(line.len() as u64);
        if written.bytes <= MOST_BYTES {
            self.0.inner.make_writer().write_all(line)?;
        } else if before <= MOST_BYTES {
            self.0.inner.make_writer().write_all(FULL)?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.inner.make_writer().flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_day_of_the_log_has_a_limit_and_the_next_one_begins_anew() {
        static DAY: AtomicU64 = AtomicU64::new(20_000);
        let now = || UNIX_EPOCH + Duration::from_secs(DAY.load(Ordering::SeqCst) * SECONDS_OF_A_DAY);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("log");
        let file = Arc::new(std::fs::File::create(&path).expect("a file"));
        let log = Limited { now, ..Limited::new(file) };
        let line = vec![b'x'; 1 << 20];
        for _ in 0..40 {
            assert_eq!(log.make_writer().write(&line).expect("a line"), line.len());
        }
        let size = || std::fs::metadata(&path).expect("the file").len();
        assert_eq!(size(), MOST_BYTES + FULL.len() as u64, "the last line says it once");
        DAY.fetch_add(1, Ordering::SeqCst);
        log.make_writer().write_all(b"a new day\n").expect("a line");
        assert_eq!(size(), MOST_BYTES + FULL.len() as u64 + 10);
    }
}

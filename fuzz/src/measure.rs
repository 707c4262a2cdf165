//! Measures the processor time and the memory of each input, and keeps the sums and the most in a file.
//!
//! Processor time and not time: other programs of a busy machine would count as a reader's own slowness, and a run that waits
//! for its turn as one that searched.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use cpu_time::ProcessTime;
use peak_alloc::PeakAlloc;

/// Names the file for the measurements.
const FILE: &str = "TILLER_FUZZ_MEASURED";

/// The most memory that one input may take, as in docs/reliability.md.
const MOST_BYTES: usize = 512 << 20;
/// The most processor time that one input may take. A reader that never ends is ended by libFuzzer.
const MOST_TIME: Duration = Duration::from_secs(10);
/// The inputs after which the file is written again.
const WRITTEN_AFTER: u64 = 1000;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

static MEASURED: Mutex<Measured> =
    Mutex::new(Measured { inputs: 0, slowest: Duration::ZERO, bytes: 0, written: Duration::ZERO });

/// How many inputs were read, and the most time and memory that one of them took.
pub struct Measured {
    inputs: u64,
    slowest: Duration,
    bytes: usize,
    /// The processor time at which the file was written last.
    written: Duration,
}

impl Measured {
    /// Has an input read, and ends the process where that takes more memory or time than any file may.
    pub fn measure(input: &[u8], read: fn(&[u8])) {
        MEMORY.reset_peak_usage();
        let before = MEMORY.current_usage();
        let begun = ProcessTime::now();
        read(input);
        let (time, bytes) = (begun.elapsed(), MEMORY.peak_usage().saturating_sub(before));
        let mut measured = MEASURED.lock().unwrap();
        measured.inputs += 1;
        let is_worse = time > measured.slowest || bytes > measured.bytes;
        measured.slowest = measured.slowest.max(time);
        measured.bytes = measured.bytes.max(bytes);
        if is_worse || measured.inputs.is_multiple_of(WRITTEN_AFTER) || measured.is_old() {
            measured.write();
        }
        drop(measured);
        assert!(bytes <= MOST_BYTES, "{bytes} bytes");
        assert!(time <= MOST_TIME, "{time:?}");
    }

    /// Whether a second has passed since the file was written: slow readers come to few inputs.
    fn is_old(&self) -> bool {
        self.inputs.is_multiple_of(16) && spent() > self.written + Duration::from_secs(1)
    }

    fn write(&mut self) {
        let Some(path) = std::env::var_os(FILE).map(PathBuf::from) else { return };
        self.written = spent();
        let measured = serde_json::json!({
            "inputs": self.inputs,
            "seconds": self.written.as_secs_f64(),
            "slowest": self.slowest.as_secs_f64(),
            "bytes": self.bytes,
        });
        std::fs::write(path, measured.to_string()).expect("the file for the measurements");
    }
}

/// The processor time of this process.
fn spent() -> Duration {
    ProcessTime::now().as_duration()
}

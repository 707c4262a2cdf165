//! Measures the time and the memory of each input, and keeps the most in a file.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;

/// Names the file for the worst.
const FILE: &str = "TILLER_FUZZ_WORST";

/// The most memory that one input may take, as in docs/reliability.md.
const MOST_BYTES: usize = 512 << 20;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

static WORST: Mutex<Worst> = Mutex::new(Worst { inputs: 0, time: Duration::ZERO, bytes: 0 });

/// How many inputs were read, and the most time and memory that one of them took.
pub struct Worst {
    inputs: u64,
    time: Duration,
    bytes: usize,
}

impl Worst {
    /// Has an input read, and ends the process where that takes more memory than any file may.
    pub fn measure(input: &[u8], read: fn(&[u8])) {
        MEMORY.reset_peak_usage();
        let before = MEMORY.current_usage();
        let begun = Instant::now();
        read(input);
        let (time, bytes) = (begun.elapsed(), MEMORY.peak_usage().saturating_sub(before));
        let mut worst = WORST.lock().unwrap();
        worst.inputs += 1;
        let is_worse = time > worst.time || bytes > worst.bytes;
        worst.time = worst.time.max(time);
        worst.bytes = worst.bytes.max(bytes);
        if is_worse || worst.inputs.is_multiple_of(1000) {
            worst.write();
        }
        drop(worst);
        assert!(bytes <= MOST_BYTES, "{bytes} bytes");
    }

    fn write(&self) {
        let Some(path) = std::env::var_os(FILE).map(PathBuf::from) else { return };
        let worst = serde_json::json!({
            "inputs": self.inputs,
            "seconds": self.time.as_secs_f64(),
            "bytes": self.bytes,
        });
        std::fs::write(path, worst.to_string()).expect("the file for the worst");
    }
}

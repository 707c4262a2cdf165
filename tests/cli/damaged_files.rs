//! Damages sound files of every format at random: no reader may end its process, or take long or much.
//!
//! `cargo xtask fuzz` does the same with coverage, and keeps what it found in `fuzz/corpus`, which is read here as well.

#[path = "../../fuzz/src/own_files.rs"]
#[allow(unreachable_pub, dead_code, reason = "the fuzzer's program uses all of it")]
mod own_files;
#[path = "../../fuzz/src/readers.rs"]
#[allow(unreachable_pub, dead_code, reason = "the fuzzer's program uses all of it")]
mod readers;
#[path = "../../fuzz/src/seeds.rs"]
#[allow(unreachable_pub, dead_code, reason = "the fuzzer's program uses all of it")]
mod seeds;

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use readers::Reader;

use crate::support::process_status;

/// The environment variable of the number of damaged files for each reader.
const COUNT: &str = "TILLER_DAMAGED_FILES";
/// The number in an ordinary test.
const USUAL_COUNT: u64 = 40;
/// The inputs of a corpus that are read in an ordinary test.
const KEPT: usize = 8;

/// How long one input may take, with the waiting on a busy machine.
const TIME_LIMIT: Duration = Duration::from_secs(15);
/// The most memory that one input may take.
const MOST_BYTES: u64 = 512 << 20;

/// Bytes that damaged files hold more often than chance would have it.
const NASTY: [&[u8]; 14] = [
    b"\0",
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\0\0\0\0\0\0\0\x80",
    b"99999999999999999999",
    b"-1",
    b"1e999",
    b"NaN",
    b"\"",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    b"{\"a\":{\"a\":{\"a\":",
    b"{% for a in b %}",
    b"{{ (((((((((((((((((",
    b"\xed\xa0\x80",
];

/// A fixed stream of pseudo-random numbers (a linear congruential generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % bound.max(1) as u64) as usize
    }
}

/// Damages a file in one to four places. Half of the places lie in its first 512 bytes, where headers are.
fn damage(mut bytes: Vec<u8>, other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    for _ in 0..=numbers.below(4) {
        let reach = if numbers.below(2) == 0 { bytes.len().min(512) } else { bytes.len() };
        let at = numbers.below(reach);
        let end = (at + 1 + numbers.below(64)).min(bytes.len());
        match numbers.below(7) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let again = bytes[at..end].repeat(1 + numbers.below(64));
                drop(bytes.splice(at..at, again));
            }
            3 => drop(bytes.splice(at..at, NASTY[numbers.below(NASTY.len())].iter().copied())),
            4 => {
                let nasty = NASTY[numbers.below(NASTY.len())];
                let end = (at + nasty.len()).min(bytes.len());
                drop(bytes.splice(at..end, nasty.iter().copied()));
            }
            5 => {
                let from = numbers.below(other.len());
                drop(bytes.splice(at.., other[from..].iter().copied()));
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << numbers.below(8);
                }
            }
        }
    }
    bytes
}

/// Returns inputs that fuzzing kept, from the first to the last in equal steps.
fn kept(reader: &str) -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../fuzz/corpus/{reader}.zip"));
    let Ok(file) = File::open(path) else { return Vec::new() };
    let mut archive = zip::ZipArchive::new(file).expect("an archive");
    let count = archive.len();
    let read = |index| {
        let mut bytes = Vec::new();
        archive.by_index(index).expect("an input").read_to_end(&mut bytes).expect("its bytes");
        bytes
    };
    (0..count).step_by(count.div_ceil(KEPT).max(1)).map(read).collect()
}

/// Has the system measure the most memory anew, and returns what is in use. `None` where it does not measure.
fn memory_in_use() -> Option<u64> {
    fs::write("/proc/self/clear_refs", "5").ok()?;
    most_memory()
}

/// Returns the most memory that was in use since then, in bytes.
fn most_memory() -> Option<u64> {
    process_status("VmHWM")
}

/// Has the reader read an input, and returns the time and the memory that it took.
fn measured(reader: &Reader, bytes: &[u8]) -> (Duration, u64) {
    let before = memory_in_use();
    let begun = Instant::now();
    (reader.read)(bytes);
    let time = begun.elapsed();
    let taken = before.zip(most_memory()).map_or(0, |(before, most)| most.saturating_sub(before));
    (time, taken)
}

fn damaged_files_end_no(reader: &Reader, count: u64) {
    let seeds = seeds::of(reader.name);
    let mut worst = (Duration::ZERO, 0);
    let damaged = (0..count).map(|number| {
        let mut numbers = Numbers(number);
        let (one, other) = (numbers.below(seeds.len()), numbers.below(seeds.len()));
        damage(seeds[one].clone(), &seeds[other], &mut numbers)
    });
    for (number, bytes) in seeds.iter().cloned().chain(kept(reader.name)).chain(damaged).enumerate() {
        let (time, memory) = measured(reader, &bytes);
        assert!(time < TIME_LIMIT, "{} input {number}: {time:?}", reader.name);
        assert!(memory < MOST_BYTES, "{} input {number}: {memory} bytes", reader.name);
        worst = (worst.0.max(time), worst.1.max(memory));
    }
    // A row of the table in docs/reliability.md, for whoever measures anew.
    let _ = writeln!(
        std::io::stdout(),
        "| `{}` | {count} | {:.0} ms | {:.1} MB |",
        reader.name,
        worst.0.as_secs_f64() * 1e3,
        worst.1 as f64 / 1e6
    );
}

/// Measures time and memory, so that nothing may run beside it.
mod alone {
    use super::*;

    #[test]
    fn damaged_files_end_no_reader_and_take_little() {
        let count = std::env::var(COUNT).map_or(USUAL_COUNT, |count| count.parse().expect("a number"));
        for reader in readers::ALL {
            damaged_files_end_no(reader, count);
        }
    }
}

#[test]
fn what_is_written_of_a_format_is_read_by_its_reader() {
    use data::data_files::DataFile;
    use vectors::files::{Format, VectorFile};
    // A seed that its reader refuses would make the damage to it worthless.
    let sound = |name: &str, is_read: fn(&[u8]) -> bool| {
        for (number, bytes) in seeds::of(name).into_iter().enumerate() {
            assert!(is_read(&bytes), "{name} {number}");
        }
    };
    sound("vector-safetensors", |bytes| VectorFile::parse(Format::Safetensors, bytes, Some(3)).is_ok());
    sound("vector-gguf", |bytes| VectorFile::parse(Format::Gguf, bytes, Some(3)).is_ok());
    sound("vector-torch", |bytes| VectorFile::parse(Format::Torch, bytes, Some(3)).is_ok());
    sound("vector-numpy", |bytes| VectorFile::parse(Format::Numpy, bytes, Some(3)).is_ok());
    sound("vector-json", |bytes| VectorFile::parse(Format::Json, bytes, Some(3)).is_ok());
    sound("vector-pickle", |bytes| {
        VectorFile::parse(Format::Torch, &readers::torch_of(bytes), Some(3)).is_ok()
    });
    sound("adapter-gguf", |bytes| vectors::files::AdapterFile::parse_gguf(bytes, &readers::TARGET).is_ok());
    sound("plan", |bytes| {
        str::from_utf8(bytes).is_ok_and(|text| study::Plan::parse(Path::new("plan.toml"), text).is_ok())
    });
    sound("project", own_files::is_project);
    sound("data-any", |bytes| DataFile::parse(bytes, None).is_ok());
    let framed = |head: &[u8], bytes: &[u8], foot: &[u8]| [head, bytes, foot].concat();
    for bytes in seeds::of("data-arrow") {
        let file = DataFile::parse(&framed(b"ARROW1\0\0", &bytes, b"ARROW1"), None);
        assert!(file.is_ok(), "{:?}", file.err());
    }
    for bytes in seeds::of("data-parquet") {
        let file = DataFile::parse(&framed(b"PAR1", &bytes, b"PAR1"), None);
        assert!(file.is_ok(), "{:?}", file.err());
    }
    for bytes in seeds::of("data-sheet") {
        let file = DataFile::parse(&readers::workbook_of(&bytes), None);
        assert!(file.is_ok(), "{:?}", file.err());
    }
}

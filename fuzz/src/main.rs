//! Gives the inputs that libFuzzer makes to one reader, and notes how many there were and the most that one of them took.
#![no_main]

mod measure;
mod own_files;
mod readers;
mod seeds;

use std::env;
use std::path::Path;
use std::process::exit;
use std::sync::OnceLock;

use measure::Measured;
use readers::Reader;

/// Names the reader. Without it the names of all are printed.
const READER: &str = "TILLER_FUZZ_READER";
/// Names a folder, into which the reader's seeds are written in place of everything else.
const SEEDS: &str = "TILLER_FUZZ_SEEDS";

fn begin() {
    // libFuzzer's own hook would end the process at panics of libraries that Tiller catches. One that nobody catches still
    // ends it.
    std::panic::set_hook(Box::new(|_| {}));
    if env::var_os(READER).is_none() {
        for reader in readers::ALL {
            println!("{}", reader.name);
        }
        exit(0);
    }
    if let Some(folder) = env::var_os(SEEDS) {
        seeds::write(reader(), Path::new(&folder));
        exit(0);
    }
}

fn reader() -> &'static Reader {
    static READ: OnceLock<&Reader> = OnceLock::new();
    READ.get_or_init(|| {
        let name = env::var(READER).unwrap_or_default();
        readers::ALL
            .iter()
            .find(|reader| reader.name == name)
            .unwrap_or_else(|| panic!("{READER} names no reader: {name:?}"))
    })
}

libfuzzer_sys::fuzz_target!(init: begin(), |bytes: &[u8]| {
    Measured::measure(bytes, reader().read);
});

//! Fuzzes files with mapped columns: any bytes must be read or refused.
#![no_main]

use data::data_files::{DataFile, Mapping};

/// Stops libFuzzer's panic hook from ending the process. The Parquet library panics where damage surprises it, and Tiller
/// catches that; a panic that nobody catches still ends the process.
fn let_panics_be_caught() {
    std::panic::set_hook(Box::new(|_| {}));
}

libfuzzer_sys::fuzz_target!(init: let_panics_be_caught(), |bytes: &[u8]| {
    let mapping = Mapping { prompt: "a".into(), wanted: "b".into(), opposite: "c".into() };
    let _ = DataFile::parse(bytes, Some(&mapping));
    let _ = DataFile::parse(&[b"a,b,c\n", bytes].concat(), Some(&mapping));
    let _ = DataFile::parse(&[b"{\"a\":", bytes].concat(), Some(&mapping));
});

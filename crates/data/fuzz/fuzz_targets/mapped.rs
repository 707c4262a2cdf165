//! Any bytes as a table whose columns a person has named: refused or read.
#![no_main]

use data::data_files::{DataFile, Mapping};

/// The Parquet library panics where damage surprises it, which Tiller catches: libFuzzer's hook must not end the process
/// before that. A panic that nobody catches still does.
fn let_panics_be_caught() {
    std::panic::set_hook(Box::new(|_| {}));
}

libfuzzer_sys::fuzz_target!(init: let_panics_be_caught(), |bytes: &[u8]| {
    let mapping = Mapping { prompt: "a".into(), wanted: "b".into(), opposite: "c".into() };
    let _ = DataFile::parse(bytes, Some(&mapping));
    let _ = DataFile::parse(&[b"a,b,c\n", bytes].concat(), Some(&mapping));
    let _ = DataFile::parse(&[b"{\"a\":", bytes].concat(), Some(&mapping));
});

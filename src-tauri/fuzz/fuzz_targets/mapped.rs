//! Any bytes as a table whose columns a person has named: refused or read.
#![no_main]

use tiller::data_files::{DataFile, Mapping};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mapping = Mapping { prompt: "a".into(), wanted: "b".into(), opposite: "c".into() };
    let _ = DataFile::parse(bytes, Some(&mapping));
    let _ = DataFile::parse(&[b"a,b,c\n", bytes].concat(), Some(&mapping));
    let _ = DataFile::parse(&[b"{\"a\":", bytes].concat(), Some(&mapping));
});

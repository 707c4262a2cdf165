//! Fuzzes files of pairs: any bytes must be refused, or read, written and read again with the same result.
#![no_main]

use data::data_files::{DataFile, tiller_jsonl};

/// Stops libFuzzer's panic hook from ending the process. The Parquet library panics where damage surprises it, and Tiller
/// catches that; a panic that nobody catches still ends the process.
fn let_panics_be_caught() {
    std::panic::set_hook(Box::new(|_| {}));
}

libfuzzer_sys::fuzz_target!(init: let_panics_be_caught(), |bytes: &[u8]| {
    if let Ok(file) = DataFile::parse(bytes, None)
        && !file.rows.is_empty()
    {
        let again = DataFile::parse(&tiller_jsonl(&file.rows), None).expect("our own file");
        assert_eq!(again.rows.len(), file.rows.len());
        for (one, other) in file.rows.iter().zip(&again.rows) {
            assert_eq!((&one.prompt, &one.wanted, &one.opposite), (&other.prompt, &other.wanted, &other.opposite));
        }
    }
});

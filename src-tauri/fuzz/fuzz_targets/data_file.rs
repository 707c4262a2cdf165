//! Any bytes as a file of pairs: refused or read, and what was read is written and read again the same.
#![no_main]

use tiller::data_files::{DataFile, tiller_jsonl};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
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

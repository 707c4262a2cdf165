//! Fuzzes the CSV reader: any bytes after a full header must be refused, or read and preserved by an export.
#![no_main]

use data::data_files::{DataFile, Extent, bipo_csv};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let header = b"question,matching,not_matching,before,split,pinned,tags,note\n";
    let Ok(file) = DataFile::parse(&[header.as_slice(), bytes].concat(), None) else { return };
    if !file.rows.is_empty() {
        let again = DataFile::parse(&bipo_csv(&file.rows, Extent::Everything), None).expect("our own file");
        assert!(again.refused.is_empty());
        for (one, other) in file.rows.iter().zip(&again.rows) {
            assert_eq!(
                (&one.prompt, &one.wanted, &one.opposite),
                (&other.prompt, &other.wanted, &other.opposite)
            );
            assert_eq!((&one.system, &one.turns, one.split), (&other.system, &other.turns, other.split));
            assert_eq!((&one.tags, &one.note, one.pinned), (&other.tags, &other.note, other.pinned));
        }
    }
});

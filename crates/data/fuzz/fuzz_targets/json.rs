//! Fuzzes the JSON reader: any bytes as lines, as a list and as messages must be refused, or read and preserved by an
//! export.
#![no_main]

use data::data_files::{DataFile, Extent, trl_jsonl};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let heads: [&[u8]; 4] = [
        b"{",
        b"[{",
        b"{\"prompt\": \"q\", \"chosen\": \"w\", \"rejected\": \"o\"}\n{",
        b"{\"chosen\": [{\"role\": \"user\", \"content\": ",
    ];
    for head in heads {
        let Ok(file) = DataFile::parse(&[head, bytes].concat(), None) else { continue };
        if !file.rows.is_empty() {
            let again =
                DataFile::parse(&trl_jsonl(&file.rows, Extent::Everything), None).expect("our own file");
            assert_eq!((again.rows.len(), again.refused.len()), (file.rows.len(), 0));
        }
    }
});

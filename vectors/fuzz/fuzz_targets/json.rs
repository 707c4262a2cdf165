//! Parses arbitrary bytes as a JSON vector file. Parsing must not panic, and a parsed file must survive a round trip.
#![no_main]

use vectors::files::{Format, VectorFile};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = VectorFile::parse(Format::Json, bytes, Some(3))
        && let Ok(written) = file.to_bytes(Format::Json)
    {
        assert_eq!(VectorFile::parse(Format::Json, &written, Some(3)).expect("our own file"), file);
    }
});

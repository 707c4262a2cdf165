//! Any bytes as a Safetensors file: refused or read, and what was read is written and read again the same.
#![no_main]

use vectors::files::{Format, VectorFile};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = VectorFile::parse(Format::Safetensors, bytes, Some(3))
        && let Ok(written) = file.to_bytes(Format::Safetensors)
    {
        assert_eq!(VectorFile::parse(Format::Safetensors, &written, Some(3)).expect("our own file"), file);
    }
});

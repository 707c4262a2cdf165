//! Loads arbitrary bytes as a GGUF model. Loading must not panic.
//!
//! A good corpus is `tests/oracles/families/*.gguf`.
#![no_main]

use std::fs;

use vectors::model::{Model, read_facts};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("model.gguf");
    fs::write(&path, bytes).expect("a temporary file");
    if read_facts(&path).is_ok() {
        drop(Model::open(&path).load());
    }
});

//! Loads arbitrary bytes as the safetensors file of a model with a valid configuration. Loading must not panic.
//!
//! A good corpus is `tests/oracles/families/*/model.safetensors`.
#![no_main]

use std::fs;
use std::path::Path;

use vectors::model::{Model, read_facts};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let sound = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracles/families/llama3");
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["config.json", "tokenizer.json", "tokenizer_config.json"] {
        fs::copy(sound.join(name), folder.path().join(name)).expect("a temporary file");
    }
    fs::write(folder.path().join("model.safetensors"), bytes).expect("a temporary file");
    if read_facts(folder.path()).is_ok() {
        drop(Model::open(folder.path()).load());
    }
});

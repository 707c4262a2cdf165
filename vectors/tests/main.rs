//! Tests the engine through its public functions, most of them against other programs' results.
//!
//! All files form one test program: each further one would be linked with the engine and all it stands on, and would load the
//! starter model once more.

mod common;

mod adapter;
mod adapter_cases;
mod bad_models;
mod caps;
mod changed_within;
mod chat_prompts;
mod chat_tokens;
mod documented_keys;
mod families;
mod files;
mod gates;
mod gguf_parts;
mod greedy;
mod lens;
mod methods;
mod not_finite;
mod paired;
mod parity;
mod scores;
mod session;
mod tokens;
mod training;
mod transfer;
mod vector_cases;
mod vocabularies;

/// A file that is not named above would never run.
#[test]
fn every_file_of_tests_is_a_part_of_this_program() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
    let own = include_str!("main.rs");
    for file in std::fs::read_dir(here).expect("the tests").flatten() {
        let name = file.file_name().to_string_lossy().trim_end_matches(".rs").to_owned();
        assert!(
            name == "main" || own.contains(&format!("\nmod {name};\n")),
            "{name} is no module of main.rs"
        );
    }
}

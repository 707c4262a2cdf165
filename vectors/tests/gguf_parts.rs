//! Tests GGUF models that the gguf package has split into several files (`tests/oracles/gguf_files.py`): they load as one
//! model, or the error names the wrong file.
#![allow(clippy::unwrap_used, clippy::float_cmp, clippy::print_stderr, reason = "tests")]

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::common::oracle_path;
use tempfile::TempDir;
use vectors::model::{Model, ModelError, fingerprint, first_gguf_file, gguf_files, read_facts};

fn part(number: u32) -> PathBuf {
    oracle_path(&format!("families/parts/llama-0000{number}-of-00003.gguf"))
}

fn load(path: &Path) -> Result<Model, ModelError> {
    Model::open(path).load()
}

/// Copies the parts, so that a test can damage them.
fn copies() -> (TempDir, impl Fn(u32) -> PathBuf) {
    let folder = TempDir::new().unwrap();
    let root = folder.path().to_owned();
    let copy = move |number: u32| root.join(format!("llama-0000{number}-of-00003.gguf"));
    for number in 1..=3 {
        fs::copy(part(number), copy(number)).unwrap();
    }
    (folder, copy)
}

fn refused(path: &Path, words: &str) {
    let refusal = load(path).err().map_or_else(String::new, |error| error.to_string());
    assert!(refusal.contains(words), "{refusal:?} does not say {words:?}");
    assert_eq!(read_facts(path).unwrap_err().to_string(), refusal, "a header tells as much");
}

#[test]
fn parts_are_the_model_that_they_were_split_from() {
    let whole = load(&oracle_path("families/llama.gguf")).unwrap();
    let tokens = whole.encode_question("", "the cat sat").unwrap();
    let expected = whole.next_logits(&tokens, &[]).unwrap();
    for number in 1..=3 {
        let model = load(&part(number)).unwrap();
        assert_eq!(model.next_logits(&tokens, &[]).unwrap(), expected, "part {number}");
        assert_eq!(model.template().source(), whole.template().source());
        let (facts, of_whole) = (read_facts(&part(number)).unwrap(), whole.facts());
        assert_eq!((facts.parameters, facts.weight_bytes), (of_whole.parameters, of_whole.weight_bytes));
        assert_eq!(facts.name, of_whole.name);
        assert!(facts.file_bytes > of_whole.file_bytes / 2);
        assert_eq!(first_gguf_file(&part(number)), part(1));
    }
    assert_eq!(gguf_files(&part(2)), [part(1), part(2), part(3)]);
}

#[test]
fn every_part_counts_for_the_fingerprint() {
    let (_kept, copy) = copies();
    let print = |path: &Path| fingerprint(path, &mut |_| ControlFlow::Continue(())).unwrap();
    let before = print(&copy(1));
    assert_eq!(print(&copy(3)), before, "whichever part names the model");
    let mut bytes = fs::read(copy(2)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(copy(2), bytes).unwrap();
    assert_ne!(print(&copy(1)), before);
}

#[test]
fn parts_that_do_not_belong_together_are_refused_by_name() {
    let (_kept, copy) = copies();
    let second = fs::read(copy(2)).unwrap();
    fs::remove_file(copy(2)).unwrap();
    refused(&copy(1), "has no llama-00002-of-00003.gguf");
    refused(&copy(3), "has no llama-00002-of-00003.gguf");
    fs::copy(copy(3), copy(2)).unwrap();
    refused(
        &copy(1),
        "llama-00002-of-00003.gguf: the file's header is cut off or damaged: it says that it is part 3 of 3",
    );
    fs::write(copy(2), &second[..second.len() - 4000]).unwrap();
    refused(&copy(1), "llama-00002-of-00003.gguf: the file is cut off");
    fs::write(copy(2), b"something else").unwrap();
    refused(&copy(1), "llama-00002-of-00003.gguf: this is not a GGUF file");
    fs::copy(oracle_path("families/llama.gguf"), copy(2)).unwrap();
    refused(&copy(1), "it does not say which part it is");
    fs::write(copy(2), &second).unwrap();
    fs::remove_file(copy(1)).unwrap();
    refused(&copy(2), "has no llama-00001-of-00003.gguf");
}

#[test]
fn names_and_headers_must_agree() {
    let folder = TempDir::new().unwrap();
    let renamed = folder.path().join("model.gguf");
    fs::copy(part(1), &renamed).unwrap();
    refused(&renamed, "by its name it is one of 1 files, by its header one of 3");
    let pretends = folder.path().join("llama-00001-of-00002.gguf");
    fs::copy(oracle_path("families/llama.gguf"), &pretends).unwrap();
    refused(&pretends, "by its name it is one of 2 files, by its header one of 1");
}

#[test]
fn a_file_without_its_promised_number_of_tensors_is_refused() {
    let (_kept, copy) = copies();
    let mut bytes = fs::read(copy(1)).unwrap();
    let key = b"split.tensors.count";
    let place = bytes.windows(key.len()).position(|window| window == key).unwrap() + key.len() + 4;
    bytes[place] += 1;
    fs::write(copy(1), bytes).unwrap();
    refused(&copy(1), "tensors, the parts have");
}

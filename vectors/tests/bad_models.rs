//! Tests that damaged, truncated and malicious model files are refused with a reason and never panic.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_cmp,
    reason = "tests"
)]

use std::fs;
use std::path::Path;

use crate::common::{change, copy_family, oracle_path};
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;
use vectors::model::{Model, ModelError, read_facts};

/// The offset of the tensors of `llama.gguf`. The header lies before it.
const HEADER: usize = 16_000;

fn gguf() -> Vec<u8> {
    fs::read(oracle_path("families/llama.gguf")).unwrap()
}

fn load(path: &Path) -> Result<Model, ModelError> {
    Model::open(path).load()
}

/// Returns the error of loading these bytes as a GGUF file.
fn refusal(bytes: &[u8]) -> String {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("model.gguf");
    fs::write(&path, bytes).unwrap();
    load(&path).err().map_or_else(String::new, |error| error.to_string())
}

fn refused(folder: &Path, words: &str) {
    let error = load(folder).err().map_or_else(String::new, |error| error.to_string());
    assert!(error.contains(words), "{error:?} does not say {words:?}");
}

/// Replaces a part of the bytes with another one of the same length.
fn patched(from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = gguf();
    let place = bytes.windows(from.len()).position(|window| window == from).unwrap();
    bytes[place..place + to.len()].copy_from_slice(to);
    bytes
}

/// Replaces the number of a key in the header.
fn with_number(key: &str, old: u32, new: u32) -> Vec<u8> {
    let entry = |number: u32| [key.as_bytes(), &4_u32.to_le_bytes(), &number.to_le_bytes()].concat();
    patched(&entry(old), &entry(new))
}

/// Replaces a tensor's first dimension and its offset in the header.
fn with_tensor(name: &str, dimension: Option<u64>, offset: Option<u64>) -> Vec<u8> {
    let mut bytes = gguf();
    let place = bytes.windows(name.len()).position(|window| window == name.as_bytes()).unwrap() + name.len();
    let dimensions = u32::from_le_bytes(bytes[place..place + 4].try_into().unwrap()) as usize;
    if let Some(dimension) = dimension {
        bytes[place + 4..place + 12].copy_from_slice(&dimension.to_le_bytes());
    }
    if let Some(offset) = offset {
        let at = place + 4 + 8 * dimensions + 4;
        bytes[at..at + 8].copy_from_slice(&offset.to_le_bytes());
    }
    bytes
}

#[test]
fn every_cut_of_a_gguf_file_is_refused() {
    let bytes = gguf();
    assert_eq!(refusal(&bytes), "");
    for length in (0..HEADER).step_by(211).chain((HEADER..bytes.len()).step_by(9_973)) {
        assert!(!refusal(&bytes[..length]).is_empty(), "{length} of {} bytes", bytes.len());
    }
    assert!(refusal(&bytes[..bytes.len() - 40]).contains("cut off: its header promises"));
    assert_eq!(refusal(b""), "this is not a GGUF file: choose one, or a folder with safetensors");
}

#[test]
fn what_stands_in_place_of_a_model_is_named_with_what_to_do() {
    let big_endian = [b"GGUF".as_slice(), &3_u32.to_be_bytes(), &[0; 16]].concat();
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    for (bytes, words) in [
        (
            b"<html>an error page instead of a model</html>".as_slice(),
            "this is a web page, and no model: download",
        ),
        (pointer, "a Git LFS pointer, and no model: fetch the content itself with `git lfs pull`"),
        (b"PK\x03\x04", "a zip archive or PyTorch's own file"),
        (&big_endian, "a GGUF file for big-endian machines"),
    ] {
        let refusal = refusal(bytes);
        assert!(refusal.contains(words), "{refusal:?} does not say {words:?}");
    }
    // In a folder, the file is named once.
    for file in ["config.json", "tokenizer_config.json", "model.safetensors"] {
        let (_kept, folder) = copy_family("llama3");
        fs::write(folder.join(file), pointer).unwrap();
        refused(&folder, &format!("{file}: this is a Git LFS pointer"));
        let words = load(&folder).err().unwrap().to_string();
        assert_eq!(words.matches(file).count(), 1, "{words}");
    }
    let (_kept, folder) = copy_family("llama3");
    fs::rename(folder.join("model.safetensors"), folder.join("pytorch_model.bin")).unwrap();
    fs::remove_file(folder.join("oracle.safetensors")).unwrap();
    refused(&folder, "PyTorch's own weights (.bin)");
    let (_kept, folder) = copy_family("llama3");
    fs::remove_file(folder.join("config.json")).unwrap();
    fs::write(folder.join("a.gguf"), gguf()).unwrap();
    refused(&folder, "a folder of GGUF files");
}

#[test]
fn a_key_that_may_change_the_numbers_and_is_not_known_refuses_the_model() {
    let (_kept, folder) = copy_family("llama3");
    change(&folder, "config.json", |config| config["attention_multiplier"] = json!(0.5));
    refused(&folder, "config.json has attention_multiplier = 0.5");
    let (_kept, folder) = copy_family("llama3");
    change(&folder, "config.json", |config| config["training_run"] = json!("a"));
    assert!(read_facts(&folder).unwrap().notes[0].contains("does not know and does not use: training_run."));
    let key = b"llama.attention.layer_norm_rms_epsilon";
    let words = refusal(&patched(key, b"llama.attention.layer_norm_xyz_epsilon"));
    assert!(words.contains("the header has llama.attention.layer_norm_xyz_epsilon"), "{words}");
}

#[test]
fn whole_weights_go_before_an_index_that_is_left_from_another_download() {
    let (_kept, folder) = copy_family("llama3");
    assert!(read_facts(&folder).unwrap().notes.is_empty());
    fs::write(
        folder.join("model.safetensors.index.json"),
        r#"{"weight_map": {"a": "model-00001-of-00001.safetensors"}}"#,
    )
    .unwrap();
    refused(&folder, "");
    assert!(read_facts(&folder).unwrap().notes[0].contains("index.json beside it is not used"));
}

#[test]
fn infinity_where_it_does_not_matter_is_passed_over() {
    let (_kept, folder) = copy_family("llama3");
    let text = fs::read_to_string(folder.join("config.json")).unwrap();
    let with = |key: &str| text.replacen('{', &format!("{{\"{key}\": Infinity,"), 1);
    fs::write(folder.join("config.json"), with("time_step_limit")).unwrap();
    refused(&folder, "");
    fs::write(folder.join("config.json"), with("partial_rotary_factor")).unwrap();
    refused(&folder, "partial_rotary_factor");
}

#[test]
fn an_unknown_architecture_is_refused_with_the_known_ones() {
    let words = refusal(&patched(b"\x05\0\0\0\0\0\0\0llama", b"\x05\0\0\0\0\0\0\0mamba"));
    assert!(words.contains("\"mamba\" is not known") && words.contains("qwen3, gemma2"), "{words}");
}

#[test]
fn headers_that_contradict_the_tensors_are_refused() {
    for (bytes, words) in [
        (with_number("llama.embedding_length", 64, 128), "numbers ask for"),
        (with_number("llama.attention.head_count_kv", 2, 3), "key-value heads"),
        (with_number("llama.attention.head_count", 4, 0), "llama.attention.head_count"),
        (with_number("llama.block_count", 2, u32::MAX), "llama.block_count"),
        (with_number("llama.block_count", 2, 3), "blk.2"),
        (with_number("llama.block_count", 2, 1), "does not have"),
        (with_tensor("blk.0.attn_q.weight", Some(1 << 60), None), "makes no sense"),
        (with_tensor("blk.0.attn_q.weight", Some(1 << 40), None), "cut off"),
        (with_tensor("blk.0.attn_q.weight", Some(32), None), "numbers ask for"),
        (with_tensor("blk.0.attn_q.weight", None, Some(u64::MAX - 31)), "makes no sense"),
        (with_tensor("blk.0.attn_q.weight", None, Some(1 << 50)), "cut off"),
        (with_tensor("blk.0.attn_q.weight", None, Some(64)), "lie over each other"),
        (patched(b"blk.0.attn_q.weight", b"blk.0.attn_x.weight"), "blk.0.attn_q.weight is missing"),
    ] {
        let refusal = refusal(&bytes);
        assert!(refusal.contains(words), "{refusal:?} does not say {words:?}");
    }
}

#[test]
fn folders_that_contradict_themselves_are_refused() {
    let (_kept, folder) = copy_family("llama3");
    refused(&folder, "");
    for (key, value, words) in [
        ("hidden_size", json!(128), "numbers ask for"),
        ("hidden_size", json!(1_u64 << 60), "hidden_size"),
        ("num_hidden_layers", json!(-1), "num_hidden_layers"),
        ("num_attention_heads", json!("many"), "num_attention_heads"),
        ("model_type", json!("mamba"), "\"mamba\" is not known"),
        ("quantization_config", json!({"quant_method": "gptq"}), "gptq"),
        ("hidden_act", json!("relu"), "relu"),
        ("rope_parameters", json!({"rope_type": "dynamic", "rope_theta": 1e4}), "dynamic"),
        ("num_hidden_layers", json!(1), "does not have"),
    ] {
        let before = fs::read(folder.join("config.json")).unwrap();
        change(&folder, "config.json", |config| {
            config["rope_scaling"] = Value::Null;
            config[key] = value;
        });
        refused(&folder, words);
        fs::write(folder.join("config.json"), before).unwrap();
    }
    let sound = fs::read(folder.join("tokenizer.json")).unwrap();
    change(&folder, "tokenizer.json", |tokenizer| {
        let ten = json!({"type": "Replace", "pattern": {"Regex": "."}, "content": "0123456789"});
        tokenizer["normalizer"] = json!({"type": "Sequence", "normalizers": vec![ten; 20]});
    });
    refused(&folder, "times as long");
    fs::write(folder.join("tokenizer.json"), sound).unwrap();
    fs::write(folder.join("tokenizer.json"), "{\"version\": \"1.0\", \"model\": {\"type\": \"BPE\"").unwrap();
    refused(&folder, "tokenizer.json");
    fs::remove_file(folder.join("tokenizer.json")).unwrap();
    refused(&folder, "no tokenizer.json");
    fs::write(folder.join("config.json"), vec![b' '; (1 << 24) + 1]).unwrap();
    refused(&folder, "longer than");
    fs::remove_file(folder.join("config.json")).unwrap();
    refused(&folder, "config.json");
}

#[test]
fn an_index_that_lies_is_refused() {
    let (_kept, folder) = copy_family("mistral");
    let index = "model.safetensors.index.json";
    change(&folder, index, |index| index["weight_map"]["x"] = json!("../model.safetensors"));
    refused(&folder, "not a file beside it");
    change(&folder, index, |index| index["weight_map"]["x"] = json!("model-00003-of-00003.safetensors"));
    refused(&folder, "no model-00003-of-00003.safetensors");
    change(&folder, index, |index| index["weight_map"] = json!([]));
    refused(&folder, "does not say where weights are");
    fs::remove_file(folder.join(index)).unwrap();
    refused(&folder, "no model.safetensors");
}

#[test]
fn a_model_without_a_chat_template_is_refused_with_a_request_for_one() {
    let (_kept, folder) = copy_family("llama3");
    change(&folder, "tokenizer_config.json", |config| config["chat_template"] = Value::Null);
    refused(&folder, "no chat template");
    let own = Model::open(&folder).chat_template("{{ x }}").load();
    assert_eq!(own.unwrap().template().origin(), vectors::tokens::Origin::Person);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// With any header, the file is read or refused without a panic.
    #[test]
    fn changed_headers_are_read_or_refused(
        places in prop::collection::vec((24_usize..HEADER, any::<u8>()), 1..6),
    ) {
        let mut bytes = gguf();
        for (place, byte) in places {
            bytes[place] = byte;
        }
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("model.gguf");
        fs::write(&path, bytes).unwrap();
        drop(read_facts(&path));
        drop(load(&path));
    }

    /// The same for a safetensors header.
    #[test]
    fn changed_safetensors_headers_are_read_or_refused(
        places in prop::collection::vec((0_usize..2_000, any::<u8>()), 1..6),
    ) {
        let (_kept, folder) = copy_family("gemma3");
        let path = folder.join("model.safetensors");
        let mut bytes = fs::read(&path).unwrap();
        for (place, byte) in places {
            bytes[place] = byte;
        }
        fs::write(&path, bytes).unwrap();
        drop(read_facts(&folder));
        drop(load(&folder));
    }
}

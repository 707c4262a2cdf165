use std::path::PathBuf;
use std::sync::Arc;

use crate::adapter::{Adapter, Projection, Projections};
use crate::files::adapter::AdapterFile;
use crate::files::{GgufTarget, Provenance};
use crate::model::{GgufHeader, Model, Precision};
use crate::steering::Term;

fn family(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families").join(name)
}

fn load(name: &str) -> Model {
    Model::open(family(name)).precision(Precision::F32).load().unwrap()
}

fn file(model: &Model, on: Projections) -> AdapterFile {
    let shape = model.adapter_shape_on(3, on);
    let values = (0..shape.numbers()).map(|at| (0.2 * (0.7 * at as f64).sin()) as f32).collect();
    let provenance = Provenance { name: Some("wealth".into()), seed: Some(7), ..Provenance::default() };
    AdapterFile { adapter: Arc::new(Adapter::new(shape, 6.0, values).unwrap()), provenance, notes: vec![] }
}

fn logits(model: &Model, file: &AdapterFile) -> Vec<f32> {
    let term = Term::Adapter { adapter: Arc::clone(&file.adapter), multiplier: 1.0 };
    model.next_logits(&[5, 17, 200, 31, 8, 99], &[term]).unwrap()
}

#[test]
fn what_is_written_is_read_back() {
    for name in ["llama", "llama.gguf", "qwen3", "gemma3", "mistral"] {
        let (model, target) = (load(name), GgufTarget::open(&family(name)).unwrap());
        for on in [Projections::default(), Projections::all(), "down_proj".parse().unwrap()] {
            let file = file(&model, on);
            let bytes = file.to_gguf(&target).unwrap();
            assert_eq!(AdapterFile::parse_gguf(&bytes, &target).unwrap(), file, "{name}");
        }
    }
}

#[test]
fn rows_of_queries_and_keys_have_the_order_of_the_models_file() {
    let folder = GgufTarget::open(&family("llama")).unwrap();
    assert_eq!(folder, GgufTarget::open(&family("llama.gguf")).unwrap());
    let size = folder.heads.head_size;
    let rows = folder.rows(Projection::Key, 2 * size);
    assert_eq!((rows[0], rows[1], rows[size / 2], rows[size]), (0, 2, 1, size));
    assert_eq!(folder.rows(Projection::Value, 4), [0, 1, 2, 3]);
    let qwen = GgufTarget::open(&family("qwen3")).unwrap();
    assert_eq!(qwen.rows(Projection::Query, 4), [0, 1, 2, 3]);
    assert_eq!(GgufTarget::open(&family("mistral")).unwrap().architecture, "llama");
}

#[test]
fn projections_of_one_matrix_share_it() {
    let (model, target) = (load("phi3"), GgufTarget::open(&family("phi3")).unwrap());
    let on: Projections = "q_proj,v_proj,up_proj,down_proj".parse().unwrap();
    let file = file(&model, on);
    let bytes = file.to_gguf(&target).unwrap();
    let header = GgufHeader::parse(&bytes).unwrap();
    let shape = |name: &str| {
        let named = header.tensors.iter().find(|tensor| tensor.name == format!("blk.1.{name}"));
        named.map(|tensor| tensor.shape.clone())
    };
    let (heads, wide) = (target.heads, target.feed_forward);
    assert_eq!(shape("attn_qkv.weight.lora_b"), Some(vec![heads.width(), 6]));
    assert_eq!(shape("attn_q.weight.lora_b"), None);
    assert_eq!(shape("ffn_up.weight.lora_b"), Some(vec![2 * wide, 3]));
    let read = AdapterFile::parse_gguf(&bytes, &target).unwrap();
    assert_eq!(read.adapter.shape().on, on);
    let (ours, theirs) = (logits(&model, &file), logits(&model, &read));
    let gap = ours.iter().zip(&theirs).fold(0.0_f32, |most, (a, b)| most.max((a - b).abs()));
    assert!(gap < 1e-5, "{gap}");
    let plain = model.next_logits(&[5, 17, 200, 31, 8, 99], &[]).unwrap();
    let moved = ours.iter().zip(&plain).fold(0.0_f32, |most, (a, b)| most.max((a - b).abs()));
    assert!(moved > 100.0 * gap.max(1e-6), "{moved}");
}

#[test]
fn another_model_and_damaged_bytes_are_refused() {
    let (model, target) = (load("llama"), GgufTarget::open(&family("llama")).unwrap());
    let bytes = file(&model, Projections::all()).to_gguf(&target).unwrap();
    let other = GgufTarget::open(&family("qwen3")).unwrap();
    let message = AdapterFile::parse_gguf(&bytes, &other).unwrap_err().to_string();
    assert!(message.contains("general.architecture"), "{message}");
    let more = GgufTarget { blocks: target.blocks + 1, ..target.clone() };
    let refused = file(&model, Projections::all()).to_gguf(&more).unwrap_err().to_string();
    assert!(refused.contains("blocks"), "{refused}");
    let model_file = std::fs::read(family("llama.gguf")).unwrap();
    let message = AdapterFile::parse_gguf(&model_file, &target).unwrap_err().to_string();
    assert!(message.contains("general.type"), "{message}");
    // The padding behind the last numbers is not needed.
    for length in (0..bytes.len() - 32).step_by(97) {
        assert!(AdapterFile::parse_gguf(&bytes[..length], &target).is_err(), "{length}");
    }
    let mut turned = bytes;
    for place in (0..turned.len().min(4096)).step_by(7) {
        turned[place] ^= 0x5a;
        if let Ok(read) = AdapterFile::parse_gguf(&turned, &target) {
            assert!(read.adapter.values().iter().all(|number| number.is_finite()));
        }
        turned[place] ^= 0x5a;
    }
}

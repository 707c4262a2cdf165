//! Baked tiny models against the steered originals, to the bit.

mod refused;

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use safetensors::SafeTensors;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::rewritten::rewrite;
use super::{Ingredient, Recipe, bake};
use crate::model::{GgufHeader, Model, Precision, extent};
use crate::ops::weight::Format;
use crate::prove::{Measured, Proof, Verdict, measure};
use crate::steering::{Intervention, InterventionOp, Positions, SteeringVector, Term};

const SIZE: usize = 64;
const TOKENS: [u32; 6] = [5, 17, 200, 31, 8, 99];

fn family(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families").join(name)
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn vector(layer: usize, seed: f64) -> SteeringVector {
    let number = |i: usize| (0.3 * (seed * (i as f64 + 1.0)).sin()) as f32;
    SteeringVector { layer, values: (0..SIZE).map(number).collect() }
}

fn ingredient(
    name: &str,
    vector: &SteeringVector,
    multiplier: f32,
    intervention: Intervention,
) -> Ingredient {
    let term = Term::Vector { vector: vector.clone(), multiplier, intervention, gate: None };
    Ingredient { name: name.into(), hash: format!("hash of {name}"), multiplier, terms: vec![term] }
}

fn recipe(ingredients: Vec<Ingredient>) -> Recipe {
    Recipe { ingredients, made_by: "Tiller of tests".into() }
}

fn adding(vectors: &[(SteeringVector, f32)]) -> Recipe {
    let named = |(vector, multiplier): &(SteeringVector, f32)| {
        ingredient("wealth", vector, *multiplier, Intervention::default())
    };
    recipe(vectors.iter().map(named).collect())
}

fn load(path: &Path) -> Arc<Model> {
    Arc::new(
        Model::open(path)
            .precision(Precision::F32)
            .load()
            .unwrap_or_else(|e| panic!("{}: {e}", path.display())),
    )
}

fn logits(model: &Model, steering: &[Term]) -> Vec<f32> {
    (1..=TOKENS.len()).flat_map(|n| model.next_logits(&TOKENS[..n], steering).unwrap()).collect()
}

fn largest_gap(ours: &[f32], theirs: &[f32]) -> f32 {
    assert_eq!(ours.len(), theirs.len());
    ours.iter().zip(theirs).fold(0.0, |most, (a, b)| most.max((a - b).abs()))
}

fn refusal(source: &Path, recipe: &Recipe) -> String {
    let out = folder();
    let target = out.path().join("baked");
    let error = bake(source, recipe, &target, false, None).unwrap_err().to_string();
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0, "{error}");
    error
}

/// The bytes of every tensor of a GGUF file.
fn tensors(path: &Path) -> BTreeMap<String, (Vec<usize>, Vec<u8>)> {
    let bytes = fs::read(path).unwrap();
    let header = GgufHeader::parse(&bytes).unwrap();
    // llama.cpp refuses a file whose tensors do not follow each other, each at the next aligned place.
    let mut next = 0;
    let all = header.tensors.iter().map(|info| {
        assert_eq!(info.offset, next, "{}", info.name);
        let range = extent(header.data + info.offset, &info.shape, info.format).unwrap();
        next = (next + range.len()).next_multiple_of(32);
        (info.name.clone(), (info.shape.clone(), bytes[range].to_vec()))
    });
    let all = all.collect();
    assert_eq!(bytes.len(), header.data + next);
    all
}

#[test]
fn a_baked_file_computes_the_steered_models_bits_at_every_layer() {
    let source = family("llama.gguf");
    let original = load(&source);
    let plain = logits(&original, &[]);
    let cases = [
        vec![(vector(0, 0.7), 2.0)],
        vec![(vector(1, 0.7), 2.0)],
        vec![(vector(0, 0.3), -1.5)],
        vec![(vector(1, 1.1), 0.75), (vector(0, 0.2), 1.0), (vector(1, 0.9), -0.5)],
    ];
    for case in cases {
        let (out, recipe) = (folder(), adding(&case));
        let target = out.path().join("baked.gguf");
        bake(&source, &recipe, &target, false, None).unwrap();
        let (ours, theirs) = (logits(&load(&target), &[]), logits(&original, &recipe.terms()));
        assert_eq!(ours, theirs);
        assert_ne!(ours, plain);
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1);
        let (before, mut after) = (tensors(&source), tensors(&target));
        after.retain(|name, _| !name.ends_with("ffn_down.bias"));
        assert!(before == after, "a tensor has changed");
    }
}

#[test]
fn a_quantised_file_keeps_its_weights_and_grows_by_the_bias() {
    let source = family("llama.gguf");
    let (out, recipe) = (folder(), adding(&[(vector(1, 0.7), 2.0)]));
    let target = out.path().join("baked.gguf");
    bake(&source, &recipe, &target, false, None).unwrap();
    let stored = |path: &Path| Model::open(path).load().unwrap();
    assert_eq!(logits(&stored(&target), &[]), logits(&stored(&source), &recipe.terms()));
    let grown = fs::metadata(&target).unwrap().len() - fs::metadata(&source).unwrap().len();
    assert!(grown < 4 * SIZE as u64 + 1024, "{grown}");
    let bytes = fs::read(&target).unwrap();
    let header = GgufHeader::parse(&bytes).unwrap();
    assert!(
        header.text("general.name").unwrap().ends_with(" + wealth x 2"),
        "{:?}",
        header.text("general.name")
    );
    assert_eq!(header.text("tiller.baked.made_by"), Some("Tiller of tests"));
    let fingerprint = crate::model::fingerprint(&source, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(header.text("tiller.baked.source_fingerprint"), Some(fingerprint.as_str()));
    let vectors: Value = serde_json::from_str(header.text("tiller.baked.vectors").unwrap()).unwrap();
    assert_eq!(
        vectors,
        json!([{"name": "wealth", "hash": "hash of wealth", "multiplier": 2.0, "layers": [1], "action": "add at every position"}])
    );
}

#[test]
fn a_bias_that_is_there_is_added_to() {
    let source = family("llama.gguf");
    let out = folder();
    let (once, twice) = (out.path().join("once.gguf"), out.path().join("twice.gguf"));
    let (first, second) = (adding(&[(vector(0, 0.7), 1.0)]), adding(&[(vector(0, 0.4), -2.0)]));
    bake(&source, &first, &once, false, None).unwrap();
    let baked = bake(&once, &second, &twice, false, None).unwrap();
    assert!(baked.notes.iter().any(|note| note.contains("Block 0 has a bias already")), "{:?}", baked.notes);
    assert_eq!(tensors(&once).len(), tensors(&twice).len());
    let both: Vec<Term> = [first.terms(), second.terms()].concat();
    // Here (x + b) + v became x + (b + v).
    let gap = largest_gap(&logits(&load(&twice), &[]), &logits(&load(&source), &both));
    assert!(gap < 1e-5, "{gap}");
    let keys = |path: &Path| {
        let header = GgufHeader::parse(&fs::read(path).unwrap()).unwrap();
        header.keys_with("tiller.baked.").count()
    };
    assert_eq!((keys(&once), keys(&twice)), (4, 4));
}

#[test]
fn multiplier_0_is_the_plain_model() {
    let source = family("llama.gguf");
    let out = folder();
    let target = out.path().join("baked.gguf");
    let baked = bake(&source, &adding(&[(vector(0, 0.7), 0.0)]), &target, false, None).unwrap();
    assert_eq!(logits(&load(&target), &[]), logits(&load(&source), &[]));
    assert!(tensors(&source) == tensors(&target));
    assert!(baked.notes[0].contains("nothing is added"));
}

/// Copies a folder with its weights in F32, whole or in two parts with an index.
fn f32_folder(name: &str, in_parts: bool) -> TempDir {
    let out = folder();
    let source = family(name);
    for file in fs::read_dir(&source).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|ending| ending != "safetensors") {
            fs::copy(&path, out.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    let bytes = fs::read(source.join("model.safetensors")).unwrap();
    let read = SafeTensors::deserialize(&bytes).unwrap();
    let mut all: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
    for (name, tensor) in read.iter() {
        let numbers = super::numbers::decode(
            match tensor.dtype() {
                safetensors::Dtype::F16 => crate::ops::weight::Format::F16,
                safetensors::Dtype::BF16 => crate::ops::weight::Format::Bf16,
                _ => crate::ops::weight::Format::F32,
            },
            tensor.data(),
            1,
        );
        let bytes = numbers.unwrap().iter().flat_map(|x| x.to_le_bytes()).collect();
        all.push((name.to_owned(), tensor.shape().to_vec(), bytes));
    }
    all.sort();
    let write = |file: &str, part: &[(String, Vec<usize>, Vec<u8>)]| {
        let view = |(name, shape, bytes): &'_ (String, Vec<usize>, Vec<u8>)| {
            let view = safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape.clone(), bytes);
            (name.clone(), Vec::from(view.unwrap().data()), shape.clone())
        };
        let views: Vec<_> = part.iter().map(view).collect();
        let tensors = views.iter().map(|(name, bytes, shape)| {
            let view = safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape.clone(), bytes);
            (name.as_str(), view.unwrap())
        });
        fs::write(out.path().join(file), safetensors::serialize(tensors, None).unwrap()).unwrap();
    };
    if in_parts {
        let (first, second) = all.split_at(all.len() / 2);
        let names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
        write(names[0], first);
        write(names[1], second);
        let map: serde_json::Map<String, Value> = [(first, names[0]), (second, names[1])]
            .iter()
            .flat_map(|(part, file)| part.iter().map(move |(name, ..)| (name.clone(), json!(file))))
            .collect();
        let index = json!({"metadata": {"total_size": 1000}, "weight_map": map});
        fs::write(out.path().join("model.safetensors.index.json"), index.to_string()).unwrap();
    } else {
        write("model.safetensors", &all);
    }
    out
}

#[test]
fn a_baked_folder_computes_the_steered_models_bits_whole_and_in_parts() {
    for in_parts in [false, true] {
        let source = f32_folder("llama", in_parts);
        fs::write(source.path().join("pytorch_model.bin"), "other weights").unwrap();
        let out = folder();
        let (target, again) = (out.path().join("baked"), out.path().join("again"));
        let recipe = adding(&[(vector(0, 0.7), 2.0), (vector(1, 0.2), -1.0)]);
        bake(source.path(), &recipe, &target, false, None).unwrap();
        let original = load(source.path());
        assert_eq!(logits(&load(&target), &[]), logits(&original, &recipe.terms()), "{in_parts}");
        let config: Value = serde_json::from_slice(&fs::read(target.join("config.json")).unwrap()).unwrap();
        assert_eq!(config["mlp_bias"], json!(true));
        let own: Value =
            serde_json::from_slice(&fs::read(target.join("tiller-baked.json")).unwrap()).unwrap();
        assert_eq!(own["vectors"][1]["layers"], json!([1]));
        assert!(target.join("tokenizer.json").is_file() && !target.join("pytorch_model.bin").exists());
        let parts = fs::read_dir(&target).unwrap().flatten();
        let parts =
            parts.filter(|file| file.path().extension().is_some_and(|end| end == "safetensors")).count();
        assert_eq!(parts, if in_parts { 3 } else { 1 });
        // Once more, over the biases that are there now.
        bake(&target, &adding(&[(vector(0, 0.7), -2.0), (vector(1, 0.2), 1.0)]), &again, false, None)
            .unwrap();
        let gap = largest_gap(&logits(&load(&again), &[]), &logits(&original, &[]));
        assert!(gap < 1e-5, "{gap}");
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 2);
    }
}

#[test]
fn a_folder_of_16_bits_rounds_and_says_so() {
    let source = family("llama");
    let out = folder();
    let target = out.path().join("baked");
    let recipe = adding(&[(vector(1, 0.7), 2.0)]);
    let baked = bake(&source, &recipe, &target, false, None).unwrap();
    assert!(
        baked.notes.iter().any(|note| note.contains("F16") && note.contains("rounded")),
        "{:?}",
        baked.notes
    );
    let gap = largest_gap(&logits(&load(&target), &[]), &logits(&load(&source), &recipe.terms()));
    assert!(gap > 0.0 && gap < 2e-3, "{gap}");
}

fn out_of(layer: usize, alpha: f32) -> Recipe {
    let how = Intervention { positions: Positions::Everywhere, op: InterventionOp::ProjectOut };
    recipe(vec![ingredient("refusal", &vector(layer, 0.7), alpha, how)])
}

#[test]
fn a_direction_is_taken_out_of_all_that_writes_to_the_residual_stream() {
    let direction: Vec<f64> = {
        let vector = vector(0, 0.7);
        vector.values.iter().map(|x| f64::from(*x) / vector.norm()).collect()
    };
    // What a tied model's head multiplies with stays as it was.
    for name in ["llama", "llama3", "qwen3"] {
        let source = f32_folder(name, name == "llama3");
        let out = folder();
        let target = out.path().join("baked");
        bake(source.path(), &out_of(0, 1.0), &target, false, None).unwrap();
        let model = load(&target);
        let x = model.next_logits(&TOKENS, &[]).unwrap();
        assert!(x.iter().all(|x| x.is_finite()));
        // Without the direction in any weight, taking it out once more after any block changes nothing.
        let last = out_of(1, 1.0).terms();
        let gap = largest_gap(&logits(&model, &last), &logits(&model, &[]));
        assert!(gap < 1e-4, "{name}: {gap}");
        let before = load(source.path());
        assert!(largest_gap(&logits(&before, &last), &logits(&before, &[])) > 1e-3, "{name}");
        let along =
            |row: &[f32]| row.iter().zip(&direction).map(|(x, u)| f64::from(*x) * u).sum::<f64>().abs();
        for token in TOKENS {
            let row = model.decoder.embed(&[token]).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
            assert!(along(&row) < 1e-6, "{name}: {}", along(&row));
        }
    }
}

#[test]
fn a_direction_is_taken_out_of_a_gguf_file_in_its_own_format() {
    let recipe = out_of(0, 1.0);
    let writes =
        |name: &str| name.contains("token_embd") || name.contains("attn_output") || name.contains("ffn_down");
    // How far what is left may be from nothing: the formats' rounding.
    for (format, bound) in
        [(Format::F32, 1e-4), (Format::F16, 0.05), (Format::Bf16, 0.3), (Format::Q8_0, 0.5)]
    {
        let out = folder();
        let (source, target) = (out.path().join("source.gguf"), out.path().join("baked.gguf"));
        rewrite(&family("llama.gguf"), format, None, &source);
        let baked = bake(&source, &recipe, &target, false, None).unwrap();
        let said = format!("the embedding ({}) and of what every block writes", format.name());
        assert!(baked.notes.iter().any(|note| note.contains(&said)), "{:?}", baked.notes);
        let (model, original) = (load(&target), load(&source));
        let again = out_of(1, 1.0).terms();
        let left = largest_gap(&logits(&model, &again), &logits(&model, &[]));
        let before = largest_gap(&logits(&original, &again), &logits(&original, &[]));
        assert!(left < bound && left < 0.5 * before, "{format:?}: {left} of {before}");
        let (before, after) = (tensors(&source), tensors(&target));
        for (name, content) in &before {
            assert_eq!(after[name] != *content, writes(name), "{format:?}: {name}");
            assert_eq!(after[name].1.len(), content.1.len(), "{format:?}: {name}");
        }
    }
    // What is written in no other way is named.
    let out = folder();
    let q4 = out.path().join("q4.gguf");
    rewrite(&family("llama.gguf"), Format::F32, None, &q4);
    let (mut bytes, name) = (fs::read(&q4).unwrap(), b"blk.1.ffn_down.weight");
    let end = bytes.windows(name.len()).position(|window| window == name).unwrap() + name.len();
    // Behind the name stand the number of dimensions, both of them, and the format.
    bytes[end + 20..end + 24].copy_from_slice(&Format::Q4_1.to_ggml().to_le_bytes());
    fs::write(&q4, bytes).unwrap();
    let found = refusal(&q4, &recipe);
    assert!(found.contains("ffn_down") && found.contains("F32, F16, BF16 or Q8_0"), "{found}");
    let planned = super::plan(&q4, &recipe).unwrap_err().to_string();
    assert_eq!(planned, found, "it is said before anything is measured or written");
}

fn measured(path: &Path, steering: &[Term]) -> Measured {
    measure(&load(path), steering, &["The sea is wide and the ships are small."], None).unwrap()
}

#[test]
fn a_proof_tells_a_baked_model_from_another() {
    let source = f32_folder("llama", false);
    let out = folder();
    let target = out.path().join("baked");
    let recipe = adding(&[(vector(0, 0.7), 2.0)]);
    bake(source.path(), &recipe, &target, false, None).unwrap();
    let steered = measured(source.path(), &recipe.terms());
    let proof = Proof::new(&steered, &measured(&target, &[]));
    assert_eq!((proof.verdict, proof.logit_gap, proof.same_answers), (Verdict::Identical, 0.0, 16));
    let other = Proof::new(&steered, &measured(source.path(), &[]));
    assert_eq!(other.verdict, Verdict::NotExact);
    assert!(other.logit_gap > 1e-2 && other.text().contains("NOT exact"), "{}", other.text());
}

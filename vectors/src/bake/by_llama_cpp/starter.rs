//! Baked files and adapters of the starter model in llama.cpp.
//!
//! The starter model is written once more in F32, so that both programs multiply the same numbers: with quantized weights
//! llama.cpp rounds what it multiplies them with to eight bits.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use super::super::rewritten::rewrite;
use super::super::{Ingredient, Recipe, bake};
use super::{answers, python, root, skip};
use crate::adapter::{Adapter, Projections};
use crate::files::{AdapterFile, GgufTarget, Provenance};
use crate::generate::{Limits, Request, Sampling, generate};
use crate::model::Model;
use crate::ops::weight::Format;
use crate::steering::{SteeringVector, Term};

const NEW_TOKENS: usize = 48;
/// The gap of log-probabilities within which both programs compute the same in f32.
const GAP: f64 = 0.005;
/// The same with quantized weights, where llama.cpp rounds the other factor, too.
const QUANTISED_GAP: f64 = 0.4;

#[derive(Deserialize)]
struct Answer {
    tokens: Vec<u32>,
    first: Vec<(usize, f64)>,
}

/// Asks llama.cpp for the continuation of a prompt under each model, with an adapter where one is given.
fn llama_cpp(python: &Path, models: &[(&Path, Option<&Path>)], prompt: &[u32]) -> Vec<Answer> {
    let job = |(model, adapter): &(&Path, Option<&Path>)| json!({"model": model, "adapter": adapter, "prompt": prompt, "tokens": NEW_TOKENS});
    answers(python, "llama_cpp_completions.py", models.iter().map(job))
}

/// Returns greedy answers under several sets of terms, in one batch.
fn greedy(model: &Model, prompt: &[u32], all: &[&[Term]]) -> Vec<Vec<u32>> {
    let request = |terms: &&[Term]| Request {
        prompt: prompt.to_vec(),
        steering: terms.to_vec(),
        sampling: Sampling::default(),
    };
    let requests: Vec<Request> = all.iter().map(request).collect();
    let limits = Limits { new_tokens: NEW_TOKENS, rows: requests.len() };
    let answers = generate(model, &requests, limits, &mut |_| std::ops::ControlFlow::Continue(())).unwrap();
    answers.into_iter().map(|answer| answer.ids).collect()
}

/// Returns the largest difference of the first token's log-probabilities.
fn gap(what: &str, model: &Model, prompt: &[u32], steering: &[Term], theirs: &Answer) -> f64 {
    let logits = model.next_logits(prompt, steering).unwrap();
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|x| f64::from(x - largest).exp()).sum();
    let ours = |id: usize| f64::from(logits[id]) - f64::from(largest) - sum.ln();
    assert!(theirs.first.len() > 10);
    let gap = theirs.first.iter().fold(0.0_f64, |most, (id, theirs)| most.max((ours(*id) - theirs).abs()));
    println!("{what}: log-probabilities within {gap:.1e} of llama.cpp's");
    gap
}

/// Whether an answer is llama.cpp's, which may list the token that ends it.
fn is_same(ours: &[u32], theirs: &Answer) -> bool {
    ours.len() > 8 && theirs.tokens.starts_with(ours) && theirs.tokens.len() <= ours.len() + 1
}

/// Writes an adapter of pseudorandom numbers up to `size` as a GGUF file, and returns it as steering.
fn write_adapter(model: &Model, plain: &Path, on: Projections, size: f64, target: &Path) -> Vec<Term> {
    let shape = model.adapter_shape_on(4, on);
    let mut state = 1_u32;
    let mut number = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((f64::from(state >> 8) / f64::from(1 << 24) * 2.0 - 1.0) * size) as f32
    };
    let values = (0..shape.numbers()).map(|_| number()).collect();
    let adapter = Arc::new(Adapter::new(shape, 8.0, values).unwrap());
    let (provenance, notes) = (Provenance::default(), vec![]);
    let file = AdapterFile { adapter: Arc::clone(&adapter), provenance, notes };
    let of_model = GgufTarget::open(plain).unwrap();
    file.write_gguf(target, &of_model, false).unwrap();
    assert_eq!(AdapterFile::read_gguf(target, &of_model).unwrap(), file);
    vec![Term::Adapter { adapter, multiplier: 1.0 }]
}

#[test]
fn llama_cpp_computes_from_baked_files_and_adapters_what_tiller_computes() {
    let Some(python) = python() else {
        return skip("no llama.cpp is there (`cargo xtask test` fetches it)");
    };
    let source = std::env::var_os("TILLER_STARTER_MODEL")
        .map_or_else(|| root().join("models/SmolLM2-135M-Instruct.Q4_1.gguf"), PathBuf::from);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (plain, baked, quantized) = (path("plain.gguf"), path("baked.gguf"), path("baked-q4.gguf"));
    let values = (0..576).map(|i| (0.5 * f64::from(i).sin()) as f32).collect();
    let terms = vec![Term::new(&SteeringVector { layer: 10, values }, 2.0)];
    let one = Ingredient { name: "sine".into(), hash: "0".repeat(64), multiplier: 2.0, terms: terms.clone() };
    let recipe = Recipe { ingredients: vec![one], made_by: "Tiller of tests".into() };
    rewrite(&source, Format::F32, None, &plain);
    bake(&plain, &recipe, &baked, false, None).unwrap();
    bake(&source, &recipe, &quantized, false, None).unwrap();
    let grown = fs::metadata(&quantized).unwrap().len() - fs::metadata(&source).unwrap().len();
    assert!(grown < 4096, "{grown}");

    let original = Model::open(&plain).load().unwrap();
    let prompt = original.encode_question("", "What would you do with a large sum of money?").unwrap();
    let (usual, all) = (path("usual.gguf"), path("all.gguf"));
    let on_usual = write_adapter(&original, &plain, Projections::default(), 0.1, &usual);
    let on_all = write_adapter(&original, &plain, Projections::all(), 0.05, &all);
    let jobs =
        [(&plain, None), (&baked, None), (&plain, Some(&usual)), (&plain, Some(&all)), (&quantized, None)];
    let jobs = jobs.map(|(model, adapter)| (model.as_path(), adapter.map(PathBuf::as_path)));
    let theirs = llama_cpp(&python, &jobs, &prompt);
    let cases = [
        ("plain, f32", &[][..]),
        ("baked, f32", &terms[..]),
        ("an adapter on queries and values, f32", &on_usual[..]),
        ("an adapter on every projection, f32", &on_all[..]),
    ];
    let ours = greedy(&original, &prompt, &cases.map(|(_, terms)| terms));
    for (index, (what, terms)) in cases.into_iter().enumerate() {
        let found = gap(what, &original, &prompt, terms, &theirs[index]);
        assert!(found < GAP, "{what}: {found}");
        assert!(
            is_same(&ours[index], &theirs[index]),
            "{what}: {:?}, {:?}",
            ours[index],
            theirs[index].tokens
        );
    }
    drop(original);
    for (index, what) in [(1, "the bias"), (2, "the adapter"), (3, "the adapter on every projection")] {
        assert_ne!(theirs[0].tokens, theirs[index].tokens, "{what} was read");
    }
    let stored = Model::open(&source).load().unwrap();
    let found = gap("baked, Q4_1", &stored, &prompt, &terms, &theirs[4]);
    let unsteered = gap("baked, Q4_1, from the plain model", &stored, &prompt, &[], &theirs[4]);
    assert!(found < QUANTISED_GAP && unsteered > 2.0 * found, "{found}, {unsteered}");
    // The same numbers as the steered model's: the bias as stored is the vector.
    let (ours, steered) =
        (Model::open(&quantized).load().unwrap(), stored.next_logits(&prompt, &terms).unwrap());
    assert_eq!(ours.next_logits(&prompt, &[]).unwrap(), steered);
}

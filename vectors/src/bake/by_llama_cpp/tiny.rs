//! Control vectors and biases in llama.cpp, on tiny models of every family (`tests/oracles/families.py`) in F32.
//!
//! What llama.cpp adds itself, with a control vector, is the measure of a bias: an architecture can be baked where its graph computes
//! the same with both.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use super::super::gguf::Edited;
use super::super::recipe::{Change, Label};
use super::super::rewritten::rewrite;
use super::super::{Ingredient, Meter, Recipe, bake};
use super::{answers, python, root, skip};
use crate::adapter::{Adapter, Projections};
use crate::files::{AdapterFile, GgufTarget, Provenance, VectorFile};
use crate::model::{Metadata, Model, Source};
use crate::ops::weight::Format;
use crate::steering::{Intervention, InterventionOp, Positions, SteeringVector, Term};

/// The tiny models' last block. llama.cpp adds nothing after the first one.
const LAYER: usize = 1;
const TOKENS: [u32; 6] = [5, 17, 200, 31, 8, 99];

#[derive(Deserialize)]
struct Answer {
    logits: Option<Vec<Vec<f32>>>,
}

fn family(name: &str) -> PathBuf {
    root().join(format!("tests/oracles/families/{name}.gguf"))
}

fn vector(size: usize) -> SteeringVector {
    SteeringVector {
        layer: LAYER,
        values: (0..size).map(|i| (0.4 * (1.3 * i as f64).sin()) as f32).collect(),
    }
}

/// A model's file with what steers it in llama.cpp.
#[derive(Default)]
struct Job {
    model: PathBuf,
    control_vector: Option<PathBuf>,
    adapter: Option<PathBuf>,
}

impl Job {
    fn plain(model: &Path) -> Self {
        Self { model: model.to_owned(), ..Self::default() }
    }
}

/// Asks llama.cpp for the logits after every token.
fn llama_cpp(python: &Path, jobs: &[Job]) -> Vec<Option<Vec<f32>>> {
    let job = |Job { model, control_vector, adapter }: &Job| json!({"model": model, "control_vector": control_vector, "adapter": adapter, "tokens": TOKENS});
    let found: Vec<Answer> = answers(python, "llama_cpp_logits.py", jobs.iter().map(job));
    assert_eq!(found.len(), jobs.len());
    found.into_iter().map(|answer| answer.logits.map(|rows| rows.concat())).collect()
}

fn largest_gap(ours: &[f32], theirs: &[f32]) -> f32 {
    assert_eq!(ours.len(), theirs.len());
    ours.iter().zip(theirs).fold(0.0, |most, (a, b)| most.max((a - b).abs()))
}

#[test]
fn llama_cpp_adds_a_control_vector_file_as_tiller_does_in_every_family() {
    let Some(python) = python() else {
        return skip("no llama.cpp is there (`cargo xtask test` fetches it)");
    };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: String| folder.path().join(name);
    let families = ["llama", "llama3", "qwen2-yarn", "qwen3", "gemma2", "gemma3", "phi3", "granite"];
    let (mut jobs, mut ours) = (Vec::new(), Vec::new());
    for name in families {
        let (plain, file) = (path(format!("{name}.gguf")), path(format!("{name}-vector.gguf")));
        rewrite(&family(name), Format::F32, None, &plain);
        let model = Model::open(&plain).load().unwrap();
        let vector = vector(model.facts().hidden_size);
        let terms = [Term::new(&vector, 1.0)];
        VectorFile::new(vec![vector], Provenance::default()).unwrap().write(&file).unwrap();
        ours.extend([logits(&model, &[]), logits(&model, &terms)]);
        jobs.extend([Job::plain(&plain), Job { control_vector: Some(file), ..Job::plain(&plain) }]);
    }
    let theirs = llama_cpp(&python, &jobs);
    for (index, name) in families.into_iter().enumerate() {
        let [plain, steered] = [2 * index, 2 * index + 1].map(|job| theirs[job].as_deref().unwrap());
        let gaps = [largest_gap(&ours[2 * index], plain), largest_gap(&ours[2 * index + 1], steered)];
        let moved = largest_gap(steered, plain);
        println!("{name}: plain within {:.1e}, steered within {:.1e}, moved by {moved:.2}", gaps[0], gaps[1]);
        // llama.cpp reads Gemma's GELU from a table in half precision.
        let bound = if name.starts_with("gemma") { 2e-2 } else { 1e-4 };
        assert!(gaps.iter().all(|gap| *gap < bound) && moved > 0.1, "{name}: {gaps:?}, {moved}");
    }
}

/// Writes a GGUF file with a bias of `ffn_down` whatever its architecture is.
fn write_with_bias(source: &Path, bias: &[f32], target: &Path) {
    let opened = Source::open(source).unwrap();
    let Metadata::Gguf(header) = &opened.metadata else { panic!("no GGUF file") };
    let change = Change::Bias(BTreeMap::from([(LAYER, bias.to_vec())]));
    let label = Label { name: "biased".into(), texts: Vec::new() };
    let edited = Edited::new(&opened, header, &change, &label).unwrap();
    let mut out = std::fs::File::create(target).unwrap();
    edited.write(source, &mut out, &mut Meter::new(None, 0, 1)).unwrap();
}

/// Architectures of llama.cpp: the tiny model that becomes a file of theirs, and the factor before a block's sum. `None` where a file
/// with a bias is refused. `docs/baking.md` has the same list.
const ARCHITECTURES: [(&str, &str, Option<f32>); 10] = [
    ("llama", "llama", Some(1.0)),
    ("mistral3", "llama", Some(1.0)),
    ("granite", "granite", Some(0.6)),
    // Without keys of their own: 1.4 / sqrt(2 blocks).
    ("minicpm", "llama", Some(0.989_949_5)),
    ("smollm3", "llama", None),
    ("qwen2", "qwen2-yarn", None),
    ("qwen3", "qwen3", None),
    ("gemma2", "gemma2", None),
    ("gemma3", "gemma3", None),
    ("phi3", "phi3", None),
];

#[test]
fn a_bias_is_a_vector_exactly_in_the_architectures_that_read_it() {
    let Some(python) = python() else {
        return skip("no llama.cpp is there (`cargo xtask test` fetches it)");
    };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: String| folder.path().join(name);
    let mut jobs = Vec::new();
    for (architecture, source, factor) in ARCHITECTURES {
        let [in_f32, plain, biased, file] =
            ["f32", "plain", "biased", "vector"].map(|what| path(format!("{architecture}-{what}.gguf")));
        rewrite(&family(source), Format::F32, None, &in_f32);
        let vector = vector(Source::open(&in_f32).unwrap().config.hidden_size);
        let bias: Vec<f32> = vector.values.iter().map(|x| x / factor.unwrap_or(1.0)).collect();
        // The bias is added first: Tiller opens no file of the other architectures.
        let before = path(format!("{architecture}-before.gguf"));
        write_with_bias(&in_f32, &bias, &before);
        rewrite(&in_f32, Format::F32, Some(architecture), &plain);
        rewrite(&before, Format::F32, Some(architecture), &biased);
        VectorFile::new(vec![vector], Provenance::default()).unwrap().write(&file).unwrap();
        let steered = Job { control_vector: Some(file), ..Job::plain(&plain) };
        jobs.extend([Job::plain(&plain), steered, Job::plain(&biased)]);
    }
    let theirs = llama_cpp(&python, &jobs);
    for ((architecture, _, factor), theirs) in ARCHITECTURES.into_iter().zip(theirs.chunks_exact(3)) {
        let [Some(plain), Some(steered), biased] = theirs else {
            panic!("llama.cpp refuses the plain model of {architecture}");
        };
        match (factor, biased) {
            (None, biased) => assert!(biased.is_none(), "{architecture} takes a bias"),
            (Some(_), None) => panic!("{architecture} refuses a bias"),
            (Some(_), Some(biased)) => {
                let (gap, moved) = (largest_gap(biased, steered), largest_gap(steered, plain));
                println!(
                    "{architecture}: the bias is within {gap:.1e} of the vector, which moves by {moved:.2}"
                );
                assert!(gap < 2e-5 * moved.max(1.0) && moved > 0.05, "{architecture}: {gap}, {moved}");
            }
        }
    }
}

/// Returns the logits after every token.
fn logits(model: &Model, terms: &[Term]) -> Vec<f32> {
    (1..=TOKENS.len()).flat_map(|n| model.next_logits(&TOKENS[..n], terms).unwrap()).collect()
}

fn baked_with(term: Term) -> Recipe {
    let one = Ingredient {
        name: "sine".into(),
        hash: "0".repeat(64),
        multiplier: term.multiplier(),
        terms: vec![term],
    };
    Recipe { ingredients: vec![one], made_by: "Tiller of tests".into() }
}

#[test]
fn llama_cpp_computes_from_a_baked_granite_what_tiller_computes_with_the_vector() {
    let Some(python) = python() else {
        return skip("no llama.cpp is there (`cargo xtask test` fetches it)");
    };
    let folder = tempfile::tempdir().unwrap();
    let (plain, baked) = (folder.path().join("plain.gguf"), folder.path().join("baked.gguf"));
    rewrite(&family("granite"), Format::F32, None, &plain);
    let model = Model::open(&plain).load().unwrap();
    // The first block, after which llama.cpp adds no control vector.
    let recipe = baked_with(Term::new(&SteeringVector { layer: 0, ..vector(64) }, -1.5));
    let result = bake(&plain, &recipe, &baked, false, None).unwrap();
    assert!(result.notes.iter().any(|note| note.contains("multiplies what a block adds by 0.6")));
    let theirs = llama_cpp(&python, &[Job::plain(&baked)]);
    let theirs = theirs[0].as_deref().unwrap();
    let gap = largest_gap(&logits(&model, &recipe.terms()), theirs);
    assert!(gap < 1e-4, "{gap}");
    assert!(largest_gap(&logits(&model, &[]), theirs) > 0.1);
}

#[test]
fn llama_cpp_reads_files_without_a_direction_as_tiller_does() {
    let Some(python) = python() else {
        return skip("no llama.cpp is there (`cargo xtask test` fetches it)");
    };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: String| folder.path().join(name);
    // The second has one matrix for embedding and head, of which the file without the direction has two.
    let families = ["llama", "llama3", "granite"];
    let (mut jobs, mut ours) = (Vec::new(), Vec::new());
    for name in families {
        let (plain, out) = (path(format!("{name}.gguf")), path(format!("{name}-out.gguf")));
        rewrite(&family(name), Format::F32, None, &plain);
        let how = Intervention { positions: Positions::Everywhere, op: InterventionOp::ProjectOut };
        let vector = vector(64);
        let recipe = baked_with(Term::Vector { vector, multiplier: 1.0, intervention: how, gate: None });
        bake(&plain, &recipe, &out, false, None).unwrap();
        ours.push([&plain, &out].map(|path| logits(&Model::open(path).load().unwrap(), &[])));
        jobs.push(Job::plain(&out));
    }
    for ((name, [plain, out]), theirs) in families.into_iter().zip(&ours).zip(llama_cpp(&python, &jobs)) {
        let theirs = theirs.unwrap();
        let (gap, moved) = (largest_gap(out, &theirs), largest_gap(plain, &theirs));
        assert!(gap < 1e-4 && moved > 0.1, "{name}: {gap}, {moved}");
    }
}

#[test]
fn llama_cpp_adds_an_adapter_on_every_projection_as_tiller_does() {
    let Some(python) = python() else {
        return skip("no llama.cpp is there (`cargo xtask test` fetches it)");
    };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: String| folder.path().join(name);
    // The rows of heads are interleaved in the first, and matrices lie side by side in the second.
    let families = ["granite", "phi3", "qwen3"];
    let (mut jobs, mut ours) = (Vec::new(), Vec::new());
    for name in families {
        let (plain, file) = (path(format!("{name}.gguf")), path(format!("{name}-adapter.gguf")));
        rewrite(&family(name), Format::F32, None, &plain);
        let model = Model::open(&plain).load().unwrap();
        let shape = model.adapter_shape_on(2, Projections::all());
        let values = (0..shape.numbers()).map(|i| (0.1 * (0.9 * i as f64).sin()) as f32).collect();
        let adapter = Arc::new(Adapter::new(shape, 4.0, values).unwrap());
        let written =
            AdapterFile { adapter: Arc::clone(&adapter), provenance: Provenance::default(), notes: vec![] };
        written.write_gguf(&file, &GgufTarget::open(&plain).unwrap(), false).unwrap();
        let steered = logits(&model, &[Term::Adapter { adapter, multiplier: 1.0 }]);
        ours.push([logits(&model, &[]), steered]);
        jobs.push(Job { adapter: Some(file), ..Job::plain(&plain) });
    }
    for ((name, [plain, steered]), theirs) in families.into_iter().zip(&ours).zip(llama_cpp(&python, &jobs)) {
        let theirs = theirs.unwrap();
        let (gap, moved) = (largest_gap(steered, &theirs), largest_gap(plain, &theirs));
        println!("{name}: within {gap:.1e}, moved by {moved:.2}");
        assert!(gap < 1e-4 && moved > 0.1, "{name}: {gap}, {moved}");
    }
}

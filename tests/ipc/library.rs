//! Tests the library of vectors through the commands: descriptions, derived vectors, cosines, the logit lens, sums and
//! copies for other models.

use std::fs;
use std::path::Path;

use crate::chat;
use crate::support::{self, folder};
use crate::window::Tiller;
use ipc::command::*;
use ipc::derive::Change;
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::job::JobState;
use ipc::sweep::{Arm, SteeringTerm};
use ipc::vector::Vector;
use ipc::{Code, Id};
use vectors::files::{Provenance, VectorFile};
use vectors::steering::SteeringVector;

/// The hidden size of the starter model.
const SIZE: usize = 576;

pub(crate) fn waves(layer: usize, scale: f32, shift: f32) -> SteeringVector {
    SteeringVector { layer, values: (0..SIZE).map(|i| scale * (i as f32 + shift).sin()).collect() }
}

/// Imports a vector from a file.
pub(crate) fn import(
    tiller: &Tiller,
    folder: &Path,
    model: Id,
    name: &str,
    parts: Vec<SteeringVector>,
) -> Vector {
    let path = folder.join(format!("{name}.json"));
    VectorFile::new(parts, Provenance::default()).expect("vectors").write(&path).expect("a file");
    let request = ImportVector {
        file: FileRef::typed(path.display().to_string()),
        name: name.to_owned(),
        layer: None,
        model,
    };
    tiller.get(request)
}

fn make(vector: Id, change: Change) -> MakeVector {
    MakeVector { vector, change, name: String::new() }
}

fn term(vector: Id, weight: f64, fixed: bool) -> SteeringTerm {
    SteeringTerm { weight, fixed, ..SteeringTerm::new(vector) }
}

#[test]
fn new_vectors_are_made_of_old_ones_and_remember_it() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let model = picture.models[0].id;
    let a = import(&tiller, dir.path(), model, "a", vec![waves(26, 0.25, 0.0)]);
    let b = import(&tiller, dir.path(), model, "b", vec![waves(26, 0.5, 1.0)]);
    let c = import(&tiller, dir.path(), model, "长名", vec![waves(25, 0.5, 2.0), waves(26, 0.5, 2.0)]);
    assert_eq!((c.layers.as_slice(), c.norms.len()), (&[25, 26][..], 2));

    // The description is stored, and is there after a restart.
    let request = DescribeVector {
        vector: a.id,
        tags: vec![" short ".into(), "short".into(), "钱".into(), " ".into()],
        note: "Says less.".into(),
    };
    let described = tiller.get(request);
    assert_eq!(
        (described.tags, described.note.as_str()),
        (vec!["short".to_owned(), "钱".into()], "Says less.")
    );

    let copy = tiller.get(make(a.id, Change::Duplicate));
    assert_eq!((copy.hash.as_str(), copy.name.as_str()), (a.hash.as_str(), "a copy"));
    let twice = tiller.get(make(a.id, Change::Scale { factor: 2.0 }));
    assert!((twice.norm - 2.0 * a.norm).abs() < 1e-6 && twice.hash != a.hash);
    let made = twice.derivation.expect("how it was made");
    assert_eq!((made.from[0].hash.as_str(), made.from[0].vector), (a.hash.as_str(), a.id));
    let unit = tiller.get(make(b.id, Change::Normalize { norm: 1.0 }));
    assert!((unit.norm - 1.0).abs() < 1e-6);
    let like = tiller.get(make(a.id, Change::MatchNorm { other: b.id }));
    assert!((like.norm - b.norm).abs() < 1e-5);
    let back = tiller.get(make(a.id, Change::Negate));
    assert_eq!(tiller.get(make(back.id, Change::Negate)).hash, a.hash, "twice reversed is the same");
    let sum = tiller.get(make(a.id, Change::Add { weight: 1.0, other: b.id, other_weight: -0.5 }));
    let left = tiller.get(make(a.id, Change::Orthogonalize { against: b.id }));
    let similarity = tiller.get(CompareVectors { vectors: vec![left.id, b.id, a.id, back.id], layer: None });
    let cosine = |row: usize, column: usize| similarity.cosines[row][column].expect("a cosine");
    assert!(cosine(0, 1).abs() < 1e-6 && (cosine(2, 3) + 1.0).abs() < 1e-12 && cosine(2, 2) > 0.999_999);
    // sin(i) and sin(i + 1) over many periods have the cosine of 1 radian.
    assert!((cosine(2, 1) - 1.0_f64.cos()).abs() < 0.01, "{}", cosine(2, 1));
    let parts = tiller.get(CompareVectors { vectors: vec![a.id, c.id], layer: Some(25) });
    assert_eq!((parts.cosines[0][1], parts.layers.as_slice()), (None, &[25, 26][..]), "a has no part there");

    // Operations that must fail.
    let refusal = |change: Change| tiller.call(make(a.id, change)).expect_err("it cannot be").message;
    assert!(refusal(Change::Scale { factor: 0.0 }).contains("other than 0"));
    assert!(refusal(Change::Normalize { norm: -1.0 }).contains("over 0"));
    assert!(refusal(Change::Add { weight: 1.0, other: c.id, other_weight: 1.0 }).contains("25, 26"));
    assert!(refusal(Change::Add { weight: 1.0, other: a.id, other_weight: 1.0 }).contains("same vector"));
    assert!(refusal(Change::Orthogonalize { against: back.id }).contains("Nothing would be left"));
    assert!(refusal(Change::Scale { factor: 1e40 }).contains("too large"));
    let gone = tiller.call(make(a.id, Change::MatchNorm { other: 999 })).expect_err("no such vector");
    assert_eq!(gone.code, Code::NotFound);

    // The exported file records the sources.
    let path = dir.path().join("sum.safetensors");
    tiller.get(ExportVector {
        vector: sum.id,
        file: FileRef::typed(path.display().to_string()),
        replace: false,
        prove: false,
    });
    let provenance = VectorFile::read(&path, None).expect("the file").provenance;
    assert!(
        provenance.made_from.is_some_and(|text| text.contains(&a.hash) && text.contains(&b.hash)),
        "with hashes"
    );
    let count = tiller.watch_again().vectors.len();
    drop(tiller);
    let tiller = Tiller::without_model(dir.path());
    let again = tiller.watch_again().vectors;
    assert_eq!(again.len(), count);
    assert!(again.iter().any(|vector| vector.id == a.id && vector.note == "Says less."));
}

#[test]
fn several_layers_go_through_every_format_with_their_intervention() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let model = picture.models[0].id;
    let parts = vec![waves(1, 0.25, 0.0), waves(10, 0.5, 1.0), waves(28, 1.0, 2.0)];
    let vector = import(&tiller, dir.path(), model, "several", parts);
    assert_eq!(vector.layers, [1, 10, 28]);
    let intervention = ipc::steering::Intervention {
        positions: ipc::steering::Positions::Answer,
        op: ipc::steering::InterventionOp::Cap { at: -1.5 },
    };
    tiller.get(SetIntervention { vector: vector.id, intervention });
    for ending in ["safetensors", "gguf", "json", "pt", "npy"] {
        let path = dir.path().join(format!("out.{ending}")).display().to_string();
        let file = FileRef::typed(path.clone());
        tiller.get(ExportVector { vector: vector.id, file, replace: false, prove: false });
        let request = ImportVector { file: FileRef::typed(path), name: "Back".into(), layer: None, model };
        let back = tiller.get(request.clone());
        assert_eq!((&back.hash, &back.layers), (&vector.hash, &vector.layers), "{ending}");
        // Formats that hold only numbers do not record the intervention.
        let says_more = !matches!(ending, "pt" | "npy");
        assert_eq!(back.intervention == intervention, says_more, "{ending}");
        let one = tiller.get(ImportVector { layer: Some(10), ..request });
        assert_eq!(
            (one.layers.as_slice(), one.norm.to_bits()),
            (&[10][..], vector.norms[1].to_bits()),
            "{ending}"
        );
    }
}

#[test]
fn the_model_says_which_words_a_vector_points_to_and_how_much_is_added() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let model = picture.models[0].id;
    let a = import(&tiller, dir.path(), model, "a", vec![waves(14, 0.5, 0.0)]);
    let b = import(&tiller, dir.path(), model, "b", vec![waves(14, -0.5, 0.5), waves(20, 0.5, 0.0)]);
    let lens = tiller.get(ReadLogitLens { vector: a.id, layer: None });
    assert_eq!((lens.layer, lens.along.len(), lens.against.len()), (14, 12, 12));
    // The expected tokens are those of the first line of tests/oracles/lens.json.
    assert_eq!((lens.along[0].id, lens.against[0].id), (36232, 265));
    let refused = tiller.call(ReadLogitLens { vector: a.id, layer: Some(3) }).expect_err("no such part");
    assert!(refused.message.contains("layer 3"), "{refused:?}");
    let norms = tiller.get(ReadResidual { model });
    assert!(norms.len() == 30 && norms[29] > norms[0], "{norms:?}");

    let together = tiller.get(ReadVectorSum { terms: vec![term(a.id, 1.0, false), term(b.id, 2.0, false)] });
    assert_eq!(together.layers.iter().map(|added| added.count).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(together.conflicts.len(), 1);
    assert!((together.conflicts[0].cosine + 0.5_f64.cos()).abs() < 0.01, "{together:?}");
    assert_eq!(together.layers[0].residual, Some(norms[14]));
    let with = tiller.get(ReadVectorSum { terms: vec![term(a.id, 1.0, false), term(b.id, -2.0, false)] });
    assert!(with.conflicts.is_empty(), "a sign turns a conflict around");
}

#[test]
fn a_message_is_answered_by_several_vectors_and_keeps_them() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let model = picture.models[0].id;
    let a = import(&tiller, dir.path(), model, "a", vec![waves(20, 2.0, 0.0)]);
    let b = import(&tiller, dir.path(), model, "b", vec![waves(25, 3.0, 1.0)]);
    let ask = |terms: Vec<SteeringTerm>, multipliers: Vec<f64>| {
        let conversation = chat::ask(&tiller, chat::desk(&terms, &multipliers, 8), "What is rain?");
        let answers = chat::answers(&tiller, conversation);
        assert_eq!(answers.len(), multipliers.len());
        (conversation, answers)
    };
    let (_, plain) = ask(vec![], vec![0.0]);
    let (conversation, both) = ask(vec![term(a.id, 1.0, false), term(b.id, -1.0, false)], vec![0.0, 2.0]);
    assert_eq!(both[0].text, plain[0].text, "at 0 it is the plain model");
    assert_ne!(both[1].text, plain[0].text);
    let steering = both[1].steering[0].terms.iter().map(|term| (term.name.as_str(), term.multiplier));
    assert_eq!(steering.collect::<Vec<_>>(), [("a", 2.0), ("b", -2.0)]);
    // Two terms with weights of their own act together in one answer, as their sum would if both were at one layer.
    let (_, fixed) = ask(vec![term(a.id, 2.0, true), term(b.id, -2.0, true)], vec![1.0]);
    assert_eq!(fixed[0].text, both[1].text, "the same steering gives the same words");
    tiller.get(DeleteVector { vector: a.id });
    let kept = tiller.get(ReadTurns { conversation });
    assert_eq!(
        kept.iter().filter_map(chat::answer).cloned().collect::<Vec<_>>(),
        both,
        "what steered outlives the vector"
    );
    let refused = tiller.call(chat::say(conversation, "And snow?")).expect_err("a vector is gone");
    assert!(refused.message.contains("\u{201c}a\u{201d} is gone"), "{refused:?}");
}

#[test]
fn a_vector_goes_to_a_model_of_its_size_and_is_measured_on_both() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let (model, data_set) = (picture.models[0].id, picture.data_sets[2].id);
    tiller.shrink(data_set);
    let vector = import(&tiller, dir.path(), model, "v", vec![waves(26, 1.0, 0.0)]);
    let relative = dir.path().join("relative.gguf");
    fs::copy(support::starter_model(), &relative).expect("a copy");
    let other = tiller.get(AddModel { file: FileRef::typed(relative.display().to_string()) });
    let copy = tiller.get(make(vector.id, Change::Transfer { model: other.id }));
    assert_eq!((copy.model, &copy.hash, copy.residual_norm), (other.id, &vector.hash, None));
    assert!(
        copy.derivation.as_ref().is_some_and(|made| made.is_transfer() && made.from[0].vector == vector.id)
    );
    let refused = tiller.call(make(vector.id, Change::Transfer { model })).expect_err("its own model");
    assert!(refused.message.contains("already"), "{refused:?}");
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families/llama.gguf");
    let tiny = tiller.get(AddModel { file: FileRef::typed(tiny.display().to_string()) });
    let refused = tiller.call(make(vector.id, Change::Transfer { model: tiny.id })).expect_err("too narrow");
    assert!(refused.message.contains("576 numbers") && refused.message.contains("has 64"), "{refused:?}");

    // The same weights give the same curve to the bit.
    let curve = |id: Id| {
        let settings = support::sweep_of(id, data_set, &[-1.0, 0.0, 1.0]);
        let sweep = tiller.get(StartSweep { model: 0, settings });
        tiller.wait_for(|event| match event {
            Event::Sweep(now) if now.id == sweep.id && now.state == JobState::Done => Some(()),
            Event::Job(job) if job.id == sweep.job && matches!(job.state, JobState::Failed { .. }) => {
                panic!("{job:?}")
            }
            _ => None,
        });
        let sweeps = tiller.watch_again().sweeps;
        let found = sweeps.into_iter().find(|known| known.id == sweep.id).expect("the sweep");
        assert_eq!(found.settings.arms[0].terms, Arm::vector(id).terms);
        (found.model, found.points.iter().map(|point| point.value.to_bits()).collect::<Vec<_>>())
    };
    let (own, there) = (curve(vector.id), curve(copy.id));
    assert_eq!((own.0, there.0), (model, other.id));
    assert_eq!((own.1.len(), &own.1), (3, &there.1));
}

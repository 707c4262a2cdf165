//! Tests what the paper's tables need of sweeps: worked examples, suffixes, sets of their own, MMLU's folder, `TruthfulQA`, sums
//! and grids, names and notes; in files of their own, answers, files for other stores, and comparisons of methods.

mod answers;
mod elsewhere;
mod methods;
mod mmlu;

use std::fs;

use ipc::Code;
use ipc::Id;
use ipc::command::*;
use ipc::files::FileRef;
use ipc::score::{Judge, Score};
use ipc::sweep::{
    Arm, Curve, Generation, PromptSet, Prompting, SteeringTerm, Sweep, SweepPoint, SweepSettings,
};

use crate::scores::{swept, tiny_vector};
use crate::support;
use crate::tiny;
use crate::window::Tiller;

const TRUTHFUL: &str = "Type,Category,Question,Best Answer,Correct Answers,Incorrect Answers,Source\n\
    Adversarial,Myths,Why is the sky blue?,Air scatters blue light,Air scatters blue light; It scatters,It mirrors the sea,\n\
    Adversarial,Sums,What is one and one?,Two,Two; 2,Three; Eleven,\n";

fn shots(wanted: bool, count: u32) -> Arm {
    Arm { prompting: Prompting::Shots { wanted, count }, ..Arm::default() }
}

fn at(sweep: &Sweep, arm: u32, set: Option<u32>, score: u32) -> Vec<SweepPoint> {
    sweep.curve(Curve { arm, set, score })
}

fn bits(points: &[SweepPoint]) -> Vec<u64> {
    points.iter().map(|point| point.value.to_bits()).collect()
}

#[test]
fn worked_examples_stand_before_lists_and_questions_or_are_refused() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture) = Tiller::ready(data.path());
    let (model, data_set) = (picture.models[0].id, picture.data_sets[1].id);
    tiller.shrink(data_set);
    let path = data.path().join("TruthfulQA.csv");
    fs::write(&path, TRUTHFUL).expect("a file");
    let path = path.display().to_string();
    let list = PromptSet::List { name: "Own".into(), prompts: vec!["What is rain?".into()] };
    let settings = SweepSettings {
        arms: vec![Arm::default(), shots(true, 1), shots(false, 1), shots(true, 2)],
        sets: vec![list.clone(), PromptSet::HeldOut { data_set, name: String::new() }],
        scores: vec![Score::TruthfulOne { path: path.clone() }, Score::TruthfulTwo { path }],
        generation: Generation { max_new_tokens: 3, ..Generation::default() },
        examples_seed: Some(3),
        ..support::sweep_of(0, data_set, &[0.0])
    };
    let sweep = swept(&tiller, model, settings.clone());
    assert_eq!(sweep.points.len(), sweep.expected as usize, "{sweep:?}");
    // Every way of prompting gives other probabilities of truth.
    let mut values: Vec<u64> = (0..4).flat_map(|arm| bits(&at(&sweep, arm, None, 1))).collect();
    values.sort_unstable();
    values.dedup();
    assert_eq!(values.len(), 4, "{values:?}");
    for arm in 0..4 {
        let point = at(&sweep, arm, None, 0)[0];
        assert_eq!(point.count, 2, "both questions are asked");
        assert!((0.0..=1.0).contains(&point.value));
        assert!((0.0..=1.0).contains(&at(&sweep, arm, None, 1)[0].value));
    }
    // Other examples are drawn by another seed.
    let mut others = (4..12).map(|seed| {
        let settings = SweepSettings {
            arms: vec![shots(true, 1)],
            scores: settings.scores[1..2].to_vec(),
            examples_seed: Some(seed),
            ..settings.clone()
        };
        bits(&at(&swept(&tiller, model, settings), 0, None, 0))
    });
    assert!(others.any(|other| other != bits(&at(&sweep, 1, None, 1))), "every seed draws the same pair");

    let refused = |settings: SweepSettings| {
        tiller.call(StartSweep { model, settings }).expect_err("it is refused").message
    };
    let without = SweepSettings { sets: vec![list], ..settings.clone() };
    assert!(refused(without).contains("no data set is chosen"));
    let many = SweepSettings { arms: vec![shots(true, 31)], ..settings };
    assert!(refused(many).contains("31 worked examples are to be taken from the"));
}

#[test]
fn each_prompt_is_answered_with_each_suffix_and_both_rates_are_measured() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture) = Tiller::ready(data.path());
    let (model, data_set) = (picture.models[0].id, picture.data_sets[1].id);
    let prompts = vec!["What is rain?".into(), "What is snow?".into()];
    let settings = SweepSettings {
        arms: vec![Arm::default()],
        sets: vec![PromptSet::List { name: "Own".into(), prompts }],
        scores: vec![Score::Compliance, Score::JudgedCompliance { judge: Judge::Local }],
        generation: Generation { max_new_tokens: 3, ..Generation::default() },
        suffixes: [(0, vec![" !! ".into(), "In short.".into(), "!!".into()]), (4, vec!["x".into()])].into(),
        ..support::sweep_of(0, data_set, &[0.0])
    };
    let prompts_of = |sweep: &Sweep| -> Vec<String> {
        let curve = Curve { arm: 0, set: Some(0), score: 1 };
        let items = tiller.get(ReadPoint { sweep: sweep.id, curve, multiplier: 0.0 });
        items.into_iter().map(|item| item.prompt).collect()
    };
    let sweep = swept(&tiller, model, settings.clone());
    assert_eq!(sweep.settings.suffixes, [(0, vec!["!!".to_owned(), "In short.".to_owned()])].into());
    assert_eq!(
        prompts_of(&sweep),
        ["What is rain? !!", "What is rain? In short.", "What is snow? !!", "What is snow? In short."]
    );
    assert!(sweep.points.iter().all(|point| point.count == 4 && (0.0..=1.0).contains(&point.value)));
    assert_eq!(Score::Compliance.name(), "Attack success rate");
    // A limit counts prompts, and each is answered with each suffix.
    let one = swept(&tiller, model, SweepSettings { limit: Some(1), ..settings });
    assert_eq!(one.points.iter().map(|point| point.count).collect::<Vec<_>>(), [2, 2]);
}

#[test]
fn each_vector_is_measured_on_its_own_set_as_one_line_of_one_colour() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture, model) = tiny::ready(data.path(), tiny::ROOM);
    let (first, second) = (picture.data_sets[0].id, picture.data_sets[1].id);
    let arm = |data_set: Id, set: u32| Arm {
        name: "Freeform".into(),
        sets: vec![set],
        ..Arm::vector(tiny_vector(&tiller, model, data_set).id)
    };
    let set = |data_set| PromptSet::HeldOut { data_set, name: String::new() };
    let settings = SweepSettings {
        arms: vec![
            arm(first, 0),
            arm(second, 1),
            Arm { prompting: Prompting::System { text: "Brief.".into() }, ..Arm::default() },
        ],
        sets: vec![set(first), set(second)],
        ..support::sweep_of(0, first, &[-1.0, 0.0, 1.0])
    };
    let sweep = swept(&tiller, model, settings.clone());
    let of = |arm: u32, set: u32| at(&sweep, arm, Some(set), 0).len();
    assert_eq!([of(0, 0), of(0, 1), of(1, 0), of(1, 1), of(2, 0), of(2, 1)], [3, 0, 0, 3, 1, 1]);
    assert_eq!((sweep.points.len(), sweep.expected), (8, 8));
    let colors: Vec<u8> = sweep.settings.arms.iter().map(|arm| arm.color).collect();
    assert!(colors[0] == colors[1] && colors[1] != colors[2], "{colors:?}");
    let mut odd = settings;
    odd.arms[0].sets = vec![2];
    assert_eq!(
        tiller.call(StartSweep { model, settings: odd }).expect_err("no third set").code,
        Code::Invalid
    );
}

#[test]
fn sums_and_grids_are_the_single_runs_to_the_bit() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture, model) = tiny::ready(data.path(), tiny::ROOM);
    let (first, second) = (picture.data_sets[0].id, picture.data_sets[1].id);
    let (one, other) = (tiny_vector(&tiller, model, first).id, tiny_vector(&tiller, model, second).id);
    let term =
        |vector: Id, weight: f64, fixed: bool| SteeringTerm { weight, fixed, ..SteeringTerm::new(vector) };
    let arm = |terms: Vec<SteeringTerm>| Arm { terms, ..Arm::default() };
    let sum = SweepSettings {
        arms: vec![
            Arm::vector(one),
            arm(vec![term(one, 0.5, false)]),
            // A row of a grid whose second vector is not there, and one whose second is.
            arm(vec![term(one, 1.0, false), term(other, 0.0, true)]),
            arm(vec![term(one, 1.0, false), term(other, 1.0, true)]),
            arm(vec![term(one, 1.0, false), term(other, 1.0, false)]),
            arm(vec![term(one, 0.25, false), term(one, 0.75, false)]),
        ],
        ..support::sweep_of(one, first, &[-2.0, -1.0, 0.0, 1.0, 2.0])
    };
    let sweep = swept(&tiller, model, sum);
    let values = |arm: u32| bits(&at(&sweep, arm, Some(0), 0));
    let alone = values(0);
    assert_eq!(alone.len(), 5);
    // Half of the vector at twice the multiplier.
    assert_eq!([values(1)[0], values(1)[2], values(1)[4]], [alone[1], alone[2], alone[3]]);
    assert_eq!(values(2), alone);
    // A vector in two parts is measured by itself, and is the vector up to rounding.
    for (part, whole) in at(&sweep, 5, Some(0), 0).iter().zip(at(&sweep, 0, Some(0), 0)) {
        assert!((part.value - whole.value).abs() < 1e-3, "{part:?} {whole:?}");
    }
    // Where both act at 1, the grid's row and the sum are the same; at 0 the grid's row is the second vector alone.
    assert_eq!(values(3)[3], values(4)[3]);
    assert_ne!(values(3)[3], alone[3]);
    let single = swept(&tiller, model, support::sweep_of(other, first, &[0.0, 1.0]));
    assert_eq!(values(3)[2], bits(&at(&single, 0, Some(0), 0))[1]);
    assert_eq!(values(4)[2], alone[2]);
}

#[test]
fn a_sweep_has_a_name_and_a_note_and_is_run_again_with_everything() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture, model) = tiny::ready(data.path(), tiny::ROOM);
    let data_set = picture.data_sets[1].id;
    let vector = tiny_vector(&tiller, model, data_set).id;
    let settings = SweepSettings {
        arms: vec![Arm::vector(vector), shots(true, 1)],
        examples_seed: Some(1),
        suffixes: [(0, vec!["Now.".into()])].into(),
        ..support::sweep_of(vector, data_set, &[0.0, 1.0])
    };
    let sweep = swept(&tiller, model, settings);
    assert_eq!((sweep.name.as_ref(), sweep.vectors.len()), (None, 1));
    let describe =
        DescribeSweep { sweep: sweep.id, name: " Figure 1 ".into(), note: "Two pairs only.\n".into() };
    tiller.get(describe.clone());
    drop(tiller);
    let tiller = Tiller::without_model(data.path());
    let picture = tiller.watch_again();
    let kept = &picture.sweeps[0];
    assert_eq!((kept.name.as_deref(), kept.note.as_str()), (Some("Figure 1"), "Two pairs only."));
    // Nothing has changed, so that the same sweep answers; after a change everything is measured again, in the same settings.
    let again = StartSweep { model, settings: kept.settings.clone() };
    assert_eq!(tiller.get(again.clone()).id, kept.id);
    let pair = tiller
        .get(ListPairs { data_set })
        .into_iter()
        .find(|pair| pair.content.split == ipc::data::Split::HeldOut);
    tiller.get(DeletePair { pair: pair.expect("a held-out pair").id });
    assert!(tiller.watch_again().sweeps[0].stale.is_some());
    let other = swept(&tiller, model, again.settings);
    assert_ne!(other.id, kept.id);
    assert_eq!((&other.settings, &other.vectors), (&kept.settings, &kept.vectors));
    // The exported file names what the vectors do and what was measured; ids of another project mean nothing.
    let mut elsewhere = kept.settings.clone();
    elsewhere.arms[0].terms[0].vector = 77;
    elsewhere.sets = vec![PromptSet::HeldOut { data_set: 78, name: "Elsewhere".into() }];
    let write = |name: &str, sweep: &Sweep| {
        let exported = serde_json::json!({ "sweeps": [{
            "name": sweep.name, "note": sweep.note, "set_sha256": sweep.hashes, "vector_sha256": sweep.vectors,
            "settings": elsewhere,
        }] });
        let path = data.path().join(name);
        fs::write(&path, exported.to_string()).expect("a file");
        FileRef::typed(path.display().to_string())
    };
    let read = tiller.get(ReadSweepFile { file: write("now.json", &other) });
    assert_eq!(
        read.settings.sets,
        other
            .settings
            .sets
            .iter()
            .map(|set| match set {
                PromptSet::HeldOut { data_set, .. } =>
                    PromptSet::HeldOut { data_set: *data_set, name: "Elsewhere".into() },
                list @ (PromptSet::List { .. } | PromptSet::Answers { .. }) => list.clone(),
            })
            .collect::<Vec<_>>()
    );
    assert_eq!((read.settings.arms.clone(), read.note.as_str()), (other.settings.arms.clone(), ""));
    assert_eq!(tiller.get(StartSweep { model, settings: read.settings }).id, other.id);
    let refused =
        tiller.call(ReadSweepFile { file: write("then.json", kept) }).expect_err("the pairs have changed");
    assert!(
        refused.message.contains("\u{201c}Elsewhere\u{201d} is not in this project"),
        "{}",
        refused.message
    );
    let unnamed = tiller.get(DescribeSweep { name: "  ".into(), ..describe });
    assert_eq!(unnamed.name, None);
    let gone = DescribeSweep { sweep: 99, name: String::new(), note: String::new() };
    assert_eq!(tiller.call(gone).expect_err("no such sweep").code, Code::NotFound);
}

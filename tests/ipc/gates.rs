//! Tests gates through the commands: in sweeps, and the projections of prompts from which a threshold is chosen.

use std::fs;

use ipc::Id;
use ipc::analysis::{Finding, Question};
use ipc::command::*;
use ipc::data::Split;
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::job::JobState;
use ipc::score::Score;
use ipc::steering::{Gate, GateAt, SteeringTerm, TermGate};
use ipc::sweep::{Arm, Curve, Generation, Sweep, SweepSettings};
use vectors::model::Model;
use vectors::score::prompt_projections;

use crate::library::{import, waves};
use crate::scores::swept;
use crate::support::{folder, starter_model, sweep_of};
use crate::window::Tiller;

/// The layer of the vector that steers, and that of the condition.
const LAYERS: [usize; 2] = [20, 10];

/// Opens Tiller with a few pairs, and with a vector that steers and one that decides. Returns the model, the data set and both
/// vectors.
fn ready(dir: &std::path::Path) -> (Tiller, [Id; 4]) {
    let (tiller, picture) = Tiller::ready(&dir.join("data"));
    let (model, data_set) = (picture.models[0].id, picture.data_sets[1].id);
    tiller.keep_pairs(data_set, 2, 2);
    let steers = import(&tiller, dir, model, "waves", vec![waves(LAYERS[0], 2.0, 0.0)]).id;
    let decides = import(&tiller, dir, model, "other", vec![waves(LAYERS[1], 1.0, 1.0)]).id;
    (tiller, [model, data_set, steers, decides])
}

fn gated(steers: Id, decides: Id, gate: Gate) -> Arm {
    let gate = Some(TermGate { vector: decides, gate });
    Arm { terms: vec![SteeringTerm { gate, ..SteeringTerm::new(steers) }], ..Arm::default() }
}

fn gate(above: f64, at: GateAt) -> Gate {
    Gate { layer: LAYERS[1] as u32, above, soft: None, at }
}

#[test]
fn a_sweeps_rows_are_the_plain_models_where_the_gate_is_shut() {
    let dir = folder();
    let (tiller, [model, data_set, steers, decides]) = ready(dir.path());
    let of = |above, at| gated(steers, decides, gate(above, at));
    let settings = SweepSettings {
        arms: vec![
            Arm::vector(steers),
            of(1e9, GateAt::Token),
            of(1e9, GateAt::Prompt),
            of(-1e9, GateAt::Token),
            of(-1e9, GateAt::Prompt),
        ],
        scores: vec![Score::LogOdds, Score::Length],
        generation: Generation { max_new_tokens: 6, ..Generation::default() },
        ..sweep_of(steers, data_set, &[0.0, 2.0])
    };
    let sweep = swept(&tiller, model, settings.clone());
    assert_eq!((&sweep.state, sweep.points.len()), (&JobState::Done, 5 * 2 * 2), "{sweep:?}");
    let answers = |arm: u32| {
        let curve = Curve { arm, set: Some(0), score: 1 };
        tiller.get(ReadPoint { sweep: sweep.id, curve, multiplier: 2.0 })
    };
    let [plain, steered] = margins(&sweep, 0);
    assert!((plain - steered).abs() > 1e-3, "the vector does nothing");
    assert!(answers(0).iter().any(|item| item.answer != item.unsteered_answer));
    for arm in [1, 2] {
        let [zero, shut] = margins(&sweep, arm);
        assert_eq!((zero.to_bits(), shut.to_bits()), (plain.to_bits(), plain.to_bits()), "arm {arm}");
        assert!(answers(arm).iter().all(|item| item.answer == item.unsteered_answer), "arm {arm}");
    }
    for arm in [3, 4] {
        assert_eq!(margins(&sweep, arm).map(f64::to_bits), [plain, steered].map(f64::to_bits), "arm {arm}");
        assert_eq!(answers(arm), answers(0), "arm {arm}");
    }
    assert_eq!(sweep.settings.arms[1].name, "waves where other after layer 10 is over 1000000000");
    assert!(sweep.settings.arms[2].name.ends_with(", at the prompt"));

    // It is kept by its content, and a report says what was measured.
    assert_eq!(tiller.get(StartSweep { model, settings }).id, sweep.id);
    let report = dir.path().join("report.html");
    tiller.get(ExportReport {
        sweep: sweep.id,
        svg: "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'></svg>".into(),
        file: FileRef::typed(report.display().to_string()),
        replace: false,
    });
    let page = fs::read_to_string(&report).expect("the report");
    assert!(page.contains("waves where other after layer 10 is over 1000000000"));
    assert!(page.contains("\"above\": 1000000000.0") || page.contains("&quot;above&quot;: 1000000000.0"));
    tiller.get(DeleteVector { vector: decides });
    let left = tiller.watch_again().sweeps;
    assert!(left[0].stale.as_ref().is_some_and(|stale| stale.contains("gone")), "{:?}", left[0].stale);
}

/// Returns the mean margins of an arm at 0 and at 2.
fn margins(sweep: &Sweep, arm: u32) -> [f64; 2] {
    let points = sweep.curve(Curve { arm, set: Some(0), score: 0 });
    assert_eq!(
        points.iter().map(|point| point.multiplier.to_bits()).collect::<Vec<_>>(),
        [0.0, 2.0_f64].map(f64::to_bits)
    );
    [points[0].value, points[1].value]
}

#[test]
fn a_gate_that_cannot_be_decided_is_refused_and_prompts_are_projected_for_its_threshold() {
    let dir = folder();
    let (tiller, [model, data_set, steers, decides]) = ready(dir.path());
    let refused = |gate: Gate, scores: Vec<Score>| {
        let arms = vec![gated(steers, decides, gate)];
        let settings = SweepSettings { arms, scores, ..sweep_of(steers, data_set, &[1.0]) };
        tiller.call(StartSweep { model, settings }).expect_err("a gate that cannot be").message
    };
    let late = refused(Gate { layer: 21, ..gate(0.0, GateAt::Token) }, vec![Score::LogOdds]);
    assert!(late.contains("layer 21") && late.contains("layer 20"), "{late}");
    let no_width = refused(Gate { soft: Some(0.0), ..gate(0.0, GateAt::Token) }, vec![Score::LogOdds]);
    assert!(no_width.contains("width"), "{no_width}");
    let no_prompt = refused(gate(0.0, GateAt::Prompt), vec![Score::Perplexity]);
    assert!(no_prompt.contains("decided at the prompt"), "{no_prompt}");

    let question =
        |layer| Question::Projections { vector: decides, layer, system_prompt: Some(String::new()) };
    let ask = |layer| StartAnalysis { model, data_set, question: question(layer) };
    let begun = tiller.get(ask(8));
    let done = tiller.wait_for(|event| match event {
        Event::Analysis(now) if now.id == begun.id && now.state.is_over() => Some(now.clone()),
        _ => None,
    });
    let [Finding::Projections { largest, last }] = done.findings.as_slice() else {
        panic!("{:?}: {:?}", done.state, done.findings)
    };
    let engine = Model::open(starter_model()).load().expect("the starter model");
    let mut pairs = tiller.get(ListPairs { data_set });
    pairs.sort_by_key(|pair| pair.content.split != Split::Train);
    let prompts: Vec<Vec<u32>> = pairs
        .iter()
        .map(|pair| engine.encode_question("", &pair.content.prompt).expect("a prompt"))
        .collect();
    let expected = prompt_projections(&engine, &prompts, &waves(LAYERS[1], 1.0, 1.0).values, 8, None)
        .expect("projections");
    assert_eq!((largest.len(), last.len(), expected.len()), (4, 4, 4));
    for (place, one) in expected.iter().enumerate() {
        let found = [largest[place], last[place]];
        assert!(
            (found[0] - one.largest).abs() < 1e-3 && (found[1] - one.last).abs() < 1e-3,
            "{found:?}, {one:?}"
        );
    }
    assert_eq!(tiller.get(ask(8)).id, begun.id, "what is known is not measured again");
    let refused = tiller.call(ask(30)).expect_err("the model has 30 layers, from 0 on");
    assert!(refused.message.contains("layer 30"), "{refused:?}");
}

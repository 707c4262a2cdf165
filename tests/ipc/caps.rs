//! Tests caps and the drift of conversations through the commands: percentiles are measured once, caps act in Chat and in sweeps, and
//! a conversation's turns lie where the engine says.

use ipc::Id;
use ipc::command::*;
use ipc::conversation::Said;
use ipc::job::JobState;
use ipc::projection::QuietSet;
use ipc::score::Score;
use ipc::steering::{CapSide, Caps, SteeringTerm};
use ipc::sweep::{Arm, Curve, Generation, SweepSettings};
use vectors::model::Model;
use vectors::score::{Dialogue, projection_percentiles, turn_projections};
use vectors::tokens::{Message, Role};

use crate::chat::{answers, ask, desk, say};
use crate::library::{import, waves};
use crate::scores::swept;
use crate::support::{folder, starter_model, sweep_of};
use crate::window::Tiller;

const LAYERS: [usize; 2] = [10, 20];

/// Opens Tiller with a vector of two layers. Returns the model, a data set and the vector.
fn ready(dir: &std::path::Path) -> (Tiller, [Id; 3]) {
    let (tiller, picture) = Tiller::ready(&dir.join("data"));
    let (model, data_set) = (picture.models[0].id, picture.data_sets[1].id);
    tiller.keep_pairs(data_set, 2, 2);
    let vector = import(&tiller, dir, model, "waves", LAYERS.map(|layer| waves(layer, 2.0, 0.0)).into()).id;
    (tiller, [model, data_set, vector])
}

fn capped(vector: Id, caps: Option<Caps>) -> SteeringTerm {
    SteeringTerm { caps, ..SteeringTerm::new(vector) }
}

#[test]
fn caps_are_measured_once_and_act_in_chat_and_in_sweeps() {
    let dir = folder();
    let (tiller, [model, data_set, vector]) = ready(dir.path());
    let measured = tiller.get(MeasurePercentiles { vector, over: QuietSet::Neutral });
    let engine = Model::open(starter_model()).load().expect("the starter model");
    let texts: Vec<_> = include_str!("../../datasets/neutral.txt")
        .split("\n\n")
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| engine.encode_text(text).expect("tokens"))
        .collect();
    let parts = LAYERS.map(|layer| waves(layer, 2.0, 0.0));
    let expected = projection_percentiles(&engine, &texts, &parts, None).expect("percentiles");
    for (found, expected) in measured.layers.iter().zip(&expected) {
        assert_eq!((found.layer as usize, &found.values), (expected.layer, &expected.values));
    }
    // What is kept answers when the model is no longer read: the same numbers, and no other set's.
    assert_eq!(tiller.get(MeasurePercentiles { vector, over: QuietSet::Neutral }), measured);
    let prompts = QuietSet::Prompts { data_set, system_prompt: String::new() };
    let of_prompts = tiller.get(MeasurePercentiles { vector, over: prompts });
    assert!(of_prompts.over.contains("prompts of") && of_prompts.layers != measured.layers);

    let caps = |percentile, side| measured.caps(percentile, side).expect("a percentile");
    let beyond = |side, at: f64| Caps { thresholds: vec![at; 2], ..caps(25, side) };
    // Nothing reaches these, so that the rows are the plain model's.
    let idle = beyond(CapSide::AtMost, 1e9);
    let settings = SweepSettings {
        arms: [
            Some(caps(25, CapSide::AtMost)),
            Some(idle.clone()),
            Some(beyond(CapSide::AtLeast, -1e9)),
            None,
        ]
        .map(|caps| Arm { terms: vec![capped(vector, caps)], ..Arm::default() })
        .into(),
        scores: vec![Score::LogOdds],
        generation: Generation { max_new_tokens: 4, ..Generation::default() },
        ..sweep_of(vector, data_set, &[1.0])
    };
    let sweep = swept(&tiller, model, settings);
    assert_eq!(sweep.state, JobState::Done);
    let score = |arm: u32, multiplier: f64| {
        let points = sweep.curve(Curve { arm, set: Some(0), score: 0 });
        let point = points.into_iter().find(|point| point.multiplier.to_bits() == multiplier.to_bits());
        point.expect("a point").value.to_bits()
    };
    let plain = score(0, 0.0);
    assert_eq!([score(1, 1.0), score(2, 1.0)], [plain, plain]);
    assert!(score(0, 1.0) != plain && score(0, 1.0) != score(3, 1.0));
    assert!(
        sweep.settings.arms[0].name.contains("capped at p25 of the neutral text"),
        "{:?}",
        sweep.settings.arms
    );

    let mut table = desk(&[SteeringTerm::new(vector)], &[0.0, 1.0], 8);
    table.strips[0].caps = Some(idle);
    let conversation = ask(&tiller, table.clone(), "What is rain?");
    let said = answers(&tiller, conversation);
    assert_eq!(said[0].text, said[1].text, "nothing reaches the thresholds");
    assert_eq!(said[1].steering[0].terms[0].caps, table.strips[0].caps);
    table.strips[0].caps = Some(beyond(CapSide::AtLeast, 400.0));
    let conversation = ask(&tiller, table.clone(), "What is rain?");
    let said = answers(&tiller, conversation);
    assert_ne!(said[0].text, said[1].text);

    table.strips[0].caps = Some(Caps { thresholds: vec![1.0], ..beyond(CapSide::AtMost, 1.0) });
    let begun = tiller.get(BeginConversation { desk: table });
    let refused = tiller.call(say(begun.id, "Hi")).expect_err("a threshold is missing");
    assert!(refused.message.contains("2 layers") && refused.message.contains("1 thresholds"), "{refused:?}");
}

#[test]
fn a_conversation_drifts_as_the_engine_reads_it() {
    let dir = folder();
    let (tiller, [_, _, vector]) = ready(dir.path());
    let table = desk(&[SteeringTerm::new(vector)], &[0.0, 1.0], 6);
    let begun = tiller.get(BeginConversation { desk: table.clone() });
    let conversation = begun.id;
    let refused =
        tiller.call(MeasureDrift { conversation, vector, layer: None }).expect_err("nothing is said");
    assert!(refused.message.contains("Nothing has been answered"), "{refused:?}");
    for text in ["What is rain?", "And snow?"] {
        tiller.get(say(conversation, text));
        assert!(answers(&tiller, conversation).iter().all(|answer| answer.tokens > 0));
    }
    let drift = tiller.get(MeasureDrift { conversation, vector, layer: Some(20) });
    assert_eq!((drift.layer, drift.columns.len()), (20, 2));
    let engine = Model::open(starter_model()).load().expect("the starter model");
    let turns = tiller.get(ReadTurns { conversation });
    for column in &drift.columns {
        let mut said = vec![Message::new(Role::System, table.columns[0].system_prompt.as_str())];
        let mut dialogues = Vec::new();
        for turn in turns.iter().filter(|turn| turn.column == column.column) {
            match &turn.said {
                Said::Person { text } => said.push(Message::new(Role::User, text.as_str())),
                Said::Model(answer) => {
                    let mut tokens = engine.encode_messages(&said).expect("a prompt");
                    let start = tokens.len();
                    tokens.extend(engine.encode_raw(&answer.text).expect("an answer"));
                    said.push(Message::new(Role::Assistant, answer.text.as_str()));
                    let end = tokens.len();
                    dialogues.push(Dialogue { tokens, answers: std::iter::once(start..end).collect() });
                }
            }
        }
        let expected = turn_projections(&engine, &dialogues, &waves(20, 2.0, 0.0), None).expect("a drift");
        let numbers: Vec<u32> = column.turns.iter().map(|turn| turn.number).collect();
        assert_eq!(numbers, [1, 2]);
        for (found, expected) in column.turns.iter().zip(expected.iter().flatten()) {
            let close = |a: f64, b: f64| (a - b).abs() < 1e-3 * (1.0 + b.abs());
            assert!(close(found.prompt, expected.prompt), "{found:?} {expected:?}");
            assert!(close(found.answer.expect("tokens"), expected.answer.expect("tokens")), "{found:?}");
        }
    }
    let refused =
        tiller.call(MeasureDrift { conversation, vector, layer: Some(11) }).expect_err("no such layer");
    assert!(refused.message.contains("no part at layer 11"), "{refused:?}");
    tiller.get(StopMeasuring {});
}

//! Caps at several layers, with thresholds from percentiles that are computed by hand, and the drift of a conversation.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_cmp,
    reason = "tests"
)]

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::common::oracle_path;
use vectors::generate::{Ask, Change, Control, End, Observe, Observed, Request, Sampling, Session};
use vectors::model::{Model, ModelError};
use vectors::score::{
    Dialogue, TurnProjection, projection_percentiles, prompt_projections, turn_projections,
};
use vectors::steering::{CapSide, Caps, SteeringVector, Term, capped};

const LAYERS: [usize; 2] = [1, 3];

fn model() -> Arc<Model> {
    Arc::new(Model::open(oracle_path("families/gemma3")).load().unwrap())
}

fn parts(model: &Model) -> Vec<SteeringVector> {
    let values = |layer: usize| {
        (0..model.facts().hidden_size).map(|i| (i as f32 * 0.7 + layer as f32).cos()).collect()
    };
    LAYERS.map(|layer| SteeringVector { layer, values: values(layer) }).into()
}

/// The projections of all tokens of a text but the first, by hand: the last token of each of its beginnings.
fn by_hand(model: &Model, text: &[u32], part: &SteeringVector) -> Vec<f64> {
    let beginnings: Vec<Vec<u32>> = (2..=text.len()).map(|end| text[..end].to_vec()).collect();
    let found = prompt_projections(model, &beginnings, &part.values, part.layer, None).unwrap();
    found.iter().map(|one| one.last).collect()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-4 * (1.0 + a.abs())
}

/// What rounding to 32 bits may leave beyond a threshold.
fn close_to(threshold: f64) -> f64 {
    1e-3 * (1.0 + threshold.abs())
}

#[test]
fn percentiles_are_those_of_all_tokens_but_the_first_of_each_text() {
    let model = model();
    // Eleven projections: each tenth percentile is one of them.
    let texts = [vec![2, 9, 17, 31, 8, 40], vec![2, 50, 60, 7, 12, 33, 21]];
    let found = projection_percentiles(&model, &texts, &parts(&model), None).unwrap();
    for (part, found) in parts(&model).iter().zip(&found) {
        let mut all: Vec<f64> = texts.iter().flat_map(|text| by_hand(&model, text, part)).collect();
        all.sort_by(f64::total_cmp);
        assert_eq!((all.len(), found.layer, found.values.len()), (11, part.layer, 101));
        for (place, value) in all.iter().enumerate() {
            assert!(close(found.values[10 * place], *value), "p{}", 10 * place);
        }
        assert!(close(found.values[25], f64::midpoint(all[2], all[3])));
    }
    let alone = projection_percentiles(&model, &[vec![2]], &parts(&model), None);
    assert!(matches!(alone, Err(ModelError::EmptyPrompt)));
}

#[test]
fn a_person_stops_a_measurement_between_two_blocks() {
    let model = model();
    let (mut seen, texts) = (Vec::new(), [vec![2, 9, 17]]);
    let mut stop = |done: usize, total: usize| {
        seen.push((done, total));
        if done == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let stopped = projection_percentiles(&model, &texts, &parts(&model), Some(&mut stop));
    assert!(matches!(stopped, Err(ModelError::Interrupted)));
    assert_eq!(seen, [(1, 4), (2, 4)]);
}

/// Keeps what is observed.
#[derive(Default)]
struct Seen {
    ids: Vec<u32>,
    all: Vec<Observed>,
}

impl Control for Seen {
    fn change(&mut self, _: usize) -> Change {
        Change::None
    }

    fn token(&mut self, _: usize, id: u32, observed: Option<&Observed>) {
        self.ids.push(id);
        self.all.extend(observed.cloned());
    }

    fn end(&mut self, _: usize, _: End) {}
}

fn answer(model: &Arc<Model>, prompt: &[u32], steering: Vec<Term>, along: &SteeringVector) -> Seen {
    let mut seen = Seen::default();
    let request = Request { prompt: prompt.to_vec(), steering, sampling: Sampling::default() };
    let observe = Some(Observe { likeliest: 1, along: Some(along.clone()) });
    let ask = Ask { key: 0, request, begun: 0, drawn: 0, new_tokens: 12, observe };
    Session::new(Arc::clone(model)).generate(&[ask], &mut seen).unwrap();
    seen
}

#[test]
fn rows_within_their_caps_are_the_plain_models_to_the_bit_and_others_stay_at_them() {
    let model = model();
    let (prompt, parts) = ([2, 9, 17, 31, 8], parts(&model));
    let (plain, along) = (answer(&model, &prompt, vec![], &parts[1]), &parts[1]);
    let mut read = prompt.to_vec();
    read.extend(&plain.ids);
    let with = |percentile: u8, side: CapSide| {
        let found = projection_percentiles(&model, &[read.clone()], &parts, None).unwrap();
        let first = |part: &SteeringVector| {
            prompt_projections(&model, &[vec![read[0]]], &part.values, part.layer, None).unwrap()[0].last
        };
        let thresholds = found.iter().zip(&parts).map(|(found, part)| {
            let value = found.values[usize::from(percentile)];
            // The first token counts for no percentile. What every token keeps to is beyond it, too.
            match (percentile, side) {
                (100, CapSide::AtMost) => value.max(first(part)) + 1e-3,
                (0, CapSide::AtLeast) => value.min(first(part)) - 1e-3,
                _ => value,
            }
        });
        let thresholds: Vec<f64> = thresholds.collect();
        let caps = Caps { percentile, side, over: String::new(), thresholds: thresholds.clone() };
        let terms = parts.iter().map(|part| Term::new(part, 1.0)).collect();
        (answer(&model, &prompt, capped(terms, Some(&caps)).unwrap(), along), thresholds[1])
    };
    for (percentile, side) in [(100, CapSide::AtMost), (0, CapSide::AtLeast)] {
        let (free, _) = with(percentile, side);
        assert_eq!(free.ids, plain.ids);
        assert!(!free.all.is_empty());
        // Each token is measured beside the plain model in one batch.
        let is_plain = |one: &Observed| one.steered.to_bits() == one.plain.to_bits();
        assert!(free.all.iter().all(is_plain), "nothing reaches its threshold");
    }
    let projections = |seen: &Seen| seen.all.iter().filter_map(|one| one.projection).collect::<Vec<f32>>();
    let (most, threshold) = with(25, CapSide::AtMost);
    assert!(projections(&plain).iter().any(|along| f64::from(*along) > threshold + 1e-2), "some are over it");
    assert!(
        projections(&most).iter().all(|along| f64::from(*along) < threshold + close_to(threshold)),
        "{threshold}"
    );
    let (least, threshold) = with(75, CapSide::AtLeast);
    assert!(
        projections(&least).iter().all(|along| f64::from(*along) > threshold - close_to(threshold)),
        "{threshold}"
    );
}

#[test]
fn a_turn_lies_where_its_tokens_lie() {
    let model = model();
    let (tokens, part) = (vec![2, 9, 17, 31, 8, 40, 11, 5], &parts(&model)[1]);
    let all = by_hand(&model, &tokens, part);
    // `by_hand` begins with the second token.
    let at = |token: usize| all[token - 1];
    let dialogue = Dialogue { tokens, answers: vec![2..4, 6..8, 8..8] };
    let found = turn_projections(&model, &[dialogue.clone(), dialogue.clone()], part, None).unwrap();
    assert_eq!(found[0], found[1]);
    let [first, second, empty]: [TurnProjection; 3] = found[0].clone().try_into().unwrap();
    assert!(close(first.prompt, at(1)) && close(second.prompt, at(5)) && close(empty.prompt, at(7)));
    assert!(close(first.answer.unwrap(), f64::midpoint(at(2), at(3))));
    assert!(close(second.answer.unwrap(), f64::midpoint(at(6), at(7))));
    assert_eq!(empty.answer, None);
    let outside = Dialogue { answers: std::iter::once(0..2).collect(), ..dialogue };
    assert!(matches!(turn_projections(&model, &[outside], part, None), Err(ModelError::EmptyPrompt)));
}

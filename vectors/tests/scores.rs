//! Compares scores that need no generation with PyTorch.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use crate::common::{SYSTEM, oracle, starter};
use serde::Deserialize;
use vectors::layer::Layer;
use vectors::pairs::PreferencePair;
use vectors::score::{EncodedOptions, OptionScorer, TextScorer, choice};
use vectors::steering::{Intervention, SteeringVector, Term};
use vectors::tokens::{Message, Role};

#[derive(Deserialize)]
struct Oracle {
    layer: usize,
    pairs: Vec<Pair>,
    texts: Vec<String>,
    options: Vec<Options>,
    at: Vec<At>,
}

#[derive(Deserialize)]
struct Pair {
    prompt: String,
    wanted: String,
    opposite: String,
}

#[derive(Deserialize)]
struct Options {
    question: String,
    answers: Vec<String>,
}

#[derive(Deserialize)]
struct At {
    multiplier: f32,
    /// The log-probabilities of the wanted and the opposite letter, for each pair in both orders.
    choice: Vec<Vec<[f64; 2]>>,
    texts: Vec<Text>,
    options: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct Text {
    nats: f64,
    divergence: f64,
    tokens: usize,
}

fn expected() -> Oracle {
    serde_json::from_str(&oracle("scores.json")).unwrap()
}

fn term(layer: usize, multiplier: f32) -> Term {
    let values = (0..576).map(|i| (0.5 * f64::from(i).sin()) as f32).collect::<Vec<_>>().into();
    Term::Vector {
        vector: SteeringVector { layer, values },
        multiplier,
        intervention: Intervention::default(),
        gate: None,
    }
}

fn close(ours: f64, theirs: f64, within: f64) {
    assert!((ours - theirs).abs() <= within * theirs.abs().max(1.0), "{ours} is not {theirs}");
}

#[test]
fn letters_and_answers_have_pytorchs_log_probabilities() {
    let (model, oracle) = (starter(), expected());
    let before = [Message::new(Role::System, SYSTEM)];
    let mut letters = Vec::new();
    for pair in &oracle.pairs {
        let pair = PreferencePair {
            prompt: pair.prompt.clone(),
            wanted: pair.wanted.clone(),
            opposite: pair.opposite.clone(),
            ..PreferencePair::default()
        };
        letters.push(choice(&model, &before, &pair, true).unwrap());
        letters.push(choice(&model, &before, &pair, false).unwrap());
    }
    assert!(letters.iter().all(|question| question.answers.iter().all(|answer| answer.len() == 1)));
    let answers: Vec<EncodedOptions> = oracle
        .options
        .iter()
        .map(|one| EncodedOptions {
            begun: 0,
            prompt: model.encode_question(SYSTEM, &one.question).unwrap(),
            answers: one.answers.iter().map(|answer| model.encode_raw(answer).unwrap()).collect(),
        })
        .collect();
    let of = |questions: &[EncodedOptions], layer| {
        OptionScorer::prepare(std::sync::Arc::clone(&model), questions, Layer(layer).prefix(), None).unwrap()
    };
    // Activations are cached at the steered layer, or at a lower one.
    for layer in [oracle.layer, 3] {
        let (letters, answers) = (of(&letters, layer), of(&answers, layer));
        for at in &oracle.at {
            let steering = [term(oracle.layer, at.multiplier)];
            let theirs = at.choice.iter().flatten().map(|order| order.to_vec());
            for (ours, theirs) in letters.log_probs(&steering, None).unwrap().iter().zip(theirs) {
                ours.answers.iter().zip(theirs).for_each(|(ours, theirs)| close(*ours, theirs, 2e-3));
            }
            for (ours, theirs) in answers.log_probs(&steering, None).unwrap().iter().zip(&at.options) {
                ours.answers.iter().zip(theirs).for_each(|(ours, theirs)| close(*ours, *theirs, 2e-3));
            }
        }
    }
}

#[test]
fn texts_have_pytorchs_perplexity_and_divergence() {
    let (model, oracle) = (starter(), expected());
    let texts: Vec<Vec<u32>> = oracle.texts.iter().map(|text| model.encode_text(text).unwrap()).collect();
    let scorer = TextScorer::prepare(model, &texts, Layer(oracle.layer).prefix(), None).unwrap();
    for at in &oracle.at {
        let scores = scorer.scores(&[term(oracle.layer, at.multiplier)], None).unwrap();
        for (ours, theirs) in scores.iter().zip(&at.texts) {
            assert_eq!(ours.tokens, theirs.tokens);
            close(ours.nats, theirs.nats, 1e-3);
            close(ours.divergence, theirs.divergence, 2e-3);
        }
    }
    let plain = scorer.scores(&[], None).unwrap();
    assert!(
        plain.iter().all(|text| text.divergence < 1e-9),
        "an unsteered model does not differ from itself"
    );
}

//! Compares the logit lens and the norms of the residual stream with PyTorch.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use crate::common::{oracle, starter};
use serde::Deserialize;
use vectors::logit_lens::TokenLogit;
use vectors::model::ModelError;
use vectors::steering::SteeringVector;

#[derive(Deserialize)]
struct Oracle {
    lens: Vec<Seen>,
    texts: Vec<String>,
    residual: Vec<f64>,
}

#[derive(Deserialize)]
struct Seen {
    scale: f64,
    shift: f64,
    along: Vec<(u32, f32)>,
    against: Vec<(u32, f32)>,
}

fn expected() -> Oracle {
    serde_json::from_str(&oracle("lens.json")).unwrap()
}

#[test]
fn the_words_that_a_vector_points_to_are_those_of_pytorch() {
    let model = starter();
    for seen in expected().lens {
        let values = (0..576).map(|i| (seen.scale * (f64::from(i) + seen.shift).sin()) as f32).collect();
        let found = model.logit_lens(&SteeringVector { layer: 14, values }, 12).unwrap();
        for (ours, theirs) in [(&found.promoted, &seen.along), (&found.suppressed, &seen.against)] {
            assert_eq!(ours.len(), 12);
            for (TokenLogit { id, logit }, (their_id, their_logit)) in ours.iter().zip(theirs) {
                assert_eq!(id, their_id, "scale {}", seen.scale);
                assert!((logit - their_logit).abs() < 1e-3, "token {id}: {logit} and {their_logit}");
            }
        }
    }
}

#[test]
fn the_residual_stream_is_as_long_as_in_pytorch() {
    let (model, oracle) = (starter(), expected());
    let texts: Vec<_> = oracle.texts.iter().map(|text| model.encode_text(text).unwrap()).collect();
    let norms = model.residual_norms(&texts).unwrap();
    assert_eq!(norms.len(), 30);
    for (block, (ours, theirs)) in norms.iter().zip(&oracle.residual).enumerate() {
        assert!((ours / theirs - 1.0).abs() < 1e-4, "block {block}: {ours} and {theirs}");
    }
}

#[test]
fn a_vector_of_another_size_is_refused() {
    let vector = SteeringVector { layer: 14, values: [1.0; 8].into() };
    assert!(matches!(
        starter().logit_lens(&vector, 12),
        Err(ModelError::VectorSize { expected: 576, found: 8 })
    ));
}

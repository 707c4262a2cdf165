//! Baked folders against what transformers computed from the same bytes (`tests/oracles/baked_transformers.py`).

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use safetensors::SafeTensors;
use sha2::{Digest, Sha256};

use super::{Ingredient, Recipe, bake};
use crate::files::Provenance;
use crate::layer::Layer;
use crate::model::Model;
use crate::pairs::EncodedPair;
use crate::score::Scorer;
use crate::steering::{SteeringVector, Term};

#[derive(serde::Deserialize)]
struct Case {
    family: String,
    layer: usize,
    multiplier: f32,
    action: String,
    sha256: String,
    log_probs: [f64; 2],
}

#[test]
fn transformers_computes_from_a_baked_folder_what_tiller_computes() {
    let oracles = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles");
    let kept = fs::read(oracles.join("baked_transformers.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_slice(&kept).unwrap();
    assert_eq!(cases.len(), 6);
    for case in cases {
        let source = oracles.join("families").join(&case.family);
        let bytes = fs::read(source.join("oracle.safetensors")).unwrap();
        let tensors = SafeTensors::deserialize(&bytes).unwrap();
        let numbers = |name: &str| tensors.tensor(name).unwrap().data().as_chunks().0;
        let values = numbers("vector").iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        let vector = SteeringVector { layer: case.layer, values };
        let policy = Provenance { policy: Some(case.action.clone()), ..Provenance::default() };
        let intervention = policy.intervention().unwrap();
        let terms = vec![Term::Vector { vector, multiplier: case.multiplier, intervention, gate: None }];
        let one =
            Ingredient { name: "vector".into(), hash: String::new(), multiplier: case.multiplier, terms };
        let recipe = Recipe { ingredients: vec![one], made_by: String::new() };
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("baked");
        bake(&source, &recipe, &target, false, None).unwrap();
        let what = format!("{}, {} after block {}", case.family, case.action, case.layer);
        let mut hash = String::new();
        for byte in Sha256::digest(fs::read(target.join("model.safetensors")).unwrap()) {
            write!(hash, "{byte:02x}").unwrap();
        }
        assert_eq!(hash, case.sha256, "{what}: other bytes than those that transformers read");

        let ids = |name: &str| numbers(name).iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
        let pair = EncodedPair { prompt: ids("prompt"), wanted: ids("wanted"), opposite: ids("opposite") };
        let model = Arc::new(Model::open(&target).load().unwrap());
        let scorer = Scorer::prepare(model, &[pair], Layer(0).prefix(), None).unwrap();
        let ours = scorer.log_probs(&[], None).unwrap()[0];
        let gaps = [ours.wanted - case.log_probs[0], ours.opposite - case.log_probs[1]].map(f64::abs);
        println!("{what}: log-probabilities differ by up to {:.1e}", gaps[0].max(gaps[1]));
        assert!(gaps.iter().all(|gap| *gap < 2e-4), "{what}: {gaps:?}");
    }
}

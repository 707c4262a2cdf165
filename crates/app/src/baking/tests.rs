//! Tests that what replaces a baked model never has the earlier one's proof.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use vectors::bake::{Ingredient, Recipe};
use vectors::model::Model;
use vectors::steering::{SteeringVector, Term};

use super::{Baker, BakingError, ModelCopy, Order, Proved, Step, bake_and_prove, made_by, proof_file};

/// A baker that writes a copy and cannot load it.
struct Forgetful;

impl Baker for Forgetful {
    type Error = BakingError;

    fn load_original(&mut self, path: &Path) -> Result<(Arc<Model>, Option<String>), BakingError> {
        Ok((Arc::new(Model::open(path).load().expect("the tiny model")), None))
    }

    fn load_copy(&mut self, path: &Path) -> Result<Arc<Model>, BakingError> {
        Err(BakingError::Proof { path: path.to_owned(), source: io::Error::other("there is no memory") })
    }

    fn tell(&mut self, _: Step, _: usize, _: usize) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn begins(&mut self, _: usize) -> Result<(), BakingError> {
        Ok(())
    }

    fn proved(&mut self, _: usize, _: &ModelCopy, _: &Proved) -> Result<(), BakingError> {
        unreachable!("it was never loaded")
    }
}

#[test]
fn a_copy_without_a_proof_has_not_that_of_the_file_it_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("baked.gguf");
    fs::write(&path, "an earlier copy").expect("written");
    fs::write(proof_file(&path), "{}").expect("written");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracles/families/llama.gguf");
    let terms = vec![Term::new(&SteeringVector { layer: 1, values: vec![0.1; 64].into() }, 1.0)];
    let vector = Ingredient { name: "wealth".into(), hash: "0".repeat(64), multiplier: 1.0, terms };
    let recipe = Recipe { ingredients: vec![vector], made_by: made_by() };
    let copy = ModelCopy { path: path.clone(), multiplier: 1.0, recipe, is_begun: false };
    let mut order = Order { source, copies: vec![copy], replace: false };
    let bake = |order: &Order| bake_and_prove(order, &mut Forgetful, |_| false).expect_err("no proof");
    assert!(matches!(bake(&order), BakingError::Bake { .. }), "a file is there");
    assert!(proof_file(&path).exists());
    order.replace = true;
    assert!(matches!(bake(&order), BakingError::Proof { .. }));
    assert!(fs::metadata(&path).expect("the copy").len() > 100_000);
    assert!(!proof_file(&path).exists());
}

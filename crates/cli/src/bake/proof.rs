//! The comparison of a model with the steered original: how it is measured and printed here.

use std::path::Path;
use std::sync::Arc;

use ::data::benchmarks::neutral_text;
use app::baking::{ModelCopy, ProofRecord, Proved};
use vectors::model::Model;
use vectors::prove::{Measured, measure};
use vectors::steering::Term;

use crate::data::{ModelArguments, with_path};
use crate::halt::Halt;
use crate::output;
use crate::progress::Bar;

/// Prints the proof of a copy.
pub(super) fn print(source: &Path, copy: &ModelCopy, proved: &Proved, json: bool) -> Result<(), Halt> {
    let line = ProofRecord::of_copy(source, copy, proved);
    output::line(json, &line, || format!("{}: {}.", copy.path.display(), proved.proof.text()))
}

/// Loads a baked model and measures it without steering.
pub(super) fn read(asked: &ModelArguments, path: &Path) -> Result<Measured, Halt> {
    let model = asked.load_at(path)?;
    measured(&model, &[]).map_err(|error| with_path(path, error))
}

/// Measures a model with its steering on the prompts and texts of a proof.
pub(crate) fn measured(model: &Arc<Model>, terms: &[Term]) -> Result<Measured, Halt> {
    let mut bar = Bar::new("Proving");
    let mut show = |done, total| bar.show(done, total);
    measure(model, terms, &neutral_text(), Some(&mut show)).map_err(Halt::from)
}

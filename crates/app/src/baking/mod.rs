//! Bakes a vector into copies of a model, one for each strength, and proves each copy. The window's jobs and the command line
//! do it by the same function; they differ in where models are loaded and where progress is shown ([`Baker`]).
//!
//! The steered original is measured first and left again, so that one model is in memory at a time.

mod error;
mod names;
mod proof_file;
#[cfg(test)]
mod tests;
mod unkept;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use data::benchmarks::neutral_text;
use vectors::bake::{BakeError, Plan, Recipe, bake, check_target, is_baked_by, plan};
use vectors::model::Model;
use vectors::prove::{Measured, Proof, measure};
use vectors::steering::Term;

pub use error::BakingError;
pub use names::{WrongEnding, file_name, proof_file, targets, wrong_ending};
pub use proof_file::{ProofRecord, ProvedVector, bytes, made_by, remove_proof, write_proof};
pub use unkept::Unkept;

/// What is to be baked.
#[derive(Debug, Clone)]
pub struct Order {
    /// The model: a GGUF file or a folder of safetensors.
    pub source: PathBuf,
    /// The copies.
    pub copies: Vec<ModelCopy>,
    /// Whether a file that is there may be replaced. A folder never is.
    pub replace: bool,
}

/// A copy of the model with a vector baked in.
#[derive(Debug, Clone)]
pub struct ModelCopy {
    /// Where it goes.
    pub path: PathBuf,
    /// The strength.
    pub multiplier: f32,
    /// What is baked in.
    pub recipe: Recipe,
    /// Whether an earlier process began to write it, and may have finished.
    pub is_begun: bool,
}

/// A copy that was written and compared with the steered original.
#[derive(Debug, Clone)]
pub struct Proved {
    /// Its bytes.
    pub bytes: u64,
    /// The SHA-256 of the source's files.
    pub source_fingerprint: String,
    /// What was rounded, added to or left out, in sentences.
    pub notes: Vec<String>,
    /// The comparison.
    pub proof: Proof,
}

/// A part of the work, for progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Measures the steered original; counts prompts, tokens and texts.
    MeasureOriginal,
    /// Writes a copy; counts bytes.
    Write,
    /// Measures a copy; counts as [`Step::MeasureOriginal`].
    MeasureCopy,
}

/// Where models are loaded, progress is shown and results are kept.
pub trait Baker {
    /// Why the work ends early.
    type Error: From<BakingError>;

    /// Loads the original. Returns it with the SHA-256 of its files where that is known already.
    ///
    /// # Errors
    /// Where it cannot be loaded, or is not the vector's model.
    fn load_original(&mut self, path: &Path) -> Result<(Arc<Model>, Option<String>), Self::Error>;

    /// Loads a copy. The original was dropped before.
    ///
    /// # Errors
    /// Where it cannot be loaded.
    fn load_copy(&mut self, path: &Path) -> Result<Arc<Model>, Self::Error>;

    /// Shows how far a step is, and says whether to go on.
    fn tell(&mut self, step: Step, done: usize, total: usize) -> ControlFlow<()>;

    /// Notes, before anything is written, that a copy begins.
    ///
    /// # Errors
    /// Where that cannot be noted.
    fn begins(&mut self, place: usize) -> Result<(), Self::Error>;

    /// Takes a copy that is proved. An error removes it again.
    ///
    /// # Errors
    /// Where the result cannot be kept.
    fn proved(&mut self, place: usize, copy: &ModelCopy, proved: &Proved) -> Result<(), Self::Error>;
}

/// Checks an order by the header of its model: the architecture, the vector, the targets, and the space on their disk. Returns
/// what will be written for each copy.
///
/// # Errors
/// The first reason why it cannot be baked.
pub fn check(order: &Order) -> Result<Vec<Plan>, BakingError> {
    let plan_of = |copy: &ModelCopy| {
        plan(&order.source, &copy.recipe).map_err(|error| BakingError::bake(&order.source, &copy.path, error))
    };
    let plans = order.copies.iter().map(plan_of).collect::<Result<Vec<_>, _>>()?;
    let missing = |(copy, _): &(&ModelCopy, &Plan)| !is_there(copy);
    let needed = order.copies.iter().zip(&plans).filter(missing).map(|(_, plan)| plan.bytes).sum();
    for copy in order.copies.iter().filter(|copy| !is_there(copy)) {
        check_target(&order.source, &copy.path, order.replace, needed)
            .map_err(|error| BakingError::bake(&order.source, &copy.path, error))?;
        let proof = proof_file(&copy.path);
        if !order.replace && !copy.is_begun && proof.exists() {
            return Err(BakingError::bake(&order.source, &copy.path, BakeError::Exists(proof)));
        }
    }
    Ok(plans)
}

/// Bakes and proves an order, one copy after the other. A copy that is not proved is removed again, unless it has replaced
/// another file or `keeps_unproved` says that the work goes on later.
///
/// # Errors
/// The reason why the work ends early. What was proved until then stays.
pub fn bake_and_prove<B: Baker>(
    order: &Order,
    baker: &mut B,
    keeps_unproved: impl Fn(&B::Error) -> bool,
) -> Result<(), B::Error> {
    let plans = check(order)?;
    let (steered, known) = {
        let (model, fingerprint) = baker.load_original(&order.source)?;
        let steered = order
            .copies
            .iter()
            .map(|copy| measured(&model, &copy.recipe.terms(), &order.source, Step::MeasureOriginal, baker));
        (steered.collect::<Result<Vec<_>, _>>()?, fingerprint)
    };
    for (place, (copy, steered)) in order.copies.iter().zip(&steered).enumerate() {
        let mut unkept = Unkept::new(&copy.path, is_there(copy));
        let notes = plans[place].notes.clone();
        let done = bake_one(order, place, known.as_deref(), steered, notes, baker);
        if done.as_ref().err().is_none_or(&keeps_unproved) {
            unkept.keep();
        }
        done?;
    }
    Ok(())
}

/// Writes, measures and hands over one copy.
fn bake_one<B: Baker>(
    order: &Order,
    place: usize,
    known: Option<&str>,
    steered: &Measured,
    notes: Vec<String>,
    baker: &mut B,
) -> Result<(), B::Error> {
    let copy = &order.copies[place];
    let source_fingerprint = if let Some(known) = known.filter(|_| is_there(copy)) {
        known.to_owned()
    } else {
        baker.begins(place)?;
        let mut tell = |done, total| baker.tell(Step::Write, done, total);
        let baked = bake(&order.source, &copy.recipe, &copy.path, order.replace, Some(&mut tell));
        let baked = baked.map_err(|error| BakingError::bake(&order.source, &copy.path, error))?;
        remove_proof(&copy.path)?;
        baked.source_fingerprint
    };
    let found = {
        let model = baker.load_copy(&copy.path)?;
        measured(&model, &[], &copy.path, Step::MeasureCopy, baker)?
    };
    let proof = Proof::new(steered, &found);
    let proved = Proved { bytes: bytes(&copy.path), source_fingerprint, notes, proof };
    let written = ProofRecord::of_copy(&order.source, copy, &proved);
    write_proof(&proof_file(&copy.path), &written.named())?;
    baker.proved(place, copy, &proved)
}

/// Returns whether an earlier process has written a copy as a whole.
fn is_there(copy: &ModelCopy) -> bool {
    copy.is_begun && is_baked_by(&copy.path, &copy.recipe)
}

/// Measures a model with its steering on the prompts and texts of a proof.
fn measured<B: Baker>(
    model: &Arc<Model>,
    terms: &[Term],
    path: &Path,
    step: Step,
    baker: &mut B,
) -> Result<Measured, B::Error> {
    let mut tell = |done, total| baker.tell(step, done, total);
    let measured = measure(model, terms, &neutral_text(), Some(&mut tell));
    Ok(measured.map_err(|source| BakingError::Model { path: path.to_owned(), source: Box::new(source) })?)
}

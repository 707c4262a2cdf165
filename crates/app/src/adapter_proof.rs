//! Proves the file of an adapter: it is loaded again, and the model with it is compared with the model with the adapter that
//! was to be written. The window's jobs and the command line do it by the same functions.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use data::benchmarks::neutral_text;
use serde::Serialize;
use vectors::adapter::{Adapter, Projections};
use vectors::files::{AdapterFile, FileError, GgufTarget};
use vectors::model::{Model, ModelError, is_gguf_file};
use vectors::prove::{Measured, Proof, measure};
use vectors::steering::Term;

use crate::baking::{bytes, made_by, proof_file};

/// The reason why a file cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum WrittenError {
    /// It cannot be read as an adapter of the model.
    #[error(transparent)]
    File(#[from] FileError),
    /// The model cannot be measured with it. [`ModelError::Interrupted`] is no failure: somebody asked to stop.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// Reads an adapter of any form: peft's folder or its file, or a GGUF file for the model. Where `blocks` says how many the
/// model has, a configuration may leave out the last ones.
///
/// # Errors
/// Where it cannot be read as an adapter of the model.
pub fn read(path: &Path, target: &GgufTarget, blocks: Option<usize>) -> Result<AdapterFile, FileError> {
    if path.is_dir() {
        AdapterFile::read_for(&AdapterFile::in_folder(path), blocks)
    } else if is_gguf_file(path) {
        AdapterFile::read_gguf(path, target)
    } else {
        AdapterFile::read_for(path, blocks)
    }
}

/// Measures a model with an adapter at a strength, on the prompts and texts of a proof. `tell` counts steps.
///
/// # Errors
/// Where the adapter does not fit, numbers are not finite, or `tell` says stop.
pub fn measure_with(
    model: &Arc<Model>,
    adapter: &Arc<Adapter>,
    multiplier: f32,
    tell: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<Measured, ModelError> {
    let term = Term::Adapter { adapter: Arc::clone(adapter), multiplier };
    measure(model, &[term], &neutral_text(), Some(tell))
}

/// Loads what was written, and measures the model with it at its own strength.
///
/// # Errors
/// Where it cannot be read, or as [`measure_with`].
pub fn measure_written(
    model: &Arc<Model>,
    out: &Path,
    target: &GgufTarget,
    tell: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<(AdapterFile, Measured), WrittenError> {
    let file = read(out, target, Some(model.facts().blocks))?;
    let found = measure_with(model, &file.adapter, 1.0, tell)?;
    Ok((file, found))
}

/// The file of an adapter that was compared with the original.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    /// The file, or peft's folder.
    pub out: &'a Path,
    /// The strength that became the file's own.
    pub multiplier: f32,
    /// The model.
    pub source: &'a Path,
    /// The SHA-256 of the model's files.
    pub source_fingerprint: &'a str,
    /// The adapter as it was read from the file.
    pub again: &'a Adapter,
    /// What was passed over or changed in form, in sentences.
    pub notes: &'a [String],
    /// The comparison.
    pub proof: &'a Proof,
}

/// What proves the file of an adapter: a line of the command line's output, and `proof.json`.
#[derive(Debug, Clone, Serialize)]
pub struct AdapterProof<'a> {
    file: String,
    bytes: u64,
    adapter: String,
    multiplier: f32,
    rank: usize,
    alpha: f32,
    projections: Projections,
    source: String,
    source_fingerprint: &'a str,
    #[serde(flatten)]
    proof: &'a Proof,
    proof_file: String,
    notes: &'a [String],
    made_by: String,
}

impl<'a> Compared<'a> {
    /// Describes the comparison. `adapter` names the original, and `shown` writes a path: whole on a terminal, by its last part
    /// in a file that goes where the adapter goes.
    #[must_use]
    pub fn record(&self, adapter: String, shown: fn(&Path) -> String) -> AdapterProof<'a> {
        let shape = self.again.shape();
        AdapterProof {
            file: shown(self.out),
            bytes: bytes(self.out),
            adapter,
            multiplier: self.multiplier,
            rank: shape.rank,
            alpha: self.again.alpha(),
            projections: shape.on,
            source: shown(self.source),
            source_fingerprint: self.source_fingerprint,
            proof: self.proof,
            proof_file: shown(&proof_file(self.out)),
            notes: self.notes,
            made_by: made_by(),
        }
    }
}

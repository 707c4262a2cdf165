//! What is said of a distilled adapter: what is left of the divergence, and the comparison of what was written with the steered
//! original. It is never called exact.

use std::path::Path;
use std::sync::Arc;

use app::baking::{ProvedVector, bytes, file_name, made_by, proof_file, write_proof};
use app::distilling::remaining;
use ipc::distil::Remaining;
use serde::Serialize;
use vectors::bake::Recipe;
use vectors::distil::{DistilSettings, Divergence};
use vectors::files::GgufTarget;
use vectors::model::Model;
use vectors::prove::{Proof, Verdict};
use vectors::steering::Term;

use crate::adapter::read;
use crate::bake::measured;
use crate::data::with_path;
use crate::halt::Halt;
use crate::output::Lines;

/// A distilled adapter that waits for its proof.
pub(super) struct Distilled<'a> {
    pub(super) out: &'a Path,
    pub(super) source: &'a Path,
    pub(super) source_fingerprint: &'a str,
    pub(super) multiplier: f32,
    pub(super) recipe: &'a Recipe,
    pub(super) settings: &'a DistilSettings,
    pub(super) before: Divergence,
    pub(super) left: Divergence,
}

/// The line of output, and `proof.json`.
#[derive(Serialize)]
struct Line<'a> {
    file: String,
    bytes: u64,
    multiplier: f32,
    source: String,
    source_fingerprint: &'a str,
    vectors: Vec<ProvedVector<'a>>,
    /// KL(student ‖ teacher) on the held-out prompts and texts, in nats a token.
    divergence: Remaining,
    settings: &'a DistilSettings,
    #[serde(flatten)]
    proof: &'a Proof,
    proof_file: String,
    made_by: String,
}

/// Loads what was written, compares it with the steered original, and writes and prints the proof.
pub(super) fn prove(
    distilled: &Distilled<'_>,
    model: &Arc<Model>,
    target: &GgufTarget,
    lines: &Lines,
) -> Result<(), Halt> {
    let Distilled { out, before, left, .. } = distilled;
    let steered = measured(model, &distilled.recipe.terms())?;
    let file = read(out, target, Some(model.facts().blocks))?;
    let term = Term::Adapter { adapter: Arc::clone(&file.adapter), multiplier: 1.0 };
    let student = measured(model, &[term]).map_err(|error| with_path(out, error))?;
    // However near it comes, what was distilled is an approximation.
    let proof = Proof { verdict: Verdict::NotExact, ..Proof::new(&steered, &student) };
    let path = proof_file(out);
    let divergence = remaining(before, left);
    let mut line = Line {
        file: file_name(out),
        bytes: bytes(out),
        multiplier: distilled.multiplier,
        source: file_name(distilled.source),
        source_fingerprint: distilled.source_fingerprint,
        vectors: distilled.recipe.ingredients.iter().map(ProvedVector::from).collect(),
        divergence,
        settings: distilled.settings,
        proof: &proof,
        proof_file: file_name(&path),
        made_by: made_by(),
    };
    write_proof(&path, &line)?;
    line.file = out.display().to_string();
    line.source = distilled.source.display().to_string();
    line.proof_file = path.display().to_string();
    lines.line(&line, || {
        let numbers = proof.numbers("with the adapter");
        format!("{}: distilled. {} {numbers}.", out.display(), line.divergence.text())
    })
}

//! What is said of a distilled adapter: what is left of the divergence, and the comparison of what was written with the steered
//! original. It is never called exact.

use std::sync::Arc;

use app::baking::{file_name, proof_file, write_proof};
use app::distilling::Distilled;
use vectors::files::GgufTarget;
use vectors::model::Model;
use vectors::prove::{Proof, Verdict};

use crate::adapter::measure_again;
use crate::bake::measured;
use crate::halt::Halt;
use crate::output::Lines;

/// Loads what was written, compares it with the steered original, and writes and prints the proof.
pub(super) fn prove(
    distilled: &Distilled<'_>,
    model: &Arc<Model>,
    target: &GgufTarget,
    lines: &Lines,
) -> Result<(), Halt> {
    let Distilled { out, divergence, .. } = distilled;
    let steered = measured(model, &distilled.recipe.terms())?;
    let (_, student) = measure_again(model, out, target)?;
    // However near it comes, what was distilled is an approximation.
    let proof = Proof { verdict: Verdict::NotExact, ..Proof::new(&steered, &student) };
    write_proof(&proof_file(out), &distilled.record(&proof, file_name))?;
    let line = distilled.record(&proof, |path| path.display().to_string());
    lines.line(&line, || {
        let numbers = proof.numbers("with the adapter");
        format!("{}: distilled. {} {numbers}.", out.display(), divergence.text())
    })
}

//! Proves the exported file of an adapter as a job: it is loaded again, and its model with it is compared with the model with
//! the adapter of the library. The file was there before the job began, and stays whatever comes of it.

use std::path::Path;
use std::sync::Arc;

use ipc::bake::{Bake, BakedCopy};
use ipc::{Code, Failure};
use store::models as model_rows;
use store::vectors as vector_rows;
use vectors::files::{FileError, GgufTarget};
use vectors::prove::Proof;

use super::bake::store_copies;
use super::job::{Interrupt, is_halting, report_progress, reporter};
use super::models;
use super::pace::Phase;
use super::running_job::JobRequest;
use crate::Error;
use crate::adapter_proof::{Compared, WrittenError, measure_with, measure_written};
use crate::app_state::AppState;
use crate::baking::{bytes, file_name, proof_file, write_proof};
use crate::model_copies::shown_proof;

/// Proves the file that a row names, unless that was done before.
pub(super) fn run(state: &Arc<AppState>, mut bake: Bake) -> Result<(), Interrupt> {
    let Some(place) = bake.copies.iter().position(|copy| copy.proof.is_none()) else { return Ok(()) };
    report_progress(state, &mut Phase::new("Loading the model", ""), 0, 0);
    let (model, _) = models::wait(state, bake.model, || is_halting(state))?;
    let (row, vector, steering) = state.block_on(async {
        let read = state.store.read();
        let row = model_rows::find(read, bake.model).await?;
        let vector = vector_rows::find(read, bake.vector).await?;
        Ok::<_, Error>((row, vector, vector_rows::steering(read, bake.vector).await?))
    })?;
    let adapter = steering.adapter.ok_or(Error::Gone("vector"))?;
    let fingerprint = row.fingerprint.ok_or(Error::Gone("fingerprint of the model"))?;
    let out = Path::new(&bake.copies[place].path);
    let source = Path::new(&row.path);
    let target = GgufTarget::open(source)
        .map_err(|error| Error::Model { path: source.display().to_string(), source: error })?;
    let mut tell = reporter(state, "Measuring the model with the adapter", "step");
    let original = measure_with(&model, &adapter, 1.0, &mut tell)?;
    let mut tell = reporter(state, "Proving the file", "step");
    let written = measure_written(&model, out, &target, &mut tell);
    let (again, found) = written.map_err(|error| match error {
        WrittenError::File(error) => Interrupt::from(unreadable(out, &error)),
        WrittenError::Model(error) => error.into(),
    })?;
    // A stop that came while the last numbers were computed counts.
    if state.lanes.engine.request() == Some(JobRequest::Stop) {
        return Err(Interrupt::Halted);
    }
    let proof = Proof::new(&original, &found);
    let compared = Compared {
        out,
        multiplier: 1.0,
        source,
        source_fingerprint: &fingerprint,
        again: &again.adapter,
        notes: &again.notes,
        proof: &proof,
    };
    {
        // A part of the proof that a killed process leaves is removed by the next start.
        let _noted = out.parent().map(|folder| state.exports.note(folder));
        write_proof(&proof_file(out), &compared.record(vector.name, file_name))?;
    }
    let bytes = bytes(out);
    let proved = BakedCopy {
        bytes,
        notes: again.notes,
        proof: Some(shown_proof(&proof)),
        ..bake.copies[place].clone()
    };
    bake.copies[place] = proved;
    Ok(store_copies(state, &bake)?)
}

/// Words why a file cannot be compared.
fn unreadable(path: &Path, error: &FileError) -> Error {
    let message = "What was exported cannot be read again as an adapter of its model.";
    let failure = Failure::new(Code::Invalid, message).detail(format!("{}: {error}", path.display()));
    failure.next("Export the adapter again.").into()
}

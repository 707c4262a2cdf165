//! What is said of a distilled adapter, and lies beside its file. It is never called exact.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ipc::Id;
use ipc::distil::{Distillation, Remaining};
use serde::Serialize;
use store::models as model_rows;
use store::vectors as vector_rows;
use vectors::bake::Recipe;
use vectors::distil::DistilSettings;
use vectors::files::{GgufTarget, SteeringFile};

use crate::app_state::AppState;
use crate::baking::{ProvedVector, bytes, file_name, made_by, proof_file, write_proof};
use crate::engine::distil::settings;
use crate::model_copies::recipe;
use crate::{Error, adapter_proof, vector_export};

/// What proves a distilled adapter: a line of the command line's output, and `proof.json`. `P` is the comparison with the
/// steered original.
#[derive(Debug, Clone, Serialize)]
pub struct DistilledProof<'a, P> {
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
    proof: &'a P,
    proof_file: String,
    made_by: String,
}

/// The file of a distilled adapter that was compared with the steered original.
#[derive(Debug, Clone, Copy)]
pub struct Distilled<'a> {
    /// The file, or peft's folder.
    pub out: &'a Path,
    /// The model.
    pub source: &'a Path,
    /// The SHA-256 of the model's files.
    pub source_fingerprint: &'a str,
    /// The strength that was distilled.
    pub multiplier: f32,
    /// What steers the teacher.
    pub recipe: &'a Recipe,
    /// The settings.
    pub settings: &'a DistilSettings,
    /// What is left of the divergence.
    pub divergence: Remaining,
}

impl<'a> Distilled<'a> {
    /// Describes the comparison. `shown` writes a path: whole on a terminal, by its last part in a file that goes where the
    /// adapter goes.
    #[must_use]
    pub fn record<P>(&self, proof: &'a P, shown: fn(&Path) -> String) -> DistilledProof<'a, P> {
        DistilledProof {
            file: shown(self.out),
            bytes: bytes(self.out),
            multiplier: self.multiplier,
            source: shown(self.source),
            source_fingerprint: self.source_fingerprint,
            vectors: self.recipe.ingredients.iter().map(ProvedVector::from).collect(),
            divergence: self.divergence,
            settings: self.settings,
            proof,
            proof_file: shown(&proof_file(self.out)),
            made_by: made_by(),
        }
    }
}

/// Writes what a job has measured of its adapter beside the file that it wrote. The adapter of the library was measured, so
/// the file is read again first: where it holds the same matrices in another form, as for a model whose projections share one
/// matrix, nothing is written.
pub(crate) async fn write_beside(
    state: &Arc<AppState>,
    row: Distillation,
    made: Id,
    out: PathBuf,
) -> Result<(), Error> {
    let (Some(proof), Some(divergence)) = (row.proof, row.found) else { return Ok(()) };
    let mut db = state.store.read().acquire().await?;
    let recipe = recipe(&mut db, row.vector, row.multiplier).await?;
    let adapter = vector_rows::find(&mut *db, made).await?;
    let model = model_rows::find(&mut *db, row.model).await?;
    drop(db);
    let SteeringFile::Adapter(file) = vector_export::steering_file(state, &adapter, &model).await? else {
        return Ok(());
    };
    let written = tokio::task::spawn_blocking(move || {
        let source = Path::new(&model.path);
        let target = GgufTarget::open(source)
            .map_err(|error| Error::Model { path: model.path.clone(), source: error })?;
        let again = adapter_proof::read(&out, &target, Some(file.adapter.shape().blocks))
            .map_err(|source| Error::VectorFile { path: out.clone(), source })?;
        if again.adapter != file.adapter {
            return Ok::<_, Error>(());
        }
        let distilled = Distilled {
            out: &out,
            source,
            source_fingerprint: file.provenance.model_fingerprint.as_deref().unwrap_or_default(),
            multiplier: row.multiplier as f32,
            recipe: &recipe,
            settings: &settings(&row.settings),
            divergence,
        };
        Ok(write_proof(&proof_file(&out), &distilled.record(&proof, file_name))?)
    });
    written.await.map_err(|panic| Error::Panic(panic.to_string()))?
}

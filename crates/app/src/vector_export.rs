//! Writes a vector or an adapter of the library to a file, with its provenance.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use data::content::{data_hash, run_settings};
use ipc::Id;
use ipc::data::{PairContent, Split};
use ipc::derive::Derivation;
use ipc::files::ExportedVector;
use ipc::hand_over::ControlVectors;
use ipc::steering::Intervention;
use ipc::vector::Vector;
use store::models::{self, ModelRow};
use store::origins::{self, Origin};
use store::{snapshots, vectors as vector_rows};
use vectors::files::{AdapterFile, FileToWrite, Format, Provenance, SteeringFile, VectorFile};

use crate::app_state::AppState;
use crate::{Error, atomic_write};

/// Writes a vector to a file, in the format of the file's ending. An adapter is written as `.safetensors` only.
pub(crate) async fn write(
    state: &Arc<AppState>,
    vector: Id,
    path: PathBuf,
    replace: bool,
) -> Result<ExportedVector, Error> {
    let format =
        Format::from_path(&path).map_err(|source| Error::VectorFile { path: path.clone(), source })?;
    let vector = vector_rows::find(state.store.read(), vector).await?;
    let model = models::find(state.store.read(), vector.model).await?;
    let file = steering_file(state, &vector, &model).await?;
    let (to, state) = (path.clone(), Arc::clone(state));
    let written = tokio::task::spawn_blocking(move || {
        let files = match &file {
            SteeringFile::Vectors(file) => {
                file.to_bytes(format).map(|bytes| vec![FileToWrite { path: to.clone(), bytes }])
            }
            SteeringFile::Adapter(file) if format == Format::Safetensors => Ok(file.files(&to)),
            SteeringFile::Adapter(_) => return Err(no_adapter()),
        };
        let files = files.map_err(|source| Error::VectorFile { path: to.clone(), source })?;
        files.iter().try_for_each(|file| atomic_write::check_free(&file.path, replace))?;
        files.iter().try_for_each(|file| state.exports.write(&file.path, &file.bytes, replace))
    });
    written.await.map_err(|panic| Error::Panic(panic.to_string()))??;
    let server_line = (format == Format::Gguf).then(|| server_line(Path::new(&model.path), &path));
    let architecture = model.facts.as_ref().map(|facts| facts.architecture.as_str());
    let warning = architecture
        .filter(|_| format == Format::Gguf)
        .and_then(|architecture| ControlVectors::of(architecture).warning(architecture));
    Ok(ExportedVector { path: path.display().to_string(), server_line, warning })
}

/// Returns a vector or an adapter with its provenance, in the form that a file holds.
pub(crate) async fn steering_file(
    state: &AppState,
    vector: &Vector,
    model: &ModelRow,
) -> Result<SteeringFile, Error> {
    let read = state.store.read();
    let steering = vector_rows::steering(read, vector.id).await?;
    let origin = origins::origin(read, vector.id).await?;
    let pairs = match &origin.snapshot {
        Some(hash) => Some(snapshots::read(read, hash).await?),
        None => None,
    };
    let provenance = provenance(vector, model, origin, pairs)?;
    if let Some(adapter) = steering.adapter {
        return Ok(SteeringFile::Adapter(AdapterFile { adapter, provenance, notes: vec![] }));
    }
    VectorFile::new(steering.parts, provenance)
        .map(SteeringFile::Vectors)
        .map_err(|source| Error::VectorFile { path: vector.name.clone().into(), source })
}

/// Returns the refusal of a format that holds vectors only.
fn no_adapter() -> Error {
    Error::invalid(
        "Only .safetensors holds an adapter: the other formats are for vectors.",
        "Let the file end in .safetensors.",
    )
}

/// Returns the provenance of a vector. An imported vector keeps what its file stated.
fn provenance(
    vector: &Vector,
    model: &ModelRow,
    origin: Origin,
    pairs: Option<Vec<PairContent>>,
) -> Result<Provenance, Error> {
    let name = Some(vector.name.clone());
    let made_from = vector.derivation.as_ref().map(Derivation::with_hashes);
    if let Some(stated) = origin.provenance {
        let policy = stated.policy.clone().filter(|_| vector.intervention == Intervention::default());
        let policy = policy.or_else(|| Some(self::policy(vector)));
        let made_from = made_from.or(stated.made_from.clone());
        return Ok(Provenance { name, policy, made_from, ..stated });
    }
    // This is the hash of the training pairs, as the command line writes it.
    let train = |pairs: Vec<PairContent>| {
        let train: Vec<_> = pairs.into_iter().filter(|pair| pair.split == Split::Train).collect();
        data_hash(&train)
    };
    let settings = origin.settings.as_ref();
    let all = settings
        .map(|settings| run_settings(settings, Some(origin.steps).filter(|steps| *steps > 0)))
        .transpose()?;
    Ok(Provenance {
        name,
        method: all.as_ref().and_then(|all| all["method"].as_str().map(str::to_owned)),
        model: Some(model.name.clone()),
        architecture: model.facts.as_ref().map(|facts| facts.architecture.clone()),
        model_fingerprint: origin.model_fingerprint,
        data_hash: pairs.map(train).transpose()?,
        policy: Some(policy(vector)),
        made_by: Some(format!("Tiller {}", origin.app_version)),
        seed: settings.map(|settings| settings.seed),
        settings: all.map(|all| all.to_string()),
        made_from,
    })
}

/// Describes the operation that a vector or an adapter performs.
fn policy(vector: &Vector) -> String {
    match vector.adapter {
        Some(_) => Provenance::ADD_TO_WEIGHTS.to_owned(),
        None => Provenance::policy_of(vector.intervention),
    }
}

/// Returns the command line with which llama.cpp's server adds the vector once. Another scale needs the option's other
/// form, `--control-vector-scaled FILE:SCALE`.
fn server_line(model: &Path, vector: &Path) -> String {
    format!("llama-server -m {} --control-vector {}", quoted(model), quoted(vector))
}

/// Quotes a path for a shell.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+".contains(letter);
    if path.chars().all(is_plain) {
        return path;
    }
    // Windows' shells know only double quotes, which no path there can contain.
    if cfg!(windows) { format!("\"{path}\"") } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_path_with_blanks_and_quotes_stays_one_word() {
        let line = server_line(Path::new("/models/a b.gguf"), Path::new("/it's.gguf"));
        assert_eq!(line, r"llama-server -m '/models/a b.gguf' --control-vector '/it'\''s.gguf'");
        assert_eq!(quoted(Path::new("/plain_1.gguf")), "/plain_1.gguf");
    }
}

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
use vectors::files::{
    AdapterFile, FileError, FileToWrite, Format, GgufTarget, Provenance, SteeringFile, VectorFile,
};
use vectors::steering::SteeringVector;

use crate::app_state::AppState;
use crate::baking::{proof_file, remove_proof};
use crate::{Error, atomic_write};

/// Writes a vector to a file, in the format of the file's ending, and reads it again. An adapter is written as
/// `.safetensors`, or as `.gguf` for llama.cpp; the proof of an adapter that it replaces is removed.
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
    let of_model = model.path.clone();
    let written = tokio::task::spawn_blocking(move || {
        let files = match &file {
            SteeringFile::Vectors(file) => {
                let bytes = file.to_bytes(format);
                let checked = bytes.and_then(|bytes| check_numbers(file, format, &bytes).map(|()| bytes));
                checked.map(|bytes| vec![FileToWrite { path: to.clone(), bytes }])
            }
            SteeringFile::Adapter(file) if format == Format::Safetensors => Ok(file.files(&to)),
            SteeringFile::Adapter(file) if format == Format::Gguf => {
                let target = GgufTarget::open(Path::new(&of_model));
                let target = target.map_err(|source| Error::Model { path: of_model, source })?;
                file.to_gguf(&target).map(|bytes| vec![FileToWrite { path: to.clone(), bytes }])
            }
            SteeringFile::Adapter(_) => return Err(no_adapter()),
        };
        let files = files.map_err(|source| Error::VectorFile { path: to.clone(), source })?;
        files.iter().try_for_each(|file| atomic_write::check_free(&file.path, replace))?;
        if matches!(file, SteeringFile::Adapter(_)) {
            atomic_write::check_free(&proof_file(&to), replace)?;
        }
        files.iter().try_for_each(|file| state.exports.write(&file.path, &file.bytes, replace))?;
        match &file {
            SteeringFile::Vectors(_) => Ok(()),
            SteeringFile::Adapter(_) => Ok(remove_proof(&to)?),
        }
    });
    written.await.map_err(|panic| Error::Panic(panic.to_string()))??;
    let is_adapter = vector.adapter.is_some();
    let server_line =
        (format == Format::Gguf).then(|| server_line(Path::new(&model.path), &path, is_adapter));
    let architecture = model.facts.as_ref().map(|facts| facts.architecture.as_str());
    let warning = architecture
        .filter(|_| format == Format::Gguf && !is_adapter)
        .and_then(|architecture| ControlVectors::of(architecture).warning(architecture));
    Ok(ExportedVector { path: path.display().to_string(), server_line, warning, proof: None, unproved: None })
}

/// Refuses the bytes of a vector's file where other numbers are read from them than were to be written. They are compared bit
/// by bit.
fn check_numbers(written: &VectorFile, format: Format, bytes: &[u8]) -> Result<(), FileError> {
    // A file of one vector may name no layer.
    let layer = match written.vectors.as_slice() {
        [only] => Some(only.layer),
        _ => None,
    };
    let again = VectorFile::parse(format, bytes, layer)?;
    let bits = |vector: &SteeringVector| -> Vec<u32> {
        vector.values.iter().map(|number| number.to_bits()).collect()
    };
    let is_same = |(ours, theirs): (&SteeringVector, &SteeringVector)| {
        ours.layer == theirs.layer && bits(ours) == bits(theirs)
    };
    let (ours, theirs) = (&written.vectors, &again.vectors);
    if ours.len() == theirs.len() && ours.iter().zip(theirs).all(is_same) {
        return Ok(());
    }
    Err(FileError::Inexpressible { format: format.ending(), detail: "other numbers are read from it".into() })
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
        "Only .safetensors and .gguf hold an adapter: the other formats are for vectors.",
        "Let the file end in .safetensors for peft, or in .gguf for llama.cpp and Ollama.",
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

/// Returns the command line with which llama.cpp's server adds the vector or the adapter once. Another scale needs the options'
/// other forms, `--control-vector-scaled FILE:SCALE` and `--lora-scaled FILE:SCALE`.
fn server_line(model: &Path, file: &Path, is_adapter: bool) -> String {
    let option = if is_adapter { "--lora" } else { "--control-vector" };
    format!("llama-server -m {} {option} {}", quoted(model), quoted(file))
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

    #[test]
    fn bytes_with_other_numbers_are_refused() {
        let vector = |values: [f32; 2]| {
            let part = SteeringVector { layer: 3, values: values.into() };
            VectorFile::new(vec![part], Provenance::default()).expect("a vector")
        };
        for format in Format::ALL {
            let written = vector([-0.0, 0.1]);
            let bytes = written.to_bytes(format).expect("bytes");
            check_numbers(&written, format, &bytes).expect("the same numbers");
            let other = check_numbers(&vector([0.0, 0.1]), format, &bytes).expect_err("0 is not -0");
            assert!(other.to_string().contains("other numbers"), "{format:?}");
            assert!(check_numbers(&written, format, &bytes[..bytes.len() / 2]).is_err(), "{format:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_path_with_blanks_and_quotes_stays_one_word() {
        let line = server_line(Path::new("/models/a b.gguf"), Path::new("/it's.gguf"), false);
        assert_eq!(line, r"llama-server -m '/models/a b.gguf' --control-vector '/it'\''s.gguf'");
        let line = server_line(Path::new("/m.gguf"), Path::new("/lora.gguf"), true);
        assert_eq!(line, "llama-server -m /m.gguf --lora /lora.gguf");
        assert_eq!(quoted(Path::new("/plain_1.gguf")), "/plain_1.gguf");
    }
}

//! Exports pairs and vectors as files for other programs.

use std::path::Path;
use std::sync::Arc;

use data::content::{data_hash, run_settings};
use data::data_files::{
    DataFileError, Extent, Row, bipo_csv, guarded_bipo_csv, tiller_jsonl, trl_jsonl, trl_parquet,
};
use ipc::command::{ExportPairs, ExportVector};
use ipc::data::{PairContent, Split};
use ipc::derive::Derivation;
use ipc::files::{Access, ExportedPairs, ExportedVector, PairFormat};
use ipc::steering::Intervention;
use ipc::vector::Vector;
use store::models::{self, ModelRow};
use store::origins::{self, Origin};
use store::{data_sets, pairs, snapshots, vectors as vector_rows};
use vectors::files::{AdapterFile, FileToWrite, Format, Provenance, SteeringFile, VectorFile};

use super::App;
use super::models::blocking;
use crate::{Error, atomic_write};

impl App {
    /// Writes pairs to a file.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist, no pair is left, a file is there that may not be replaced, or
    /// it cannot be written.
    pub async fn export_pairs(&self, request: ExportPairs) -> Result<ExportedPairs, Error> {
        let path = self.state.permissions.file(&request.file, Access::Write)?;
        atomic_write::check_free(&path, request.replace)?;
        data_sets::find(self.state.store.read(), request.data_set).await?;
        let mut pairs = pairs::list(self.state.store.read(), request.data_set).await?;
        let has_tag = |content: &PairContent| {
            request.tags.is_empty() || request.tags.iter().any(|tag| content.tags.contains(tag))
        };
        pairs.retain(|pair| {
            request.split.is_none_or(|split| pair.content.split == split) && has_tag(&pair.content)
        });
        if pairs.is_empty() {
            return Err(Error::invalid("There are no pairs to export.", "Choose other pairs."));
        }
        let state = Arc::clone(&self.state);
        blocking(move || {
            let rows: Vec<Row> = pairs.into_iter().map(|pair| Row::from(pair.content)).collect();
            let extent = if request.everything { Extent::Everything } else { Extent::Format };
            let bytes = bytes(request.format, &rows, extent, request.guard_formulas);
            let bytes = bytes.map_err(|source| Error::DataFile { path: path.clone(), source })?;
            state.exports.write(&path, &bytes, request.replace)?;
            let has_more = |row: &&Row| row.system.is_some() || !row.turns.is_empty();
            let is_whole = request.everything || request.format.keeps_conversations();
            let shortened = if is_whole { 0 } else { rows.iter().filter(has_more).count() };
            Ok(ExportedPairs { pairs: rows.len() as u32, shortened: shortened as u32 })
        })
        .await?
    }

    /// Writes a vector to a file, in the format of the file's ending. An adapter is written as `.safetensors` only.
    ///
    /// # Errors
    /// Returns an error if the vector does not exist, the format cannot hold it, a file is there that may not be
    /// replaced, or the file cannot be written.
    pub async fn export_vector(&self, request: ExportVector) -> Result<ExportedVector, Error> {
        let path = self.state.permissions.file(&request.file, Access::Write)?;
        let format =
            Format::from_path(&path).map_err(|source| Error::VectorFile { path: path.clone(), source })?;
        let vector = vector_rows::find(self.state.store.read(), request.vector).await?;
        let model = models::find(self.state.store.read(), vector.model).await?;
        let file = self.steering_file(&vector, &model).await?;
        let (to, replace, state) = (path.clone(), request.replace, Arc::clone(&self.state));
        blocking(move || {
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
        })
        .await??;
        let server_line = (format == Format::Gguf).then(|| server_line(Path::new(&model.path), &path));
        Ok(ExportedVector { path: path.display().to_string(), server_line })
    }

    /// Returns a vector or an adapter with its provenance, in the form that a file holds.
    async fn steering_file(&self, vector: &Vector, model: &ModelRow) -> Result<SteeringFile, Error> {
        let read = self.state.store.read();
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

fn bytes(
    format: PairFormat,
    rows: &[Row],
    extent: Extent,
    guard_formulas: bool,
) -> Result<Vec<u8>, DataFileError> {
    match format {
        PairFormat::TrlJsonl => Ok(trl_jsonl(rows, extent)),
        PairFormat::TrlParquet => trl_parquet(rows, extent),
        PairFormat::BipoCsv if guard_formulas => Ok(guarded_bipo_csv(rows, extent)),
        PairFormat::BipoCsv => Ok(bipo_csv(rows, extent)),
        PairFormat::TillerJsonl => Ok(tiller_jsonl(rows)),
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

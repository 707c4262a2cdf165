//! Exports pairs and vectors as files for other programs.

use std::sync::Arc;

use data::data_files::{
    DataFileError, Extent, Row, bipo_csv, guarded_bipo_csv, tiller_jsonl, trl_jsonl, trl_parquet,
};
use ipc::command::{ExportPairs, ExportVector, PackVector};
use ipc::data::PairContent;
use ipc::files::{Access, ExportedPairs, ExportedVector, PackedVector, PairFormat};
use store::{data_sets, pairs};

use super::App;
use super::models::blocking;
use crate::{Error, atomic_write, passport, vector_export};

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

    /// Writes a vector to a file, in the format of the file's ending, and reads it again. An adapter is written as
    /// `.safetensors`, or as `.gguf` for llama.cpp; on request a job proves its file.
    ///
    /// # Errors
    /// Returns an error if the vector does not exist, the format cannot hold it, a file is there that may not be
    /// replaced, or the file cannot be written.
    pub async fn export_vector(&self, request: ExportVector) -> Result<ExportedVector, Error> {
        let path = self.state.permissions.file(&request.file, Access::Write)?;
        let mut exported =
            vector_export::write(&self.state, request.vector, path.clone(), request.replace).await?;
        if request.prove {
            match self.prove_adapter(request.vector, &path).await {
                Ok(job) => exported.proof = job,
                // The file is there all the same.
                Err(error) => exported.unproved = Some(error.into()),
            }
        }
        Ok(exported)
    }

    /// Writes the passport of a vector or an adapter: an archive where the file ends in `.zip`, else a folder.
    ///
    /// # Errors
    /// Returns an error if the vector does not exist, the sweep is not of it, something is there that may not
    /// be replaced, or nothing can be written.
    pub async fn pack_vector(&self, request: PackVector) -> Result<PackedVector, Error> {
        let path = self.state.permissions.file(&request.file, Access::Write)?;
        passport::pack(&self.state, request, &path).await
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

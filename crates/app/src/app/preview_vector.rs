//! Shows what the file of a vector or an adapter holds before it is imported.

use std::path::Path;

use ipc::command::PreviewVector;
use ipc::files::{Access, VectorPreview};
use store::steering::adapter_sizes;
use vectors::files::{FileError, SteeringContents, SteeringFile};

use super::App;
use super::models::blocking;
use crate::Error;

impl App {
    /// Reads the file of a vector or an adapter, and returns what an import would take from it.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or the model does not exist.
    pub async fn preview_vector(&self, request: PreviewVector) -> Result<VectorPreview, Error> {
        let path = self.state.permissions.file(&request.file, Access::Read)?;
        let blocks = self.facts(request.model).await?.blocks as usize;
        let from = path.clone();
        let read = blocking(move || preview(&from, blocks)).await?;
        read.map_err(|source| Error::VectorFile { path, source })
    }
}

fn preview(path: &Path, blocks: usize) -> Result<VectorPreview, FileError> {
    let contents = SteeringContents::read(path)?;
    let (file, needs_layer, suggestion) = match contents.for_model(None, Some(blocks)) {
        // Any layer will do: the numbers are checked, and what is left out is said.
        Err(FileError::NoLayer { suggestion }) => {
            (contents.for_model(Some(0), Some(blocks))?, true, suggestion)
        }
        read => (read?, false, None),
    };
    let notes = file.notes().to_vec();
    let suggested_layer = suggestion.map(|layer| layer as u32);
    Ok(match &file {
        SteeringFile::Vectors(file) => {
            let layers = file.vectors.iter().map(|vector| vector.layer as u32);
            let layers = if needs_layer { vec![] } else { layers.collect() };
            let size = file.size() as u32;
            VectorPreview { layers, size, adapter: None, needs_layer, suggested_layer, notes }
        }
        SteeringFile::Adapter(file) => {
            let adapter = Some(adapter_sizes(&file.adapter));
            VectorPreview { layers: vec![], size: 0, adapter, needs_layer, suggested_layer, notes }
        }
    })
}

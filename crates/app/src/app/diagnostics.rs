//! Shows what helps to find a fault, and saves what was shown.

use std::sync::{Arc, PoisonError};

use ipc::command::{ReadDiagnostics, ReadFolders, SaveDiagnostics};
use ipc::files::Access;
use ipc::project::Folders;

use super::App;
use super::models::blocking;
use crate::diagnostics::{Diagnostics, LOG_FOLDER};
use crate::{Error, memory};

impl App {
    /// Writes a report of versions, the machine, the models, the jobs and the end of the log, for the person to read.
    ///
    /// # Errors
    /// Returns an error if the store cannot be read.
    pub async fn read_diagnostics(&self, request: ReadDiagnostics) -> Result<String, Error> {
        let ReadDiagnostics {} = request;
        let overview = self.overview().await?;
        let pairs = overview.data_sets.iter().map(|set| set.train + set.held_out).sum();
        let (data, device) = (self.data.clone(), overview.settings.device.clone());
        let text = blocking(move || {
            let device = device.unwrap_or_else(|| "cpu".to_owned());
            let memory = memory::free_and_total().ok();
            Diagnostics { overview: &overview, pairs, data: &data, memory, device }.text()
        })
        .await?;
        self.report.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&text);
        Ok(text)
    }

    /// Returns where the data and the log are kept.
    ///
    /// # Errors
    /// Returns an error if the folder of the process, to which a path may be relative, is gone.
    #[expect(clippy::unused_async, reason = "every command is answered by an async method")]
    pub async fn read_folders(&self, request: ReadFolders) -> Result<Folders, Error> {
        let ReadFolders {} = request;
        let failed = |source| Error::Directory { path: self.data.clone(), source };
        let data = std::path::absolute(&self.data).map_err(failed)?;
        Ok(Folders { logs: data.join(LOG_FOLDER).display().to_string(), data: data.display().to_string() })
    }

    /// Writes the report that was shown last to a file, letter by letter.
    ///
    /// # Errors
    /// Returns an error if no report was shown, a file is there that may not be replaced, or it cannot be written.
    pub async fn save_diagnostics(&self, request: SaveDiagnostics) -> Result<(), Error> {
        let path = self.state.permissions.file(&request.file, Access::Write)?;
        let text = self.report.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if text.is_empty() {
            return Err(Error::invalid("No report was shown yet.", "Open the report first."));
        }
        let state = Arc::clone(&self.state);
        blocking(move || state.exports.write(&path, text.as_bytes(), request.replace)).await?
    }
}

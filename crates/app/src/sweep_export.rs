//! Writes the numbers of a sweep to a file, as the window exports them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ipc::Id;
use ipc::sweep::export::{ExportedSweeps, csv};
use ipc::sweep::{Sweep, SweepPoint};
use store::{models, sweeps};

use crate::Error;
use crate::app::sweep_items;
use crate::app_state::AppState;

/// The format of such a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// The numbers as a table.
    Csv,
    /// The numbers with all settings.
    Json,
}

impl Format {
    /// Returns the format of the file's ending.
    pub(crate) fn from_path(path: &Path) -> Result<Self, Error> {
        let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        match ending.as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("json") => Ok(Self::Json),
            _ => Err(Error::invalid(
                "The numbers of a sweep are written as .csv or .json.",
                "Give the file\u{2019}s name one of these endings.",
            )),
        }
    }

    /// Returns the content of such a file.
    fn content(self, sweep: &Sweep, changes: &[SweepPoint], model: &str) -> Result<String, Error> {
        let records = sweep.records(changes);
        match self {
            Self::Csv => Ok(csv(&records, true)),
            Self::Json => {
                let version = env!("CARGO_PKG_VERSION");
                let all = ExportedSweeps::new(version, "multiplier", [(sweep, Some(model))], &records);
                serde_json::to_string_pretty(&all).map_err(|error| {
                    Error::invalid(format!("The numbers are no JSON: {error}."), "Write a .csv file.")
                })
            }
        }
    }
}

/// Writes the numbers of a sweep, and replaces a file that is there.
pub(crate) async fn write(state: &Arc<AppState>, sweep: Id, path: PathBuf) -> Result<(), Error> {
    let format = Format::from_path(&path)?;
    let mut db = state.store.read().begin().await?;
    let sweep = sweeps::find(&mut db, sweep).await?;
    let model = models::find(&mut *db, sweep.model).await?;
    let changes = sweep_items::changes(db, &sweep, &sweep.settings.curves()).await?;
    let state = Arc::clone(state);
    let write = move || {
        let content = format.content(&sweep, &changes, &model.name)?;
        state.exports.write(&path, content.as_bytes(), true)
    };
    tokio::task::spawn_blocking(write).await.map_err(|panic| Error::Panic(panic.to_string()))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_selects_the_format() {
        let of = |name: &str| Format::from_path(Path::new(name)).ok();
        assert_eq!((of("a.csv"), of("a.b.JSON")), (Some(Format::Csv), Some(Format::Json)));
        assert_eq!((of("a.txt"), of("csv")), (None, None));
    }
}

//! Mends a store that cannot be opened: from a copy, as it is, or anew. What was there is kept in a folder beside it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use ipc::repair::{RepairHow, Repairs};

use crate::session::{Session, Stage};
use crate::store_files::{self, failed, for_owner_alone, sync_folder};
use crate::{StoreError, copies, health};

/// Returns how a store that cannot be opened can be mended.
pub async fn offers(database: &Path) -> Repairs {
    let found = health::look(database).await;
    Repairs { copies: copies::list(database), as_it_is: matches!(found, Err(StoreError::ChangesLost(_))) }
}

/// Mends a store that no process has open.
///
/// A kill in between leaves the store lost, with all copies there, so that it can be mended again.
pub async fn repair(database: &Path, how: &RepairHow) -> Result<(), StoreError> {
    match how {
        RepairHow::Copy { name } => {
            let copy = copies::find(database, name)?;
            copies::check(&copy).await?;
            let part = database.with_extension("sqlite.part");
            fs::copy(&copy, &part)
                .and_then(|_| File::options().write(true).open(&part))
                .and_then(|file| for_owner_alone(&file).and_then(|()| file.sync_all()))
                .map_err(failed(&part))?;
            set_aside(database)?;
            fs::rename(&part, database).map_err(failed(database))?;
            sync_folder(database.parent().unwrap_or(Path::new(".")));
            Session::begin(database)?.enter(Stage::Closed)
        }
        // The log's absence is known now. Faults are still looked for.
        RepairHow::AsItIs => Session::begin(database).map(drop),
        RepairHow::Anew => {
            set_aside(database)?;
            Session::forget(database)
        }
    }
}

/// Moves the files of the database into a new folder.
fn set_aside(database: &Path) -> Result<(), StoreError> {
    let aside = database.with_file_name("damaged");
    fs::create_dir_all(&aside).map_err(failed(&aside))?;
    let is_free = |number: &u32| !aside.join(number.to_string()).exists();
    let folder: PathBuf = aside.join((1..=u32::MAX).find(is_free).unwrap_or_default().to_string());
    fs::create_dir(&folder).map_err(failed(&folder))?;
    // The database goes first: without it the store counts as lost, while without its log it would lack changes.
    for path in store_files::all(database) {
        let Some(name) = path.file_name().filter(|_| path.exists()) else { continue };
        fs::rename(&path, folder.join(name)).map_err(failed(&path))?;
    }
    Ok(())
}

//! Mends a store that cannot be opened. This happens without an [`App`](super::App), which needs the store.

use ipc::repair::{RepairHow, Repairs};

use super::AppPaths;
use crate::Error;
use crate::directory::{Directory, store_file};

/// Returns how the store can be mended.
pub async fn repairs(paths: &AppPaths) -> Repairs {
    store::repair::offers(&store_file(&paths.data)).await
}

/// Mends the store. What was there is kept in the data folder.
///
/// # Errors
/// Returns an error if another process uses the folder, the copy is damaged, or a file cannot be written.
pub async fn repair(paths: &AppPaths, how: &RepairHow) -> Result<(), Error> {
    let directory = Directory::lock(&paths.data)?;
    Ok(store::repair::repair(&directory.store_file(), how).await?)
}

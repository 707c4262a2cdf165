//! Runs downloads as jobs, and converts their files between the hub's client and the store.

mod job;
mod state;

pub(crate) use job::DownloadJob;
pub(crate) use state::Downloads;

use hub::RemoteFile;
use store::downloads::FileRow;

/// Converts a file of the hub to the store's form.
pub(crate) fn to_row(file: RemoteFile) -> FileRow {
    let RemoteFile { path, bytes, sha256, blob, validator } = file;
    FileRow { path, bytes, sha256, blob, validator }
}

/// Converts a stored file to the form of the hub's client.
pub(crate) fn from_row(row: FileRow) -> RemoteFile {
    let FileRow { path, bytes, sha256, blob, validator } = row;
    RemoteFile { path, bytes, sha256, blob, validator }
}

//! Downloads as jobs, and their files between the hub's client and the store.

mod job;
mod state;

pub(crate) use job::DownloadJob;
pub(crate) use state::Downloads;

use hub::RemoteFile;
use store::downloads::FileRow;

/// A file of the hub, as the store keeps it.
pub(crate) fn to_row(file: RemoteFile) -> FileRow {
    let RemoteFile { path, bytes, sha256, blob, validator } = file;
    FileRow { path, bytes, sha256, blob, validator }
}

/// A stored file, as the hub's client fetches it.
pub(crate) fn from_row(row: FileRow) -> RemoteFile {
    let FileRow { path, bytes, sha256, blob, validator } = row;
    RemoteFile { path, bytes, sha256, blob, validator }
}

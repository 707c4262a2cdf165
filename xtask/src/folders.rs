//! The paths of the root and of cargo's target folder.

use std::path::{Path, PathBuf};

/// Returns the root of the working copy.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Returns the target folder in which cargo builds for this machine.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        // A relative path is relative to the folder in which cargo was started.
        Some(set) => std::path::absolute(&set).unwrap_or_else(|_| set.into()),
        None => root().join("target"),
    }
}

/// Shortens a path to one that is relative to the root, for messages.
pub(crate) fn short(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

//! Where things are in the working copy.

use std::path::{Path, PathBuf};

/// The working copy's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Where cargo puts what it builds for this machine.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        // Cargo reads it from the folder that it was started in.
        Some(set) => std::path::absolute(&set).unwrap_or_else(|_| set.into()),
        None => root().join("target"),
    }
}

/// A path as a person in the working copy would write it.
pub(crate) fn short(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

//! Takes back what was written and stays without its proof.

use std::fs;
use std::path::{Path, PathBuf};

use super::proof_file;

/// A place that is written to. What is new there is removed again unless it is kept.
#[derive(Debug)]
pub struct Unkept {
    path: PathBuf,
    is_new: bool,
    has_new_proof: bool,
    is_kept: bool,
}

impl Unkept {
    /// Looks at a place before it is written to. What is there then is never removed, unless `is_own` says that an earlier
    /// process of the same work wrote it.
    #[must_use]
    pub fn new(path: &Path, is_own: bool) -> Self {
        let is_new = is_own || fs::symlink_metadata(path).is_err();
        let has_new_proof = is_own || !proof_file(path).exists();
        Self { path: path.to_owned(), is_new, has_new_proof, is_kept: false }
    }

    /// Keeps what was written.
    pub fn keep(&mut self) {
        self.is_kept = true;
    }
}

impl Drop for Unkept {
    fn drop(&mut self) {
        if self.is_kept || !self.is_new {
            return;
        }
        // What cannot be removed stays, and the error that ends the work is the one that is shown.
        let _ = if self.path.is_dir() { fs::remove_dir_all(&self.path) } else { fs::remove_file(&self.path) };
        if self.has_new_proof {
            let _ = fs::remove_file(proof_file(&self.path));
        }
    }
}

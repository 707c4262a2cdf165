//! The file that proves a model or an adapter, which lies beside it.

use std::fs;
use std::io;
use std::path::Path;

use serde::Serialize;
use vectors::bake::Ingredient;
use vectors::files::atomic_write;
use vectors::prove::Proof;

use super::{BakingError, ModelCopy, Proved, file_name, proof_file};

/// What proves a baked model: a line of the command line's output, and `proof.json`.
#[derive(Debug, Clone, Serialize)]
pub struct ProofRecord<'a> {
    file: String,
    bytes: u64,
    multiplier: f32,
    source: String,
    source_fingerprint: &'a str,
    vectors: Vec<ProvedVector<'a>>,
    #[serde(flatten)]
    proof: &'a Proof,
    proof_file: String,
    notes: &'a [String],
    made_by: String,
}

/// A vector of a proof.
#[derive(Debug, Clone, Serialize)]
pub struct ProvedVector<'a> {
    name: &'a str,
    hash: &'a str,
    multiplier: f32,
}

impl<'a> From<&'a Ingredient> for ProvedVector<'a> {
    fn from(Ingredient { name, hash, multiplier, .. }: &'a Ingredient) -> Self {
        Self { name, hash, multiplier: *multiplier }
    }
}

impl<'a> ProofRecord<'a> {
    /// Describes a copy with the paths as they are.
    #[must_use]
    pub fn of_copy(source: &Path, copy: &'a ModelCopy, proved: &'a Proved) -> Self {
        let shown = |path: &Path| path.display().to_string();
        Self {
            file: shown(&copy.path),
            bytes: proved.bytes,
            multiplier: copy.multiplier,
            source: shown(source),
            source_fingerprint: &proved.source_fingerprint,
            vectors: copy.recipe.ingredients.iter().map(ProvedVector::from).collect(),
            proof: &proved.proof,
            proof_file: shown(&proof_file(&copy.path)),
            notes: &proved.notes,
            made_by: made_by(),
        }
    }

    /// Returns the same with names in place of paths, as it is written: it goes where the model goes.
    #[must_use]
    pub fn named(&self) -> Self {
        let name = |path: &str| file_name(Path::new(path));
        Self {
            file: name(&self.file),
            source: name(&self.source),
            proof_file: name(&self.proof_file),
            ..self.clone()
        }
    }
}

/// Returns the name and the version of this program.
#[must_use]
pub fn made_by() -> String {
    format!("Tiller {}", env!("CARGO_PKG_VERSION"))
}

/// Writes a proof as JSON; an earlier one is replaced.
///
/// # Errors
/// Where it cannot be written.
pub fn write_proof(path: &Path, proof: &impl Serialize) -> Result<(), BakingError> {
    let text = serde_json::to_string_pretty(proof).map_err(io::Error::from);
    let written = text.and_then(|text| atomic_write(path, format!("{text}\n").as_bytes(), true));
    written.map_err(|source| BakingError::Proof { path: path.to_owned(), source })
}

/// Removes the proof of what has been replaced: it says nothing about what is there now.
///
/// # Errors
/// Where it is there and cannot be removed.
pub fn remove_proof(model: &Path) -> Result<(), BakingError> {
    let path = proof_file(model);
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(BakingError::Proof { path, source }),
        _ => Ok(()),
    }
}

/// Returns the bytes of a file, or of the files of a folder.
#[must_use]
pub fn bytes(path: &Path) -> u64 {
    let size = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    let files = fs::read_dir(path).into_iter().flatten().flatten();
    if path.is_dir() { files.map(|file| size(&file.path())).sum() } else { size(path) }
}

//! What proves a baked model: the comparison with the steered original, printed and written beside the model.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::data::benchmarks::neutral_text;
use serde::Serialize;
use vectors::bake::{Ingredient, Recipe};
use vectors::files::atomic_write;
use vectors::model::Model;
use vectors::prove::{Measured, Proof, measure};
use vectors::steering::Term;

use crate::data::{ModelArguments, with_path};
use crate::halt::Halt;
use crate::output;
use crate::progress::Bar;

/// A line of the output, and `proof.json`.
#[derive(Serialize)]
struct Line<'a> {
    file: String,
    bytes: u64,
    multiplier: f32,
    source: String,
    source_fingerprint: &'a str,
    vectors: Vec<Named<'a>>,
    #[serde(flatten)]
    proof: &'a Proof,
    proof_file: String,
    notes: &'a [String],
    made_by: String,
}

/// A vector of a proof.
#[derive(Serialize)]
pub(crate) struct Named<'a> {
    name: &'a str,
    hash: &'a str,
    multiplier: f32,
}

impl<'a> From<&'a Ingredient> for Named<'a> {
    fn from(Ingredient { name, hash, multiplier, .. }: &'a Ingredient) -> Self {
        Self { name, hash, multiplier: *multiplier }
    }
}

/// Returns the name and the version of this program.
pub(crate) fn made_by() -> String {
    format!("Tiller {}", env!("CARGO_PKG_VERSION"))
}

/// A baked model that waits for its proof.
pub(super) struct Unproved {
    pub(super) path: PathBuf,
    pub(super) multiplier: f32,
    pub(super) recipe: Recipe,
    pub(super) notes: Vec<String>,
    /// Whether nothing was replaced by it.
    pub(super) is_new: bool,
}

/// Writes the proof beside the baked model, and the line of output.
pub(super) fn report(
    one: &Unproved,
    source: &Path,
    source_fingerprint: &str,
    proof: &Proof,
    json: bool,
) -> Result<(), Halt> {
    let proof_file = proof_file(&one.path);
    let line = |shown: fn(&Path) -> String| Line {
        file: shown(&one.path),
        bytes: bytes(&one.path),
        multiplier: one.multiplier,
        source: shown(source),
        source_fingerprint,
        vectors: one.recipe.ingredients.iter().map(Named::from).collect(),
        proof,
        proof_file: shown(&proof_file),
        notes: &one.notes,
        made_by: made_by(),
    };
    // The proof goes where the model goes, and the folders of this machine do not.
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    write_proof(&proof_file, &line(name))?;
    let line = line(|path| path.display().to_string());
    output::line(json, &line, || format!("{}: {}.", one.path.display(), proof.text()))
}

/// Writes a proof as JSON; an earlier one is replaced.
pub(crate) fn write_proof(path: &Path, proof: &impl Serialize) -> Result<(), Halt> {
    let text = serde_json::to_string_pretty(proof)
        .map_err(|error| Halt::Failed(format!("the proof is no JSON: {error}.")))?;
    atomic_write(path, format!("{text}\n").as_bytes(), true)
        .map_err(|error| Halt::Failed(format!("{}: {error}.", path.display())))
}

/// Loads a baked model and measures it without steering.
pub(super) fn read(asked: &ModelArguments, path: &Path) -> Result<Measured, Halt> {
    let model = asked.load_at(path)?;
    measured(&model, &[]).map_err(|error| with_path(path, error))
}

/// Measures a model with its steering on the prompts and texts of a proof.
pub(crate) fn measured(model: &Arc<Model>, terms: &[Term]) -> Result<Measured, Halt> {
    let mut bar = Bar::new("Proving");
    let mut show = |done, total| bar.show(done, total);
    measure(model, terms, &neutral_text(), Some(&mut show)).map_err(Halt::from)
}

/// Returns the path of the proof: beside the model, under its name.
pub(crate) fn proof_file(path: &Path) -> PathBuf {
    let name = if path.is_dir() { path.file_name() } else { path.file_stem() };
    path.with_file_name(format!("{}.proof.json", name.unwrap_or_default().to_string_lossy()))
}

/// Returns the bytes of a file, or of the files of a folder.
pub(crate) fn bytes(path: &Path) -> u64 {
    let size = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    let files = fs::read_dir(path).into_iter().flatten().flatten();
    if path.is_dir() { files.map(|file| size(&file.path())).sum() } else { size(path) }
}

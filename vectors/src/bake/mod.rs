//! Bakes steering into a model's files, for programs that read models and no vectors.
//!
//! A vector that is added after block L at every token is a bias of that block's `ffn_down`, where no norm stands between it
//! and the residual stream: `x + (W h + b) = (x + W h) + b`. Where the block multiplies what it adds by a number, the bias is
//! divided by it. In GGUF files one F32 tensor is added for each layer, and every
//! other tensor stays as it is; folders of safetensors get `mlp_bias`. A direction that is taken out goes into the weights
//! (`project_out.rs`). Everything is a stream: a model is never in memory.

mod architecture;
#[cfg(test)]
mod by_llama_cpp;
#[cfg(test)]
mod by_transformers;
mod error;
mod folder;
mod folder_files;
mod gguf;
mod numbers;
mod patched_copy;
mod plan;
mod project_out;
mod recipe;
#[cfg(test)]
mod rewritten;
mod target;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

pub use error::BakeError;
use patched_copy::Meter;
pub use plan::{Plan, is_baked_by, plan};
pub use recipe::{Baked, Ingredient, Recipe};
pub use target::{check as check_target, free_space};

use crate::files::{atomic_folder, atomic_write_with};
use crate::model::{MappedFile, Metadata, Source, fingerprint};
use crate::progress::{Progress, tell};
use recipe::Change;

/// Writes the model at `source` with a recipe baked in to `target`: a GGUF file of a GGUF file, a folder of a folder. The
/// target appears as a whole or not at all. `progress` counts bytes.
///
/// # Errors
/// Where the model, its architecture or the steering cannot be baked, the target exists (a file may be replaced with
/// `replace`) or is the source, the disk is full, the source changes meanwhile, or `progress` says stop.
pub fn bake(
    source: &Path,
    recipe: &Recipe,
    target: &Path,
    replace: bool,
    mut progress: Progress<'_>,
) -> Result<Baked, BakeError> {
    let opened = plan::open(source)?;
    let change = Change::new(recipe, &opened)?;
    let bytes = plan::bytes(&opened);
    let needed = bytes + change.more_bytes(&opened);
    target::check(source, target, replace, needed)?;
    let total = 2 * bytes as usize;
    let made_of =
        fingerprint(source, &mut |share| tell(&mut progress, (share * bytes as f64) as usize, total))?;
    let mut meter = Meter::new(progress, bytes as usize, total);
    let label = recipe::label(recipe, &opened.facts(source).name, &made_of);
    match &opened.metadata {
        Metadata::Gguf(header) => {
            let edited = gguf::Edited::new(&opened, header, &change, &label)?;
            atomic_write_with(target, replace, |out| {
                edited.write(source, out, &mut meter).and_then(|()| check_unchanged(&opened))
            })?;
        }
        Metadata::Folder(folder) => {
            let edited = folder::Edited::new(&opened, folder, &change, &label)?;
            atomic_folder(target, |out| {
                edited.write(out, &mut meter).and_then(|()| check_unchanged(&opened))
            })?;
        }
    }
    Ok(Baked { source_fingerprint: made_of, notes: change.notes(&opened) })
}

/// Refuses a source that was written while it was copied: what was copied before and what was copied after it would be no
/// model.
fn check_unchanged(source: &Source) -> Result<(), BakeError> {
    let check = |file: &Arc<MappedFile>| file.check().map_err(|changed| changed.source.into());
    source.tensors.files().iter().try_for_each(check)
}

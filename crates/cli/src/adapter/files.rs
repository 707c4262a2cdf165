//! Adapters as files of peft and of llama.cpp: reading and writing them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use app::adapter_proof::{self, WrittenError, measure_written};
use app::baking::{proof_file, remove_proof};
use vectors::files::{AdapterFile, GgufTarget};
use vectors::model::Model;
use vectors::prove::Measured;

use super::halt;
use crate::data::with_path;
use crate::halt::Halt;
use crate::out_folder;
use crate::output;
use crate::progress::Bar;

/// The form of an adapter's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A GGUF file.
    Gguf,
    /// peft's folder.
    Folder,
}

/// Refuses, before the work begins, a place that cannot be written to after it. The ending decides what is written.
pub(crate) fn check_out(out: &Path, force: bool) -> Result<Kind, Halt> {
    let ending = out.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let kind = match ending.as_deref() {
        Some("gguf") => Kind::Gguf,
        Some("safetensors") => {
            let message =
                "peft reads a folder: name one with --out, and adapter_model.safetensors will be in it.";
            return Err(Halt::Usage(message.into()));
        }
        _ => Kind::Folder,
    };
    out_folder::check(out)?;
    let is_replaced = force && kind == Kind::Gguf && out.is_file();
    if fs::symlink_metadata(out).is_ok() && !is_replaced {
        let next = if kind == Kind::Gguf { "replace it with --force" } else { "remove it" };
        return Err(Halt::Refused(format!(
            "{} is there already. Choose another name, or {next}.",
            out.display()
        )));
    }
    let proof = proof_file(out);
    if !force && proof.exists() {
        return Err(Halt::Refused(format!(
            "{} is there already. Choose another name, or remove it.",
            proof.display()
        )));
    }
    Ok(kind)
}

/// Reads what a model's GGUF adapters must know of it.
pub(crate) fn target(model: &Path) -> Result<GgufTarget, Halt> {
    GgufTarget::open(model).map_err(|error| with_path(model, error.into()))
}

/// Reads an adapter of any form.
pub(crate) fn read(path: &Path, target: &GgufTarget, blocks: Option<usize>) -> Result<AdapterFile, Halt> {
    let file = adapter_proof::read(path, target, blocks).map_err(|error| halt(path, &error))?;
    print_notes(&file, path);
    Ok(file)
}

/// Loads what was written, and measures the model with it at its own strength.
pub(crate) fn measure_again(
    model: &Arc<Model>,
    out: &Path,
    target: &GgufTarget,
) -> Result<(AdapterFile, Measured), Halt> {
    let found = {
        let mut bar = Bar::new("Proving");
        measure_written(model, out, target, &mut |done, total| bar.show(done, total))
    };
    let (file, found) = found.map_err(|error| match error {
        WrittenError::File(error) => halt(out, &error),
        WrittenError::Model(error) => with_path(out, error.into()),
    })?;
    print_notes(&file, out);
    Ok((file, found))
}

fn print_notes(file: &AdapterFile, path: &Path) {
    for note in &file.notes {
        output::print_message(&format!("{}: {note}", path.display()));
    }
}

/// Writes an adapter. The proof of an adapter that it replaces is removed.
pub(crate) fn write(
    file: &AdapterFile,
    out: &Path,
    kind: Kind,
    target: &GgufTarget,
    force: bool,
) -> Result<(), Halt> {
    let written = match kind {
        Kind::Gguf => file.write_gguf(out, target, force),
        Kind::Folder => file.write_folder(out),
    };
    written.map_err(|error| halt(out, &error))?;
    remove_proof(out).map_err(Halt::from)
}

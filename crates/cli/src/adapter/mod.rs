//! `tiller-cli adapter`: an adapter as a file of another program, with its proof.

mod files;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::baking::{Unkept, bytes, file_name, made_by, proof_file, write_proof};
use serde::Serialize;
use vectors::files::{AdapterFile, FileError};
use vectors::prove::Proof;
use vectors::steering::Term;

use crate::bake::{finite, measured};
use crate::data::{ModelArguments, fingerprint, with_path};
use crate::halt::Halt;
use crate::output;
pub(crate) use files::{Kind, check_out, read, target, write};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Write it as llama.cpp's GGUF adapter or as peft's folder, and prove what was written
    Export(Export),
}

#[derive(clap::Args)]
pub(crate) struct Export {
    #[command(flatten)]
    model: ModelArguments,
    /// The adapter: a peft folder, its .safetensors file, or a GGUF adapter
    #[arg(long, value_name = "PATH")]
    adapter: PathBuf,
    /// A .gguf file for llama.cpp and Ollama, or a new folder for peft, vLLM and `SGLang`
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    /// The strength that becomes the written adapter's own
    #[arg(long, value_name = "M", value_parser = finite, default_value_t = 1.0, allow_hyphen_values = true)]
    multiplier: f32,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// The line of output, and `proof.json`.
#[derive(Serialize)]
struct Line<'a> {
    file: String,
    bytes: u64,
    adapter: String,
    multiplier: f32,
    rank: usize,
    alpha: f32,
    projections: vectors::adapter::Projections,
    source: String,
    source_fingerprint: &'a str,
    #[serde(flatten)]
    proof: &'a Proof,
    proof_file: String,
    notes: &'a [String],
    made_by: String,
}

pub(crate) fn run(command: &Command) -> Result<(), Halt> {
    let Command::Export(arguments) = command;
    export(arguments)
}

fn export(arguments: &Export) -> Result<(), Halt> {
    let (source, out) = (arguments.model.path(), &arguments.out);
    let kind = check_out(out, arguments.force)?;
    let model = arguments.model.load()?;
    let target = target(&source)?;
    let given = read(&arguments.adapter, &target, Some(model.facts().blocks))?;
    let Some(scaled) = given.adapter.at(arguments.multiplier) else {
        return Err(Halt::Usage("--multiplier is 0 or too large: the adapter would add nothing.".into()));
    };
    let file = AdapterFile { adapter: Arc::new(scaled), ..given.clone() };
    let source_fingerprint = fingerprint(&source)?;
    let term = Term::Adapter { adapter: Arc::clone(&given.adapter), multiplier: arguments.multiplier };
    let steered = measured(&model, &[term]).map_err(|error| with_path(&arguments.adapter, error))?;
    let mut unkept = Unkept::new(out, false);
    write(&file, out, kind, &target, arguments.force)?;
    let again = read(out, &target, Some(model.facts().blocks))?;
    let term = Term::Adapter { adapter: Arc::clone(&again.adapter), multiplier: 1.0 };
    let proof = Proof::new(&steered, &measured(&model, &[term]).map_err(|error| with_path(out, error))?);
    let (shape, path) = (again.adapter.shape(), proof_file(out));
    let line = |shown: fn(&Path) -> String| Line {
        file: shown(out),
        bytes: bytes(out),
        adapter: shown(&arguments.adapter),
        multiplier: arguments.multiplier,
        rank: shape.rank,
        alpha: again.adapter.alpha(),
        projections: shape.on,
        source: shown(&source),
        source_fingerprint: &source_fingerprint,
        proof: &proof,
        proof_file: shown(&path),
        notes: &given.notes,
        made_by: made_by(),
    };
    write_proof(&path, &line(file_name))?;
    unkept.keep();
    let line = line(|path| path.display().to_string());
    output::line(arguments.json, &line, || format!("{}: {}.", out.display(), proof.text()))
}

/// Turns an error of an adapter's file into a message with its path.
pub(crate) fn halt(path: &Path, error: &FileError) -> Halt {
    Halt::vector(path, error)
}

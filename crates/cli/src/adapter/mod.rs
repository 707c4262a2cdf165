//! `tiller-cli adapter`: an adapter as a file of another program, with its proof.

mod files;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::adapter_proof::Compared;
use app::baking::{Unkept, file_name, proof_file, write_proof};
use vectors::files::{AdapterFile, FileError};
use vectors::prove::Proof;
use vectors::steering::Term;

use crate::bake::{finite, measured};
use crate::data::{ModelArguments, fingerprint, with_path};
use crate::halt::Halt;
use crate::output;
use files::read;
pub(crate) use files::{Kind, check_out, measure_again, target, write};

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
    let (again, found) = measure_again(&model, out, &target)?;
    let proof = Proof::new(&steered, &found);
    let compared = Compared {
        out,
        multiplier: arguments.multiplier,
        source: &source,
        source_fingerprint: &source_fingerprint,
        again: &again.adapter,
        notes: &given.notes,
        proof: &proof,
    };
    write_proof(&proof_file(out), &compared.record(file_name(&arguments.adapter), file_name))?;
    unkept.keep();
    let shown = |path: &Path| path.display().to_string();
    let line = compared.record(shown(&arguments.adapter), shown);
    output::line(arguments.json, &line, || format!("{}: {}.", out.display(), proof.text()))
}

/// Turns an error of an adapter's file into a message with its path.
pub(crate) fn halt(path: &Path, error: &FileError) -> Halt {
    Halt::vector(path, error)
}

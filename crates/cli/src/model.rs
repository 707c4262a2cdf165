//! `tiller-cli model info`: prints what a model's file says.

use serde::Serialize;
use vectors::model::read_facts;

use crate::data::{ModelArguments, with_path};
use crate::halt::Halt;
use crate::output;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Name, shape and fingerprint
    Info(Arguments),
}

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Info {
    name: String,
    architecture: String,
    quantization: String,
    blocks: usize,
    hidden_size: usize,
    vocabulary: usize,
    context_length: usize,
    parameters: u64,
    file_bytes: u64,
    fingerprint: String,
}

pub(crate) fn run(command: &Command) -> Result<(), Halt> {
    let Command::Info(arguments) = command;
    let path = arguments.model.path();
    let facts = read_facts(&path).map_err(|error| with_path(&path, error.into()))?;
    let info = Info {
        fingerprint: arguments.model.fingerprint()?,
        name: facts.name,
        architecture: facts.architecture,
        quantization: facts.quantization,
        blocks: facts.blocks,
        hidden_size: facts.hidden_size,
        vocabulary: facts.vocabulary,
        context_length: facts.context_length,
        parameters: facts.parameters,
        file_bytes: facts.file_bytes,
    };
    output::line(arguments.json, &info, || {
        format!(
            "{}: {}, {}, {} blocks of {}, {} tokens, {} of context, {} weights, {} bytes\nSHA-256 {}",
            info.name,
            info.architecture,
            info.quantization,
            info.blocks,
            info.hidden_size,
            info.vocabulary,
            info.context_length,
            info.parameters,
            info.file_bytes,
            info.fingerprint
        )
    })
}

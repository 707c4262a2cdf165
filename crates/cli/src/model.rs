//! `tiller-cli model info`: prints what a model's file says, and how the model reads a sample pair.

use std::path::Path;

use hub::ollama_store::{self, Layer};
use ipc::tokens::{FoundToken, ModelTokens, SampleToken};
use serde::Serialize;
use vectors::model::{read_facts, read_token_report};

use crate::data::{ModelArguments, check_in_sandbox, with_path};
use crate::door::InStore;
use crate::halt::Halt;
use crate::model_in_store;
use crate::output;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Name, shape, fingerprint, and how it reads a sample pair, token by token
    Info(Arguments),
    /// The models that a store knows
    List(InStore),
    /// Add a model's file or folder to a store
    Add(model_in_store::Add),
    /// Fetch a model from the hub into a store
    Download(crate::download::Download),
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
    /// How it reads a sample pair; `null` where it cannot, and `warnings` says why.
    tokens: Option<ModelTokens>,
    /// What in the files is not known or cannot be used, in sentences.
    warnings: Vec<String>,
}

/// Returns a model's name: in Ollama's store, where a file is called by a hash, the one that `ollama list` writes.
fn name(path: &Path, in_file: String) -> String {
    match ollama_store::layer(path) {
        Some(Layer::Model(name)) => name,
        _ => in_file,
    }
}

/// Reads how the model reads a sample pair, or why it cannot.
fn sample(path: &Path, notes: &[String]) -> Result<(Option<ModelTokens>, Vec<String>), Halt> {
    let refused = |words: String| (None, [notes, &[words]].concat());
    match check_in_sandbox(path) {
        Err(Halt::Refused(words)) => return Ok(refused(words)),
        checked => checked?,
    }
    Ok(match read_token_report(path, None).map(app::model_tokens) {
        // The report has the notes on the files as well.
        Ok(mut tokens) => {
            let warnings = std::mem::take(&mut tokens.warnings);
            (Some(tokens), warnings)
        }
        Err(error) => refused(error.to_string()),
    })
}

fn shown(tokens: &ModelTokens) -> String {
    let text = |token: &SampleToken| format!("{:>8}  {:<12}  {:?}", token.id, token.kind.name(), token.text);
    let found = |token: &FoundToken| format!("{} {:?} ({})", token.id, token.text, token.places.join("; "));
    let begin = tokens.begin.as_ref().map_or_else(|| "none".to_owned(), found);
    let added = if tokens.adds_begin { ", put before every text" } else { "" };
    let ends: Vec<String> = tokens.ends.iter().map(found).collect();
    let part = |name: &str, part: &[SampleToken]| {
        format!("{name}\n{}", part.iter().map(text).collect::<Vec<_>>().join("\n"))
    };
    format!(
        "{}\n{}\nBegin of text: {begin}{added}\nEnd of an answer: {}",
        part("A prompt, as the model reads it:", &tokens.prompt),
        part("An answer:", &tokens.answer),
        ends.join(", ")
    )
}

pub(crate) fn run(command: &Command) -> Result<(), Halt> {
    let arguments = match command {
        Command::Info(arguments) => arguments,
        Command::List(arguments) => return model_in_store::list(arguments),
        Command::Add(arguments) => return model_in_store::add(arguments),
        Command::Download(arguments) => return crate::download::run(arguments),
    };
    let path = arguments.model.path();
    let facts = read_facts(&path).map_err(|error| with_path(&path, error.into()))?;
    let (tokens, warnings) = sample(&path, &facts.notes)?;
    let info = Info {
        tokens,
        warnings,
        fingerprint: arguments.model.fingerprint()?,
        name: name(&path, facts.name),
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
        let tokens = info.tokens.as_ref().map(|tokens| format!("\n{}", shown(tokens))).unwrap_or_default();
        let warnings: Vec<String> =
            info.warnings.iter().map(|warning| format!("\nNote: {warning}")).collect();
        let warnings = warnings.concat();
        format!(
            "{}: {}, {}, {} blocks of {}, {} tokens, {} of context, {} weights, {} bytes\nSHA-256 {}{tokens}{warnings}",
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

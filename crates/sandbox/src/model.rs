//! Checks a model: builds its tokenizer and its chat template and uses them for the first time.

use std::fs;
use std::io;
use std::path::Path;

use vectors::model::{ProbeError, ProbeStage};

use crate::child::{stage, unusable};
use crate::message::Message;
use crate::{Limits, Program, SandboxError, SandboxOutcome};

/// The task's name.
pub(crate) const TASK: &str = "model";

/// The file of a tokenizer, which is the only large thing that is decoded as a whole.
const TOKENIZER: &str = "tokenizer.json";

/// Checks the tokenizer and the chat template of the model at `path`. `template` stands in place of the model's own.
///
/// # Errors
/// Where they end the child, cannot be used, or `halt` asked to stop.
pub fn model(
    program: &Program,
    path: &Path,
    template: Option<&str>,
    halt: &dyn Fn() -> bool,
) -> Result<SandboxOutcome, SandboxError> {
    model_within(program, path, template, limits(path), halt)
}

/// Checks a model as [`model`] does, within other limits.
///
/// # Errors
/// As [`model`].
pub fn model_within(
    program: &Program,
    path: &Path,
    template: Option<&str>,
    limits: Limits,
    halt: &dyn Fn() -> bool,
) -> Result<SandboxOutcome, SandboxError> {
    // An empty template is none: nobody can set one.
    let input = template.unwrap_or_default().to_owned();
    program.run(TASK, path, input, limits, halt)
}

fn limits(path: &Path) -> Limits {
    let folder = if path.is_dir() { Some(path) } else { path.parent() };
    let bytes =
        folder.and_then(|folder| fs::metadata(folder.join(TOKENIZER)).ok()).map_or(0, |file| file.len());
    Limits::for_file_size(bytes)
}

/// Checks the model in this process, which is the child.
pub(crate) fn run_in_child(path: &Path, template: &str) -> io::Result<Message> {
    let mut sent = Ok(());
    let template = (!template.is_empty()).then_some(template);
    let probed = vectors::model::probe(path, template, &mut |begun| sent = stage(stage_name(begun)));
    sent?;
    Ok(match probed {
        Ok(()) => Message::Sound,
        Err(ProbeError::Refused(_)) => Message::Refused,
        Err(ProbeError::Unusable(error)) => unusable(&error),
    })
}

fn stage_name(stage: ProbeStage) -> &'static str {
    match stage {
        ProbeStage::Files => "its header",
        ProbeStage::Tokenizer => "its tokenizer",
        ProbeStage::Template => "its chat template",
    }
}

//! The trial of a model: its tokenizer and its chat template are built and used for the first time.

use std::fs;
use std::io;
use std::path::Path;

use vectors::model::{ProbeError, ProbeStage};

use crate::answer::Line;
use crate::child::{stage, unusable};
use crate::{Limits, Program, TrialError, Tried};

/// The task's name.
pub(crate) const TASK: &str = "model";

/// The file of a tokenizer, which is the only large thing that is decoded as a whole.
const TOKENIZER: &str = "tokenizer.json";

/// Tries the tokenizer and the chat template of the model at `path`. `template` stands in place of the model's own.
///
/// # Errors
/// Where they end the child, cannot be used, or `halt` asked to stop.
pub fn model(
    program: &Program,
    path: &Path,
    template: Option<&str>,
    halt: &dyn Fn() -> bool,
) -> Result<Tried, TrialError> {
    model_within(program, path, template, limits(path), halt)
}

/// Tries a model as [`model`] does, within other limits.
///
/// # Errors
/// As [`model`].
pub fn model_within(
    program: &Program,
    path: &Path,
    template: Option<&str>,
    limits: Limits,
    halt: &dyn Fn() -> bool,
) -> Result<Tried, TrialError> {
    // An empty template is none: nobody can set one.
    let input = template.unwrap_or_default().to_owned();
    program.run(TASK, path, input, limits, halt)
}

fn limits(path: &Path) -> Limits {
    let folder = if path.is_dir() { Some(path) } else { path.parent() };
    let bytes =
        folder.and_then(|folder| fs::metadata(folder.join(TOKENIZER)).ok()).map_or(0, |file| file.len());
    Limits::of_bytes(bytes)
}

/// Tries the model in this process.
pub(crate) fn attempt(path: &Path, template: &str) -> io::Result<Line> {
    let mut said = Ok(());
    let template = (!template.is_empty()).then_some(template);
    let probed = vectors::model::probe(path, template, &mut |begun| said = stage(words(begun)));
    said?;
    Ok(match probed {
        Ok(()) => Line::Sound,
        Err(ProbeError::Refused(_)) => Line::Refused,
        Err(ProbeError::Unusable(error)) => unusable(&error),
    })
}

fn words(stage: ProbeStage) -> &'static str {
    match stage {
        ProbeStage::Files => "its header",
        ProbeStage::Tokenizer => "its tokenizer",
        ProbeStage::Template => "its chat template",
    }
}

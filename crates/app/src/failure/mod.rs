//! Turns every error into the sentences that a person reads, and says what to do next. The submodules are ordered by
//! the crate of the error.

mod baking;
mod endpoint;
mod engine;
mod files;
mod for_log;
mod hub;
mod sandbox;
mod store;

pub(crate) use self::endpoint::endpoint;
pub(crate) use self::for_log::{error_for_log, for_log};
pub(crate) use self::sandbox::ended_tiller;

use ipc::{Code, Failure};

use crate::Error;
use crate::door::Engine;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Failure(failure) => failure,
            Error::Store(source) => store::store(&source),
            Error::InUse { path, by: Some(engine) } if engine.program != Engine::WINDOW => {
                let message = format!("{} (process {}) works on this data.", engine.program, engine.pid);
                Self::new(Code::Storage, message)
                    .detail(path.display().to_string())
                    .next("The window opens by itself once it is done. Ctrl-C ends it, and keeps what it has made.")
            }
            Error::InUse { path, .. } => Self::new(Code::Storage, "Tiller is already running on this data.")
                .detail(path.display().to_string())
                .next("Go on in the window that is open, or close it first."),
            Error::Directory { path, source } => Self::new(Code::Storage, "The folder for Tiller's data cannot be written.")
                .detail(format!("{source}: {}", path.display()))
                .next("Make the folder writable or set TILLER_DATA_DIR to another one."),
            Error::Model { path, source } => engine::model(&path, &source),
            Error::Sandbox { path, is_model, source } => sandbox::refused(&path.display().to_string(), is_model, &source),
            Error::Tokens { pair, source } => engine::tokens(pair, &source),
            Error::Train(source) => engine::train(&source),
            Error::Diverged { step, pair } => engine::diverged(step, pair),
            Error::ScoreNotFinite { multiplier, what } => engine::score_not_finite(multiplier, &what),
            Error::Memory { what, needed, free } => engine::memory(what, needed, free),
            Error::MemoryLimit { what, needed, left } => engine::memory_limit(what, needed, left),
            Error::FindingNotFinite(finding) => {
                Self::new(Code::Other, "A finding of this analysis is not a finite number.")
                    .detail(finding)
                    .next("Take smaller multipliers or learning rates. The findings before it are kept.")
            }
            Error::Transfer(source) => engine::transfer(&source),
            Error::Compute(source) => engine::compute(&source),
            Error::DataFile { path, source } => files::data_file(&path, &source),
            Error::VectorFile { path, source } => files::vector_file(&path, &source),
            Error::ProjectFile { path, source } => files::project_file(&path, &source),
            Error::Unwritable { path, source } => Self::new(Code::Storage, "The file cannot be written.")
                .detail(format!("{source}: {}", path.display()))
                .next("Choose another folder, or free some space, then try again."),
            Error::Distil(source) => baking::distil(&source),
            Error::Bake { target, source } => baking::bake(&target, &source),
            Error::Upload(source) => hub::upload(source),
            Error::Hub(source) => hub::hub(source),
            Error::Endpoint { server, source } => {
                let failure = endpoint(&source);
                let detail = failure.detail.as_deref().map(|detail| format!("{detail}: ")).unwrap_or_default();
                failure.detail(format!("{detail}{server}"))
            }
            Error::Gone(what) => Self::new(Code::NotFound, format!("This {what} does not exist any more.")),
            Error::Invalid { message, next } => Self::new(Code::Invalid, message).next(next),
            Error::Panic(message) => Self::new(Code::Other, "Something in Tiller went wrong that should not be able to.")
                .detail(message)
                .next("What was made up to the last checkpoint is kept. Try again, and report this if it comes back."),
        }
    }
}

/// Returns an error's text with a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

/// Returns a failure with the next step of a library's error, where the error's own sentence does not say it.
fn with_next(failure: Failure, next: Option<&str>) -> Failure {
    match next {
        Some(next) => failure.next(next),
        None => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engine_errors_become_sentences() {
        assert_eq!(sentence("the layer is too high"), "The layer is too high.");
    }
}

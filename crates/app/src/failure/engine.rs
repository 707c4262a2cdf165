//! Words the engine's errors for a person.

use ipc::{Code, Failure};
use vectors::model::ModelError;
use vectors::tokens::TokenError;
use vectors::train::TrainError;
use vectors::transfer::TransferError;

use super::sentence;

pub(super) fn model(path: &str, error: &ModelError) -> Failure {
    match error {
        ModelError::Missing => Failure::new(Code::ModelMissing, "The model's file is not there.")
            .detail(path)
            .next("Choose the file's new place, or another model, under Models."),
        ModelError::CutOff { expected, found } => {
            Failure::new(Code::ModelUnusable, "The model's file is cut off.")
                .detail(format!("Its header promises {expected} bytes, {found} are there: {path}"))
                .next("Fetch or copy the file again, then load it again.")
        }
        ModelError::Tokens(TokenError::NoTemplate) => {
            Failure::new(Code::ModelUnusable, "The model's files hold no chat template.")
                .detail(format!("Without one, prompts cannot be put the way it was trained on: {path}"))
                .next("Take one of Tiller's under \u{201c}Chat template\u{201d}, or write one there.")
        }
        ModelError::Memory { .. } => Failure::new(Code::Other, "There is not enough memory for the model.")
            .detail(format!("{error}: {path}"))
            .next("Close other programs, or choose a smaller model or a smaller precision under Models."),
        other => Failure::new(Code::ModelUnusable, "The model's file cannot be used.")
            .detail(format!("{other}: {path}"))
            .next("Choose another model under Models."),
    }
}

pub(super) fn tokens(pair: Option<usize>, error: &TokenError) -> Failure {
    let message = match pair {
        Some(number) => format!("Pair {number} cannot be turned into tokens."),
        None => "This text cannot be turned into tokens.".to_owned(),
    };
    Failure::new(Code::Invalid, message).detail(error.to_string()).next("Change the text, then try again.")
}

pub(super) fn train(error: &TrainError) -> Failure {
    let (code, next) = match error {
        TrainError::NoPairs => (Code::Invalid, "Add pairs under Data, or mark some of them for training."),
        TrainError::Setting { .. } => (Code::Invalid, "Change the setting, then start again."),
        TrainError::NotFinite { .. } => (Code::Other, "Start again with a smaller learning rate."),
        TrainError::Checkpoint { .. } => {
            (Code::Other, "Stop this run to keep its vector so far, and start a new one.")
        }
        _ => (Code::Other, "Change the settings or the pairs, then try again."),
    };
    Failure::new(code, sentence(&error.to_string())).next(next)
}

pub(super) fn transfer(error: &TransferError) -> Failure {
    let next = match error {
        TransferError::TooFewRows { .. } => {
            "Choose a data set with more pairs, then transfer the vector again."
        }
        _ => "Choose another layer or another data set, then transfer the vector again.",
    };
    Failure::new(Code::Invalid, sentence(&error.to_string())).next(next)
}

pub(super) fn compute(error: &ModelError) -> Failure {
    let (code, next) = match error {
        ModelError::TooLong { .. } => (Code::Invalid, "Shorten the text, then try again."),
        ModelError::Memory { .. } => (Code::Other, "Close other programs, then try again."),
        ModelError::VectorSize { .. } => (Code::Invalid, "Load the model that the vector was made for."),
        ModelError::Layer { .. } => (Code::Invalid, "Choose one of the model's layers."),
        _ => (Code::Other, "Try again; if it comes back, report this."),
    };
    Failure::new(code, sentence(&error.to_string())).next(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn a_missing_model_can_be_distinguished_from_an_unusable_one() {
        let failure = |source| Failure::from(Error::Model { path: "/m.gguf".into(), source });
        assert_eq!(failure(ModelError::Missing).code, Code::ModelMissing);
        assert_eq!(failure(ModelError::CutOff { expected: 9, found: 1 }).code, Code::ModelUnusable);
    }
}

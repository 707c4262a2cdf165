//! Words the engine's errors for a person.

use ipc::{Code, Failure};
use vectors::model::ModelError;
use vectors::tokens::TokenError;
use vectors::train::TrainError;
use vectors::transfer::TransferError;

use super::{sentence, with_next};

/// The next step where an unsteered model computes numbers that are not finite.
const MODEL_NOT_FINITE: &str =
    "Load the model with another precision under Models; if that does not help, fetch its file again.";

/// Words the end of a run whose numbers are not finite. Step 0 comes before the first one.
pub(super) fn diverged(step: usize, pair: Option<usize>) -> Failure {
    if step == 0 {
        let at = pair.map_or_else(String::new, |pair| format!(" at pair {pair}"));
        return Failure::new(Code::Other, format!("The model's own numbers are not finite{at}."))
            .next(MODEL_NOT_FINITE);
    }
    let at = pair.map_or_else(String::new, |pair| format!(", pair {pair}"));
    let (message, kept) = (format!("The numbers are no longer finite at step {step}{at}."), step - 1);
    Failure::new(Code::Other, message)
        .detail(format!(
            "The learning rate is probably too high. The run is kept as it was after step {kept}."
        ))
        .next("Stop this run to keep its vector so far, or start a new one with a smaller learning rate.")
}

/// The next step where memory does not suffice.
const MORE_MEMORY: &str = "Close other programs, load the model with a smaller precision under Models, or take fewer pairs at a time.";

fn gigabytes(bytes: u64) -> String {
    format!("{:.2} GB", bytes as f64 / 1e9)
}

/// Words that work needs more memory than is free.
pub(super) fn memory(what: &str, needed: u64, free: u64) -> Failure {
    let message =
        format!("{what} takes about {}, and {} of memory are free.", gigabytes(needed), gigabytes(free));
    Failure::new(Code::Other, message).next(MORE_MEMORY)
}

/// Words that work needs more memory than the limit of the settings leaves.
pub(super) fn memory_limit(what: &str, needed: u64, left: u64) -> Failure {
    let (needed, left) = (gigabytes(needed), gigabytes(left));
    Failure::new(Code::Other, format!("{what} takes about {needed}, and the limit of the settings leaves {left}."))
        .next("Raise the limit under Settings, load the model with a smaller precision under Models, or take fewer pairs at a time.")
}

fn refused_memory(bytes: u64) -> Failure {
    Failure::new(Code::Other, format!("The system gives no memory: {} were asked for.", gigabytes(bytes)))
        .detail("A limit on this process, or too little memory and swap. What was kept so far is whole.")
        .next(MORE_MEMORY)
}

pub(super) fn score_not_finite(multiplier: f64, what: &str) -> Failure {
    let message = format!("At multiplier {multiplier} the numbers are not finite: {what}.");
    if multiplier == 0.0 {
        return Failure::new(Code::Other, message).next(MODEL_NOT_FINITE);
    }
    Failure::new(Code::Other, message)
        .detail("The vector is too strong for the model there.")
        .next("Take smaller multipliers. What was measured so far is kept.")
}

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
        ModelError::Foreign { kind, next } => {
            Failure::new(Code::ModelUnusable, format!("This is {kind}, and no model."))
                .detail(path)
                .next(sentence(next))
        }
        ModelError::Memory { bytes } | ModelError::Tokens(TokenError::Memory { bytes }) => {
            refused_memory(*bytes)
        }
        ModelError::Changed => {
            Failure::new(Code::ModelUnusable, "The model's file has changed since the model was loaded.")
                .detail(path)
                .next("Load the model again under Models.")
        }
        ModelError::Tokens(TokenError::NoTemplate) => {
            Failure::new(Code::ModelUnusable, "The model's files hold no chat template.")
                .detail(format!("Without one, prompts cannot be put the way it was trained on: {path}"))
                .next("Take one of Tiller's under \u{201c}Chat template\u{201d}, or write one there.")
        }
        other => {
            let failure = Failure::new(Code::ModelUnusable, "The model's file cannot be used.")
                .detail(format!("{other}: {path}"));
            with_next(failure, other.next_step())
        }
    }
}

pub(super) fn tokens(pair: Option<usize>, error: &TokenError) -> Failure {
    if let TokenError::Memory { bytes } = error {
        return refused_memory(*bytes);
    }
    let message = match pair {
        Some(number) => format!("Pair {number} cannot be turned into tokens."),
        None => "This text cannot be turned into tokens.".to_owned(),
    };
    with_next(Failure::new(Code::Invalid, message).detail(error.to_string()), error.next_step())
}

pub(super) fn train(error: &TrainError) -> Failure {
    let (code, next) = match error {
        TrainError::NoPairs => (Code::Invalid, "Add pairs under Data, or mark some of them for training."),
        TrainError::Setting { .. } => (Code::Invalid, "Change the setting, then start again."),
        TrainError::NotFinite { .. } => (Code::Other, "Start again with a smaller learning rate."),
        TrainError::ModelNotFinite { .. } => (Code::Other, MODEL_NOT_FINITE),
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
    if let ModelError::Memory { bytes } | ModelError::Tokens(TokenError::Memory { bytes }) = error {
        return refused_memory(*bytes);
    }
    let code = match error {
        ModelError::TooLong { .. } | ModelError::VectorSize { .. } | ModelError::Layer { .. } => {
            Code::Invalid
        }
        _ => Code::Other,
    };
    let next = match error {
        ModelError::NotFinite { .. } => Some(MODEL_NOT_FINITE),
        error => error.next_step(),
    };
    with_next(Failure::new(code, sentence(&error.to_string())), next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn a_run_that_came_apart_names_the_step_and_the_pair() {
        let failure = Failure::from(Error::Diverged { step: 7, pair: Some(12) });
        assert_eq!(failure.message, "The numbers are no longer finite at step 7, pair 12.");
        assert!(failure.detail.is_some_and(|detail| detail.contains("after step 6")));
        let failure = Failure::from(Error::Diverged { step: 0, pair: Some(3) });
        assert_eq!(failure.message, "The model's own numbers are not finite at pair 3.");
        let failure = Failure::from(Error::ScoreNotFinite { multiplier: 1e30, what: "pair 3".into() });
        assert!(failure.message.contains("At multiplier 1000000000000000000000000000000"), "{failure}");
    }

    #[test]
    fn what_a_model_lacks_is_said_with_one_next_step() {
        let failure = |source| Failure::from(Error::Model { path: "/m".into(), source });
        let lacks = failure(ModelError::BadNumber { key: "model_type".to_owned() });
        assert!(lacks.detail.is_some_and(|detail| detail.contains("model_type is missing")));
        assert!(lacks.next.is_some_and(|next| next.contains("Fetch or copy the model's files again")));
        let stored = ModelError::Stored { what: "weights".to_owned(), next: "take the original model" };
        let stored = failure(stored);
        assert!(stored.detail.is_some_and(|detail| detail.contains("take the original model")));
        assert_eq!(stored.next, None, "the detail says it");
    }

    #[test]
    fn a_missing_model_can_be_distinguished_from_an_unusable_one() {
        let failure = |source| Failure::from(Error::Model { path: "/m.gguf".into(), source });
        assert_eq!(failure(ModelError::Missing).code, Code::ModelMissing);
        assert_eq!(failure(ModelError::CutOff { expected: 9, found: 1 }).code, Code::ModelUnusable);
    }
}

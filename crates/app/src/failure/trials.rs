//! Words the errors of trials for a person.

use ipc::{Code, Failure};
use trial::TrialError;

pub(super) fn trial(path: &str, is_model: bool, error: &TrialError) -> Failure {
    let (code, message, next) = match (error, is_model) {
        (TrialError::NoProcess(_), _) => (
            Code::Other,
            "The file could not be checked, so it was not opened.",
            "Start Tiller again, then try again; if it comes back, report this.",
        ),
        (TrialError::Halted, _) => (Code::Other, "It was stopped.", "Try again."),
        (TrialError::Ended { .. }, true) => (
            Code::ModelUnusable,
            "The model's file would end Tiller, so it was not loaded.",
            "Remove it, or fetch it from its makers, and load it again.",
        ),
        (TrialError::Unusable(_), true) => (
            Code::ModelUnusable,
            "The model's file cannot be used.",
            "Fetch it from its makers and load it again, or choose another model under Models.",
        ),
        (TrialError::Ended { .. } | TrialError::Unusable(_), false) => (
            Code::Invalid,
            "The file would end Tiller, so it was not read.",
            "Export its rows as CSV or JSON lines, or split it into smaller files.",
        ),
    };
    Failure::new(code, message).detail(format!("{error}: {path}")).next(next)
}

/// Makes the failure of a model whose loading ended the last process.
pub(crate) fn ended_tiller(name: &str, path: &str) -> Failure {
    let message = format!("Tiller ended while it loaded \u{201c}{name}\u{201d}, so it was not loaded again.");
    Failure::new(Code::ModelEndedTiller, message)
        .detail(path)
        .next("Try again if the machine went off or ran out of memory. Remove it if it happens again.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn what_ended_the_trial_is_said_with_the_file() {
        let end = trial::End::Memory { limit: 448 << 20 };
        let source = TrialError::Ended { stage: "its tokenizer".into(), end };
        let failure = Failure::from(Error::Trial { path: "/m.gguf".into(), is_model: true, source });
        assert_eq!(failure.code, Code::ModelUnusable);
        assert_eq!(
            failure.detail.as_deref(),
            Some("its tokenizer needs more than 448 MB of memory: /m.gguf")
        );
    }
}

//! Words the errors of the sandbox for a person.

use ipc::{Code, Failure};
use sandbox::SandboxError;

pub(super) fn refused(path: &str, is_model: bool, error: &SandboxError) -> Failure {
    let (code, message, next) = match (error, is_model) {
        (SandboxError::NoProcess(_), _) => (
            Code::Other,
            "The file could not be checked, so it was not opened.",
            "Start Tiller again, then try again; if it comes back, report this.",
        ),
        (SandboxError::NoMemory { .. }, _) => (
            Code::Other,
            "There is not enough memory to check the file, so it was not opened.",
            "Raise the limit of memory under which Tiller was started, then try again.",
        ),
        (SandboxError::Halted, _) => (Code::Other, "It was stopped.", "Try again."),
        (SandboxError::Ended { .. }, true) => (
            Code::ModelUnusable,
            "The model's file would end Tiller, so it was not loaded.",
            "Remove it, or fetch it from its makers, and load it again.",
        ),
        (SandboxError::Unusable(_), true) => (
            Code::ModelUnusable,
            "The model's file cannot be used.",
            "Fetch it from its makers and load it again, or choose another model under Models.",
        ),
        (SandboxError::Ended { .. } | SandboxError::Unusable(_), false) => (
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
    fn the_failure_names_the_file_and_how_the_child_ended() {
        let end = sandbox::ChildEnd::Memory { limit: 448 << 20 };
        let source = SandboxError::Ended { stage: "its tokenizer".into(), end };
        let failure = Failure::from(Error::Sandbox { path: "/m.gguf".into(), is_model: true, source });
        assert_eq!(failure.code, Code::ModelUnusable);
        assert_eq!(
            failure.detail.as_deref(),
            Some("its tokenizer needs more than 448 MB of memory: /m.gguf")
        );
    }
}

//! The errors of uploading.

use crate::HubError;

/// Says why nothing was published.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The name is none of a repository.
    #[error("{name:?} is no name of a repository")]
    Name {
        /// The name.
        name: String,
    },
    /// A repository of this name is there already.
    #[error("{repository} is there already")]
    Exists {
        /// `organisation/name`.
        repository: String,
    },
    /// The hub does not accept the token, or the token may not write there.
    #[error("the hub does not let this token write to {repository} (status {status})")]
    Token {
        /// `organisation/name`.
        repository: String,
        /// The HTTP status.
        status: u16,
    },
    /// The hub refuses a file or the commit, and says why.
    #[error("the hub refuses it (status {status}): {detail}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The hub's words.
        detail: String,
    },
    /// The hub's answer makes no sense.
    #[error("the hub's answer makes no sense: {detail}")]
    Answer {
        /// A description of the fault.
        detail: String,
    },
    /// The hub cannot be reached, asks to wait, or points to where nothing may be sent.
    #[error(transparent)]
    Hub(#[from] HubError),
}

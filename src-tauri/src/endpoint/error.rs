//! Why a request to an endpoint came to nothing, and whether trying again can help.

use std::time::Duration;

use ipc::{Code, Failure};

/// A request that came to nothing. No text in it holds the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// An address that cannot be one.
    #[error("this address cannot be used: {why}")]
    Address {
        /// What is wrong with it.
        why: &'static str,
    },
    /// No connection comes about, or it breaks off.
    #[error("the server cannot be reached or broke off: {detail}")]
    Connection {
        /// What the system says.
        detail: String,
    },
    /// Nothing came back in time.
    #[error("the server did not answer within {seconds} s")]
    Slow {
        /// How long was waited.
        seconds: u64,
    },
    /// The server refuses the key, or wants one.
    #[error("the server refuses the key (status {status}): {detail}")]
    Key {
        /// The HTTP status.
        status: u16,
        /// What the server says.
        detail: String,
    },
    /// Too many requests, or too much text, in a short time.
    #[error("the server asks to be left alone for a while: {detail}")]
    Rate {
        /// For how long, where it says so.
        wait: Option<Duration>,
        /// What the server says.
        detail: String,
    },
    /// The server has trouble of its own.
    #[error("the server failed (status {status}): {detail}")]
    Server {
        /// The HTTP status.
        status: u16,
        /// For how long it wants to be left alone, where it says so.
        wait: Option<Duration>,
        /// What the server says.
        detail: String,
    },
    /// The server refuses what was asked.
    #[error("the server refuses the request (status {status}): {detail}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What the server says.
        detail: String,
    },
    /// What came back is no chat completion.
    #[error("what came back is no answer: {why}")]
    Nonsense {
        /// What is wrong with it.
        why: &'static str,
        /// How it begins.
        start: String,
    },
}

impl EndpointError {
    /// Whether the same request may succeed a moment later.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            // Nonsense may be a proxy's page in between; twice is no accident.
            Self::Connection { .. }
            | Self::Slow { .. }
            | Self::Rate { .. }
            | Self::Server { .. }
            | Self::Nonsense { .. } => true,
            Self::Address { .. } | Self::Key { .. } | Self::Refused { .. } => false,
        }
    }

    /// For how long the server wants to be left alone.
    pub(super) fn wait(&self) -> Option<Duration> {
        match self {
            Self::Rate { wait, .. } | Self::Server { wait, .. } => *wait,
            _ => None,
        }
    }
}

impl From<&EndpointError> for Failure {
    fn from(error: &EndpointError) -> Self {
        let told = |code, message: &str, detail: &str, next: &str| {
            let failure = Self::new(code, message).next(next);
            if detail.is_empty() { failure } else { failure.detail(detail) }
        };
        match error {
            EndpointError::Address { why } => told(
                Code::Invalid,
                "This address cannot be used.",
                why,
                "Type the address as the server's makers give it; it often ends in /v1.",
            ),
            EndpointError::Connection { detail } => told(
                Code::Other,
                "The server cannot be reached.",
                detail,
                "Check the address and the network, then try again.",
            ),
            EndpointError::Slow { seconds } => told(
                Code::Other,
                &format!("The server did not answer within {seconds} s."),
                "",
                "Try again with fewer requests at the same time, or with a faster model.",
            ),
            EndpointError::Key { status, detail } => told(
                Code::Invalid,
                "The server refuses the key.",
                &format!("{status}: {detail}"),
                "Type the key again; it is kept in the system's keyring.",
            ),
            EndpointError::Rate { detail, .. } => told(
                Code::Other,
                "The server takes no more requests for now.",
                detail,
                "Wait, then resume; or use fewer requests at the same time.",
            ),
            EndpointError::Server { status, detail, .. } => told(
                Code::Other,
                "The server failed several times.",
                &format!("{status}: {detail}"),
                "Try again later; what was made so far is kept.",
            ),
            EndpointError::Refused { status, detail } => told(
                Code::Invalid,
                "The server refuses the request.",
                &format!("{status}: {detail}"),
                "Check the address and the model's name.",
            ),
            EndpointError::Nonsense { why, start } => told(
                Code::Other,
                "What the server sends is no answer.",
                &format!("{why}: {start}"),
                "Check that the address is that of a server for OpenAI's chat completions.",
            ),
        }
    }
}

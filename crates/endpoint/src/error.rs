//! The errors of requests to an endpoint, and whether a retry can help.

use std::time::Duration;

/// Says why a request to an endpoint failed. No text in it holds the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// The text is no address of an endpoint.
    #[error("this address cannot be used: {why}")]
    Address {
        /// A description of the fault.
        why: &'static str,
    },
    /// No connection could be made, or it broke off.
    #[error("the server cannot be reached or broke off: {detail}")]
    Connection {
        /// The system's words.
        detail: String,
    },
    /// No reply came in time.
    #[error("the server did not answer within {seconds} s")]
    Slow {
        /// The time limit in seconds.
        seconds: u64,
    },
    /// The server refuses the key, or asks for one.
    #[error("the server refuses the key (status {status}): {detail}")]
    Key {
        /// The HTTP status.
        status: u16,
        /// The server's words.
        detail: String,
    },
    /// There were too many requests, or too much text, in a short time.
    #[error("the server asks to be left alone for a while: {detail}")]
    Rate {
        /// The wait that the server asks for, where it names one.
        wait: Option<Duration>,
        /// The server's words.
        detail: String,
    },
    /// The server failed.
    #[error("the server failed (status {status}): {detail}")]
    Server {
        /// The HTTP status.
        status: u16,
        /// The wait that the server asks for, where it names one.
        wait: Option<Duration>,
        /// The server's words.
        detail: String,
    },
    /// The server refuses the request.
    #[error("the server refuses the request (status {status}): {detail}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The server's words.
        detail: String,
    },
    /// The reply is no chat completion.
    #[error("what came back is no answer: {why}")]
    Nonsense {
        /// A description of the fault.
        why: &'static str,
        /// The beginning of the reply.
        start: String,
    },
}

impl EndpointError {
    /// Says whether the same request may succeed a moment later.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            // One such reply may be a proxy's page, but a second one is systematic.
            Self::Connection { .. }
            | Self::Slow { .. }
            | Self::Rate { .. }
            | Self::Server { .. }
            | Self::Nonsense { .. } => true,
            Self::Address { .. } | Self::Key { .. } | Self::Refused { .. } => false,
        }
    }

    /// Returns the wait that the server asks for.
    pub(super) fn wait(&self) -> Option<Duration> {
        match self {
            Self::Rate { wait, .. } | Self::Server { wait, .. } => *wait,
            _ => None,
        }
    }
}

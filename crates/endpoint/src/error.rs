//! Why a request to an endpoint came to nothing, and whether trying again can help.

use std::time::Duration;

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

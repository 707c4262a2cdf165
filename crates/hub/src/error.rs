//! Why a download cannot be made.

use std::io;
use std::path::PathBuf;

/// Why something cannot be fetched.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// What was pasted names no model.
    #[error("{message}")]
    Address {
        /// What is wrong with it.
        message: String,
    },
    /// The address of the hub is none, or not encrypted.
    #[error("the address {address:?} cannot be downloaded from")]
    Endpoint {
        /// The address.
        address: String,
    },
    /// No connection.
    #[error("{host} cannot be reached: {detail}")]
    Offline {
        /// The host.
        host: String,
        /// Why.
        detail: String,
    },
    /// The connection broke again and again.
    #[error("the connection to {host} broke: {detail}")]
    Broken {
        /// The host.
        host: String,
        /// How.
        detail: String,
    },
    /// The hub wants to know who asks.
    #[error("the hub wants an access token (status {status})")]
    Token {
        /// The status.
        status: u16,
        /// Whether one was sent.
        sent: bool,
        /// `organisation/name`.
        repository: String,
    },
    /// There is no such thing, or it is not for everybody.
    #[error("{what} is not there")]
    Missing {
        /// What was asked for.
        what: String,
    },
    /// Too many requests.
    #[error("the hub asks to wait {seconds} s")]
    Busy {
        /// How long.
        seconds: u64,
    },
    /// Another refusal.
    #[error("{host} answered with status {status}")]
    Status {
        /// The host.
        host: String,
        /// The status.
        status: u16,
    },
    /// An answer that makes no sense.
    #[error("the hub's answer makes no sense: {detail}")]
    Answer {
        /// What is wrong.
        detail: String,
    },
    /// A redirect to where nothing is fetched from.
    #[error("the hub points to {to}, which is not encrypted or leads in a circle")]
    Redirect {
        /// The host.
        to: String,
    },
    /// The content is not what the hub says it is.
    #[error("{path} does not have the checksum that the hub says")]
    Checksum {
        /// The file.
        path: String,
        /// As the hub says.
        expected: String,
        /// As it is.
        found: String,
    },
    /// The content has another size than the hub says.
    #[error("{path} has another size than the hub says: {found} bytes, not {expected}")]
    Size {
        /// The file.
        path: String,
        /// As the hub says.
        expected: u64,
        /// As it is.
        found: u64,
    },
    /// Not enough space.
    #[error("the disk has {free} bytes free, and {needed} are needed")]
    Full {
        /// Bytes that are missing still.
        needed: u64,
        /// Bytes that are free.
        free: u64,
        /// The folder.
        folder: PathBuf,
    },
    /// The cache cannot be written.
    #[error("{}: {source}", .path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

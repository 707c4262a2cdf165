//! The errors of listing and downloading models.

use std::io;
use std::path::PathBuf;

/// Says why a model cannot be listed or downloaded.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The pasted text names no model.
    #[error("{message}")]
    Address {
        /// The sentence that says what is wrong with it.
        message: String,
    },
    /// The words cannot be searched for.
    #[error("{message}")]
    Words {
        /// The sentence that says what is wrong with them.
        message: String,
    },
    /// The hub's address is invalid, or unencrypted.
    #[error("the address {address:?} cannot be downloaded from")]
    Endpoint {
        /// The address.
        address: String,
    },
    /// The host cannot be reached.
    #[error("{host} cannot be reached: {detail}")]
    Offline {
        /// The host.
        host: String,
        /// The library's words.
        detail: String,
    },
    /// The connection broke too often.
    #[error("the connection to {host} broke: {detail}")]
    Broken {
        /// The host.
        host: String,
        /// The last break, in words.
        detail: String,
    },
    /// The hub asks for an access token.
    #[error("the hub wants an access token (status {status})")]
    Token {
        /// The HTTP status.
        status: u16,
        /// Whether a token was sent.
        sent: bool,
        /// `organisation/name`.
        repository: String,
    },
    /// The hub answers a search only to those who have an access token.
    #[error("the hub wants an access token for a search")]
    TokenForSearch,
    /// The hub does not have it, or shows it only to some users.
    #[error("{what} is not there")]
    Missing {
        /// The thing that was asked for.
        what: String,
    },
    /// There were too many requests.
    #[error("the hub asks to wait {seconds} s")]
    Busy {
        /// The wait that the hub asks for, in seconds.
        seconds: u64,
    },
    /// The host refuses with another status.
    #[error("{host} answered with status {status}")]
    Status {
        /// The host.
        host: String,
        /// The HTTP status.
        status: u16,
    },
    /// The hub's answer makes no sense.
    #[error("the hub's answer makes no sense: {detail}")]
    Answer {
        /// A description of the fault.
        detail: String,
    },
    /// A redirect leads to an unencrypted address, or in a circle.
    #[error("the hub points to {to}, which is not encrypted or leads in a circle")]
    Redirect {
        /// The host of the redirect's target.
        to: String,
    },
    /// The content's checksum is not the one that the hub states.
    #[error("{path} does not have the checksum that the hub says")]
    Checksum {
        /// The path of the file.
        path: String,
        /// The SHA-256 that the hub states.
        expected: String,
        /// The SHA-256 of the content.
        found: String,
    },
    /// The content's size is not the one that the hub states.
    #[error("{path} has another size than the hub says: {found} bytes, not {expected}")]
    Size {
        /// The path of the file.
        path: String,
        /// The size that the hub states, in bytes.
        expected: u64,
        /// The size of the content, in bytes.
        found: u64,
    },
    /// The disk has not enough space.
    #[error("the disk has {free} bytes free, and {needed} are needed")]
    Full {
        /// The number of bytes that are still to be fetched.
        needed: u64,
        /// The number of free bytes.
        free: u64,
        /// The folder.
        folder: PathBuf,
    },
    /// The cache cannot be written.
    #[error("{}: {source}", .path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

//! Why a download cannot be made, and the sentence about it.

use std::io;
use std::path::PathBuf;

use ipc::{Code, Failure};

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

impl From<HubError> for Failure {
    fn from(error: HubError) -> Self {
        let detail = error.to_string();
        match error {
            HubError::Address { message } => Self::new(Code::Invalid, message)
                .next("Paste organisation/name, or the address of the model's page."),
            HubError::Endpoint { address } => {
                Self::new(Code::Invalid, "The address to download from cannot be used.").detail(address).next(
                    "Name an https address in HF_ENDPOINT or in the settings, or none for the hub's own.",
                )
            }
            HubError::Offline { host, detail } => {
                Self::new(Code::Other, format!("{host} cannot be reached."))
                    .detail(detail)
                    .next("Check the connection, then try again. What was fetched is kept.")
            }
            HubError::Broken { host, detail } => {
                Self::new(Code::Other, format!("The connection to {host} broke several times."))
                    .detail(detail)
                    .next("Resume the download later; it goes on where it is.")
            }
            HubError::Token { status: 403, sent: true, repository } => Self::new(
                Code::TokenWanted,
                format!("Your token may not read {repository}."),
            )
            .detail("Its owners ask for an agreement on the model's page, or the token is for other things.")
            .next("Agree on the model's page in a browser, or use another token."),
            HubError::Token { sent: true, .. } => {
                Self::new(Code::TokenWanted, "The hub does not accept the token.")
                    .next("Use another token, or none.")
            }
            HubError::Token { repository, .. } => {
                Self::new(Code::TokenWanted, format!("The hub does not give {repository} to everybody."))
                    .detail("It is gated or private, or there is no model of that name.")
                    .next("Check the name. If you may read it, type your access token.")
            }
            HubError::Missing { what } => Self::new(Code::NotFound, format!("The hub has no {what}."))
                .next("Check the name, the branch and the spelling."),
            HubError::Busy { seconds } => {
                Self::new(Code::Other, "The hub has had too many requests from here.")
                    .detail(format!("It asks to wait {seconds} s."))
                    .next("Try again later, or with an access token, which is allowed more.")
            }
            HubError::Status { .. } | HubError::Answer { .. } | HubError::Redirect { .. } => {
                Self::new(Code::Other, "The hub did not answer as it should.")
                    .detail(detail)
                    .next("Try again later; if a mirror is set, try without it.")
            }
            HubError::Checksum { path, expected, found } => {
                Self::new(Code::Other, "A file that was fetched is damaged, and was thrown away.")
                    .detail(format!("{path} has SHA-256 {found}, not {expected}."))
                    .next("Resume the download to fetch it again.")
            }
            HubError::Size { .. } => {
                Self::new(Code::Other, "A file that was fetched is not the one that was listed.")
                    .detail(detail)
                    .next("List the repository again and start a new download.")
            }
            HubError::Full { needed, free, folder } => {
                Self::new(Code::Storage, "There is not enough space on the disk.")
                    .detail(format!(
                        "{:.1} GB are needed and {:.1} GB are free: {}",
                        needed as f64 / 1e9,
                        free as f64 / 1e9,
                        folder.display()
                    ))
                    .next("Free some space, then resume. What was fetched is kept.")
            }
            HubError::Disk { path, source } if source.kind() == io::ErrorKind::StorageFull => {
                Self::new(Code::Storage, "The disk is full.")
                    .detail(path.display().to_string())
                    .next("Free some space, then resume. What was fetched is kept.")
            }
            HubError::Disk { path, source } => {
                Self::new(Code::Storage, "The cache for models cannot be written.")
                    .detail(format!("{source}: {}", path.display()))
                    .next("Make the folder writable, or name another one in HF_HUB_CACHE.")
            }
        }
    }
}

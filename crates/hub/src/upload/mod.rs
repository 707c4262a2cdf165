//! Uploads a folder's worth of files as one commit of a repository on the hub.
//!
//! The steps are those of the hub's own client: make the repository, ask which files are large, send the contents of the large
//! ones to where the hub says (LFS, basic transfer), and commit. Nothing can be seen in the repository before the commit, so an
//! upload that ends early leaves at most an empty repository. The token goes to the hub and to nobody else, and into no error.

mod commit;
mod counted;
mod error;
mod large;
mod post;

use std::ops::ControlFlow;

use ::endpoint::secrets::Secret;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use ureq::Agent;

use super::Endpoint;
pub use commit::Published;
pub use error::UploadError;
use post::{Body, post_json};

/// The branch that is committed to.
const BRANCH: &str = "main";
/// The bytes of a file's beginning that the hub looks at.
const SAMPLE: usize = 512;
/// The most letters of a name, as the hub has it.
const LONGEST_NAME: usize = 96;

/// A file that is uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadFile {
    /// Its path in the repository.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl UploadFile {
    fn sha256(&self) -> String {
        hex::encode(Sha256::digest(&self.bytes))
    }
}

/// What an upload does, for progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadEvent<'a> {
    /// The repository is made, and the hub is asked about the files.
    Prepares,
    /// So many bytes of all files were sent; the file is the one under way.
    Sent(u64, &'a str),
    /// The files are committed. From here on nothing can be taken back.
    Commits,
}

/// Receives the events of an upload and says whether to go on.
pub type OnEvent<'a> = dyn FnMut(UploadEvent<'_>) -> ControlFlow<()> + 'a;

/// An upload to a repository.
#[derive(Debug, Clone, Copy)]
pub struct Upload<'a> {
    /// Sends the requests. [`Agent::shutdown`] ends them.
    pub agent: &'a Agent,
    /// The hub.
    pub endpoint: &'a Endpoint,
    /// The token, which must be allowed to write.
    pub token: &'a Secret,
    /// `organisation/name`.
    pub repository: &'a str,
    /// Whether a new repository is shown to its owners only.
    pub private: bool,
    /// Whether a repository that is there gets a further commit.
    pub into_existing: bool,
}

/// The hub's answer on how each file is sent.
#[derive(Deserialize)]
struct Preupload {
    files: Vec<Mode>,
}

#[derive(Deserialize)]
struct Mode {
    path: String,
    #[serde(rename = "uploadMode")]
    mode: String,
}

impl Upload<'_> {
    /// Uploads the files as one commit. Returns `None` where `on_event` said to stop before the commit.
    ///
    /// # Errors
    /// Where the name is none of the hub's, the repository is there and may not be added to, the hub refuses or cannot be
    /// reached, or its answer makes no sense.
    pub fn run(
        &self,
        files: &[UploadFile],
        message: &str,
        on_event: &mut OnEvent<'_>,
    ) -> Result<Option<Published>, UploadError> {
        check_name(self.repository)?;
        if on_event(UploadEvent::Prepares).is_break() {
            return Ok(None);
        }
        self.create()?;
        let is_large = self.large(files)?;
        let large: Vec<&UploadFile> =
            files.iter().zip(&is_large).filter(|(_, large)| **large).map(|(file, _)| file).collect();
        if large::send(self, &large, on_event)?.is_break() || on_event(UploadEvent::Commits).is_break() {
            return Ok(None);
        }
        commit::commit(self, files, &is_large, message).map(Some)
    }

    /// Makes the repository.
    fn create(&self) -> Result<(), UploadError> {
        // `check_name` has seen that there are two parts.
        let (organization, name) = self.repository.split_once('/').unwrap_or_default();
        let body = json!({
            "type": "model", "name": name, "organization": organization, "private": self.private
        });
        match post_json(self, "api/repos/create", &Body::Json(&body)) {
            Err(UploadError::Exists { .. }) if self.into_existing => Ok(()),
            answer => answer.map(drop),
        }
    }

    /// Asks the hub which files are large.
    fn large(&self, files: &[UploadFile]) -> Result<Vec<bool>, UploadError> {
        let asked = |file: &UploadFile| {
            let sample = &file.bytes[..SAMPLE.min(file.bytes.len())];
            json!({ "path": file.path, "size": file.bytes.len(), "sample": commit::base64(sample) })
        };
        let body = json!({ "files": files.iter().map(asked).collect::<Vec<_>>() });
        let place = format!("api/models/{}/preupload/{BRANCH}", self.repository);
        let answer: Preupload = post::read(&post_json(self, &place, &Body::Json(&body))?)?;
        let mode = |file: &UploadFile| {
            let mode = answer.files.iter().find(|mode| mode.path == file.path);
            mode.map(|mode| mode.mode == "lfs").ok_or_else(|| UploadError::Answer {
                detail: format!("it does not say how {} is sent", file.path),
            })
        };
        files.iter().map(mode).collect()
    }
}

/// Refuses a name that the hub does not take: two parts of letters, digits, `-`, `_` and `.`.
fn check_name(repository: &str) -> Result<(), UploadError> {
    let is_part = |part: &str| {
        let is_edge = |letter: char| letter == '-' || letter == '.';
        !part.is_empty()
            && part.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
            && !part.starts_with(is_edge)
            && !part.ends_with(is_edge)
            && !part.contains("..")
            && !part.contains("--")
    };
    match repository.split_once('/') {
        Some((owner, name)) if is_part(owner) && is_part(name) && repository.len() <= LONGEST_NAME => Ok(()),
        _ => Err(UploadError::Name { name: repository.to_owned() }),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

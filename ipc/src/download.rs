//! Downloads from the Hugging Face hub.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Id;
use crate::job::JobState;

/// The source and the destination of downloads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hub {
    /// The host that serves the downloads.
    pub host: String,
    /// The folder of the hub's cache, which other programs share.
    pub cache: String,
    /// The number of free bytes there. `None` if the system does not report it.
    pub free_bytes: Option<u64>,
    /// The source of the access token.
    pub token: TokenSource,
    /// Whether the system has a keyring.
    pub has_keyring: bool,
}

/// The source of the access token. The token itself is never sent to the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenSource {
    /// There is no token.
    None,
    /// The environment variable `HF_TOKEN`.
    Environment,
    /// A person typed it. It is deleted when Tiller ends.
    Memory,
    /// The system's keyring.
    Keyring,
    /// The file that the hub's own programs write.
    File,
}

/// A secret text. Its `Debug` output hides the content.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(\u{2026})")
    }
}

/// The files of a repository at one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubListing {
    /// The host that answered.
    pub host: String,
    /// `organisation/name`.
    pub repository: String,
    /// The requested branch, tag or commit.
    pub revision: String,
    /// The commit to which the revision resolves.
    pub commit: String,
    /// All files, sorted by path.
    pub files: Vec<HubFile>,
    /// The sets of files that can be downloaded, best first.
    pub choices: Vec<HubChoice>,
    /// The index of the suggested choice. `None` if none is usable.
    pub suggested: Option<u32>,
    /// Whether the owners require an agreement on the hub's page first.
    pub is_gated: bool,
}

/// A file of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubFile {
    /// Its path in the repository.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, which the hub gives for large files.
    pub sha256: Option<String>,
    /// The name of its blob in the cache.
    pub blob: String,
    /// Whether the cache has it.
    pub is_here: bool,
}

/// Files that make up one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubChoice {
    /// The name, for example `Q4_K_M` or `safetensors`.
    pub name: String,
    /// The paths of the files.
    pub files: Vec<String>,
    /// Their total size.
    pub bytes: u64,
    /// The reason why the engine cannot use it, if that is known before the download.
    pub unusable: Option<String>,
}

/// A download: a job and the files that it fetches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Download {
    /// Its id.
    pub id: Id,
    /// The job that runs it.
    pub job: Id,
    /// The state.
    pub state: JobState,
    /// The host of the files.
    pub host: String,
    /// `organisation/name`.
    pub repository: String,
    /// The commit.
    pub commit: String,
    /// The paths of its files.
    pub files: Vec<String>,
    /// The total size of the files.
    pub bytes: u64,
    /// The model that the download added.
    pub model: Option<Id>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        let printed = format!("{:?}", Secret("hf_abc".into()));
        assert!(!printed.contains("abc"), "{printed}");
    }
}

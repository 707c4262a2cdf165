//! Downloads from the Hugging Face hub.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Id;
use crate::job::JobState;

/// The source and the destination of downloads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hub {
    /// The host that is contacted.
    pub host: String,
    /// The folder of the cache that programs share.
    pub cache: String,
    /// Bytes free there; absent where that cannot be told.
    pub free_bytes: Option<u64>,
    /// Where the access token comes from.
    pub token: TokenSource,
    /// Whether the system has a keyring that keeps one.
    pub has_keyring: bool,
}

/// Where the access token comes from. The token itself never crosses back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenSource {
    /// There is none.
    None,
    /// The environment variable `HF_TOKEN`.
    Environment,
    /// Typed, and forgotten when Tiller ends.
    Memory,
    /// The system's keyring.
    Keyring,
    /// The file that the hub's own programs keep.
    File,
}

/// A text that must not be shown: what prints it prints dots.
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
    /// The branch, tag or commit that was asked for.
    pub revision: String,
    /// The commit that this is.
    pub commit: String,
    /// All files, by path.
    pub files: Vec<HubFile>,
    /// The files that can be downloaded, the best first.
    pub choices: Vec<HubChoice>,
    /// The choice to begin with, by its place; absent where nothing can be used.
    pub suggested: Option<u32>,
    /// Whether its owners ask for an agreement on the hub's page first.
    pub is_gated: bool,
}

/// A file of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubFile {
    /// Its path in the repository.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, which is known of large files.
    pub sha256: Option<String>,
    /// The name of its content in the cache.
    pub blob: String,
    /// Whether the cache has it already.
    pub is_here: bool,
}

/// Files that make a model together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubChoice {
    /// What it is: `Q4_K_M`, `safetensors`.
    pub name: String,
    /// The paths.
    pub files: Vec<String>,
    /// Their size together.
    pub bytes: u64,
    /// Why the engine could not use it, where that is known beforehand.
    pub unusable: Option<String>,
}

/// A download: a job and what it fetches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Download {
    /// Its id.
    pub id: Id,
    /// The job that does it.
    pub job: Id,
    /// The state.
    pub state: JobState,
    /// The host that it comes from.
    pub host: String,
    /// `organisation/name`.
    pub repository: String,
    /// The commit.
    pub commit: String,
    /// The paths of its files.
    pub files: Vec<String>,
    /// The size of all files.
    pub bytes: u64,
    /// The model that it made.
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

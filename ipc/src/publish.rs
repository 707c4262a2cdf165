//! A vector's passport on its way to a repository of the hub.

use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::download::TokenSource;
use crate::files::PackedFile;

/// What is published, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// `organisation/name`, or `you/name`.
    pub repository: String,
    /// Whether a new repository is shown to its owners only.
    pub private: bool,
    /// Whether a repository that is there gets a further commit.
    pub into_existing: bool,
    /// The sweep whose curves go along. `None` takes the last complete one of the vector alone.
    pub sweep: Option<crate::Id>,
    /// Whether the pairs, and the prompts of the sweep's lists, go along.
    pub with_pairs: bool,
    /// The licence, as an identifier of SPDX. Empty for none.
    pub licence: String,
}

/// What publishing would send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishPlan {
    /// The address of the repository.
    pub address: String,
    /// Its files.
    pub files: Vec<PackedFile>,
    /// Where the access token comes from.
    pub token: TokenSource,
}

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploading {
    /// The address of the repository.
    pub address: String,
    /// What is done now.
    pub phase: String,
    /// The bytes of large files that were sent.
    pub sent: u64,
    /// The bytes of all files.
    pub total: u64,
}

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Published {
    /// The files are there.
    Committed {
        /// The address of the repository's page.
        address: String,
        /// The commit.
        commit: String,
    },
    /// It was cancelled before the commit; at most an empty repository is there.
    Cancelled,
}

/// The failure of an upload that is under way already.
#[must_use]
pub fn under_way() -> Failure {
    Failure::new(crate::Code::Invalid, "Another upload is under way.").next("Wait for its end, or cancel it.")
}

//! Asks the hub for the files of a repository at a commit.

use ::endpoint::secrets::Secret;
use ipc::download::{HubFile, HubListing};
use serde::Deserialize;
use ureq::Agent;

use super::request::{get, refusal, text};
use super::{Address, Endpoint, HubError, RepositoryCache, choices};
use crate::RemoteFile;

/// The branch that is used where none is named.
const MAIN: &str = "main";
/// The most files that are listed; no model's repository has more.
const MOST_FILES: usize = 20_000;
/// The most characters of a path.
const LONGEST_PATH: usize = 512;

/// The fields of the hub's answer about a model that are used.
#[derive(Deserialize)]
struct ModelInfo {
    #[serde(default)]
    id: Option<String>,
    sha: String,
    #[serde(default)]
    siblings: Vec<Sibling>,
    /// The hub writes `false`, `"auto"` or `"manual"`.
    #[serde(default)]
    gated: serde_json::Value,
}

#[derive(Deserialize)]
struct Sibling {
    rfilename: String,
    #[serde(default)]
    size: Option<u64>,
    #[serde(default, rename = "blobId")]
    blob: Option<String>,
    #[serde(default)]
    lfs: Option<Large>,
}

#[derive(Deserialize)]
struct Large {
    sha256: String,
    #[serde(default)]
    size: Option<u64>,
}

/// The files of a repository at a commit.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The hub that was asked.
    pub endpoint: Endpoint,
    /// The part that the window shows.
    pub shown: HubListing,
}

impl Listing {
    /// Asks the hub. Files with unusable names or sizes are left out.
    ///
    /// # Errors
    /// Returns an error where the hub cannot be reached, refuses, or answers with something else than a list.
    pub fn ask(
        agent: &Agent,
        endpoint: &Endpoint,
        token: Option<&Secret>,
        address: &Address,
        cache: impl Fn(&str) -> RepositoryCache,
    ) -> Result<Self, HubError> {
        let revision = address.revision.as_deref().unwrap_or(MAIN);
        let mut url = endpoint.at("api/models")?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(address.repository.split('/')).extend(["revision", revision]);
        }
        url.set_query(Some("blobs=true"));
        let answer = get(agent, endpoint, token, &url, &[])?;
        let what = match &address.revision {
            Some(revision) => format!("{revision} of {}", address.repository),
            None => format!("model {}", address.repository),
        };
        if let Some(refused) = refusal(&answer, &address.repository, &what, token.is_some()) {
            return Err(refused);
        }
        let body = text(answer)?;
        // What comes back is shown and stored; a server may repeat the token in it.
        let body = match token {
            Some(token) => token.remove_from(&body),
            None => body,
        };
        let info: ModelInfo =
            serde_json::from_str(&body).map_err(|error| HubError::Answer { detail: error.to_string() })?;
        if !is_hash(&info.sha) {
            return Err(HubError::Answer { detail: "it names no commit".into() });
        }
        // A renamed repository answers under its new name.
        let named = |id: &String| Address::read(id, endpoint).is_ok_and(|address| address.repository == *id);
        let repository = info.id.filter(named).unwrap_or_else(|| address.repository.clone());
        let cache = cache(&repository);
        let mut files: Vec<HubFile> =
            info.siblings.into_iter().take(MOST_FILES).filter_map(|sibling| file(sibling, &cache)).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        let choices = choices::from_files(&files);
        let suggested = choices::suggested(&choices, address.wanted.as_deref()).map(|at| at as u32);
        let shown = HubListing {
            host: endpoint.host(),
            repository,
            revision: revision.to_owned(),
            commit: info.sha,
            files,
            choices,
            suggested,
            is_gated: !matches!(info.gated, serde_json::Value::Null | serde_json::Value::Bool(false)),
        };
        Ok(Self { endpoint: endpoint.clone(), shown })
    }

    /// Returns the files with these paths in the order in which they are fetched: small ones first, so that a refusal
    /// comes early. Returns `None` where a path is not listed.
    #[must_use]
    pub fn rows(&self, paths: &[String]) -> Option<Vec<RemoteFile>> {
        let find = |path: &String| self.shown.files.iter().find(|file| file.path == *path);
        let mut files: Vec<&HubFile> = paths.iter().map(find).collect::<Option<_>>()?;
        files.sort_by_key(|file| file.bytes);
        files.dedup();
        let row = |file: &HubFile| RemoteFile {
            path: file.path.clone(),
            bytes: file.bytes,
            sha256: file.sha256.clone(),
            blob: file.blob.clone(),
            validator: None,
        };
        Some(files.into_iter().map(row).collect())
    }
}

fn file(sibling: Sibling, cache: &RepositoryCache) -> Option<HubFile> {
    let (sha256, size) = match sibling.lfs {
        Some(large) => (Some(large.sha256), large.size.or(sibling.size)),
        None => (None, sibling.size),
    };
    let blob = sha256.clone().or(sibling.blob)?;
    let can_be_used =
        is_safe(&sibling.rfilename) && is_hash(&blob) && sha256.as_ref().is_none_or(|sum| sum.len() == 64);
    let bytes = size.filter(|_| can_be_used)?;
    let is_here = cache.has(&blob, bytes);
    Some(HubFile { path: sibling.rfilename, bytes, sha256, blob, is_here })
}

/// Says whether a path stays inside its folder, on every system.
fn is_safe(path: &str) -> bool {
    let is_name = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && !part.contains(['\\', ':', '*', '?', '"', '<', '>', '|'])
    };
    path.len() <= LONGEST_PATH && !path.chars().any(char::is_control) && path.split('/').all(is_name)
}

/// Says whether a text is a hash in hexadecimal, which can be a file's name.
fn is_hash(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_elsewhere_are_not_safe() {
        for path in ["../a", "/etc/passwd", "a//b", "a/../../b", "c:\\x", "a\\b", "a\nb", ""] {
            assert!(!is_safe(path), "{path:?}");
        }
        assert!(is_safe("model-00001-of-00002.safetensors") && is_safe("onnx/模型.json"));
    }

    #[test]
    fn names_of_contents_are_hashes() {
        assert!(is_hash(&"a".repeat(40)) && is_hash(&"0".repeat(64)));
        assert!(!is_hash("../../x") && !is_hash(&"A".repeat(40)) && !is_hash(&"a".repeat(41)));
    }
}

//! Commits the files: small ones whole, large ones by the hash of what was sent before.

use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::post::{Body, post_json, read};
use super::{BRANCH, Upload, UploadError, UploadFile};

/// A commit on the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The address of the repository's page.
    pub address: String,
    /// The commit.
    pub commit: String,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "commitOid")]
    commit: String,
}

/// Commits the files. The commit is there as a whole or not at all.
pub(super) fn commit(
    upload: &Upload<'_>,
    files: &[UploadFile],
    is_large: &[bool],
    message: &str,
) -> Result<Published, UploadError> {
    let header = json!({ "key": "header", "value": { "summary": message, "description": "" } });
    let line = |(file, is_large): (&UploadFile, &bool)| -> Value {
        if *is_large {
            let value = json!({
                "path": file.path, "algo": "sha256", "oid": file.sha256(), "size": file.bytes.len()
            });
            json!({ "key": "lfsFile", "value": value })
        } else {
            let value = json!({ "path": file.path, "content": base64(&file.bytes), "encoding": "base64" });
            json!({ "key": "file", "value": value })
        }
    };
    let lines: Vec<Value> = std::iter::once(header).chain(files.iter().zip(is_large).map(line)).collect();
    let place = format!("api/models/{}/commit/{BRANCH}", upload.repository);
    let answer: Answer = read(&post_json(upload, &place, &Body::Lines(&lines))?)?;
    let address = format!("{}/{}", upload.endpoint.text(), upload.repository);
    Ok(Published { address, commit: answer.commit })
}

pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

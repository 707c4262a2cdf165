//! Sends a request with a body to the hub itself. The hub redirects none of these, and a redirect is not followed: a body that is
//! for the hub goes to nobody else.

use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::http::header;

use super::{Upload, UploadError};
use crate::HubError;
use crate::endpoint::host;
use crate::request::{self, Answer};

/// The most letters of the hub's own words that are passed on.
const LONGEST_DETAIL: usize = 300;

/// The body of a request, by its kind.
pub(super) enum Body<'a> {
    /// JSON.
    Json(&'a Value),
    /// JSON of git's large file storage.
    Lfs(&'a Value),
    /// A JSON value on each line.
    Lines(&'a [Value]),
}

impl Body<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Self::Json(_) => "application/json",
            Self::Lfs(_) => "application/vnd.git-lfs+json",
            Self::Lines(_) => "application/x-ndjson",
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Json(value) | Self::Lfs(value) => value.to_string(),
            Self::Lines(lines) => lines.iter().flat_map(|line| [line.to_string(), "\n".to_owned()]).collect(),
        }
    }
}

/// Sends a body to a place on the hub, and returns the text of the answer.
pub(super) fn post_json(upload: &Upload<'_>, place: &str, body: &Body<'_>) -> Result<String, UploadError> {
    let url = upload.endpoint.at(place)?;
    let accept = if matches!(body, Body::Lfs(_)) { body.kind() } else { "application/json" };
    let request = upload
        .agent
        .post(url.as_str())
        .header(header::ACCEPT, accept)
        .header(header::CONTENT_TYPE, body.kind())
        .header(header::AUTHORIZATION, upload.token.header());
    let response = request.send(body.text()).map_err(|error| request::offline(&url, &error))?;
    let answer = Answer { response, host: host(&url) };
    let status = answer.response.status().as_u16();
    match status {
        200..=299 => Ok(request::text(answer)?),
        300..=399 => Err(HubError::Redirect { to: "another place".into() }.into()),
        401 | 403 => Err(UploadError::Token { repository: upload.repository.to_owned(), status }),
        409 => Err(UploadError::Exists { repository: upload.repository.to_owned() }),
        _ => Err(refused(answer, upload)),
    }
}

/// Reads an answer.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, UploadError> {
    serde_json::from_str(text).map_err(|error| UploadError::Answer { detail: error.to_string() })
}

/// Turns another refusing status into an error.
fn refused(answer: Answer, upload: &Upload<'_>) -> UploadError {
    let status = answer.response.status().as_u16();
    if matches!(status, 404 | 410 | 429 | 500..) {
        let known = request::refusal(&answer, upload.repository, upload.repository, true);
        return known.map_or(UploadError::Refused { status, detail: String::new() }, UploadError::from);
    }
    let text = request::text(answer).unwrap_or_default();
    let words =
        serde_json::from_str::<Value>(&text).ok().and_then(|said| said["error"].as_str().map(str::to_owned));
    UploadError::Refused { status, detail: said(upload, &words.unwrap_or_default()) }
}

/// Returns what the hub says for a person: on one line, not too long, and without the token where it repeats that.
pub(super) fn said(upload: &Upload<'_>, words: &str) -> String {
    let plain = |letter: char| if letter.is_control() { ' ' } else { letter };
    upload.token.blot_out(words).chars().map(plain).take(LONGEST_DETAIL).collect()
}

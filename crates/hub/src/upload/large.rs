//! Sends the contents of large files to where the hub says, by LFS's basic transfer. A content that the hub has already is not
//! sent again, so that an upload which broke goes on where it was.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use ureq::SendBody;
use ureq::http::header;
use url::Url;

use super::counted::Counted;
use super::post::{Body, post_json, read, said};
use super::{BRANCH, OnEvent, Upload, UploadError, UploadEvent, UploadFile};
use crate::HubError;
use crate::endpoint::{host, may_contact};
use crate::request;

/// The number of tries for a content whose connection breaks, and the wait between them.
const TRIES: u32 = 3;
const WAIT: Duration = Duration::from_millis(500);

#[derive(Deserialize)]
struct Batch {
    objects: Vec<Object>,
}

/// What is to be done with a content.
#[derive(Deserialize)]
struct Object {
    oid: String,
    /// Absent where the hub has the content.
    #[serde(default)]
    actions: HashMap<String, Action>,
    error: Option<Fault>,
}

#[derive(Deserialize)]
struct Action {
    href: String,
    #[serde(default)]
    header: HashMap<String, String>,
}

#[derive(Deserialize)]
struct Fault {
    code: u16,
    message: String,
}

/// Sends the contents that the hub lacks. Returns [`ControlFlow::Break`] where `on_event` said to stop.
pub(super) fn send(
    upload: &Upload<'_>,
    files: &[&UploadFile],
    on_event: &mut OnEvent<'_>,
) -> Result<ControlFlow<()>, UploadError> {
    if files.is_empty() {
        return Ok(ControlFlow::Continue(()));
    }
    let object = |file: &&UploadFile| json!({ "oid": file.sha256(), "size": file.bytes.len() });
    let body = json!({
        "operation": "upload", "transfers": ["basic"], "hash_algo": "sha256", "ref": { "name": format!("refs/heads/{BRANCH}") },
        "objects": files.iter().map(object).collect::<Vec<_>>(),
    });
    let place = format!("{}.git/info/lfs/objects/batch", upload.repository);
    let batch: Batch = read(&post_json(upload, &place, &Body::Lfs(&body))?)?;
    let mut before = 0;
    for file in files {
        let oid = file.sha256();
        let object = batch.objects.iter().find(|object| object.oid == oid);
        let object = object.ok_or_else(|| UploadError::Answer {
            detail: format!("it does not say where {} goes", file.path),
        })?;
        if let Some(Fault { code, message }) = &object.error {
            return Err(UploadError::Refused {
                status: *code,
                detail: format!("{}: {}", file.path, said(upload, message)),
            });
        }
        let mut sent = |bytes: u64| on_event(UploadEvent::Sent(before + bytes, &file.path));
        if let Some(action) = object.actions.get("upload") {
            if put(upload, file, action, &mut sent)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            if let Some(action) = object.actions.get("verify") {
                verify(upload, file, &oid, action)?;
            }
        }
        before += file.bytes.len() as u64;
        if on_event(UploadEvent::Sent(before, &file.path)).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Sends a content, again where the connection breaks.
fn put(
    upload: &Upload<'_>,
    file: &UploadFile,
    action: &Action,
    sent: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, UploadError> {
    let url = target(upload, &action.href)?;
    let mut tries = 0;
    loop {
        tries += 1;
        let mut content = Counted::new(&file.bytes, sent);
        let mut request = upload.agent.put(url.as_str()).header(header::CONTENT_LENGTH, file.bytes.len());
        for (name, value) in &action.header {
            request = request.header(name, value);
        }
        let answered = request.send(SendBody::from_reader(&mut content));
        if content.is_stopped {
            return Ok(ControlFlow::Break(()));
        }
        let broken = match answered {
            Ok(response) if response.status().is_success() => return Ok(ControlFlow::Continue(())),
            Ok(response) if response.status().as_u16() < 500 => {
                let (status, host) = (response.status().as_u16(), host(&url));
                return Err(HubError::Status { host, status }.into());
            }
            Ok(response) => HubError::Status { host: host(&url), status: response.status().as_u16() },
            Err(error) => request::offline(&url, &error),
        };
        if tries == TRIES {
            return Err(broken.into());
        }
        thread::sleep(WAIT);
    }
}

/// Tells the hub that a content has arrived.
fn verify(upload: &Upload<'_>, file: &UploadFile, oid: &str, action: &Action) -> Result<(), UploadError> {
    let url = target(upload, &action.href)?;
    let mut request = upload.agent.post(url.as_str()).header(header::CONTENT_TYPE, "application/json");
    if upload.endpoint.is_origin_of(&url) {
        request = request.header(header::AUTHORIZATION, upload.token.header());
    }
    let body = json!({ "oid": oid, "size": file.bytes.len() });
    let response = request.send(body.to_string()).map_err(|error| request::offline(&url, &error))?;
    match response.status().as_u16() {
        200..=299 => Ok(()),
        status => Err(HubError::Status { host: host(&url), status }.into()),
    }
}

/// Reads an address that the hub names. Nothing goes unencrypted to another machine.
fn target(upload: &Upload<'_>, href: &str) -> Result<Url, UploadError> {
    let url = Url::parse(href).map_err(|_| UploadError::Answer { detail: "it names no address".into() })?;
    let is_downgrade = upload.endpoint.text().starts_with("https:") && url.scheme() != "https";
    if is_downgrade || !may_contact(&url) {
        return Err(HubError::Redirect { to: host(&url) }.into());
    }
    Ok(url)
}

//! A hub on this machine that takes uploads: it speaks the part of the hub's protocol that Tiller uses, and misbehaves on command.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::hub::sum;

/// Files over so many bytes are large ones.
pub const LARGE: u64 = 1000;

/// A step of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The repository is made.
    Create,
    /// The hub is asked which files are large.
    Preupload,
    /// The hub is asked where the large ones go.
    Batch,
    /// A content is sent.
    Put,
    /// The files are committed.
    Commit,
}

/// A fault of the answer to the next request of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadFault {
    /// This status and body are sent.
    Status(u16, String),
    /// The connection ends after so many bytes of the body.
    Cut(usize),
    /// The body is read slowly: this long for each 64 KiB.
    Slow(Duration),
    /// The answer points there: a content goes to this address.
    Elsewhere(String),
}

#[derive(Default)]
struct State {
    token: Option<String>,
    faults: Vec<(Step, UploadFault)>,
    /// The repositories, each with whether it is private and the lines of its commits.
    repositories: HashMap<String, (bool, Vec<Vec<Value>>)>,
    contents: HashMap<String, Vec<u8>>,
    steps: Vec<(Step, bool)>,
}

/// A running hub.
#[derive(Clone)]
pub struct UploadHub {
    port: u16,
    state: Arc<Mutex<State>>,
}

/// A request.
struct Request {
    method: String,
    path: String,
    headers: HashMap<String, String>,
}

impl UploadHub {
    /// Starts a hub without repositories that takes this token.
    #[must_use]
    pub fn start(token: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state = State { token: Some(format!("Bearer {token}")), ..State::default() };
        let hub = Self { port, state: Arc::new(Mutex::new(state)) };
        let serving = hub.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let hub = serving.clone();
                // An error is ignored, because clients may close their connections.
                thread::spawn(move || drop(hub.serve(&stream)));
            }
        });
        hub
    }

    /// Returns the hub's address.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Gives the next request of a step this fault.
    pub fn fail(&self, step: Step, fault: UploadFault) {
        self.state().faults.push((step, fault));
    }

    /// Returns whether a repository is private, and the lines of its commits; `None` where there is none.
    #[must_use]
    pub fn repository(&self, name: &str) -> Option<(bool, Vec<Vec<Value>>)> {
        self.state().repositories.get(name).cloned()
    }

    /// Returns the content with this SHA-256.
    #[must_use]
    pub fn content(&self, sum: &str) -> Option<Vec<u8>> {
        self.state().contents.get(sum).cloned()
    }

    /// Returns the steps so far, each with whether the token was sent.
    #[must_use]
    pub fn steps(&self) -> Vec<(Step, bool)> {
        self.state().steps.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("the state")
    }

    fn serve(&self, stream: &TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        while let Some(request) = head(&mut reader)? {
            let Some(step) = request.step() else {
                answer(stream, 404, "{}")?;
                continue;
            };
            let has_token = request.headers.get("authorization") == self.state().token.as_ref();
            let fault = {
                let mut state = self.state();
                state.steps.push((step, request.headers.contains_key("authorization")));
                let place = state.faults.iter().position(|(of, _)| *of == step);
                place.map(|place| state.faults.remove(place).1)
            };
            let length = request.headers.get("content-length").and_then(|length| length.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            match fault {
                Some(UploadFault::Cut(bytes)) => {
                    let read = bytes.min(body.len());
                    reader.read_exact(&mut body[..read])?;
                    return stream.shutdown(std::net::Shutdown::Both);
                }
                Some(UploadFault::Slow(pause)) => {
                    for piece in body.chunks_mut(64 << 10) {
                        thread::sleep(pause);
                        reader.read_exact(piece)?;
                    }
                }
                _ => reader.read_exact(&mut body)?,
            }
            let (status, text) = match fault {
                Some(UploadFault::Status(status, text)) => (status, text),
                // Contents go to an address that nobody else knows.
                _ if step != Step::Put && !has_token => (401, json!({"error": "who are you?"}).to_string()),
                Some(UploadFault::Elsewhere(address)) => self.done(step, &request, &body, &address),
                _ => self.done(step, &request, &body, &self.address()),
            };
            answer(stream, status, &text)?;
        }
        Ok(())
    }

    /// Does what a request asks for; contents go to `address`.
    fn done(&self, step: Step, request: &Request, body: &[u8], address: &str) -> (u16, String) {
        let asked: Value = serde_json::from_slice(body).unwrap_or_default();
        let mut state = self.state();
        match step {
            Step::Create => {
                let text = |key: &str| asked[key].as_str().unwrap_or_default();
                let name = format!("{}/{}", text("organization"), text("name"));
                if state.repositories.contains_key(&name) {
                    return (409, json!({"error": "You already created this model repo"}).to_string());
                }
                state.repositories.insert(name, (asked["private"] == true, Vec::new()));
                (200, "{}".to_owned())
            }
            Step::Preupload => {
                let files = asked["files"].as_array().cloned().unwrap_or_default();
                let mode = |file: &Value| {
                    let is_large = file["size"].as_u64().is_some_and(|size| size > LARGE);
                    json!({"path": file["path"], "uploadMode": if is_large { "lfs" } else { "regular" }})
                };
                (200, json!({"files": files.iter().map(mode).collect::<Vec<_>>()}).to_string())
            }
            Step::Batch => {
                let objects = asked["objects"].as_array().cloned().unwrap_or_default();
                let object = |object: &Value| {
                    let oid = object["oid"].as_str().unwrap_or_default();
                    if state.contents.contains_key(oid) {
                        return object.clone();
                    }
                    let href = format!("{address}/put/{oid}");
                    json!({"oid": oid, "size": object["size"], "actions": {"upload": {"href": href, "header": {"x-signed": "yes"}}}})
                };
                let objects: Vec<Value> = objects.iter().map(object).collect();
                (200, json!({"transfer": "basic", "objects": objects}).to_string())
            }
            Step::Put => {
                let oid = request.path.rsplit('/').next().unwrap_or_default().to_owned();
                if oid != sum(body) || !request.headers.contains_key("x-signed") {
                    return (400, "not what was promised".to_owned());
                }
                state.contents.insert(oid, body.to_vec());
                (200, String::new())
            }
            Step::Commit => {
                let name = request.path.trim_start_matches("/api/models/").trim_end_matches("/commit/main");
                let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
                let lines =
                    lines.map(|line| serde_json::from_slice(line).expect("JSON on each line")).collect();
                match state.repositories.get_mut(name) {
                    None => (404, json!({"error": "no such repository"}).to_string()),
                    Some((_, commits)) => {
                        commits.push(lines);
                        (200, json!({"commitOid": "c0ffee", "commitUrl": "/"}).to_string())
                    }
                }
            }
        }
    }
}

impl Request {
    fn step(&self) -> Option<Step> {
        let path = self.path.as_str();
        match self.method.as_str() {
            "POST" if path == "/api/repos/create" => Some(Step::Create),
            "POST" if path.ends_with("/preupload/main") => Some(Step::Preupload),
            "POST" if path.ends_with(".git/info/lfs/objects/batch") => Some(Step::Batch),
            "POST" if path.ends_with("/commit/main") => Some(Step::Commit),
            "PUT" if path.starts_with("/put/") => Some(Step::Put),
            _ => None,
        }
    }
}

/// Reads the head of a request; `None` at the end of the connection.
fn head(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    Ok(Some(Request { method, path, headers }))
}

fn answer(mut stream: &TcpStream, status: u16, body: &str) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 {status} Status\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

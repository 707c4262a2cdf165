//! A hub on this machine for tests: it speaks the part of the hub's protocol that Tiller uses, and misbehaves on command.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

/// A fault of the answer to the next request for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The connection ends after this many bytes.
    Cut(usize),
    /// The range is ignored, and the whole file is sent with status 200.
    Whole,
    /// Another range than the requested one is sent.
    OtherRange,
    /// A status is sent with these headers and without content.
    Status(u16, &'static str),
    /// The answer pauses this long between its two halves.
    Slow(Duration),
    /// Wrong bytes come.
    Wrong,
    /// The answer redirects to this address.
    Elsewhere(String),
}

/// A request that the hub received.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its path and query.
    pub path: String,
    /// Its headers, with names in lower case.
    pub headers: HashMap<String, String>,
}

/// A file of the hub's repository.
#[derive(Clone)]
struct Content {
    path: String,
    bytes: Arc<Vec<u8>>,
    sum: String,
}

#[derive(Default)]
struct State {
    files: Vec<Content>,
    faults: Vec<Fault>,
    requests: Vec<Request>,
    listing: Option<(u16, String)>,
    search: Option<(u16, String)>,
    token: Option<String>,
}

/// A running hub with one repository, `org/model`.
#[derive(Clone)]
pub struct TestHub {
    port: u16,
    state: Arc<Mutex<State>>,
}

/// The answer to a search: the hub's repository.
const FOUND: &str = r#"[{"id":"org/model","downloads":1234,"lastModified":"2026-10-02T08:00:00.000Z","gated":false,
    "gguf":{"total":134515008,"architecture":"llama"}}]"#;

/// The commit of every file of a [`TestHub`].
pub const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

impl TestHub {
    /// Starts a hub whose repository has these files.
    #[must_use]
    pub fn start(files: &[(&str, &[u8])]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let content = |(path, bytes): &(&str, &[u8])| Content {
            path: (*path).to_owned(),
            bytes: Arc::new(bytes.to_vec()),
            sum: sum(bytes),
        };
        let files = files.iter().map(content).collect();
        let hub = Self { port, state: Arc::new(Mutex::new(State { files, ..State::default() })) };
        let serving = hub.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let hub = serving.clone();
                // An error is ignored, because clients may close their connections.
                thread::spawn(move || drop(hub.serve(stream)));
            }
        });
        hub
    }

    /// Returns the hub's address.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Gives the next requests for a file these faults, one each.
    pub fn fail(&self, faults: &[Fault]) {
        self.state.lock().expect("the state").faults = faults.iter().rev().cloned().collect();
    }

    /// Answers requests for the listing with this status and body.
    pub fn answer_listing(&self, status: u16, body: &str) {
        self.state.lock().expect("the state").listing = Some((status, body.to_owned()));
    }

    /// Answers searches with this status and body. Without it `org/model` is found by every word.
    pub fn answer_search(&self, status: u16, body: &str) {
        self.state.lock().expect("the state").search = Some((status, body.to_owned()));
    }

    /// Refuses every request without this token.
    pub fn want_token(&self, token: &str) {
        self.state.lock().expect("the state").token = Some(format!("Bearer {token}"));
    }

    /// Returns the requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.state.lock().expect("the state").requests.clone()
    }

    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
            let mut headers = HashMap::new();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line)?;
                let Some((name, value)) = line.trim().split_once(": ") else { break };
                headers.insert(name.to_lowercase(), value.to_owned());
            }
            let request = Request { path, headers };
            let fault = {
                let mut state = self.state.lock().expect("the state");
                state.requests.push(request.clone());
                let is_file = !request.path.starts_with("/api/");
                if is_file { state.faults.pop() } else { None }
            };
            if !self.answer(&mut stream, &request, fault)? {
                return Ok(());
            }
        }
    }

    /// Answers one request; returns `false` where the connection ends.
    #[expect(clippy::needless_pass_by_value, reason = "a fault is made once")]
    fn answer(
        &self,
        stream: &mut TcpStream,
        request: &Request,
        fault: Option<Fault>,
    ) -> std::io::Result<bool> {
        let (token, listing, search, files) = {
            let state = self.state.lock().expect("the state");
            (state.token.clone(), state.listing.clone(), state.search.clone(), state.files.clone())
        };
        if token.is_some() && request.headers.get("authorization") != token.as_ref() {
            return whole(stream, 401, "", b"who are you?");
        }
        if request.path.starts_with("/api/models?") {
            let (status, body) = search.unwrap_or_else(|| (200, FOUND.to_owned()));
            return whole(stream, status, "content-type: application/json\r\n", body.as_bytes());
        }
        if request.path.starts_with("/api/") {
            let (status, body) = listing.unwrap_or_else(|| (200, listing_json(&files)));
            return whole(stream, status, "content-type: application/json\r\n", body.as_bytes());
        }
        let Some(content) = files.iter().find(|file| request.path.ends_with(&format!("/{}", file.path)))
        else {
            return whole(stream, 404, "", b"no such file");
        };
        let (etag, content) = (format!("\"{}\"", content.sum), &content.bytes);
        let wants = request
            .headers
            .get("range")
            .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
        let is_current = request.headers.get("if-range").is_none_or(|tag| *tag == etag);
        let mut from = wants.filter(|_| is_current && fault != Some(Fault::Whole));
        let mut headers = format!("etag: {etag}\r\n");
        match &fault {
            Some(Fault::Status(status, more)) => return whole(stream, *status, more, b"no"),
            Some(Fault::Elsewhere(address)) => {
                let to = format!("location: {address}{}\r\n", request.path);
                return whole(stream, 302, &to, b"");
            }
            Some(Fault::OtherRange) => from = Some(0),
            _ => {}
        }
        let start = from.unwrap_or(0).min(content.len());
        if from.is_some() {
            let (last, all) = (content.len() - 1, content.len());
            let _ = write!(headers, "content-range: bytes {start}-{last}/{all}\r\n");
        }
        let mut part = content[start..].to_vec();
        if fault == Some(Fault::Wrong) {
            for byte in &mut part {
                *byte ^= 1;
            }
        }
        let status = if from.is_some() { "206 Partial Content" } else { "200 OK" };
        write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n", part.len())?;
        match fault {
            Some(Fault::Cut(bytes)) => {
                stream.write_all(&part[..bytes.min(part.len())])?;
                return Ok(false);
            }
            Some(Fault::Slow(pause)) => {
                let (first, second) = part.split_at(part.len() / 2);
                stream.write_all(first)?;
                stream.flush()?;
                thread::sleep(pause);
                stream.write_all(second)?;
            }
            _ => stream.write_all(&part)?,
        }
        Ok(true)
    }
}

fn whole(stream: &mut TcpStream, status: u16, headers: &str, body: &[u8]) -> std::io::Result<bool> {
    write!(stream, "HTTP/1.1 {status} Status\r\ncontent-length: {}\r\n{headers}\r\n", body.len())?;
    stream.write_all(body)?;
    Ok(true)
}

/// Returns the listing of the files as JSON. Files over 64 bytes count as large ones, with a SHA-256.
fn listing_json(files: &[Content]) -> String {
    let sibling = |file: &Content| {
        let (path, size, sum) = (&file.path, file.bytes.len(), &file.sum);
        let large =
            if size > 64 { format!(r#","lfs":{{"sha256":"{sum}","size":{size}}}"#) } else { String::new() };
        format!(r#"{{"rfilename":"{path}","size":{size},"blobId":"{}"{large}}}"#, &sum[..40])
    };
    let siblings: Vec<String> = files.iter().map(sibling).collect();
    format!(r#"{{"id":"org/model","sha":"{COMMIT}","gated":false,"siblings":[{}]}}"#, siblings.join(","))
}

/// Returns a SHA-256 in hexadecimal.
#[must_use]
pub fn sum(bytes: &[u8]) -> String {
    let mut sum = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(sum, "{byte:02x}");
    }
    sum
}

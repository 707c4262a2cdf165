//! A chat-completions server for tests, which misbehaves on command.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use vectors::tokens::{Message, Role};

use super::ChatRequest;

/// The server's reaction to a request.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// Answers with this text.
    Answer(&'static str),
    /// Replies with a status and these headers, without a body.
    Status(u16, &'static str),
    /// Replies with a status and this body.
    Refuse(u16, &'static str),
    /// Replies with success and a body that is no completion.
    Nonsense(&'static str),
    /// Sends half a reply, then closes the connection.
    CutOff,
    /// Closes the connection without a reply.
    Close,
    /// Sends nothing for a minute.
    Hang,
    /// Sends a long reply byte by byte.
    Drip,
}

/// A chat-completions server on this machine.
pub struct Server {
    at: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// The reactions to the next requests, the last one first.
    acts: Mutex<Vec<Act>>,
    echoes: bool,
    requests: Mutex<Vec<String>>,
    now: AtomicUsize,
    most: AtomicUsize,
    ends: AtomicBool,
}

/// Makes a request for a short answer.
#[must_use]
pub fn question(text: &str) -> ChatRequest {
    ChatRequest::new(vec![Message::new(Role::User, text)], 16)
}

impl Server {
    /// Starts a server that reacts in this order; after the last reaction it closes every connection.
    pub fn start(acts: impl IntoIterator<Item = Act>) -> Self {
        let mut acts: Vec<Act> = acts.into_iter().collect();
        acts.reverse();
        Self::with(Shared { acts: Mutex::new(acts), ..Shared::default() })
    }

    /// Starts a server that answers every request with its last message.
    #[must_use]
    pub fn echoing() -> Self {
        Self::with(Shared { echoes: true, ..Shared::default() })
    }

    fn with(shared: Shared) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let at = listener.local_addr().expect("the port");
        let shared = Arc::new(shared);
        let for_all = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if for_all.ends.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&for_all);
                thread::spawn(move || shared.serve(&stream));
            }
        });
        Self { at, shared }
    }

    /// Returns the address at which the server listens.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}/v1", self.at)
    }

    /// Returns the head and the body of every request so far.
    pub fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the most requests that were under way at the same time.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        self.shared.most.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::SeqCst);
        // A connection wakes the thread that listens.
        drop(TcpStream::connect(self.at));
    }
}

impl Shared {
    fn serve(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        while let Some((head, body)) = read(&mut reader) {
            self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{head}\n{body}"));
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            let goes_on = self.act(stream, &body);
            self.now.fetch_sub(1, Ordering::SeqCst);
            if !goes_on {
                return;
            }
        }
    }

    /// Reacts to a request; says whether the connection stays open.
    fn act(&self, stream: &TcpStream, body: &str) -> bool {
        if self.echoes {
            thread::sleep(Duration::from_millis(20));
            let asked: Value = serde_json::from_str(body).expect("a request");
            let last = asked["messages"].as_array().and_then(|all| all.last()).expect("a message");
            return write(stream, 200, "", &completion(last["content"].as_str().unwrap_or_default()));
        }
        match self.acts.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            None | Some(Act::Close) => false,
            Some(Act::Answer(text)) => write(stream, 200, "", &completion(text)),
            Some(Act::Status(status, headers)) => write(stream, status, headers, ""),
            Some(Act::Refuse(status, body)) => write(stream, status, "", body),
            Some(Act::Nonsense(body)) => write(stream, 200, "", body),
            Some(Act::CutOff) => {
                let reply = completion("This never ends");
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", reply.len());
                let mut out = stream;
                let _ = out.write_all(&[head.as_bytes(), &reply.as_bytes()[..reply.len() / 2]].concat());
                false
            }
            Some(Act::Hang) => {
                // The client closes the connection, or a minute passes.
                let _ = stream.set_read_timeout(Some(Duration::from_mins(1)));
                let mut reader = stream;
                let _ = reader.read(&mut [0]);
                false
            }
            Some(Act::Drip) => {
                let mut out = stream;
                let _ = out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
                while out.write_all(b" ").is_ok() {
                    thread::sleep(Duration::from_millis(20));
                }
                false
            }
        }
    }
}

fn read(reader: &mut BufReader<&TcpStream>) -> Option<(String, String)> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((head, String::from_utf8(body).ok()?))
}

fn write(mut stream: &TcpStream, status: u16, headers: &str, body: &str) -> bool {
    let reply = format!("HTTP/1.1 {status} Status\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(reply.as_bytes()).is_ok()
}

fn completion(text: &str) -> String {
    json!({
        "choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 2},
    })
    .to_string()
}

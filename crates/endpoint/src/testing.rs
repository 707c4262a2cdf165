//! A server of tests: it misbehaves as it is told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use vectors::tokens::{Message, Role};

use super::ChatRequest;

/// What the server does with a request.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// Answers.
    Answer(&'static str),
    /// A status with these headers and no body.
    Status(u16, &'static str),
    /// A status with this body.
    Refuse(u16, &'static str),
    /// Success with a body that is no completion.
    Nonsense(&'static str),
    /// Half a reply, then the connection ends.
    CutOff,
    /// The connection ends without a reply.
    Close,
    /// Nothing, for a minute.
    Hang,
    /// One byte of a long reply after another.
    Drip,
}

/// A server on this machine.
pub struct Server {
    at: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// What is done with the next requests, the last first; an empty list repeats what was asked.
    acts: Mutex<Vec<Act>>,
    echoes: bool,
    heard: Mutex<Vec<String>>,
    now: AtomicUsize,
    most: AtomicUsize,
    ends: AtomicBool,
}

/// A question with a short answer.
#[must_use]
pub fn question(text: &str) -> ChatRequest {
    ChatRequest::new(vec![Message::new(Role::User, text)], 16)
}

impl Server {
    /// Does one thing after another; after the last, connections just end.
    pub fn start(acts: impl IntoIterator<Item = Act>) -> Self {
        let mut acts: Vec<Act> = acts.into_iter().collect();
        acts.reverse();
        Self::with(Shared { acts: Mutex::new(acts), ..Shared::default() })
    }

    /// Answers every request with its last message.
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

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}/v1", self.at)
    }

    /// Every request so far: its head and its body.
    pub fn heard(&self) -> Vec<String> {
        self.shared.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The most requests that were under way at the same time.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        self.shared.most.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::SeqCst);
        // Wakes the thread that listens.
        drop(TcpStream::connect(self.at));
    }
}

impl Shared {
    fn serve(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        while let Some((head, body)) = read(&mut reader) {
            self.heard.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{head}\n{body}"));
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            let goes_on = self.act(stream, &body);
            self.now.fetch_sub(1, Ordering::SeqCst);
            if !goes_on {
                return;
            }
        }
    }

    /// Does the next thing; whether the connection stays.
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
                // The other side closes; else a minute passes.
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
    let reply = format!("HTTP/1.1 {status} Said\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(reply.as_bytes()).is_ok()
}

fn completion(text: &str) -> String {
    json!({
        "choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 2},
    })
    .to_string()
}

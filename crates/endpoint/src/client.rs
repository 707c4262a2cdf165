//! Sends chat requests to one endpoint, retries where that can help, and drops the requests under way on a stop.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;
use ureq::Agent;
use ureq::http::{Response, StatusCode};

use super::chat::start;
use super::{ChatReply, ChatRequest, Endpoint, EndpointError, Tally, retry, stays_here};
use crate::secrets::Secret;

/// The largest reply that is read, in bytes.
const LARGEST_REPLY: u64 = 8 << 20;

/// The time limits of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The limit until a connection is made.
    pub connect: Duration,
    /// The limit until the whole reply has arrived.
    pub reply: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), reply: Duration::from_mins(3) }
    }
}

/// A client of one endpoint; its clones share connections, tally and stop.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    endpoint: Endpoint,
    key: Option<Secret>,
    limits: Limits,
    agent: Agent,
    tally: Tally,
    is_stopped: AtomicBool,
    /// The moment until which all requests leave the server alone.
    rest: Mutex<Option<Instant>>,
    changed: Condvar,
    /// The state of a stream of pseudo-random numbers (`SplitMix64`, Steele et al. 2014).
    jitter: AtomicU64,
}

impl Client {
    /// Makes a client; sends nothing yet.
    #[must_use]
    pub fn new(endpoint: Endpoint, key: Option<Secret>, limits: Limits) -> Self {
        // Redirects are refused: the key and the text are meant for this server only.
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_resolve(Some(limits.connect))
            .timeout_connect(Some(limits.connect))
            .timeout_global(Some(limits.reply))
            .user_agent(concat!("Tiller/", env!("CARGO_PKG_VERSION")));
        if stays_here(&endpoint.address) {
            // The page says "On this machine" of this address. A proxy would read the key and the text.
            config = config.proxy(None);
        }
        let seed =
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |now| now.as_nanos() as u64);
        let shared = Shared {
            endpoint,
            key,
            limits,
            agent: config.build().new_agent(),
            tally: Tally::default(),
            is_stopped: AtomicBool::new(false),
            rest: Mutex::new(None),
            changed: Condvar::new(),
            jitter: AtomicU64::new(seed),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Returns the counts of all requests so far.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.shared.tally
    }

    /// Drops every request under way and every waiting one; later requests fail at once.
    pub fn stop(&self) {
        let rest = self.shared.rest.lock().unwrap_or_else(PoisonError::into_inner);
        self.shared.is_stopped.store(true, Ordering::SeqCst);
        drop(rest);
        self.shared.changed.notify_all();
        self.shared.agent.clone().shutdown();
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.shared.is_stopped.load(Ordering::SeqCst)
    }

    /// Sends a request and retries where that can help; returns `None` after a stop. The call blocks, so it belongs on a
    /// thread of its own.
    ///
    /// # Errors
    /// Returns the last error where no try succeeded.
    pub fn ask(&self, request: &ChatRequest) -> Result<Option<ChatReply>, EndpointError> {
        let body = request.body(&self.shared.endpoint);
        let mut tries = 0;
        loop {
            if self.rest().is_break() {
                return Ok(None);
            }
            tries += 1;
            let error = match self.once(&body) {
                Ok(reply) => {
                    self.shared.tally.add(&reply);
                    return Ok(Some(reply));
                }
                Err(_) if self.is_stopped() => return Ok(None),
                Err(error) => error,
            };
            let Some(wait) = retry::wait(&error, tries, self.jitter()) else { return Err(error) };
            tracing::debug!("a request is made again in {wait:?}: {error}");
            if matches!(error, EndpointError::Rate { .. }) {
                self.rest_for(wait);
            } else if self.wait_until(|_| Some(Instant::now() + wait)).is_break() {
                return Ok(None);
            }
        }
    }

    /// Sends a request once, for a person who waits for the answer.
    ///
    /// # Errors
    /// Returns an error where no answer comes back.
    pub fn ask_once(&self, request: &ChatRequest) -> Result<ChatReply, EndpointError> {
        let reply = self.once(&request.body(&self.shared.endpoint))?;
        self.shared.tally.add(&reply);
        Ok(reply)
    }

    /// Sends the request once.
    fn once(&self, body: &str) -> Result<ChatReply, EndpointError> {
        let shared = &*self.shared;
        let mut request =
            shared.agent.post(shared.endpoint.chat_address()).header("Content-Type", "application/json");
        if let Some(key) = &shared.key {
            request = request.header("Authorization", key.header());
        }
        let mut response = request.send(body).map_err(|error| self.failed(&error))?;
        let text = response
            .body_mut()
            .with_config()
            .limit(LARGEST_REPLY)
            .lossy_utf8(true)
            .read_to_string()
            .map_err(|error| self.failed(&error))?;
        // Before anything is cut off: a part of the key would not be found afterwards.
        let text = match &shared.key {
            Some(key) => key.remove_from(&text),
            None => text,
        };
        let outcome = if response.status().is_success() {
            ChatReply::parse(&text)
        } else {
            Err(self.refused(&response, &text))
        };
        outcome.map_err(|error| match error {
            EndpointError::Nonsense { why, start } => {
                EndpointError::Nonsense { why, start: self.clean(&start) }
            }
            error => error,
        })
    }

    /// Turns a transport error, without any reply, into ours.
    fn failed(&self, error: &ureq::Error) -> EndpointError {
        match error {
            ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => {
                EndpointError::Connection { detail: "no connection came about in time".into() }
            }
            ureq::Error::Timeout(_) => EndpointError::Slow { seconds: self.shared.limits.reply.as_secs() },
            ureq::Error::BodyExceedsLimit(_) => {
                EndpointError::Nonsense { why: "it is too long", start: String::new() }
            }
            ureq::Error::HostNotFound => {
                EndpointError::Connection { detail: "there is no server of this name".into() }
            }
            error => EndpointError::Connection { detail: self.clean(&error.to_string()) },
        }
    }

    /// Turns a status other than success into an error.
    fn refused(&self, response: &Response<ureq::Body>, text: &str) -> EndpointError {
        let status = response.status();
        let header = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let wait = header.and_then(|value| retry::retry_after(value, SystemTime::now()));
        let answer = serde_json::from_str::<Value>(text).ok();
        let field = |name: &str| answer.as_ref()?.pointer(name)?.as_str();
        let message = field("/error/message").or(field("/error")).or(field("/message")).or(field("/detail"));
        let detail = self.clean(message.unwrap_or(text));
        let status_number = status.as_u16();
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                EndpointError::Key { status: status_number, detail }
            }
            // Waiting does not restore an exhausted budget.
            StatusCode::TOO_MANY_REQUESTS if field("/error/code") == Some("insufficient_quota") => {
                EndpointError::Refused { status: status_number, detail }
            }
            StatusCode::TOO_MANY_REQUESTS => EndpointError::Rate { wait, detail },
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => {
                EndpointError::Server { status: status_number, wait, detail }
            }
            _ if status.is_server_error() => EndpointError::Server { status: status_number, wait, detail },
            _ if status.is_redirection() => EndpointError::Refused {
                status: status_number,
                detail: "the server sends to another address".into(),
            },
            _ => EndpointError::Refused { status: status_number, detail },
        }
    }

    /// Returns the beginning of a text from outside, without the key.
    fn clean(&self, text: &str) -> String {
        let text = self.shared.key.as_ref().map_or_else(|| text.to_owned(), |key| key.blot_out(text));
        start(&text)
    }

    /// Makes all requests leave the server alone for `wait`.
    fn rest_for(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut rest = self.shared.rest.lock().unwrap_or_else(PoisonError::into_inner);
        *rest = Some(rest.map_or(until, |known| known.max(until)));
    }

    /// Waits while all requests leave the server alone; `Break` after a stop.
    fn rest(&self) -> ControlFlow<()> {
        self.wait_until(|rest| rest)
    }

    /// Waits until a moment, which another request may put off; `Break` where the client is stopped before.
    fn wait_until(&self, until: impl Fn(Option<Instant>) -> Option<Instant>) -> ControlFlow<()> {
        let mut rest = self.shared.rest.lock().unwrap_or_else(PoisonError::into_inner);
        let mut moment = until(*rest);
        while !self.is_stopped() {
            let Some(left) = moment.and_then(|moment| moment.checked_duration_since(Instant::now())) else {
                return ControlFlow::Continue(());
            };
            if left.is_zero() {
                return ControlFlow::Continue(());
            }
            rest = self.shared.changed.wait_timeout(rest, left).unwrap_or_else(PoisonError::into_inner).0;
            // Another request may have lengthened the common pause. This request keeps its own share of the jitter.
            moment = moment.max(*rest);
        }
        ControlFlow::Break(())
    }

    /// Returns the next pseudo-random number in 0 to 1.
    fn jitter(&self) -> f64 {
        let mut bits = self.shared.jitter.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::testing::{Act, Server, question};

    fn client(server: &Server, reply: Duration) -> Client {
        let endpoint = Endpoint::new(&server.address(), "small").expect("an address");
        let key = Secret::new("sk-0123456789abcdef");
        Client::new(endpoint, key, Limits { connect: Duration::from_secs(5), reply })
    }

    /// Sends a request with a client that nobody stops.
    fn ask(client: &Client, request: &ChatRequest) -> Result<ChatReply, EndpointError> {
        client.ask(request).map(|reply| reply.expect("nobody stopped it"))
    }

    const SOON: Duration = Duration::from_secs(20);

    #[test]
    fn an_answer_comes_with_its_counts_and_the_key_goes_in_the_header() {
        let server = Server::start([Act::Answer("Yes.")]);
        let client = client(&server, SOON);
        let reply = ask(&client, &question("Is it so?")).expect("an answer");
        assert_eq!((reply.text.as_str(), reply.answer_tokens), ("Yes.", 2));
        assert_eq!(client.tally().usage().requests, 1);
        let requests = server.requests();
        assert!(
            requests[0].contains("sk-0123456789abcdef") && requests[0].contains("Is it so?"),
            "{requests:?}"
        );
    }

    #[test]
    fn failures_that_pass_are_tried_again() {
        for trouble in [
            Act::Status(500, ""),
            Act::Status(429, "Retry-After: 0\r\n"),
            Act::Status(503, "Retry-After: 0\r\n"),
            Act::CutOff,
            Act::Close,
            Act::Nonsense("<html>busy</html>"),
        ] {
            let server = Server::start([trouble, Act::Answer("At last.")]);
            let reply = ask(&client(&server, SOON), &question("Now?"));
            assert_eq!(reply.map(|reply| reply.text), Ok("At last.".to_owned()), "{trouble:?}");
        }
    }

    #[test]
    fn failures_that_stay_are_reported_at_once_and_without_the_key() {
        let key = "{\"error\": {\"message\": \"Incorrect API key sk-0123456789abcdef\"}}";
        for (act, why) in [
            (Act::Refuse(401, key), "refuses the key"),
            (Act::Refuse(404, "{\"error\": {\"message\": \"no model small\"}}"), "no model small"),
            (
                Act::Refuse(429, "{\"error\": {\"code\": \"insufficient_quota\", \"message\": \"used up\"}}"),
                "used up",
            ),
            (Act::Status(307, "Location: http://localhost:1/\r\n"), "another address"),
        ] {
            let server = Server::start([act]);
            let error = ask(&client(&server, SOON), &question("Now?")).expect_err("a refusal");
            let all = format!("{error} {error:?}");
            assert!(all.contains(why) && !all.contains("abcdef"), "{all}");
            assert_eq!(server.requests().len(), 1, "{act:?} is asked once");
        }
    }

    #[test]
    fn no_reply_brings_the_key_back() {
        let answer = Act::Answer("Your key is sk-0123456789abcdef.");
        let reply = ask(&client(&Server::start([answer]), SOON), &question("Now?")).expect("an answer");
        assert_eq!(reply.text, "Your key is [key].");
        // The beginning that is shown ends in the middle of the key.
        let long: &'static str = format!("{}sk-0123456789abcdef", "x".repeat(190)).leak();
        let server = Server::start([Act::Nonsense(long), Act::Nonsense(long)]);
        let error = ask(&client(&server, SOON), &question("Now?")).expect_err("no answer");
        assert!(!format!("{error:?}").contains("sk-0"), "{error:?}");
    }

    #[test]
    fn nonsense_twice_is_reported_with_its_beginning() {
        let server = Server::start([Act::Nonsense("<html>"), Act::Nonsense("<html>")]);
        let error = ask(&client(&server, SOON), &question("Now?")).expect_err("no answer");
        assert!(matches!(&error, EndpointError::Nonsense { start, .. } if start == "<html>"), "{error:?}");
    }

    #[test]
    fn a_server_that_never_answers_is_given_up() {
        let server = Server::start([Act::Hang, Act::Hang, Act::Hang]);
        let error =
            ask(&client(&server, Duration::from_millis(200)), &question("Now?")).expect_err("no answer");
        assert!(matches!(error, EndpointError::Slow { .. }), "{error:?}");
    }

    #[test]
    fn a_stop_lets_go_of_what_waits_for_an_answer_and_of_what_waits_for_its_turn() {
        for act in [Act::Hang, Act::Status(429, "Retry-After: 60\r\n"), Act::Drip] {
            let server = Server::start([act, Act::Hang]);
            let client = client(&server, Duration::from_mins(1));
            let asking = {
                let client = client.clone();
                thread::spawn(move || client.ask(&question("Now?")))
            };
            while server.requests().is_empty() {
                thread::sleep(Duration::from_millis(5));
            }
            thread::sleep(Duration::from_millis(50));
            let begun = Instant::now();
            client.stop();
            assert_eq!(asking.join().expect("no panic"), Ok(None), "{act:?}");
            assert!(begun.elapsed() < Duration::from_secs(2), "{act:?} took {:?}", begun.elapsed());
            assert_eq!(client.ask(&question("Again?")), Ok(None));
        }
    }

    #[test]
    fn what_stays_on_this_machine_passes_no_proxy() {
        // The client reads the environment, which tests share, so a process of its own asks.
        const ASKED: &str = "TILLER_TEST_ASKED_BEHIND_A_PROXY";
        if let Ok(address) = std::env::var(ASKED) {
            let endpoint = Endpoint::new(&address, "small").expect("an address");
            let client = Client::new(endpoint, Secret::new("sk-0123456789abcdef"), Limits::default());
            client.ask_once(&question("Now?")).expect("an answer");
            return;
        }
        let server = Server::start([Act::Answer("Yes.")]);
        let proxy = Server::start([Act::Refuse(502, "the proxy")]);
        let proxy_address = proxy.address();
        let mut child = std::process::Command::new(std::env::current_exe().expect("this program"));
        child.args(["--exact", "client::tests::what_stays_on_this_machine_passes_no_proxy", "--nocapture"]);
        for name in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "https_proxy", "http_proxy"] {
            child.env(name, proxy_address.trim_end_matches("/v1"));
        }
        child.env_remove("NO_PROXY").env_remove("no_proxy").env(ASKED, server.address());
        let ended = child.output().expect("the process starts");
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
        assert_eq!((proxy.requests().len(), server.requests().len()), (0, 1));
    }

    #[test]
    fn nobody_there_is_a_connection_that_fails() {
        let address = { Server::start([]).address() };
        let endpoint = Endpoint::new(&address, "small").expect("an address");
        let client = Client::new(endpoint, None, Limits::default());
        let error = client.once("{}").expect_err("nobody is there");
        assert!(matches!(error, EndpointError::Connection { .. }), "{error:?}");
    }

    /// Asks a real server: `TILLER_ENDPOINT=http://localhost:8000/v1 cargo test --lib real_server -- --ignored
    /// --nocapture`.
    #[test]
    #[ignore = "needs a server"]
    fn a_real_server_answers() {
        let address = std::env::var("TILLER_ENDPOINT").expect("the address of a server");
        let model = std::env::var("TILLER_ENDPOINT_MODEL").unwrap_or_else(|_| "any".into());
        let endpoint = Endpoint::new(&address, &model).expect("an address");
        let client = Client::new(endpoint, None, Limits::default());
        let mut request = question("What is 2 + 2? Answer with a number only.");
        let plain = ask(&client, &request).expect("an answer");
        println!("{plain:?}");
        assert!(!plain.text.is_empty() && plain.prompt_tokens > 0 && plain.answer_tokens > 0);
        request.top_logprobs = 4;
        match ask(&client, &request) {
            Ok(reply) => println!("{:?}", reply.top_log_probs),
            Err(error) => println!("no log-probabilities: {error}"),
        }
    }
}

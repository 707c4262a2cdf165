//! Sends requests to the hub, and follows redirects one by one, so that the token goes to the hub and to nobody else.

use std::io::Read as _;
use std::time::Duration;

use ::endpoint::secrets::Secret;
use ureq::http::{HeaderMap, Response, header};
use ureq::{Agent, Body};
use url::Url;

use super::endpoint::{host, may_contact};
use super::{Endpoint, HubError};

/// The time limits for an answer and for a connection.
const ANSWER: Duration = Duration::from_mins(1);
const CONNECT: Duration = Duration::from_secs(20);
/// The longest silence within an answer.
const SILENCE: Duration = Duration::from_secs(30);
/// The most redirects; browsers follow at least as many.
const REDIRECTS: usize = 10;
/// The most bytes of an answer that is not a file.
const LONGEST_ANSWER: u64 = 32 << 20;
/// The wait in seconds after too many requests, where the hub names none.
const USUAL_WAIT: u64 = 60;

/// Makes the agent that sends requests. Its clones share connections, and [`Agent::shutdown`] ends all of them.
#[must_use]
pub fn agent(endpoint: &Endpoint) -> Agent {
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(ANSWER))
        .timeout_per_read(Some(SILENCE))
        .user_agent(concat!("Tiller/", env!("CARGO_PKG_VERSION")));
    if endpoint.text().starts_with("http:") {
        // Only this machine is contacted without encryption, and it needs no proxy.
        config = config.proxy(None);
    }
    config.build().into()
}

/// The last response of a chain of redirects, and the host that sent it.
pub(super) struct Answer {
    pub(super) response: Response<Body>,
    pub(super) host: String,
}

/// Requests an address with these headers, and follows redirects.
pub(super) fn get(
    agent: &Agent,
    endpoint: &Endpoint,
    token: Option<&Secret>,
    url: &Url,
    headers: &[(header::HeaderName, String)],
) -> Result<Answer, HubError> {
    let mut url = url.clone();
    for _ in 0..=REDIRECTS {
        let mut request = agent.get(url.as_str()).header(header::ACCEPT_ENCODING, "identity");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if let Some(token) = token.filter(|_| endpoint.is_origin_of(&url)) {
            request = request.header(header::AUTHORIZATION, token.header());
        }
        let response = request.call().map_err(|error| offline(&url, &error))?;
        if !response.status().is_redirection() || response.status() == 304 {
            return Ok(Answer { response, host: host(&url) });
        }
        let to = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
        let next = to
            .and_then(|to| url.join(to).ok())
            .ok_or(HubError::Answer { detail: "a redirect to nowhere".into() })?;
        let is_downgrade = url.scheme() == "https" && next.scheme() != "https";
        if is_downgrade || !may_contact(&next) {
            return Err(HubError::Redirect { to: host(&next) });
        }
        url = next;
    }
    Err(HubError::Redirect { to: host(&url) })
}

/// Turns a refusing status into an error; returns `None` for other statuses.
pub(super) fn refusal(answer: &Answer, repository: &str, what: &str, sent: bool) -> Option<HubError> {
    let status = answer.response.status().as_u16();
    Some(match status {
        200..=299 => return None,
        401 | 403 => HubError::Token { status, sent, repository: repository.to_owned() },
        404 | 410 => HubError::Missing { what: what.to_owned() },
        429 => HubError::Busy { seconds: wait(answer.response.headers()) },
        _ => HubError::Status { host: answer.host.clone(), status },
    })
}

/// Returns the wait in seconds from `Retry-After` or the hub's own header.
fn wait(headers: &HeaderMap) -> u64 {
    let number = |value: &str| value.trim().parse::<u64>().ok();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok().map(str::to_owned));
    // In `ratelimit: "api";r=0;t=55`, t is the number of seconds until the limit is reset.
    let own = || text("ratelimit")?.split(';').find_map(|part| number(part.trim().strip_prefix("t=")?));
    text("retry-after").and_then(|value| number(&value)).or_else(own).unwrap_or(USUAL_WAIT)
}

/// Reads the text of an answer that is not a file.
pub(super) fn text(answer: Answer) -> Result<String, HubError> {
    text_up_to(answer, LONGEST_ANSWER)
}

/// Reads the text of an answer, and refuses one with more bytes than `longest`.
pub(super) fn text_up_to(answer: Answer, longest: u64) -> Result<String, HubError> {
    let host = answer.host;
    let mut text = String::new();
    let mut reader = answer.response.into_body().into_reader().take(longest + 1);
    reader.read_to_string(&mut text).map_err(|error| HubError::Broken { host, detail: error.to_string() })?;
    if text.len() as u64 > longest {
        return Err(HubError::Answer { detail: "it is too long".into() });
    }
    Ok(text)
}

/// Turns a transport error into ours. The library's text names hosts and no headers.
pub(super) fn offline(url: &Url, error: &ureq::Error) -> HubError {
    HubError::Offline { host: host(url), detail: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_from_either_header() {
        let headers = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().expect("a value"));
            headers
        };
        assert_eq!(wait(&headers("retry-after", "7")), 7);
        assert_eq!(wait(&headers("ratelimit", "\"api\";r=0;t=55")), 55);
        assert_eq!(wait(&headers("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")), USUAL_WAIT);
    }
}

//! Reads the address of an endpoint and the name of a model there.

use ureq::http::Uri;

use super::EndpointError;

/// A model that is reached through an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The address in the form of [`plain_address`]; `/chat/completions` follows it.
    pub address: String,
    /// The name that the server has for the model.
    pub model: String,
}

impl Endpoint {
    /// Makes an endpoint from an address that a person typed and the name of a model.
    ///
    /// # Errors
    /// Returns an error where the address cannot be one.
    pub fn new(address: &str, model: &str) -> Result<Self, EndpointError> {
        Ok(Self { address: plain_address(address)?, model: model.trim().to_owned() })
    }

    /// Returns the address to which conversations are sent.
    pub(super) fn chat_address(&self) -> String {
        format!("{}/chat/completions", self.address)
    }
}

/// Normalises a typed address: removes white space, a closing slash and the path of the completions, and adds a missing
/// scheme (`http` for a name of this machine, `https` for any other).
///
/// # Errors
/// Returns an error where the text is no address of a web server, or holds a user name or a key.
pub fn plain_address(typed: &str) -> Result<String, EndpointError> {
    let refused = |why: &'static str| Err(EndpointError::Address { why });
    let typed =
        typed.trim().trim_end_matches('/').trim_end_matches("/chat/completions").trim_end_matches('/');
    if typed.is_empty() {
        return refused("it is empty");
    }
    if typed.ends_with(':') {
        return refused("it names no server");
    }
    if typed.contains(char::is_whitespace) {
        return refused("it holds white space");
    }
    let with_scheme = if typed.contains("://") {
        typed.to_owned()
    } else {
        let scheme = if is_this_machine(host_of(typed)) { "http" } else { "https" };
        format!("{scheme}://{typed}")
    };
    let Ok(uri) = with_scheme.parse::<Uri>() else {
        return refused("it is no address of a web server");
    };
    let Some(authority) = uri.authority() else {
        return refused("it names no server");
    };
    if authority.as_str().contains('@') {
        return refused("it holds a user name: the key has a field of its own");
    }
    if authority.port_u16().is_none() && authority.as_str() != authority.host() {
        // What stands there may be the password of a user name.
        return refused("its port is no number");
    }
    if uri.query().is_some() || with_scheme.contains('#') {
        return refused("nothing may follow its path: the key has a field of its own");
    }
    match uri.scheme_str() {
        Some("http" | "https") => Ok(with_scheme),
        _ => refused("it begins with neither http:// nor https://"),
    }
}

/// Returns a typed address as it may be shown, logged and stored: without what could be a user name, a password or a key.
#[must_use]
pub fn shown_address(typed: &str) -> String {
    if let Ok(plain) = plain_address(typed) {
        return plain;
    }
    let typed = typed.trim();
    let (scheme, rest) = typed.split_once("://").map_or(("", typed), |(scheme, rest)| (scheme, rest));
    let (head, tail) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    // A password may hold any letter, so everything up to the last @ may be one.
    let is_unclear = tail.contains('@') || scheme.contains(['@', '?', '#']);
    let shown = if is_unclear { "\u{2026}" } else { head.rsplit('@').next().unwrap_or_default() };
    if scheme.is_empty() || is_unclear { shown.to_owned() } else { format!("{scheme}://{shown}") }
}

/// Returns the server's name in an address without its scheme.
fn host_of(address: &str) -> &str {
    let authority = address.split('/').next().unwrap_or_default();
    match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, _)) => host,
        None => authority.split(':').next().unwrap_or_default(),
    }
}

/// Says whether a server's name means this machine.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Says whether text that is sent to an address stays on this machine.
#[must_use]
pub fn stays_here(address: &str) -> bool {
    address.split_once("://").is_some_and(|(_, rest)| is_this_machine(host_of(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_in_one_way() {
        let plain = |typed: &str| plain_address(typed).expect("an address");
        assert_eq!(plain(" https://models.example/v1/ "), "https://models.example/v1");
        assert_eq!(plain("https://models.example/v1/chat/completions"), "https://models.example/v1");
        assert_eq!(plain("localhost:8000/v1"), "http://localhost:8000/v1");
        assert_eq!(plain("[::1]:8000"), "http://[::1]:8000");
        assert_eq!(plain("models.example/v1"), "https://models.example/v1");
    }

    #[test]
    fn what_is_no_address_is_refused_without_repeating_it() {
        for typed in [
            "",
            "ftp://models.example",
            "https://",
            "https://me:secret@models.example",
            "a b",
            "https://m.example?key=secret",
        ] {
            let refusal = plain_address(typed).expect_err(typed).to_string();
            assert!(!refusal.contains("secret"), "{refusal}");
        }
    }

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        let shown = [
            ("https://models.example/v1/@x/y", "https://models.example/v1/@x/y"),
            ("https://me:hunter2@models.example/v1", "https://models.example/v1"),
            ("https://me:hun@ter2@models.example/v1", "https://models.example/v1"),
            ("https://me:hunter2/@models.example/v1", "https://models.example/v1"),
            ("me:hunter2@models.example", "models.example"),
            ("ftp://me:hunter2@models.example", "ftp://models.example"),
            ("https://models.example?key=hunter2", "https://models.example"),
            ("https://models.example#hunter2", "https://models.example"),
            ("https://me:hun?ter2@models.example", "\u{2026}"),
            ("me:hunter2@x://models.example", "\u{2026}"),
        ];
        for (typed, expected) in shown {
            assert_eq!(shown_address(typed), expected, "{typed}");
        }
    }

    #[test]
    fn this_machine_is_recognized() {
        assert!(
            stays_here("http://127.0.0.1:80/v1")
                && stays_here("http://[::1]:80")
                && stays_here("https://localhost")
        );
        assert!(!stays_here("http://localhost.example") && !stays_here("http://10.0.0.1"));
    }
}

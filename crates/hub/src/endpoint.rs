//! Decides which hub is contacted, and in which folders and files its data and tokens lie.

use std::env;
use std::path::{Path, PathBuf};

use ::endpoint::secrets::uses_keyring;
use ::endpoint::shown_address;
use url::Url;

use super::HubError;
use crate::hub_cache;

/// The hub's own hosts: the first one is contacted, the second one is a short form that people paste.
const HUB: [&str; 2] = ["huggingface.co", "hf.co"];

/// The variable that names another hub.
const ENDPOINT: &str = "HF_ENDPOINT";

/// The folders, files and settings from the environment that downloads use.
#[derive(Debug, Clone)]
pub struct HubEnvironment {
    /// The folder of the cache that programs share.
    pub cache: PathBuf,
    /// The address of another hub from the environment; it overrides the person's setting.
    pub endpoint: Option<String>,
    /// The files in which the hub's own programs keep a token; the first existing one counts.
    pub token_files: Vec<PathBuf>,
    /// The token from the environment.
    pub token: Option<String>,
    /// Whether the system's keyring is used.
    pub keyring: bool,
}

impl HubEnvironment {
    /// Returns the environment that the hub's own programs use.
    #[must_use]
    pub fn from_env() -> Self {
        let set = |name: &str| env::var(name).ok().filter(|value| !value.trim().is_empty());
        let named = env::var_os("HF_TOKEN_PATH").filter(|path| !path.is_empty()).map(PathBuf::from);
        Self {
            cache: hub_cache::usual_path(),
            endpoint: set(ENDPOINT),
            token_files: vec![named.unwrap_or_else(|| hub_cache::home().join("token"))],
            token: set("HF_TOKEN").or_else(|| set("HUGGING_FACE_HUB_TOKEN")),
            keyring: uses_keyring(),
        }
    }

    /// Returns an environment inside a folder, without a token: nothing outside the folder is read or written.
    #[must_use]
    pub fn inside(folder: &Path) -> Self {
        Self {
            cache: folder.join("hub"),
            endpoint: None,
            token_files: vec![folder.join("token")],
            token: None,
            keyring: false,
        }
    }

    /// Returns the endpoint to contact: the environment's, else the person's, else the hub.
    ///
    /// # Errors
    /// Returns an error where nothing can be downloaded from that address.
    pub fn endpoint(&self, setting: Option<&str>) -> Result<Endpoint, HubError> {
        let setting = setting.map(str::trim).filter(|setting| !setting.is_empty());
        match self.endpoint.as_deref().or(setting) {
            Some(named) => Endpoint::new(named),
            None => Endpoint::new(&format!("https://{}", HUB[0])),
        }
    }

    /// Says whether the environment's token is for an endpoint: it is for the hub, and for what the environment names.
    pub(super) fn shares_token_with(&self, endpoint: &Endpoint) -> bool {
        let named = self.endpoint.as_deref().and_then(|named| Endpoint::new(named).ok());
        !endpoint.is_mirror() || named.as_ref() == Some(endpoint)
    }
}

/// The address of a hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    base: Url,
}

impl Endpoint {
    /// Reads an address. An unencrypted one must be on this machine, because somebody on the way could send other files.
    ///
    /// # Errors
    /// Returns an error where the text is no address, or an unencrypted one that is not on this machine.
    pub fn new(address: &str) -> Result<Self, HubError> {
        let bad = || HubError::Endpoint { address: shown_address(address) };
        let base = Url::parse(address.trim_end_matches('/')).map_err(|_| bad())?;
        let is_plain = base.username().is_empty() && base.password().is_none() && base.query().is_none();
        if base.host_str().is_none() || !is_plain || !may_contact(&base) {
            return Err(bad());
        }
        Ok(Self { base })
    }

    /// Returns the host, with its port where that is not the default.
    #[must_use]
    pub fn host(&self) -> String {
        host(&self.base)
    }

    /// Returns the address as text, without a slash at the end.
    #[must_use]
    pub fn text(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Returns the address of a repository's page, which a person is shown.
    #[must_use]
    pub fn page(&self, repository: &str) -> String {
        format!("{}/{}", self.text(), repository.trim())
    }

    /// Returns an address below this one.
    ///
    /// # Errors
    /// Returns an error where the path makes the address invalid.
    pub fn at(&self, path: &str) -> Result<Url, HubError> {
        let text = format!("{}/{path}", self.text());
        Url::parse(&text).map_err(|_| HubError::Endpoint { address: text })
    }

    /// Says whether an address has the same origin: scheme, host and port.
    #[must_use]
    pub fn is_origin_of(&self, url: &Url) -> bool {
        self.base.origin() == url.origin()
    }

    /// Says whether a pasted host means this endpoint: its own name, or one of the hub's where this is the hub or a
    /// mirror.
    pub(super) fn is_meant_by(&self, pasted: &str) -> bool {
        let pasted = pasted.trim_start_matches("www.").to_lowercase();
        let is_hub = |host: &str| HUB.contains(&host);
        pasted == self.host()
            || Some(pasted.as_str()) == self.base.host_str()
            || (is_hub(&pasted) && (is_hub(&self.host()) || self.is_mirror()))
    }

    /// Says whether this endpoint stands in for the hub: a person who sets a mirror wants the hub's pages fetched from
    /// it.
    pub(super) fn is_mirror(&self) -> bool {
        !HUB.contains(&self.host().as_str())
    }
}

/// Returns a host, with its port where that is not the default.
pub(super) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Says whether an address is encrypted, or on this machine.
pub(super) fn may_contact(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_own_machine(url))
}

fn is_own_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_goes_before_the_setting_and_that_before_the_hub() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut environment = HubEnvironment::inside(dir.path());
        let host = |environment: &HubEnvironment, setting| {
            environment.endpoint(setting).expect("an endpoint").host()
        };
        assert_eq!(host(&environment, None), HUB[0]);
        assert_eq!(host(&environment, Some("https://mirror.example/")), "mirror.example");
        environment.endpoint = Some("http://127.0.0.1:8080".into());
        assert_eq!(host(&environment, Some("https://mirror.example")), "127.0.0.1:8080");
    }

    #[test]
    fn only_this_machine_may_do_without_encryption() {
        for bad in ["http://mirror.example", "ftp://a", "mirror.example", "https://me:pass@a.example", ""] {
            let refused = Endpoint::new(bad).expect_err(bad);
            assert!(!format!("{refused} {refused:?}").contains("pass"), "{refused:?}");
        }
        for good in ["http://localhost:1", "http://[::1]:1", "https://mirror.example/hub"] {
            Endpoint::new(good).expect("it may be contacted");
        }
    }
}

//! Which host is contacted, and where what it sends goes.

use std::env;
use std::path::{Path, PathBuf};

use ::endpoint::secrets::uses_keyring;
use url::Url;

use super::HubError;
use crate::hub_cache;

/// The hub's own addresses, the first of which is contacted. The second is its short form, which people paste.
const HUB: [&str; 2] = ["huggingface.co", "hf.co"];

/// What another hub can be named by.
const ENDPOINT: &str = "HF_ENDPOINT";

/// Where downloads come from and go to.
#[derive(Debug, Clone)]
pub struct HubPlaces {
    /// The folder of the cache that programs share.
    pub cache: PathBuf,
    /// Another address than the hub's own; goes before the person's setting.
    pub endpoint: Option<String>,
    /// Files in which the hub's programs keep a token; the first that is there counts.
    pub token_files: Vec<PathBuf>,
    /// The token that the environment names.
    pub token: Option<String>,
    /// Whether the system's keyring is asked.
    pub keyring: bool,
}

impl HubPlaces {
    /// As the hub's own programs find them.
    #[must_use]
    pub fn usual() -> Self {
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

    /// Inside a folder, without a token: nothing outside it is read or written.
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

    /// The endpoint that counts: the environment's, else the person's, else the hub.
    ///
    /// # Errors
    /// Where the address that counts cannot be downloaded from.
    pub fn endpoint(&self, setting: Option<&str>) -> Result<Endpoint, HubError> {
        let setting = setting.map(str::trim).filter(|setting| !setting.is_empty());
        match self.endpoint.as_deref().or(setting) {
            Some(named) => Endpoint::new(named),
            None => Endpoint::new(&format!("https://{}", HUB[0])),
        }
    }
}

/// A hub's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    base: Url,
}

impl Endpoint {
    /// An address. Without encryption only this machine may be named: whoever listens in between could send other files.
    ///
    /// # Errors
    /// Where it is no address, or not encrypted and not on this machine.
    pub fn new(address: &str) -> Result<Self, HubError> {
        let bad = || HubError::Endpoint { address: address.to_owned() };
        let base = Url::parse(address.trim_end_matches('/')).map_err(|_| bad())?;
        let is_plain = base.username().is_empty() && base.password().is_none() && base.query().is_none();
        if base.host_str().is_none() || !is_plain || !may_contact(&base) {
            return Err(bad());
        }
        Ok(Self { base })
    }

    /// The host as people know it, with its port where that is unusual.
    #[must_use]
    pub fn host(&self) -> String {
        host(&self.base)
    }

    /// The address as text, without a slash at the end.
    #[must_use]
    pub fn text(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// An address below it.
    ///
    /// # Errors
    /// Where the path makes it no address.
    pub fn at(&self, path: &str) -> Result<Url, HubError> {
        let text = format!("{}/{path}", self.text());
        Url::parse(&text).map_err(|_| HubError::Endpoint { address: text })
    }

    /// Whether an address is the same program: the same scheme, host and port.
    #[must_use]
    pub fn is_origin_of(&self, url: &Url) -> bool {
        self.base.origin() == url.origin()
    }

    /// Whether a host that somebody pasted means this endpoint: its own name, or one of the hub's where this is the hub.
    pub(super) fn is_meant_by(&self, pasted: &str) -> bool {
        let pasted = pasted.trim_start_matches("www.").to_lowercase();
        let is_hub = |host: &str| HUB.contains(&host);
        pasted == self.host()
            || Some(pasted.as_str()) == self.base.host_str()
            || (is_hub(&pasted) && (is_hub(&self.host()) || self.is_mirror()))
    }

    /// Whether it stands in for the hub: whoever set it wants the hub's pages fetched from there.
    fn is_mirror(&self) -> bool {
        !HUB.contains(&self.host().as_str())
    }
}

/// A host with its port where that is unusual.
pub(super) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Whether an address is encrypted, or on this machine.
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
        let mut places = HubPlaces::inside(dir.path());
        let host = |places: &HubPlaces, setting| places.endpoint(setting).expect("an endpoint").host();
        assert_eq!(host(&places, None), HUB[0]);
        assert_eq!(host(&places, Some("https://mirror.example/")), "mirror.example");
        places.endpoint = Some("http://127.0.0.1:8080".into());
        assert_eq!(host(&places, Some("https://mirror.example")), "127.0.0.1:8080");
    }

    #[test]
    fn only_this_machine_may_do_without_encryption() {
        for bad in ["http://mirror.example", "ftp://a", "mirror.example", "https://me:pass@a.example", ""] {
            assert!(Endpoint::new(bad).is_err(), "{bad}");
        }
        for good in ["http://localhost:1", "http://[::1]:1", "https://mirror.example/hub"] {
            Endpoint::new(good).expect("it may be contacted");
        }
    }
}

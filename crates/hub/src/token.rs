//! Finds the access token for models that are not public, in the environment, the keyring, or the hub's own file.

use std::fs;
use std::io::Read as _;

use ::endpoint::secrets::{LONGEST, Secret, SecretStorage, Secrets};
use ipc::download::TokenSource;

use super::{Endpoint, HubEnvironment};

/// The name under which the token for the hub itself is kept. The address of another one follows it.
const NAME: &str = "hub-token";

/// Finds and keeps access tokens. A token is for one hub, so that no setting can have it sent to another one.
#[derive(Debug)]
pub struct Tokens {
    secrets: Secrets,
}

impl Tokens {
    /// Uses the system's keyring where `environment` allows it.
    #[must_use]
    pub fn new(environment: &HubEnvironment) -> Self {
        Self { secrets: Secrets::new(environment.keyring) }
    }

    /// Returns the token for an endpoint and its source: the environment's, else the one that was typed for it, else the
    /// file of the hub's programs. The call may wait for the keyring.
    pub fn find(&self, environment: &HubEnvironment, endpoint: &Endpoint) -> (Option<Secret>, TokenSource) {
        let is_shared = environment.shares_token_with(endpoint);
        let from_environment = || {
            let token = environment.token.as_deref().filter(|_| is_shared).and_then(Secret::new)?;
            Some((token, TokenSource::Environment))
        };
        let typed = || {
            let (token, kept) = self.secrets.get(&name(endpoint))?;
            Some((
                token,
                if kept == SecretStorage::Keyring { TokenSource::Keyring } else { TokenSource::Memory },
            ))
        };
        let file = || {
            let mut files = environment.token_files.iter().filter(|_| is_shared);
            Some((files.find_map(|path| from_file(path))?, TokenSource::File))
        };
        match from_environment().or_else(typed).or_else(file) {
            Some((token, source)) => (Some(token), source),
            None => (None, TokenSource::None),
        }
    }

    /// Stores a token for an endpoint in the keyring; in memory where there is none or it refuses.
    pub fn store(&self, endpoint: &Endpoint, token: &Secret) {
        self.secrets.store(&name(endpoint), token);
    }

    /// Deletes the token that was typed for an endpoint; the environment and the file do not belong to Tiller.
    pub fn forget(&self, endpoint: &Endpoint) {
        self.secrets.forget(&name(endpoint));
    }

    /// Says whether the system has a keyring that answers.
    pub fn has_keyring(&self) -> bool {
        self.secrets.has_keyring()
    }
}

/// Returns the name under which the token for an endpoint is kept.
fn name(endpoint: &Endpoint) -> String {
    if endpoint.is_mirror() { format!("{NAME} {}", endpoint.text()) } else { NAME.to_owned() }
}

fn from_file(path: &std::path::Path) -> Option<Secret> {
    let mut text = String::new();
    fs::File::open(path).ok()?.take(LONGEST as u64).read_to_string(&mut text).ok()?;
    Secret::new(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_goes_before_what_was_typed_and_that_before_the_file() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut environment = HubEnvironment::inside(dir.path());
        let tokens = Tokens::new(&environment);
        let hub = environment.endpoint(None).expect("the hub");
        assert_eq!(tokens.find(&environment, &hub), (None, TokenSource::None));
        fs::write(dir.path().join("token"), "hf_file\n").expect("a file");
        assert_eq!(tokens.find(&environment, &hub), (Secret::new("hf_file"), TokenSource::File));
        tokens.store(&hub, &Secret::new(" hf_typed ").expect("a token"));
        assert_eq!(tokens.find(&environment, &hub), (Secret::new("hf_typed"), TokenSource::Memory));
        environment.token = Some("hf_environment".into());
        assert_eq!(
            tokens.find(&environment, &hub),
            (Secret::new("hf_environment"), TokenSource::Environment)
        );
        environment.token = None;
        tokens.forget(&hub);
        assert_eq!(tokens.find(&environment, &hub).1, TokenSource::File);
    }

    #[test]
    fn a_token_is_for_the_hub_that_it_was_given_for() {
        use TokenSource::{Environment, File, Memory, None};
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut environment = HubEnvironment::inside(dir.path());
        let tokens = Tokens::new(&environment);
        let hub = environment.endpoint(Option::None).expect("the hub");
        let [mirror, other] = ["https://mirror.example", "https://other.example"]
            .map(|of| Endpoint::new(of).expect("a mirror"));
        tokens.store(&mirror, &Secret::new("hf_mirror").expect("a token"));
        fs::write(dir.path().join("token"), "hf_file").expect("a file");
        environment.token = Some("hf_environment".into());
        let sources = |environment: &HubEnvironment| {
            [&hub, &mirror, &other].map(|endpoint| tokens.find(environment, endpoint).1)
        };
        assert_eq!(sources(&environment), [Environment, Memory, None]);
        // The environment's token is also for the endpoint that the environment names.
        environment.endpoint = Some("https://other.example/".into());
        assert_eq!(sources(&environment), [Environment, Memory, Environment]);
        environment.token = Option::None;
        assert_eq!(sources(&environment), [File, Memory, File]);
        tokens.forget(&mirror);
        assert_eq!(sources(&environment), [File, None, File]);
    }
}

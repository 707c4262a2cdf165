//! Finds the access token for models that are not public, in the environment, the keyring, or the hub's own file.

use std::fs;
use std::io::Read as _;

use ::endpoint::secrets::{LONGEST, Secret, SecretStorage, Secrets};
use ipc::download::TokenSource;

use super::HubEnvironment;

/// The name under which a typed token is kept.
const NAME: &str = "hub-token";

/// Finds and keeps access tokens.
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

    /// Returns the token that counts and its source: the environment's, else the typed one, else the file of the hub's
    /// programs. The call may wait for the keyring.
    pub fn find(&self, environment: &HubEnvironment) -> (Option<Secret>, TokenSource) {
        let from_environment =
            || Some((environment.token.as_deref().and_then(Secret::new)?, TokenSource::Environment));
        let typed = || {
            let (token, kept) = self.secrets.get(NAME)?;
            Some((
                token,
                if kept == SecretStorage::Keyring { TokenSource::Keyring } else { TokenSource::Memory },
            ))
        };
        let file =
            || Some((environment.token_files.iter().find_map(|path| from_file(path))?, TokenSource::File));
        match from_environment().or_else(typed).or_else(file) {
            Some((token, source)) => (Some(token), source),
            None => (None, TokenSource::None),
        }
    }

    /// Stores a token in the keyring; in memory where there is none or it refuses.
    pub fn store(&self, token: &Secret) {
        self.secrets.store(NAME, token);
    }

    /// Deletes the typed token; the environment and the file do not belong to Tiller.
    pub fn forget(&self) {
        self.secrets.forget(NAME);
    }

    /// Says whether the system has a keyring that answers.
    pub fn has_keyring(&self) -> bool {
        self.secrets.has_keyring()
    }
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
        assert_eq!(tokens.find(&environment), (None, TokenSource::None));
        fs::write(dir.path().join("token"), "hf_file\n").expect("a file");
        assert_eq!(tokens.find(&environment), (Secret::new("hf_file"), TokenSource::File));
        tokens.store(&Secret::new(" hf_typed ").expect("a token"));
        assert_eq!(tokens.find(&environment), (Secret::new("hf_typed"), TokenSource::Memory));
        environment.token = Some("hf_environment".into());
        assert_eq!(tokens.find(&environment), (Secret::new("hf_environment"), TokenSource::Environment));
        environment.token = None;
        tokens.forget();
        assert_eq!(tokens.find(&environment).1, TokenSource::File);
    }
}

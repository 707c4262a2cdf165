//! Keeps the keys of endpoints and the hub's token in the system's keyring.
//!
//! Where there is no keyring they are kept in memory only. They are never stored elsewhere and never printed.

use std::collections::HashMap;
use std::env;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// The service name of all entries in the system's keyring.
const SERVICE: &str = "Tiller";

/// The variable that keeps secrets out of the system's keyring: for tests, and for keyrings that ask too often.
const NO_KEYRING: &str = "TILLER_NO_KEYRING";

/// The most characters of a secret; keys and tokens have less than a hundred.
pub const LONGEST: usize = 1024;

/// Says whether secrets may go into the system's keyring.
#[must_use]
pub fn uses_keyring() -> bool {
    env::var_os(NO_KEYRING).is_none()
}

/// A key or a token. Its text leaves this type only in a request's header.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret as it was typed or read; returns `None` where it is empty or cannot stand in a header.
    #[must_use]
    pub fn new(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        let fits = !typed.is_empty()
            && typed.len() <= LONGEST
            && typed.chars().all(|letter| letter.is_ascii_graphic());
        fits.then(|| Self(typed.to_owned()))
    }

    /// Returns the value of the header that carries the secret.
    #[must_use]
    pub fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// Removes the secret from a text that goes on to be read: nothing else in it changes.
    #[must_use]
    pub fn remove_from(&self, text: &str) -> String {
        text.replace(&self.0, "[key]")
    }

    /// Removes the secret and its end from a text that is shown, because a server may repeat it.
    #[must_use]
    pub fn blot_out(&self, text: &str) -> String {
        // Servers shorten a refused key to its ends, so the last characters are removed as well.
        let text = self.remove_from(text);
        match self.0.get(self.0.len().saturating_sub(4)..) {
            Some(end) if self.0.len() >= 12 => text.replace(end, "[key]"),
            _ => text,
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("Secret(\u{2026})")
    }
}

/// The place of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretStorage {
    /// The system's keyring.
    Keyring,
    /// Memory, until the application ends.
    Memory,
}

/// Keeps secrets by the endpoint's address or the hub that they belong to. Its methods may wait for the system, so the
/// async runtime must not call them.
#[derive(Debug, Default)]
pub struct Secrets {
    uses_keyring: bool,
    memory: Mutex<HashMap<String, Secret>>,
}

impl Secrets {
    /// Keeps secrets in the system's keyring where `uses_keyring` allows it, else in memory.
    #[must_use]
    pub fn new(uses_keyring: bool) -> Self {
        Self { uses_keyring, memory: Mutex::default() }
    }

    /// Says whether the system has a keyring that answers.
    pub fn has_keyring(&self) -> bool {
        self.uses_keyring && keyring::Entry::store_status().is_ok()
    }

    /// Stores a secret in place of an earlier one, and returns where it is kept.
    pub fn store(&self, of: &str, secret: &Secret) -> SecretStorage {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).remove(of);
        match self.entry(of).map(|entry| entry.set_password(&secret.0)) {
            Some(Ok(())) => SecretStorage::Keyring,
            other => {
                if let Some(Err(error)) = other {
                    tracing::info!("the system's keyring takes no secret: {error}");
                }
                let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
                memory.insert(of.to_owned(), secret.clone());
                SecretStorage::Memory
            }
        }
    }

    /// Keeps a secret in memory, although there may be a keyring.
    pub fn keep(&self, of: &str, secret: &Secret) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.insert(of.to_owned(), secret.clone());
    }

    /// Returns a secret, and where it is kept.
    pub fn get(&self, of: &str) -> Option<(Secret, SecretStorage)> {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner).get(of).cloned();
        if let Some(secret) = memory {
            return Some((secret, SecretStorage::Memory));
        }
        let found = self.entry(of)?.get_password().ok()?;
        Secret::new(&found).map(|secret| (secret, SecretStorage::Keyring))
    }

    /// Deletes a secret.
    pub fn forget(&self, of: &str) {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).remove(of);
        if let Some(entry) = self.entry(of) {
            // An entry need not exist.
            let _ = entry.delete_credential();
        }
    }

    fn entry(&self, of: &str) -> Option<keyring::Entry> {
        self.uses_keyring.then(|| keyring::Entry::new(SERVICE, of).ok()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_up_nowhere() {
        let key = Secret::new(" sk-0123456789abcdef\n").expect("a key");
        assert!(!format!("{key:?} {:?}", Some(&key)).contains("sk-"));
        let cleaned = key.blot_out("Incorrect key sk-0123456789abcdef, or sk-0***cdef.");
        assert!(!cleaned.contains("abcdef") && !cleaned.contains("cdef"), "{cleaned}");
    }

    #[test]
    fn what_could_not_stand_in_a_header_is_no_secret() {
        for typed in ["  ", "two words", "hf_a\r\nx-other: 1", &"a".repeat(LONGEST + 1)] {
            assert_eq!(Secret::new(typed), None);
        }
    }

    #[test]
    fn without_a_keyring_secrets_stay_in_memory() {
        let secrets = Secrets::default();
        let key = Secret::new("abc").expect("a key");
        assert_eq!(secrets.store("http://localhost", &key), SecretStorage::Memory);
        assert_eq!(secrets.get("http://localhost"), Some((key, SecretStorage::Memory)));
        assert_eq!(secrets.get("http://elsewhere"), None);
        secrets.forget("http://localhost");
        assert_eq!(secrets.get("http://localhost"), None);
        assert!(!secrets.has_keyring());
    }

    /// Run it by hand, in a session with an unlocked keyring:
    /// `dbus-run-session -- sh -c 'echo | gnome-keyring-daemon --unlock; cargo test --lib keyring -- --ignored'`
    #[test]
    #[ignore = "needs the keyring of a desktop"]
    fn the_systems_keyring_keeps_a_secret_longer_than_the_application() {
        let address = "https://models.example/of-a-test";
        let key = Secret::new("sk-of-a-test-0123").expect("a key");
        assert!(Secrets::new(true).has_keyring());
        assert_eq!(Secrets::new(true).store(address, &key), SecretStorage::Keyring);
        assert_eq!(Secrets::new(true).get(address), Some((key, SecretStorage::Keyring)));
        Secrets::new(true).forget(address);
        assert_eq!(Secrets::new(true).get(address), None);
    }
}

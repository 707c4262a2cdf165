//! Secrets that a person typed: the keys of endpoints, the hub's token. They are kept in the system's keyring, or in
//! memory only where there is none; never in the store, and never printed.

use std::collections::HashMap;
use std::env;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// The name under which all of them stand in the system's keyring.
const SERVICE: &str = "Tiller";

/// Keeps secrets out of the system's keyring: for tests, and for keyrings that ask too often.
const NO_KEYRING: &str = "TILLER_NO_KEYRING";

/// Keys and tokens have less than a hundred letters.
pub const LONGEST: usize = 1024;

/// Whether secrets may go into the system's keyring.
#[must_use]
pub fn uses_keyring() -> bool {
    env::var_os(NO_KEYRING).is_none()
}

/// A key or a token. Its text comes out only where a request is made.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret as it was typed or read; `None` where it is empty or could not stand in a request.
    #[must_use]
    pub fn new(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        let fits = !typed.is_empty()
            && typed.len() <= LONGEST
            && typed.chars().all(|letter| letter.is_ascii_graphic());
        fits.then(|| Self(typed.to_owned()))
    }

    /// The header that carries it.
    #[must_use]
    pub fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// A text from outside without it: a server may repeat it.
    #[must_use]
    pub fn blot_out(&self, text: &str) -> String {
        // Servers shorten a refused key to its ends: a text with either end says too much.
        let text = text.replace(&self.0, "[key]");
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

/// Where a secret is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// In the system's keyring.
    Keyring,
    /// In memory, until the application ends.
    Memory,
}

/// Secrets by what they belong to: an endpoint's address, the hub. Its methods may wait for the system: not for the async
/// runtime.
#[derive(Debug, Default)]
pub struct Secrets {
    uses_keyring: bool,
    memory: Mutex<HashMap<String, Secret>>,
}

impl Secrets {
    /// In the system's keyring where it may be used, else in memory.
    #[must_use]
    pub fn new(uses_keyring: bool) -> Self {
        Self { uses_keyring, memory: Mutex::default() }
    }

    /// Whether the system has a keyring that answers.
    pub fn has_keyring(&self) -> bool {
        self.uses_keyring && keyring::Entry::store_status().is_ok()
    }

    /// Keeps a secret, in place of an earlier one; where.
    pub fn keep(&self, of: &str, secret: &Secret) -> Kept {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).remove(of);
        match self.entry(of).map(|entry| entry.set_password(&secret.0)) {
            Some(Ok(())) => Kept::Keyring,
            other => {
                if let Some(Err(error)) = other {
                    tracing::info!("the system's keyring takes no secret: {error}");
                }
                let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
                memory.insert(of.to_owned(), secret.clone());
                Kept::Memory
            }
        }
    }

    /// A secret, and where it is kept.
    pub fn get(&self, of: &str) -> Option<(Secret, Kept)> {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner).get(of).cloned();
        if let Some(secret) = memory {
            return Some((secret, Kept::Memory));
        }
        let found = self.entry(of)?.get_password().ok()?;
        Secret::new(&found).map(|secret| (secret, Kept::Keyring))
    }

    /// Forgets a secret.
    pub fn forget(&self, of: &str) {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).remove(of);
        if let Some(entry) = self.entry(of) {
            // There may be none.
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
        let told = key.blot_out("Incorrect key sk-0123456789abcdef, or sk-0***cdef.");
        assert!(!told.contains("abcdef") && !told.contains("cdef"), "{told}");
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
        assert_eq!(secrets.keep("http://localhost", &key), Kept::Memory);
        assert_eq!(secrets.get("http://localhost"), Some((key, Kept::Memory)));
        assert_eq!(secrets.get("http://elsewhere"), None);
        secrets.forget("http://localhost");
        assert_eq!(secrets.get("http://localhost"), None);
        assert!(!secrets.has_keyring());
    }

    /// By hand, in a session with a keyring that is open:
    /// `dbus-run-session -- sh -c 'echo | gnome-keyring-daemon --unlock; cargo test --lib keyring -- --ignored'`
    #[test]
    #[ignore = "needs the keyring of a desktop"]
    fn the_systems_keyring_keeps_a_secret_longer_than_the_application() {
        let address = "https://models.example/of-a-test";
        let key = Secret::new("sk-of-a-test-0123").expect("a key");
        assert!(Secrets::new(true).has_keyring());
        assert_eq!(Secrets::new(true).keep(address, &key), Kept::Keyring);
        assert_eq!(Secrets::new(true).get(address), Some((key, Kept::Keyring)));
        Secrets::new(true).forget(address);
        assert_eq!(Secrets::new(true).get(address), None);
    }
}

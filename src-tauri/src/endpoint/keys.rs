//! Keys of endpoints: in the system's keyring, or in memory only where there is none.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// The name under which keys stand in the system's keyring.
const SERVICE: &str = "Tiller";

/// A key. Its text comes out only where a request is made.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Key(String);

impl Key {
    /// A key as a person typed it; `None` where nothing was typed or it could not stand in a request.
    pub(crate) fn new(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        let fits = !typed.is_empty() && typed.chars().all(|letter| letter.is_ascii_graphic());
        fits.then(|| Self(typed.to_owned()))
    }

    /// The header that carries it.
    pub(super) fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// A text from outside without the key: a server may repeat it.
    pub(super) fn blot_out(&self, text: &str) -> String {
        // Servers shorten a refused key to its ends: a text with either end says too much.
        let text = text.replace(&self.0, "[key]");
        match self.0.get(self.0.len().saturating_sub(4)..) {
            Some(end) if self.0.len() >= 12 => text.replace(end, "[key]"),
            _ => text,
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("Key([key])")
    }
}

/// Where a key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// In the system's keyring.
    Keyring,
    /// In memory, until the application ends.
    Memory,
}

/// The keys by the address that they belong to. Its methods may wait for the system: not for the async runtime.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    uses_keyring: bool,
    memory: Mutex<HashMap<String, Key>>,
}

impl Keys {
    /// In the system's keyring, unless `TILLER_KEYRING` is `off`.
    pub(crate) fn of_system() -> Self {
        let is_off = std::env::var_os("TILLER_KEYRING").is_some_and(|word| word == "off");
        Self { uses_keyring: !is_off, memory: Mutex::default() }
    }

    /// Keeps a key, in place of an earlier one; where.
    pub(crate) fn keep(&self, address: &str, key: &Key) -> Kept {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).remove(address);
        match self.entry(address).map(|entry| entry.set_password(&key.0)) {
            Some(Ok(())) => Kept::Keyring,
            other => {
                if let Some(Err(error)) = other {
                    tracing::info!("the system's keyring takes no key: {error}");
                }
                let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
                memory.insert(address.to_owned(), key.clone());
                Kept::Memory
            }
        }
    }

    /// The key of an address, and where it is kept.
    pub(crate) fn get(&self, address: &str) -> Option<(Key, Kept)> {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner).get(address).cloned();
        if let Some(key) = memory {
            return Some((key, Kept::Memory));
        }
        let found = self.entry(address)?.get_password().ok()?;
        Key::new(&found).map(|key| (key, Kept::Keyring))
    }

    /// Forgets the key of an address.
    pub(crate) fn forget(&self, address: &str) {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).remove(address);
        if let Some(entry) = self.entry(address) {
            // There may be none.
            let _ = entry.delete_credential();
        }
    }

    fn entry(&self, address: &str) -> Option<keyring::Entry> {
        self.uses_keyring.then(|| keyring::Entry::new(SERVICE, address).ok()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_shows_up_nowhere() {
        let key = Key::new(" sk-0123456789abcdef\n").expect("a key");
        assert_eq!(format!("{key:?}"), "Key([key])");
        let told = key.blot_out("Incorrect key sk-0123456789abcdef, or sk-0***cdef.");
        assert!(!told.contains("abcdef") && !told.contains("cdef"), "{told}");
        assert_eq!(Key::new("  "), None);
        assert_eq!(Key::new("two words"), None, "a header takes no such key");
    }

    #[test]
    fn without_a_keyring_keys_stay_in_memory() {
        let keys = Keys::default();
        let key = Key::new("abc").expect("a key");
        assert_eq!(keys.keep("http://localhost", &key), Kept::Memory);
        assert_eq!(keys.get("http://localhost"), Some((key, Kept::Memory)));
        assert_eq!(keys.get("http://elsewhere"), None);
        keys.forget("http://localhost");
        assert_eq!(keys.get("http://localhost"), None);
    }
}

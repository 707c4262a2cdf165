//! The access token for models that are not for everybody. It is held in memory and in the system's keyring, never in the
//! store, and never printed.

use std::fmt;
use std::fs;
use std::io::Read as _;
use std::sync::{Mutex, PoisonError};

use ipc::download::TokenSource;
use keyring::Entry;

use super::HubPlaces;

/// Under which the keyring keeps it.
const SERVICE: &str = "Tiller";
const USER: &str = "hub-token";
/// Tokens are some forty letters.
const LONGEST: u64 = 1024;

/// A token. What prints it prints dots.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token(String);

impl Token {
    /// A token as it was typed or read, where it can be one.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let can_be =
            !text.is_empty() && text.len() as u64 <= LONGEST && text.chars().all(|c| c.is_ascii_graphic());
        can_be.then(|| Self(text.to_owned()))
    }

    pub(super) fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(\u{2026})")
    }
}

/// Where a token may come from.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    /// Typed since the start, where there is no keyring.
    typed: Mutex<Option<Token>>,
}

impl Tokens {
    /// The token that counts and where it comes from: the environment's, the typed one, the file of the hub's programs. May
    /// wait for the keyring.
    pub(crate) fn find(&self, places: &HubPlaces) -> (Option<Token>, TokenSource) {
        let environment = || Some((places.token.as_deref().and_then(Token::new)?, TokenSource::Environment));
        let typed = || {
            let typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner);
            Some((typed.clone()?, TokenSource::Memory))
        };
        let kept = || {
            let text = places.keyring.then(|| entry()?.get_password().ok()).flatten()?;
            Some((Token::new(&text)?, TokenSource::Keyring))
        };
        let file = || Some((places.token_files.iter().find_map(|path| from_file(path))?, TokenSource::File));
        match environment().or_else(typed).or_else(kept).or_else(file) {
            Some((token, source)) => (Some(token), source),
            None => (None, TokenSource::None),
        }
    }

    /// Keeps a token in the keyring; in memory where there is none or it refuses.
    pub(crate) fn keep(&self, token: Token, places: &HubPlaces) {
        let kept = places.keyring && entry().is_some_and(|entry| entry.set_password(&token.0).is_ok());
        *self.typed.lock().unwrap_or_else(PoisonError::into_inner) = (!kept).then_some(token);
    }

    /// Forgets what was typed; the environment and the file are not Tiller's.
    pub(crate) fn forget(&self, places: &HubPlaces) {
        *self.typed.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if let Some(entry) = places.keyring.then(entry).flatten() {
            // It may not have been there.
            let _ = entry.delete_credential();
        }
    }
}

/// Whether the system has a keyring that answers.
pub(crate) fn has_keyring(places: &HubPlaces) -> bool {
    places.keyring && Entry::store_status().is_ok()
}

fn entry() -> Option<Entry> {
    Entry::new(SERVICE, USER).ok()
}

fn from_file(path: &std::path::Path) -> Option<Token> {
    let mut text = String::new();
    fs::File::open(path).ok()?.take(LONGEST).read_to_string(&mut text).ok()?;
    Token::new(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_goes_before_what_was_typed_and_that_before_the_file() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut places = HubPlaces::inside(dir.path());
        let tokens = Tokens::default();
        assert_eq!(tokens.find(&places), (None, TokenSource::None));
        fs::write(dir.path().join("token"), "hf_file\n").expect("a file");
        assert_eq!(tokens.find(&places), (Token::new("hf_file"), TokenSource::File));
        tokens.keep(Token::new(" hf_typed ").expect("a token"), &places);
        assert_eq!(tokens.find(&places), (Token::new("hf_typed"), TokenSource::Memory));
        places.token = Some("hf_environment".into());
        assert_eq!(tokens.find(&places), (Token::new("hf_environment"), TokenSource::Environment));
        places.token = None;
        tokens.forget(&places);
        assert_eq!(tokens.find(&places).1, TokenSource::File);
    }

    #[test]
    fn a_token_is_not_printed_and_cannot_end_a_header() {
        let token = Token::new("hf_secret").expect("a token");
        assert!(!format!("{token:?} {:?}", Some(&token)).contains("secret"));
        assert_eq!(Token::new("hf_a\r\nx-other: 1"), None);
        assert_eq!(Token::new("  "), None);
    }
}

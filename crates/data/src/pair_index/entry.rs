//! Keeps one pair in the index: its folded text, its hashes and its token counts.

use std::hash::{DefaultHasher, Hash, Hasher};

use ipc::data::{Pair, PairContent, PairTokens, Split};
use sha2::{Digest, Sha256};

use super::{Tokens, fold};

/// The hash of those parts of a pair that a model reads. Pairs with equal keys have the same tokens.
pub type Key = [u8; 16];

/// A pair is unbalanced where one answer has at least so many more characters than the other, and more than twice as
/// many.
const MUCH_LONGER: usize = 80;

/// The indexed fields of one pair.
pub(super) struct Entry {
    pub(super) position: f64,
    pub(super) split: Split,
    pub(super) tags: Vec<String>,
    pub(super) is_empty: bool,
    pub(super) same_answers: bool,
    pub(super) unbalanced: bool,
    /// The hash of the pair's texts, without case and without blanks around them.
    pub(super) text_hash: u64,
    /// Every text of the pair, folded, with a NUL between them, so that no word reaches from one text into the next.
    pub(super) text: String,
    pub(super) key: Key,
    pub(super) tokens: Tokens,
}

impl Entry {
    pub(super) fn new(pair: &Pair) -> Self {
        let content = &pair.content;
        let texts = [content.prompt.as_str(), &content.wanted, &content.opposite];
        let [_, wanted, opposite] = texts.map(str::trim);
        let (shorter, longer) = {
            let (a, b) = (wanted.chars().count(), opposite.chars().count());
            (a.min(b), a.max(b))
        };
        let is_empty = texts.iter().any(|text| text.trim().is_empty());
        let (mut text, mut text_hash) = (String::new(), DefaultHasher::new());
        let rest = content.system.iter().chain(content.turns.iter().map(|turn| &turn.text));
        for part in texts.into_iter().chain(rest.map(String::as_str)) {
            let start = text.len();
            fold(part, &mut text);
            text[start..].trim().hash(&mut text_hash);
            text.push('\0');
        }
        // A search finds the note, too, but no model reads it.
        fold(&content.note, &mut text);
        Self {
            position: pair.position,
            split: content.split,
            tags: content.tags.clone(),
            is_empty,
            same_answers: !is_empty && wanted == opposite,
            unbalanced: !is_empty && longer > 2 * shorter && longer - shorter >= MUCH_LONGER,
            text_hash: text_hash.finish(),
            text,
            key: key(content),
            tokens: Tokens::Open,
        }
    }

    pub(super) fn tokens(&self) -> Option<PairTokens> {
        match self.tokens {
            Tokens::Known(tokens) => Some(tokens),
            Tokens::Open | Tokens::Refused => None,
        }
    }
}

/// Returns the key of what a model reads of a pair.
#[must_use]
pub fn key(content: &PairContent) -> Key {
    let mut hash = Sha256::new();
    let mut part = |kind: u8, text: &str| {
        hash.update([kind]);
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    if let Some(system) = &content.system {
        part(0, system);
    }
    for turn in &content.turns {
        part(1 + u8::from(turn.role == ipc::data::Role::Assistant), &turn.text);
    }
    part(3, &content.prompt);
    part(4, &content.wanted);
    part(5, &content.opposite);
    let mut key = [0; 16];
    key.copy_from_slice(&hash.finalize()[..16]);
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pair_index::tests::pair;

    #[test]
    fn what_is_wrong_with_a_pair_is_seen() {
        let entry = |wanted: &str, opposite: &str| Entry::new(&pair(1, "Why?", wanted, opposite));
        assert!(entry("a", " ").is_empty && !entry("a", "b").is_empty);
        assert!(entry(" a", "a ").same_answers && !entry("a", "A").same_answers);
        assert!(entry(&"long ".repeat(40), "short").unbalanced && !entry("longer", "no").unbalanced);
    }

    #[test]
    fn tags_and_notes_change_nothing_that_a_model_reads() {
        let mut noted = pair(1, "Why?", "So.", "No.");
        let plain = Entry::new(&noted);
        noted.content.note = "a note".into();
        noted.content.tags = vec!["t".into()];
        let noted = Entry::new(&noted);
        assert_eq!((plain.text_hash, plain.key), (noted.text_hash, noted.key));
        assert!(noted.text.contains("a note"), "notes are found");
        let mut other = pair(1, "Why?", "So.", "No.");
        other.content.system = Some(String::new());
        assert_ne!(Entry::new(&other).key, plain.key);
    }
}

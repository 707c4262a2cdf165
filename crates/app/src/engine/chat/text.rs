//! The growing text of an answer: whole characters only, and no part of a stop word.

use vectors::generate::{Shown, StopWords};
use vectors::model::Model;

/// The most tokens that wait for the rest of a character. Four bytes make a character, and a token has at least one.
const LONGEST_WAIT: usize = 4;

/// Turns tokens into text.
pub(super) trait Decode {
    /// Returns the text of tokens.
    fn text(&self, ids: &[u32]) -> String;
}

impl Decode for Model {
    fn text(&self, ids: &[u32]) -> String {
        self.decode(ids)
    }
}

/// The text of an answer, token by token.
#[derive(Debug)]
pub(super) struct GrowingText {
    ids: Vec<u32>,
    /// The tokens from here on are decoded together with the new ones: some tokenizers write a space only between two tokens.
    window: usize,
    /// The tokens up to here are in the text.
    read: usize,
    text: String,
    /// The length of the text that was there before.
    given: usize,
    /// What ends it, behind the text that was there before.
    stop: StopWords,
}

impl GrowingText {
    /// Begins with the text that the answer already has, and its tokens.
    pub(super) fn new(given: &str, ids: Vec<u32>, stop: &[String]) -> Self {
        let stop = StopWords::new(stop);
        Self { window: 0, read: ids.len(), ids, text: given.to_owned(), given: given.len(), stop }
    }

    /// Adds a token. Returns whether the text ends here, because a stop word is complete. It is not part of the text.
    pub(super) fn push(&mut self, decode: &impl Decode, id: u32) -> bool {
        self.ids.push(id);
        let now = decode.text(&self.ids[self.window..]);
        // A character may consist of several tokens. The first of them alone decodes to U+FFFD.
        if now.ends_with(char::REPLACEMENT_CHARACTER) && self.ids.len() - self.read < LONGEST_WAIT {
            return false;
        }
        self.take(decode, &now)
    }

    /// Adds what still waits for the rest of a character, but for a character that did not become whole. Returns as
    /// [`GrowingText::push`] does.
    pub(super) fn finish(&mut self, decode: &impl Decode) -> bool {
        if self.read == self.ids.len() {
            return false;
        }
        let now = decode.text(&self.ids[self.window..]);
        self.take(decode, now.trim_end_matches(char::REPLACEMENT_CHARACTER))
    }

    fn take(&mut self, decode: &impl Decode, now: &str) -> bool {
        let known = decode.text(&self.ids[self.window..self.read]);
        self.text.push_str(now.strip_prefix(known.as_str()).unwrap_or_default());
        (self.window, self.read) = (self.read, self.ids.len());
        match self.shown() {
            Shown::Ended(at) => {
                self.text.truncate(self.given + at);
                true
            }
            Shown::Growing(_) => false,
        }
    }

    fn shown(&self) -> Shown {
        self.stop.shown(&self.text[self.given..])
    }

    /// Returns the text without a possible beginning of a stop word at its end.
    pub(super) fn settled(&self) -> &str {
        &self.text[..self.given + self.shown().bytes()]
    }

    /// Returns the whole text so far.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every token is a part of a text, given in bytes.
    struct Parts(Vec<&'static [u8]>);

    impl Decode for Parts {
        fn text(&self, ids: &[u32]) -> String {
            let bytes: Vec<u8> = ids.iter().flat_map(|id| self.0[*id as usize]).copied().collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
    }

    /// Pushes all parts. Returns what could be seen after each, and the text at the end.
    fn grown(parts: &[&'static [u8]], given: &str, stop: &[&str]) -> (Vec<String>, String, bool) {
        let decode = Parts(parts.to_vec());
        let stop: Vec<String> = stop.iter().map(|word| (*word).to_owned()).collect();
        let mut text = GrowingText::new(given, vec![], &stop);
        let mut seen = Vec::new();
        for id in 0..parts.len() as u32 {
            if text.push(&decode, id) {
                return (seen, text.text().to_owned(), true);
            }
            seen.push(text.settled().to_owned());
        }
        let stopped = text.finish(&decode);
        (seen, text.text().to_owned(), stopped)
    }

    #[test]
    fn a_character_is_never_cut() {
        let (seen, text, _) = grown(&[b"K", b"\xc3", b"\xa4se ", b"\xf0\x9f", b"\x99", b"\x82"], "", &[]);
        assert_eq!(seen, ["K", "K", "K\u{e4}se ", "K\u{e4}se ", "K\u{e4}se ", "K\u{e4}se \u{1f642}"]);
        assert_eq!(text, "K\u{e4}se \u{1f642}");
        let (seen, text, _) = grown(&[b"a", b"\xff"], "", &[]);
        assert_eq!((seen.as_slice(), text.as_str()), (&["a".to_owned(), "a".into()][..], "a"));
    }

    #[test]
    fn a_stop_word_ends_the_text_before_it_even_when_it_is_split() {
        let (seen, text, stopped) = grown(&[b"One", b" E", b"N", b"D two"], "", &["END", "two"]);
        assert_eq!(seen, ["One", "One ", "One "]);
        assert_eq!((text.as_str(), stopped), ("One ", true));
        let (seen, text, stopped) = grown(&[b"One E", b"Nough"], "", &["END"]);
        assert_eq!(
            (seen.as_slice(), text.as_str()),
            (&["One ".to_owned(), "One ENough".into()][..], "One ENough")
        );
        assert!(!stopped);
        // The first of two counts, whatever their order in the list.
        assert_eq!(grown(&[b"a b c"], "", &["c", "b"]).1, "a ");
        let (_, text, stopped) = grown(&[b"x\xe7\x8c", b"\xab!"], "", &["\u{732b}"]);
        assert_eq!((text.as_str(), stopped), ("x", true));
    }

    #[test]
    fn a_stop_word_in_the_given_beginning_ends_nothing() {
        let (seen, text, stopped) = grown(&[b" on", b" END"], "At the END", &["END"]);
        assert_eq!((seen[0].as_str(), text.as_str(), stopped), ("At the END on", "At the END on ", true));
        assert!(!grown(&[b"D"], "EN", &["END"]).2, "half of it was given");
    }
}

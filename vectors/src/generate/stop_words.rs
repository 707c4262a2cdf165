//! Ends a text at the first of its stop words, and holds back what may be the beginning of one while the text grows.

/// Texts that end an answer. They are not part of it.
///
/// What is found does not depend on how a text is split into tokens: the word that is complete first ends the text, of several
/// that are complete at once the longest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StopWords(Vec<String>);

/// How much of a growing text can be shown, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The text grows. What is behind may be the beginning of a stop word or of a character.
    Growing(usize),
    /// A stop word begins here, and the text ends.
    Ended(usize),
}

impl Shown {
    /// Returns the number of bytes.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            Self::Growing(bytes) | Self::Ended(bytes) => bytes,
        }
    }
}

impl StopWords {
    /// Takes stop words. An empty one would end every text before its first character, and is left out.
    pub fn new<T: Into<String>>(words: impl IntoIterator<Item = T>) -> Self {
        Self(words.into_iter().map(Into::into).filter(|word| !word.is_empty()).collect())
    }

    /// Returns whether nothing ends a text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns how much of a text can be shown while its tokens are generated. A character of several tokens decodes to
    /// U+FFFD until the last of them is there, and is held back so long.
    #[must_use]
    pub fn shown(&self, text: &str) -> Shown {
        if let Some(at) = self.find(text) {
            return Shown::Ended(at);
        }
        let whole = text.trim_end_matches(char::REPLACEMENT_CHARACTER);
        Shown::Growing(whole.len() - self.0.iter().map(|word| begun(whole, word)).max().unwrap_or(0))
    }

    /// Returns a text that grows no more, up to its first stop word.
    #[must_use]
    pub fn cut<'a>(&self, text: &'a str) -> &'a str {
        &text[..self.find(text).unwrap_or(text.len())]
    }

    /// Returns where the stop word begins that is complete first.
    fn find(&self, text: &str) -> Option<usize> {
        let found = self.0.iter().filter_map(|word| Some((text.find(word.as_str())?, word.len())));
        found.min_by_key(|(at, length)| (at + length, *at)).map(|(at, _)| at)
    }
}

/// Returns the length of the longest end of a text that is a beginning of a word, and not the whole word.
fn begun(text: &str, word: &str) -> usize {
    let lengths = word.char_indices().map(|(at, _)| at).rev();
    lengths.into_iter().find(|length| text.ends_with(&word[..*length])).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_ends_at_its_first_stop_word() {
        let words = StopWords::new(["\nUser:", "END", ""]);
        assert_eq!(words.shown("Hello"), Shown::Growing(5));
        assert_eq!(words.shown("Hello\nUs"), Shown::Growing(5));
        assert_eq!(words.shown("Hello\nUsed"), Shown::Growing(10));
        assert_eq!(words.shown("Hello\nUser: E"), Shown::Ended(5));
        assert_eq!(words.cut("Hello\nUser: E"), "Hello");
        assert_eq!(words.cut("It is the END, my\nUser: x"), "It is the ");
        assert_eq!(words.cut("Hello E"), "Hello E");
        assert_eq!(words.cut("ENDED"), "");
        assert_eq!(StopWords::default().shown("Hello"), Shown::Growing(5));
    }

    #[test]
    fn a_word_that_is_complete_first_ends_the_text() {
        // "xab" shows "x" or nothing, whether it comes as one token or as three.
        let words = StopWords::new(["ab", "xabz"]);
        assert_eq!(words.shown("x"), Shown::Growing(0));
        assert_eq!(words.shown("xab"), Shown::Ended(1));
        assert_eq!(words.shown("xabz"), Shown::Ended(1));
        assert_eq!(StopWords::new(["b", "ab"]).cut("1ab"), "1");
    }

    #[test]
    fn a_character_of_several_tokens_is_held_back_and_a_word_before_it() {
        let words = StopWords::new(["fé"]);
        assert_eq!(words.shown("caf\u{fffd}"), Shown::Growing(2));
        assert_eq!(words.shown("café"), Shown::Ended(2));
        assert_eq!(words.shown("cafè"), Shown::Growing("cafè".len()));
        assert_eq!(StopWords::default().shown("caf\u{fffd}\u{fffd}"), Shown::Growing(3));
        // A text that ends so has the character.
        assert_eq!(words.cut("caf\u{fffd}"), "caf\u{fffd}");
    }

    proptest! {
        #[test]
        fn what_is_shown_does_not_depend_on_the_pieces(
            text in "[abé]{0,24}",
            words in prop::collection::vec("[abé]{1,4}", 0..4),
        ) {
            let stop = StopWords::new(words.clone());
            let (mut shown, mut ended) = (0, None);
            for at in text.char_indices().map(|(at, _)| at).skip(1).chain([text.len()]) {
                let now = stop.shown(&text[..at]);
                prop_assert!(now.bytes() >= shown, "nothing that was shown is taken back");
                shown = now.bytes();
                if let Shown::Ended(at) = now {
                    ended = Some(at);
                    break;
                }
            }
            prop_assert_eq!(stop.cut(&text), &text[..ended.unwrap_or(text.len())]);
            prop_assert!(words.iter().all(|word| !stop.cut(&text).contains(word.as_str())));
        }
    }
}

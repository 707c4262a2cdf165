//! Marks in a text: what is written like the name of a control token, as `<|im_start|>` or `[INST]`.
//!
//! Files mistype such tokens, or declare them in only one of several places. No vocabulary that was looked at makes a piece
//! of ordinary text of this form: its rules part letters from brackets. So where a template writes one, and the vocabulary
//! has it, the token is meant.

use std::collections::BTreeSet;

/// The most bytes of a mark. The longest known ones have some forty.
const MAX_MARK_BYTES: usize = 128;
/// The bytes of a text that are searched. A template writes its marks around every message.
const MAX_SEARCHED_BYTES: usize = 1 << 16;
/// The most marks of a text, which only a text of nothing but brackets has.
const MAX_MARKS: usize = 1 << 14;

/// Returns whether a token is written like the name of a control token.
pub(super) fn is_mark(token: &str) -> bool {
    let is_enclosed = |open, close| token.starts_with(open) && token.ends_with(close);
    (is_enclosed('<', '>') || is_enclosed('[', ']'))
        && token.len() <= MAX_MARK_BYTES
        && token.chars().any(char::is_alphabetic)
        && !is_byte(token)
}

/// Returns whether a token stands for one byte, as `SentencePiece` writes it (`<0x0A>`).
pub(super) fn is_byte(token: &str) -> bool {
    let digits = token.strip_prefix("<0x").and_then(|rest| rest.strip_suffix('>'));
    digits.is_some_and(|digits| digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// Returns every part of a text that could be a mark. Parts overlap: the vocabulary decides.
pub(super) fn marks(text: &str) -> BTreeSet<&str> {
    let text = &text[..text.floor_char_boundary(MAX_SEARCHED_BYTES)];
    let mut found = BTreeSet::new();
    for (start, open) in text.char_indices().filter(|(_, letter)| matches!(letter, '<' | '[')) {
        let close = if open == '<' { '>' } else { ']' };
        let rest = &text[start..];
        let rest = &rest[..rest.floor_char_boundary(MAX_MARK_BYTES)];
        for (end, close) in rest.match_indices(close) {
            let part = &rest[..end + close.len()];
            if is_mark(part) && found.len() < MAX_MARKS {
                found.insert(part);
            }
        }
    }
    found
}

/// Returns the parts of a text that are certainly meant as control tokens: `<|name|>`, without a space or a mark inside.
pub(super) fn certain_marks(text: &str) -> BTreeSet<&str> {
    let is_plain = |name: &str| !name.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '|'));
    let is_certain = |mark: &&str| {
        let name = mark.strip_prefix("<|").and_then(|rest| rest.strip_suffix("|>"));
        name.is_some_and(is_plain)
    };
    marks(text).into_iter().filter(is_certain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_tokens_look_like_marks_and_text_does_not() {
        for mark in
            ["<|im_start|>", "<s>", "</s>", "[INST]", "[/INST]", "<｜User｜>", "<start_of_turn>", "<用户>"]
        {
            assert!(is_mark(mark), "{mark}");
        }
        for text in ["user", "\n", "<0x0A>", "[1]", "<>", "[]", "a<s>", "<", "\u{2581}the", "[\u{2026}]"] {
            assert!(!is_mark(text), "{text}");
        }
        assert!(!is_mark(&format!("<{}>", "a".repeat(MAX_MARK_BYTES))));
    }

    #[test]
    fn all_parts_that_could_be_marks_are_found() {
        let found = marks("<s>[INST] a < b [/INST]<|end|>\n");
        assert!(["<s>", "[INST]", "[/INST]", "<|end|>"].iter().all(|mark| found.contains(mark)), "{found:?}");
        assert_eq!(
            certain_marks("<s><|a|>x<|b c|><|d<|e|>").into_iter().collect::<Vec<_>>(),
            ["<|a|>", "<|e|>"]
        );
        assert!(marks(&"<a>".repeat(1 << 16)).len() < MAX_MARKS);
        assert!(marks(&"é<".repeat(1 << 16)).is_empty());
    }
}

//! Cuts a very long text into parts, of which a field shows one at a time.
//!
//! A web view lays a field's whole text out again at every letter: that takes a laptop some milliseconds for 8 KiB without a line
//! break, and seconds for a megabyte.

use std::ops::Range;

/// The usual length of a part in bytes. Texts up to twice as long are shown whole.
const PART: usize = 8 << 10;
/// How far before its usual end a part may end, so that it ends between lines or words.
const SEARCHED: usize = 1 << 10;

/// The first part of a text.
pub(super) fn first(text: &str) -> Range<usize> {
    from(text, 0)
}

/// The part after another one; `None` after the last.
pub(super) fn next(text: &str, part: &Range<usize>) -> Option<Range<usize>> {
    (part.end < text.len()).then(|| from(text, part.end))
}

/// The part before another one; `None` before the first.
pub(super) fn previous(text: &str, part: &Range<usize>) -> Option<Range<usize>> {
    let start = if part.start <= 2 * PART { 0 } else { cut(text, part.start - PART) };
    (part.start > 0).then_some(start..part.start)
}

/// A text after a part of it was typed anew.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Replaced {
    pub(super) whole: String,
    /// The part that is shown of it.
    pub(super) shown: Range<usize>,
    /// The place of the caret in that part.
    pub(super) caret: usize,
}

/// Puts another text in the place of a part. What is shown then is the new text, or, where that is too long itself, the part of it in
/// which the caret stands, `caret` bytes behind its beginning: the next letter goes where the last one went.
pub(super) fn replace(text: &str, part: &Range<usize>, typed: &str, caret: usize) -> Replaced {
    let (before, after) =
        (text.get(..part.start).unwrap_or_default(), text.get(part.end..).unwrap_or_default());
    let mut whole = String::with_capacity(before.len() + typed.len() + after.len());
    whole.extend([before, typed, after]);
    let (end, caret) = (before.len() + typed.len(), before.len() + caret);
    let mut shown = before.len()..end;
    if typed.len() > 2 * PART {
        shown = from(&whole, before.len());
        while shown.end < caret
            && let Some(after) = next(&whole, &shown)
        {
            shown = after;
        }
    }
    let caret = caret - shown.start;
    Replaced { whole, shown, caret }
}

fn from(text: &str, start: usize) -> Range<usize> {
    let end = if text.len() - start <= 2 * PART { text.len() } else { cut(text, start + PART) };
    start..end
}

/// The end of a part near a place: after a line break, else after white space, else between two letters.
fn cut(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    let searched = text.floor_char_boundary(at - SEARCHED.min(at));
    let near = &text[searched..at];
    let after = |found: (usize, &str)| searched + found.0 + found.1.len();
    let line = near.rmatch_indices('\n').next();
    line.or_else(|| near.rmatch_indices(char::is_whitespace).next()).map_or(at, after)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks through the parts of a text, forth and back.
    fn parts(text: &str) -> Vec<Range<usize>> {
        let mut parts = vec![first(text)];
        while let Some(part) = next(text, &parts[parts.len() - 1]) {
            parts.push(part);
        }
        let mut part = parts[parts.len() - 1].clone();
        while let Some(before) = previous(text, &part) {
            assert!(
                before.end == part.start && before.start < before.end && before.len() <= 2 * PART + SEARCHED
            );
            part = before;
        }
        assert_eq!(part.start, 0);
        parts
    }

    #[test]
    fn a_text_of_usual_length_is_one_part() {
        for length in [0, 1, PART, 2 * PART] {
            assert_eq!(parts(&"a".repeat(length)), vec![0..length]);
        }
    }

    #[test]
    fn parts_of_a_long_text_are_the_text() {
        for text in [
            "one word after another\n".repeat(50_000),
            "\u{4f60}\u{597d}".repeat(150_000),
            "x".repeat(1 << 20),
        ] {
            let parts = parts(&text);
            let joined: String = parts.iter().map(|part| &text[part.clone()]).collect();
            assert!(joined == text && parts.len() > 20 && parts.iter().all(|part| part.len() <= 2 * PART));
        }
        let text = "one word after another\n".repeat(50_000);
        assert!(parts(&text).iter().all(|part| text[part.clone()].ends_with('\n')));
    }

    #[test]
    fn what_is_typed_into_a_part_changes_the_text_there() {
        let text = "abc ".repeat(20_000);
        let part = next(&text, &first(&text)).expect("a second part");
        let Replaced { whole, shown, caret } = replace(&text, &part, "typed", 2);
        assert_eq!((&whole[shown.clone()], caret), ("typed", 2));
        assert_eq!((&whole[..shown.start], &whole[shown.end..]), (&text[..part.start], &text[part.end..]));
        let pasted = |caret: usize| replace("ab", &(0..2), &text, caret);
        assert!(pasted(0) == Replaced { whole: text.clone(), shown: first(&text), caret: 0 });
        let replaced = replace("ab", &(0..7), "c", 1);
        let expected = Replaced { whole: "c".to_owned(), shown: 0..1, caret: 1 };
        assert_eq!(replaced, expected, "a part of another text is no place");
    }

    #[test]
    fn what_is_pasted_into_a_part_is_shown_where_the_caret_stands() {
        let text = "abc ".repeat(20_000);
        let part = next(&text, &first(&text)).expect("a second part");
        let pasted = "\u{4f60}\u{597d} ".repeat(9_000);
        for at in [0, 7, 70, 9_000, 20_001, pasted.len()] {
            let at = pasted.floor_char_boundary(at);
            let Replaced { whole, shown, caret } = replace(&text, &part, &pasted, at);
            assert_eq!(shown.start + caret, part.start + at);
            assert!(caret <= shown.len() && shown.len() <= 2 * PART, "{at}: {shown:?}");
            assert!(whole.is_char_boundary(shown.start) && whole.is_char_boundary(shown.end));
        }
    }
}

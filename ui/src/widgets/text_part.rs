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

/// Puts another text in the place of a part. Returns the whole text and the part that is shown of it: the new text, or its
/// beginning where it is too long itself.
pub(super) fn replace(text: &str, part: &Range<usize>, typed: &str) -> (String, Range<usize>) {
    let (before, after) =
        (text.get(..part.start).unwrap_or_default(), text.get(part.end..).unwrap_or_default());
    let mut whole = String::with_capacity(before.len() + typed.len() + after.len());
    whole.extend([before, typed, after]);
    let end = before.len() + typed.len();
    let shown = if typed.len() > 2 * PART { from(&whole, before.len()) } else { before.len()..end };
    (whole, shown)
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
        let (whole, shown) = replace(&text, &part, "typed");
        assert_eq!(&whole[shown.clone()], "typed");
        assert_eq!((&whole[..shown.start], &whole[shown.end..]), (&text[..part.start], &text[part.end..]));
        let (whole, shown) = replace("ab", &(0..2), &text);
        assert!(whole == text && shown == first(&text), "a long text that is pasted is shown in parts");
        let (whole, shown) = replace("ab", &(0..7), "c");
        assert_eq!((whole.as_str(), shown), ("c", 0..1), "a part of another text is no place");
    }
}

//! Makes texts that came from a file or a server safe to print on a terminal or in a dialog.
//!
//! A terminal obeys control characters (an escape sequence changes its title, hides lines or types commands), and shows text
//! with bidirectional overrides in another order than it is. Both are written as Rust escapes them.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Returns a text for one line: control characters, line breaks included, and bidirectional controls are escaped.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    escaped(text, |_| false)
}

/// Returns a text of several lines: line breaks and tabs stay as they are.
#[must_use]
pub fn lines(text: &str) -> Cow<'_, str> {
    escaped(text, |letter| matches!(letter, '\n' | '\t'))
}

/// Returns JSON whose strings have no such character as it is. Its values stay the same.
#[must_use]
pub fn json(text: &str) -> Cow<'_, str> {
    if !text.contains(is_dangerous) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_dangerous(letter) && letter != '\n' {
            // Writing to a string cannot fail. All of these letters have four digits.
            let _ = write!(safe, "\\u{:04x}", u32::from(letter));
        } else {
            safe.push(letter);
        }
    }
    Cow::Owned(safe)
}

fn escaped(text: &str, stays: impl Fn(char) -> bool) -> Cow<'_, str> {
    let is_escaped = |letter: char| is_dangerous(letter) && !stays(letter);
    if !text.contains(is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_escaped(letter) {
            safe.extend(letter.escape_default());
        } else {
            safe.push(letter);
        }
    }
    Cow::Owned(safe)
}

/// Whether a terminal obeys a character instead of showing it (C0, DEL, C1), or lets it change the order or the number of
/// the lines around it. All of these are in the basic multilingual plane.
fn is_dangerous(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_written_out() {
        let hostile = "a\x1b]0;owned\x07\u{9b}31m\u{202e}cba\u{2066}\r\n\tb\x7f";
        assert_eq!(lines(hostile), "a\\u{1b}]0;owned\\u{7}\\u{9b}31m\\u{202e}cba\\u{2066}\\r\n\tb\\u{7f}");
        assert!(!line(hostile).contains(|letter: char| letter.is_control()));
    }

    #[test]
    fn plain_text_of_any_script_stays_as_it_is() {
        for text in ["Was kostet das? 你好 مرحبا 👩‍👩‍👧", "a\u{200f}b"] {
            assert!(matches!(line(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn json_keeps_its_values() {
        let values = ["\u{9b}31m", "\u{202e}", "\x1b", "plain \u{7f}"];
        let text = serde_json::to_string(&values).expect("JSON");
        let safe = json(&text);
        assert!(!safe.contains(is_dangerous), "{safe}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&safe).expect("JSON"), values);
    }
}

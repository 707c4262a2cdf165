//! Makes the one line that the list shows of a pair.

use ipc::data::PairContent;
use ipc::list::PairField;

use super::find::{fold, words};

/// The most characters of the line.
const LINE: usize = 160;
/// The most characters before the word that was found.
const BEFORE: usize = 24;

/// Returns the first line of the prompt; where the first word of the search stands elsewhere, the text around it and its
/// field.
#[must_use]
pub fn excerpt(content: &PairContent, text: &str) -> (String, PairField) {
    let first = first_line(&content.prompt);
    let Some(word) = words(text).into_iter().next() else { return (first, PairField::Prompt) };
    if position(&first, &word).is_some() {
        return (first, PairField::Prompt);
    }
    let fields = [
        (PairField::Prompt, content.prompt.as_str()),
        (PairField::Wanted, &content.wanted),
        (PairField::Opposite, &content.opposite),
        (PairField::System, content.system.as_deref().unwrap_or_default()),
    ];
    let turns = content.turns.iter().map(|turn| (PairField::Turn, turn.text.as_str()));
    for (field, text) in fields.into_iter().chain(turns).chain([(PairField::Note, content.note.as_str())]) {
        if let Some(at) = position(text, &word) {
            return (around(text, at), field);
        }
    }
    (first, PairField::Prompt)
}

/// Returns the first line that is not blank.
fn first_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.chars().take(LINE).collect()
}

/// Returns the index of the character at which a folded word begins. Folding changes the length of some characters.
fn position(text: &str, word: &str) -> Option<usize> {
    let mut folded = String::with_capacity(text.len());
    fold(text, &mut folded);
    let byte = folded.find(word)?;
    if text.is_ascii() {
        return Some(byte);
    }
    let mut length = 0;
    let ends = |letter: char| {
        length += letter.to_lowercase().map(char::len_utf8).sum::<usize>();
        length > byte
    };
    text.chars().position(ends)
}

/// Returns the text around a character, in one line.
fn around(text: &str, at: usize) -> String {
    let from = at.saturating_sub(BEFORE);
    let flat =
        text.chars().skip(from).take(LINE).map(|letter| if letter.is_whitespace() { ' ' } else { letter });
    let dots = if from > 0 { "\u{2026}" } else { "" };
    dots.chars().chain(flat).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_shows_what_was_found() {
        let content = PairContent {
            prompt: "\n  First line\nsecond line".into(),
            wanted: "İ".repeat(50) + " Ünlü money",
            note: "look here".into(),
            ..PairContent::default()
        };
        assert_eq!(excerpt(&content, ""), ("First line".into(), PairField::Prompt));
        assert_eq!(excerpt(&content, "LINE"), ("First line".into(), PairField::Prompt));
        assert_eq!(excerpt(&content, "second").1, PairField::Prompt);
        let (line, field) = excerpt(&content, "MONEY");
        assert!(
            field == PairField::Wanted && line.starts_with('\u{2026}') && line.ends_with("Ünlü money"),
            "{line}"
        );
        assert_eq!(excerpt(&content, "here"), ("look here".into(), PairField::Note));
        assert_eq!(excerpt(&content, "nowhere").1, PairField::Prompt);
    }
}

//! Finds template fields that nobody filled, and marks of where a text was copied from.

use ipc::data::PairContent;
use ipc::quality::{FindingKind, Weight};

use super::{Found, plural};

/// Texts in lower case that no written answer holds, each with its description.
const MARKS: [(&str, &str); 22] = [
    ("lorem ipsum", "filler text"),
    ("<|", "a model's control token"),
    ("[inst]", "a model's control token"),
    ("[/inst]", "a model's control token"),
    ("<<sys>>", "a model's control token"),
    ("</s>", "a model's control token"),
    ("<br", "HTML"),
    ("<p>", "HTML"),
    ("</p>", "HTML"),
    ("<div", "HTML"),
    ("</a>", "HTML"),
    ("&amp;", "HTML"),
    ("&nbsp;", "HTML"),
    ("&quot;", "HTML"),
    ("&#39;", "HTML"),
    ("\n\nhuman:", "a transcript's mark"),
    ("\n\nassistant:", "a transcript's mark"),
    ("\u{e2}\u{20ac}", "letters read in the wrong encoding"),
    ("\u{c3}\u{a9}", "letters read in the wrong encoding"),
    ("\u{fffd}", "a letter that could not be read"),
    ("as an ai language model", "a model's stock phrase"),
    ("\\n", "a line break written out"),
];

/// Words that occur in the names of fields that a person must fill.
const FIELD_WORDS: [&str; 9] =
    ["insert", "your", "name", "todo", "placeholder", "answer", "question", "topic", "fill"];

pub(super) fn check(pairs: &[PairContent]) -> Option<Found> {
    let note = |pair: &PairContent| {
        let texts = [("prompt", &pair.prompt), ("wanted", &pair.wanted), ("opposite", &pair.opposite)];
        let marks: Vec<String> =
            texts.iter().filter_map(|(name, text)| Some(format!("{name}: {}", mark(text)?))).collect();
        (!marks.is_empty()).then(|| marks.join("; "))
    };
    let rows: Vec<(usize, String)> =
        pairs.iter().enumerate().filter_map(|(place, pair)| Some((place, note(pair)?))).collect();
    (!rows.is_empty()).then(|| Found {
        kind: FindingKind::Leftovers,
        weight: Weight::Warning,
        message: format!("{} with unfilled fields or marks of where a text was copied from.", plural(rows.len(), "pair")),
        why: "A model reads every mark; where wanted and opposite answers differ in them, a vector learns them.",
        rows,
        repair: None,
    })
}

/// Describes the first leftover in a text, where there is one.
fn mark(text: &str) -> Option<String> {
    let small = text.to_lowercase();
    if let Some(field) = field(text) {
        return Some(format!("unfilled field {field}"));
    }
    if matches!(small.trim(), "nan" | "none" | "null" | "undefined" | "n/a" | "todo" | "tbd") {
        return Some(format!("{} instead of a text", text.trim()));
    }
    let found = MARKS.iter().find(|(mark, _)| small.contains(mark));
    found.map(|(mark, what)| {
        if what.contains("line break") || mark.trim().starts_with('\u{e2}') {
            (*what).to_owned()
        } else {
            format!("{what} {}", mark.trim())
        }
    })
}

/// Finds a field of a template: `{name}`, `{{ name }}`, `${name}`, `[INSERT NAME]`, `<your answer>`.
fn field(text: &str) -> Option<String> {
    for (open, close) in [('{', '}'), ('[', ']'), ('<', '>')] {
        let mut rest = text;
        while let Some(begin) = rest.find(open) {
            let after = &rest[begin + open.len_utf8()..];
            let inside: String =
                after.chars().take_while(|letter| *letter != close && *letter != '\n').take(41).collect();
            let is_closed = after[inside.len()..].starts_with(close);
            let name = inside.trim_matches(['{', '}', ' ', '%']);
            if is_closed && is_field(open, name) {
                return Some(format!("{open}{inside}{close}"));
            }
            rest = after;
        }
    }
    None
}

fn is_field(open: char, name: &str) -> bool {
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | ' ' | '-' | '.' | '\''))
        && name.chars().any(char::is_alphabetic);
    let small = name.to_lowercase();
    let has_word = FIELD_WORDS.iter().any(|word| small.split([' ', '_', '-']).any(|part| part == *word));
    match open {
        // A template field in braces is one word, and code in braces has several.
        '{' => is_name && !name.contains(' '),
        // People also write notes and sources in brackets, so only a request to fill something in is reported.
        '[' => {
            is_name
                && has_word
                && (name.to_uppercase() == name || small.starts_with("insert") || small.starts_with("your"))
        }
        _ => is_name && has_word && small.contains(' '),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::quality::testing::pair;

    #[test]
    fn unfilled_fields_are_found() {
        for text in [
            "Dear {name},",
            "Hi {{ user_name }}!",
            "${topic} is",
            "As [INSERT NAME] said",
            "[Your answer]",
            "<your answer here>",
        ] {
            assert!(field(text).is_some(), "{text}");
        }
        for text in [
            "a set {1, 2}",
            "see [1]",
            "[laughs]",
            "a < b > c",
            "fn main() { let x = 1; }",
            "{",
            "[insert",
            "<b>",
        ] {
            assert_eq!(field(text), None, "{text}");
        }
    }

    #[test]
    fn marks_are_named_where_they_stand() {
        let pairs = [
            pair("p", "Fish &amp; chips", "fine"),
            pair("p", "fine", "NaN"),
            pair("p", "It\u{e2}\u{20ac}\u{2122}s", "Nan visits"),
            pair("p", "all", "good"),
        ];
        let found = check(&pairs).expect("leftovers");
        let rows: Vec<(usize, &str)> =
            found.rows.iter().map(|(place, note)| (*place, note.as_str())).collect();
        assert_eq!(
            rows,
            [
                (0, "wanted: HTML &amp;"),
                (1, "opposite: NaN instead of a text"),
                (2, "wanted: letters read in the wrong encoding")
            ]
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]{}<>a-z漢é \n%]{0,60}") {
            let _ = mark(&text);
        }
    }
}

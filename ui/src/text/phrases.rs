//! Puts the sentences of the application and of the engine into the language that is spoken. They come in English, as libraries
//! speak; the message whose English text has the same fixed parts gives the sentence in the other language, as gettext does.

use std::cell::OnceCell;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, PatternElement};
use fluent_syntax::parser::parse;

use super::bundles::{files, spoken, written};
use super::{Argument, Language};

/// The files that hold such sentences begin all their ids with this.
const SAID: &str = "said-";

/// A part of a sentence.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// It stands in every such sentence.
    Fixed(String),
    /// A value stands there.
    Value(&'static str),
}

/// The English form of a message.
struct Phrase {
    id: &'static str,
    parts: Vec<Part>,
    /// How many bytes of it are fixed: of two that fit, the one with more says more.
    fixed: usize,
}

thread_local! {
    static PHRASES: OnceCell<Vec<Phrase>> = const { OnceCell::new() };
}

/// Returns a text of the application in the language that is spoken. A text that is none of its sentences, a name for instance,
/// comes back as it is.
#[must_use]
pub fn said(text: &str) -> String {
    match spoken() {
        Language::English => text.to_owned(),
        language @ Language::Chinese => in_parts(text, language).unwrap_or_else(|| text.to_owned()),
    }
}

/// Returns a text in a language: one sentence; a library's error that was made a sentence; several sentences; or a cause behind
/// what it is the cause of.
fn in_parts(text: &str, language: Language) -> Option<String> {
    let of_library = || {
        let plain = text.strip_suffix('.')?;
        let mut letters = plain.chars();
        let small: String = letters.next()?.to_lowercase().chain(letters).collect();
        let own = translated(plain, language).or_else(|| translated(&small, language))?;
        Some(format!("{own}\u{3002}"))
    };
    let several = || {
        let sentences: Vec<&str> = text.split_inclusive(". ").collect();
        let of_one = |sentence: &&str| in_parts(sentence.trim_end(), language);
        (sentences.len() > 1).then(|| sentences.iter().map(of_one).collect::<Option<String>>())?
    };
    // A path or another text of the person's may stand on one side, but not on both.
    let with_cause = || {
        text.match_indices(": ").find_map(|(at, between)| {
            let (what, cause) = (&text[..at], &text[at + between.len()..]);
            let both = (translated(what, language), in_parts(cause, language));
            let is_known = both.0.is_some() || both.1.is_some();
            let [what, cause] =
                [(both.0, what), (both.1, cause)].map(|(own, text)| own.unwrap_or_else(|| text.to_owned()));
            is_known.then(|| format!("{what}\u{ff1a}{cause}"))
        })
    };
    translated(text, language).or_else(of_library).or_else(several).or_else(with_cause)
}

/// Returns a sentence of the application in a language, if it is one.
pub(super) fn translated(text: &str, language: Language) -> Option<String> {
    let (id, values) = PHRASES.with(|phrases| {
        let phrases = phrases.get_or_init(phrases_of_english);
        phrases.iter().find_map(|phrase| Some((phrase.id, values(&phrase.parts, text)?)))
    })?;
    // A value may be a sentence of a library or a label of its own; what stands in quotation marks is a person's.
    let is_quoted = |value: &str| {
        let before = &text[..value.as_ptr() as usize - text.as_ptr() as usize];
        before.ends_with(['"', '\u{201c}', '\u{2018}', '`'])
    };
    let of_value = |(name, value): (&'static str, &str)| {
        let own = if is_quoted(value) { None } else { translated(value, language) };
        (name, Argument::from(own.unwrap_or_else(|| value.to_owned())))
    };
    let values: Vec<(&'static str, Argument)> = values.into_iter().map(of_value).collect();
    written(language, id, &values)
}

/// Reads the English messages, those with the most fixed text first.
fn phrases_of_english() -> Vec<Phrase> {
    let mut phrases = Vec::new();
    for text in files(Language::English) {
        let resource = parse(*text).unwrap_or_else(|(resource, _)| resource);
        for entry in resource.body {
            let Entry::Message(message) = entry else { continue };
            let Some(pattern) = message.value.filter(|_| message.id.name.starts_with(SAID)) else { continue };
            let parts: Vec<Part> = joined(pattern.elements.iter().filter_map(part));
            let fixed =
                parts.iter().map(|part| if let Part::Fixed(text) = part { text.len() } else { 0 }).sum();
            phrases.push(Phrase { id: message.id.name, parts, fixed });
        }
    }
    phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.fixed));
    phrases
}

fn part(element: &PatternElement<&'static str>) -> Option<Part> {
    match element {
        PatternElement::TextElement { value } => Some(Part::Fixed((*value).to_owned())),
        PatternElement::Placeable { expression: Expression::Inline(inline) } => match inline {
            InlineExpression::VariableReference { id } => Some(Part::Value(id.name)),
            InlineExpression::StringLiteral { value } => {
                Some(Part::Fixed(fluent_syntax::unicode::unescape_unicode_to_string(value).into_owned()))
            }
            _ => None,
        },
        PatternElement::Placeable { .. } => None,
    }
}

/// Joins fixed parts that stand side by side.
fn joined(parts: impl Iterator<Item = Part>) -> Vec<Part> {
    let mut all: Vec<Part> = Vec::new();
    for part in parts {
        match (all.last_mut(), part) {
            (Some(Part::Fixed(before)), Part::Fixed(text)) => before.push_str(&text),
            (_, part) => all.push(part),
        }
    }
    all
}

/// Returns the values of a phrase in a text, if the text is that phrase.
fn values<'a>(parts: &[Part], text: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
    match parts {
        [] => text.is_empty().then(Vec::new),
        [Part::Fixed(fixed), rest @ ..] => values(rest, text.strip_prefix(fixed.as_str())?),
        [Part::Value(name)] => (!text.is_empty()).then(|| vec![(*name, text)]),
        [Part::Value(name), rest @ ..] => {
            let [Part::Fixed(next), ..] = rest else { return None };
            // The shortest value first; a later place is tried where what follows does not fit.
            text.match_indices(next.as_str()).filter(|(at, _)| *at > 0).find_map(|(at, _)| {
                let mut found = values(rest, &text[at..])?;
                found.insert(0, (*name, &text[..at]));
                Some(found)
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &'static str) -> Vec<Part> {
        let resource = parse(text).expect("a message");
        let Entry::Message(message) = &resource.body[0] else { panic!("no message") };
        joined(message.value.as_ref().expect("a text").elements.iter().filter_map(part))
    }

    #[test]
    fn the_values_of_a_sentence_are_found() {
        let phrase = parts("id = { $file }, line { $line }: { $why }.\n");
        let found = values(&phrase, "a, line.csv, line 7: it is empty.").expect("it fits");
        assert_eq!(found, [("file", "a, line.csv"), ("line", "7"), ("why", "it is empty")]);
        assert_eq!(values(&phrase, "a.csv, line 7"), None);
        assert_eq!(values(&phrase, ", line 7: x."), None, "a value is not empty");
    }

    #[test]
    fn a_brace_in_a_text_is_a_brace() {
        let phrase = parts("id = It has { \"{\" } in { $place }\n");
        assert_eq!(values(&phrase, "It has { in row 3"), Some(vec![("place", "row 3")]));
    }

    #[test]
    fn every_sentence_is_found_by_its_own_english_text() {
        PHRASES.with(|all| {
            for phrase in all.get_or_init(phrases_of_english) {
                let text: String = phrase
                    .parts
                    .iter()
                    .map(|part| match part {
                        Part::Fixed(text) => text.clone(),
                        Part::Value(name) => format!("\u{27e8}{name}\u{27e9}"),
                    })
                    .collect();
                let words = phrase.parts.iter().filter(|part| matches!(part, Part::Fixed(_))).count();
                assert!(words > 0, "{} fits every text", phrase.id);
                let chinese = translated(&text, Language::Chinese).expect("a translation");
                assert_ne!(chinese, text, "{} stays in English", phrase.id);
            }
        });
    }

    #[test]
    fn a_sentence_of_a_library_several_and_a_cause_are_put_together() {
        let [one, two] = ["A vector needs a name.", "Choose an earlier layer."]
            .map(|text| (text, translated(text, Language::Chinese).expect("a sentence of the application")));
        let said = |text: &str| in_parts(text, Language::Chinese);
        assert_eq!(said(&format!("{} {}", one.0, two.0)), Some(format!("{}{}", one.1, two.1)));
        assert_eq!(said(&format!("/a/b.csv: {}", two.0)), Some(format!("/a/b.csv\u{ff1a}{}", two.1)));
        assert_eq!(said(&format!("{}: /a/b.csv", one.0)), Some(format!("{}\u{ff1a}/a/b.csv", one.1)));
        assert_eq!(said("my: own"), None);
    }

    #[test]
    fn what_nobody_says_stays_as_it_is() {
        assert_eq!(translated("my vector \u{5411}\u{91cf}", Language::Chinese), None);
    }
}

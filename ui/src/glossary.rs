//! Reads the nouns of `docs/glossary.md`, whose definitions the window shows where the words stand. The document of another
//! language has the same nouns in the same order; the page asks for each by its English name.

use std::sync::LazyLock;

use crate::text::{Language, spoken};

/// The documents, which are compiled into the page.
const ENGLISH: &str = include_str!("../../docs/glossary.md");
const CHINESE: &str = include_str!("../../docs/glossary.zh-CN.md");

/// One noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The heading of the group in which it stands.
    pub group: &'static str,
    /// The noun in English, by which the page asks for it.
    pub term: &'static str,
    /// The noun, as a person reads it.
    pub name: &'static str,
    /// The definition, in one to three sentences.
    pub definition: &'static str,
}

static IN_ENGLISH: LazyLock<Vec<Entry>> = LazyLock::new(|| parse(ENGLISH));
static IN_CHINESE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let same = |(entry, english): (Entry, &Entry)| Entry { term: english.term, ..entry };
    parse(CHINESE).into_iter().zip(IN_ENGLISH.iter()).map(same).collect()
});

/// Returns every noun in the language that is spoken, in the order of the document.
#[must_use]
pub fn entries() -> &'static [Entry] {
    match spoken() {
        Language::English => &IN_ENGLISH,
        Language::Chinese => &IN_CHINESE,
    }
}

/// Returns the entry of a noun, whose English name is written as in the document.
#[must_use]
pub fn entry(term: &str) -> Option<&'static Entry> {
    entries().iter().find(|entry| entry.term == term)
}

/// Returns the entries in which every word of a query stands, by group. An empty query finds all of them.
#[must_use]
pub fn find(query: &str) -> Vec<(&'static str, Vec<&'static Entry>)> {
    let query = query.to_lowercase();
    let mut groups: Vec<(&str, Vec<&Entry>)> = Vec::new();
    for entry in entries() {
        let text = format!("{} {} {}", entry.term, entry.name, entry.definition).to_lowercase();
        if !query.split_whitespace().all(|word| text.contains(word)) {
            continue;
        }
        match groups.last_mut().filter(|(group, _)| *group == entry.group) {
            Some((_, found)) => found.push(entry),
            None => groups.push((entry.group, vec![entry])),
        }
    }
    groups
}

/// Returns a term as a part of ids in the page: `KV cache` is `kv-cache`.
#[must_use]
pub fn key(term: &str) -> String {
    term.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}

/// Splits a text around a term: the text before it, the word itself (with the s of a plural), and the text after it. If
/// the text does not contain the term, the whole text is the word.
#[must_use]
pub fn split_at_term<'a>(text: &'a str, term: &str) -> (&'a str, &'a str, &'a str) {
    // Only ASCII letters change their case, so that the byte offsets in both texts are the same.
    let Some(from) = text.to_ascii_lowercase().find(&term.to_ascii_lowercase()) else {
        return ("", text, "");
    };
    let to = from + term.len();
    let is_plural = text[to..].starts_with('s') && !text[to + 1..].starts_with(char::is_alphanumeric);
    let to = to + usize::from(is_plural);
    (&text[..from], &text[from..to], &text[to..])
}

/// Reads groups (`## Group`), terms (`### Term`) and the paragraph below each term.
fn parse(document: &'static str) -> Vec<Entry> {
    let mut entries = Vec::new();
    for section in document.split("\n## ").skip(1) {
        let (group, section) = section.split_once('\n').unwrap_or((section, ""));
        for term in section.split("\n### ").skip(1) {
            let (term, definition) = term.split_once('\n').unwrap_or((term, ""));
            let (group, term) = (group.trim(), term.trim());
            entries.push(Entry { group, term, name: term, definition: definition.trim() });
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Returns how many sentences a text has. The point of `et al.` ends none, for a small letter or a digit follows.
    fn sentences(text: &str) -> usize {
        let ends = text.match_indices(['.', '?', '!']).filter(|(at, _)| {
            let after = &text[at + 1..];
            after.is_empty()
                || after.strip_prefix(' ').is_some_and(|next| next.starts_with(char::is_uppercase))
        });
        ends.count()
    }

    #[test]
    fn every_entry_has_a_definition_of_one_to_three_sentences() {
        assert_eq!(entries().len(), ENGLISH.matches("\n### ").count());
        for entry in entries() {
            assert!(!entry.group.is_empty() && !entry.term.is_empty(), "{entry:?}");
            assert!((1..=3).contains(&sentences(entry.definition)), "{entry:?}");
            assert!(entry.definition.ends_with('.') && !entry.definition.contains('\n'), "{entry:?}");
        }
    }

    #[test]
    fn the_documents_have_the_same_groups_and_terms() {
        let of_group = |document: &'static str| -> Vec<usize> {
            document.split("\n## ").skip(1).map(|section| section.matches("\n### ").count()).collect()
        };
        assert_eq!(of_group(CHINESE), of_group(ENGLISH));
        assert_eq!(IN_CHINESE.len(), IN_ENGLISH.len());
        for entry in IN_CHINESE.iter() {
            assert!(!entry.name.is_empty() && !entry.definition.contains('\n'), "{entry:?}");
            assert!(entry.definition.ends_with('\u{3002}'), "{entry:?}");
            assert!((1..=3).contains(&entry.definition.matches('\u{3002}').count()), "{entry:?}");
        }
        let found = |term: &str| IN_CHINESE.iter().find(|entry| entry.term == term).map(|entry| entry.name);
        assert_eq!(found("Nats"), Some("\u{5948}\u{7279}"));
        assert_eq!(found("Fingerprint"), Some("\u{6307}\u{7eb9}"));
    }

    #[test]
    fn terms_and_their_keys_are_unique() {
        let mut keys: Vec<String> = entries().iter().map(|entry| key(entry.term)).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), entries().len());
        assert_eq!(key("A/B accuracy"), "a-b-accuracy");
    }

    #[test]
    fn a_query_finds_words_of_terms_and_definitions() {
        assert_eq!(find("").iter().map(|(_, found)| found.len()).sum::<usize>(), entries().len());
        let found = find("KEYS cache");
        assert!(found.iter().any(|(group, found)| *group == "Model" && found[0].term == "KV cache"));
        assert!(find("no such word anywhere").is_empty());
    }

    #[test]
    fn a_term_is_found_in_a_label() {
        assert_eq!(split_at_term("Epochs", "Epoch"), ("", "Epochs", ""));
        assert_eq!(split_at_term("At the multiplier", "Multiplier"), ("At the ", "multiplier", ""));
        assert_eq!(split_at_term("Held out, in %", "Held out"), ("", "Held out", ", in %"));
        assert_eq!(split_at_term("d \u{00d7} margin", "Margin"), ("d \u{00d7} ", "margin", ""));
        assert_eq!(split_at_term("Right way", "Sign accuracy"), ("", "Right way", ""));
    }

    /// Returns the texts in quotes after a mark.
    fn quoted<'a>(source: &'a str, mark: &str) -> Vec<&'a str> {
        source.split(mark).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("an entry is read").path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("glossary.rs")
            {
                found.push(fs::read_to_string(&path).expect("a source is text"));
            }
        }
    }

    #[test]
    fn every_term_that_the_page_names_is_defined() {
        let mut texts = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut texts);
        let named: Vec<&str> = texts
            .iter()
            .flat_map(|text| [quoted(text, "<Term name=\""), quoted(text, " term=\"")].concat())
            .collect();
        assert!(named.len() > 20, "the marks are those that the sources use: {named:?}");
        for term in named {
            assert!(entry(term).is_some(), "docs/glossary.md does not define \u{201c}{term}\u{201d}");
        }
    }
}

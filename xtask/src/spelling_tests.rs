//! Tests that what people read, the documents and the English texts of the window, is spelt in British English throughout.

use std::fs;

use crate::folders;

/// Stems of American forms.
const AMERICAN: [&str; 15] = [
    "behavior", "canceled", "catalog", "center", "color", "favor", "flavor", "gray", "honor", "labeled",
    "license", "modeling", "neighbor", "artifact", "analyz",
];

/// British words that begin like an American one.
const BRITISH: [&str; 3] = ["catalogue", "catalogues", "licensed"];

/// Words of the field, which keep the spelling of its papers and programs.
const NAMES: [&str; 4] = ["tokeniz", "quantiz", "optimizer", "optimization"];

/// Returns the prose of a line: without what stands in back quotes, in quotation marks and in the brackets of links and of Fluent's
/// variables, and without the name of the typeface's licence.
fn prose(line: &str) -> String {
    let mut prose = String::new();
    let mut end = None;
    for letter in line.replace("Font License", "").chars() {
        match (end, letter) {
            (Some(expected), letter) if letter == expected => end = None,
            (Some(_), _) => {}
            (None, '`' | '"') => end = Some(letter),
            (None, '{') => end = Some('}'),
            (None, '(') if prose.ends_with(']') => end = Some(')'),
            (None, letter) => prose.push(letter),
        }
    }
    prose
}

/// Tells whether a word is American.
fn is_american(word: &str) -> bool {
    let word = word.to_lowercase();
    let is_name = NAMES.iter().any(|name| word.contains(name));
    let has_z =
        ["ize", "izes", "ized", "izing", "ization", "izations", "izer"].iter().any(|end| word.ends_with(end))
            && !["size", "sizes", "sized", "prize", "prizes"].iter().any(|end| word.ends_with(end));
    !is_name
        && (has_z || AMERICAN.iter().any(|stem| word.starts_with(stem)) && !BRITISH.contains(&word.as_str()))
}

/// Returns the American words of a text, each with its line.
fn american(text: &str) -> Vec<String> {
    let of_line = |(number, line): (usize, &str)| {
        let prose = prose(line);
        let words = prose.split(|letter: char| !letter.is_alphabetic()).filter(|word| is_american(word));
        words.map(|word| format!("{}: {word}", number + 1)).collect::<Vec<_>>()
    };
    text.lines().enumerate().flat_map(of_line).collect()
}

#[test]
fn documents_and_texts_are_british() {
    let root = folders::root();
    let mut files: Vec<_> = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"]
        .map(|name| root.join(name))
        .to_vec();
    for folder in ["docs", "ui/locales/en"] {
        files.extend(fs::read_dir(root.join(folder)).expect("a folder").flatten().map(|entry| entry.path()));
    }
    files.retain(|file| file.extension().is_some_and(|ending| ending == "md" || ending == "ftl"));
    assert!(files.len() > 40, "{} files", files.len());
    for file in files {
        let text = fs::read_to_string(&file).expect("a text");
        let is_messages = file.extension().is_some_and(|ending| ending == "ftl");
        // The names of messages are for programs.
        let read = |line: &str| match line.split_once(" = ") {
            Some((_, text)) if is_messages => text.to_owned(),
            _ => line.to_owned(),
        };
        let text: Vec<String> = text.lines().map(read).collect();
        assert_eq!(american(&text.join("\n")), Vec::<String>::new(), "{}", file.display());
    }
}

#[test]
fn american_words_are_found_and_names_are_not() {
    assert_eq!(american("The colour of the\nCenter, recognized"), ["2: Center", "2: recognized"]);
    assert_eq!(
        american("A catalogue of sizes; the optimizer; `color`; \"grayed\"; [licence](LICENSE)"),
        Vec::<String>::new()
    );
}

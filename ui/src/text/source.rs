//! Reads the sources of the page and of the window around it as tokens, for the tests of their texts.

use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};

/// A use of `t!` in the sources.
pub(super) struct Use {
    /// The file and the line, to name in a failure.
    pub(super) place: String,
    pub(super) id: String,
    /// The names of the values that are given.
    pub(super) values: Vec<String>,
}

/// A string in the sources that is no id of `t!`.
pub(super) struct Text {
    /// The file and the line, to name in a failure.
    pub(super) place: String,
    pub(super) value: String,
    /// What it is given to: an attribute's name (`aria-label`), or the function or macro whose argument it is (`expect`).
    pub(super) given_to: String,
}

/// What the sources say, tests left out.
#[derive(Default)]
pub(super) struct Said {
    pub(super) uses: Vec<Use>,
    pub(super) texts: Vec<Text>,
}

/// Reads all sources of the page.
pub(super) fn of_page() -> Said {
    read("src")
}

/// Reads all sources of the window around the page.
pub(super) fn of_window() -> Said {
    read("../src-tauri/src")
}

fn read(sources: &str) -> Said {
    let mut said = Said::default();
    folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join(sources), &mut said);
    assert!(!said.texts.is_empty(), "{sources} has no text");
    said
}

fn folder(path: &Path, said: &mut Said) {
    let mut entries: Vec<_> =
        fs::read_dir(path).expect("a folder").flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for entry in entries {
        let name = entry.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if entry.is_dir() {
            folder(&entry, said);
        } else if entry.extension().is_some_and(|ending| ending == "rs")
            && !name.ends_with("tests.rs")
            && name != "samples.rs"
        {
            let text = fs::read_to_string(&entry).expect("a source");
            let tokens: TokenStream =
                text.parse().unwrap_or_else(|error| panic!("{}: {error}", entry.display()));
            let short =
                entry.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(&entry).display().to_string();
            Reader { file: short, said }.tokens(tokens, "");
        }
    }
}

struct Reader<'a> {
    file: String,
    said: &'a mut Said,
}

impl Reader<'_> {
    /// Reads tokens that stand in the arguments of a function or macro, or in none.
    fn tokens(&mut self, tokens: TokenStream, within: &str) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                // An attribute of Rust: a comment, a lint's reason, or the mark of a test, which leaves out what follows.
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    let inner = usize::from(is_punct(tokens.get(at + 1), '!'));
                    if let Some(TokenTree::Group(group)) = tokens.get(at + 1 + inner)
                        && group.delimiter() == Delimiter::Bracket
                    {
                        at += 1 + inner;
                        if group.stream().to_string().replace(' ', "") == "cfg(test)" {
                            at = end_of_item(&tokens, at + 1);
                        }
                    }
                }
                TokenTree::Group(group) => self.group(&tokens, at, group, within),
                TokenTree::Literal(literal) => {
                    let given_to = attribute(&tokens, at).unwrap_or_else(|| within.to_owned());
                    self.literal(literal, given_to);
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
            at += 1;
        }
    }

    fn group(&mut self, tokens: &[TokenTree], at: usize, group: &Group, within: &str) {
        let is_macro = at > 0 && is_punct(tokens.get(at - 1), '!');
        let name = at.checked_sub(1 + usize::from(is_macro)).and_then(|at| ident(tokens.get(at)));
        let name = name.map(ToString::to_string).unwrap_or_default();
        if is_macro && name == "t" {
            return self.message(group);
        }
        let is_called = group.delimiter() == Delimiter::Parenthesis && !name.is_empty();
        let given = attribute(tokens, at);
        self.tokens(
            group.stream(),
            if let Some(given) = &given {
                given
            } else if is_called {
                &name
            } else {
                within
            },
        );
    }

    /// Reads the arguments of `t!`. What is given as a value may be a text or another message.
    fn message(&mut self, group: &Group) {
        let mut tokens = group.stream().into_iter();
        let Some(TokenTree::Literal(literal)) = tokens.next() else { return };
        let rest: Vec<TokenTree> = tokens.collect();
        let values = rest
            .windows(3)
            .filter(|three| is_punct(Some(&three[0]), ',') && is_punct(Some(&three[2]), '='))
            .filter_map(|three| ident(Some(&three[1])).map(ToString::to_string))
            .collect();
        let place = self.place(&literal);
        self.said.uses.push(Use { place, id: text_of(&literal).unwrap_or_default(), values });
        self.tokens(rest.into_iter().collect(), "t");
    }

    fn literal(&mut self, literal: &Literal, given_to: String) {
        if let Some(value) = text_of(literal) {
            let place = self.place(literal);
            self.said.texts.push(Text { place, value, given_to });
        }
    }

    fn place(&self, literal: &Literal) -> String {
        format!("{}:{}", self.file, literal.span().start().line)
    }
}

/// Returns where the item that begins at a token ends: at its braces or its semicolon.
fn end_of_item(tokens: &[TokenTree], from: usize) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        token => is_punct(Some(token), ';'),
    };
    from + tokens[from..].iter().position(ends).unwrap_or(0)
}

/// Returns the name before the equals sign that a token stands behind: `aria-label`, `prop:value`.
fn attribute(tokens: &[TokenTree], at: usize) -> Option<String> {
    let equals = at.checked_sub(1)?;
    if !is_punct(tokens.get(equals), '=') {
        return None;
    }
    let mut parts = Vec::new();
    for token in tokens[..equals].iter().rev() {
        let is_part =
            if parts.len() % 2 == 0 { ident(Some(token)).is_some() } else { is_punct(Some(token), '-') };
        if !is_part {
            break;
        }
        parts.push(token.to_string());
    }
    parts.reverse();
    Some(parts.concat())
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

fn ident(token: Option<&TokenTree>) -> Option<&Ident> {
    match token {
        Some(TokenTree::Ident(ident)) => Some(ident),
        _ => None,
    }
}

/// Returns the value of a string literal, its escapes undone as far as letters and blanks are concerned.
fn text_of(literal: &Literal) -> Option<String> {
    let source = literal.to_string();
    let raw = source.starts_with('r');
    let inner = source.trim_start_matches('r').trim_matches('#').strip_prefix('"')?.strip_suffix('"')?;
    if raw {
        return Some(inner.to_owned());
    }
    let mut text = String::new();
    let mut letters = inner.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        match letters.next() {
            Some('u') => {
                let code: String = letters.by_ref().skip(1).take_while(|letter| *letter != '}').collect();
                text.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
            }
            // A line that goes on: what stands before the next word is no part of it.
            Some('\n') => while letters.next_if(|letter| letter.is_whitespace()).is_some() {},
            Some('n' | 't') => text.push(' '),
            Some(other) => text.push(other),
            None => {}
        }
    }
    Some(text)
}

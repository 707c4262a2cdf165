//! Bounds what a template's source can build: long chains are refused, and every value that a variable takes is checked.
//!
//! minijinja walks nested values and nested expressions by recursion, and counts no fuel for it. A list that holds
//! itself sixty times over, or a namespace that holds itself, ends the process by want of stack or takes hours. So
//! [`bounded`] writes a check of [`super::value_bounds`] around every assignment and after every block that binds
//! variables. What a single expression can build beyond that is bounded by its length.

use std::ops::Range;

use minijinja::machinery::{Token, tokenize};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Error, ErrorKind};

use super::value_bounds::{CHECK, COPY};

/// The most words and signs between the marks of one block. minijinja reads and compiles a chain of them by recursion.
const MAX_BLOCK_TOKENS: usize = 1 << 11;
/// The most `elif` of a template: minijinja reads each of them inside the one before.
const MAX_ELIF: usize = 1 << 9;

/// A word or sign inside a block, with the bytes of the source that it takes.
struct Part<'a> {
    token: Token<'a>,
    at: Range<usize>,
}

impl Part<'_> {
    fn is(&self, word: &str) -> bool {
        matches!(self.token, Token::Ident(ident) if ident == word)
    }

    /// Returns how much deeper into brackets the next token is.
    fn deeper(&self) -> i32 {
        match self.token {
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen => 1,
            Token::ParenClose | Token::BracketClose | Token::BraceClose => -1,
            _ => 0,
        }
    }
}

/// Returns the source with a check of every value that a variable takes.
///
/// # Errors
/// Where a block is too long, or the source is cut off inside one.
pub(super) fn bounded(source: &str, syntax: SyntaxConfig) -> Result<String, Error> {
    let mut checked = Checked { source, text: String::with_capacity(2 * source.len()), end: 0 };
    let (mut block, mut elifs) = (Vec::new(), 0);
    for read in tokenize(source, false, syntax) {
        let (token, span) = read?;
        let at = span.start_offset as usize..span.end_offset as usize;
        match token {
            Token::BlockStart | Token::VariableStart => block.clear(),
            Token::BlockEnd => {
                elifs += usize::from(block.first().is_some_and(|part: &Part<'_>| part.is("elif")));
                checked.block(&block, at);
            }
            token => block.push(Part { token, at }),
        }
        if block.len() > MAX_BLOCK_TOKENS || elifs > MAX_ELIF {
            return Err(too_long(source, span.start_offset as usize));
        }
    }
    checked.copy_to(source.len());
    Ok(checked.text)
}

fn too_long(source: &str, at: usize) -> Error {
    let line = source.get(..at).unwrap_or(source).split('\n').count();
    let words = format!(
        "line {line}: the chain is longer than {MAX_BLOCK_TOKENS} words and signs, or than {MAX_ELIF} elif"
    );
    Error::new(ErrorKind::SyntaxError, words)
}

/// The source up to `end`, with checks.
struct Checked<'a> {
    source: &'a str,
    text: String,
    end: usize,
}

impl Checked<'_> {
    fn copy_to(&mut self, end: usize) {
        self.text.push_str(self.source.get(self.end..end).unwrap_or_default());
        self.end = end;
    }

    fn insert(&mut self, at: usize, text: &str) {
        self.copy_to(at);
        self.text.push_str(text);
    }

    /// Writes the checks of one block; `mark` is the mark that ends it.
    fn block(&mut self, block: &[Part<'_>], mark: Range<usize>) {
        let Some((first, rest)) = block.split_first() else { return };
        match first.token {
            Token::Ident("set") => self.assignment(rest),
            Token::Ident("for") => self.variables(targets_before(rest, |part| part.is("in")), mark),
            Token::Ident("with") => self.variables(assigned(rest), mark),
            Token::Ident("macro") => self.variables(parameters(rest.get(1..).unwrap_or_default()), mark),
            Token::Ident("call") => self.variables(parameters(rest), mark),
            _ => {}
        }
    }

    /// Checks the value of `x = value`. What a namespace takes is copied, so that no namespace ever holds another.
    fn assignment(&mut self, block: &[Part<'_>]) {
        let Some(place) = block.iter().position(|part| matches!(part.token, Token::Assign)) else { return };
        let (Some(begin), Some(end)) = (block.get(place + 1), block.last()) else { return };
        let is_attribute = block[..place].iter().any(|part| matches!(part.token, Token::Dot));
        self.insert(begin.at.start, "(");
        self.insert(end.at.end, &format!(")|{}", if is_attribute { COPY } else { CHECK }));
    }

    /// Checks variables that a block binds, right behind its last mark, which says what becomes of white space.
    fn variables(&mut self, names: Vec<&str>, mark: Range<usize>) {
        let close = self.source.get(mark.clone()).unwrap_or("%}").to_owned();
        for name in names {
            self.insert(mark.end, &format!("{{% set {name} = {name}|{CHECK} {close}"));
        }
    }
}

/// Returns the names before the first part that `ends` them.
fn targets_before<'a>(block: &[Part<'a>], ends: impl Fn(&Part<'_>) -> bool) -> Vec<&'a str> {
    block.iter().take_while(|part| !ends(part)).filter_map(name).collect()
}

/// Returns the names that `a = 1, b = 2` assigns.
fn assigned<'a>(block: &[Part<'a>]) -> Vec<&'a str> {
    let (mut names, mut depth, mut is_value) = (Vec::new(), 0, false);
    for part in block {
        depth += part.deeper();
        match part.token {
            Token::Comma if depth == 0 => is_value = false,
            Token::Assign if depth == 0 => is_value = true,
            _ if !is_value => names.extend(name(part)),
            _ => {}
        }
    }
    names
}

/// Returns the parameters of `(a, b=1)`, where the block begins with them.
fn parameters<'a>(block: &[Part<'a>]) -> Vec<&'a str> {
    if !block.first().is_some_and(|part| matches!(part.token, Token::ParenOpen)) {
        return Vec::new();
    }
    let (mut names, mut depth, mut is_next) = (Vec::new(), 0, false);
    for part in block {
        let before = depth;
        depth += part.deeper();
        match part.token {
            Token::ParenOpen if before == 0 => is_next = true,
            Token::ParenClose if depth == 0 => break,
            Token::Comma if depth == 1 => is_next = true,
            _ => {
                names.extend(name(part).filter(|_| is_next));
                is_next = false;
            }
        }
    }
    names
}

fn name<'a>(part: &Part<'a>) -> Option<&'a str> {
    match part.token {
        Token::Ident(name) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(source: &str) -> String {
        let text = bounded(source, super::super::jinja::syntax().expect("the syntax")).expect("a source");
        text.replace(CHECK, "check").replace(COPY, "copy")
    }

    #[test]
    fn every_variable_is_checked_where_it_is_bound() {
        for (source, expected) in [
            ("{%- set x = [y, '%}'] if z else 1 -%} a", "{%- set x = ([y, '%}'] if z else 1)|check -%} a"),
            ("{% set n.x = n.x + [1] %}", "{% set n.x = (n.x + [1])|copy %}"),
            ("{% set x %}{{ y }}{% endset %}", "{% set x %}{{ y }}{% endset %}"),
            (
                "{% for k, v in d|items -%}\n a",
                "{% for k, v in d|items -%}{% set k = k|check -%}{% set v = v|check -%}\n a",
            ),
            (
                "{% macro m(a, b=f(c, d)) +%} a",
                "{% macro m(a, b=f(c, d)) +%}{% set a = a|check +%}{% set b = b|check +%} a",
            ),
            ("{% call m(x) %}", "{% call m(x) %}"),
            ("{% call(u) m(x) %}", "{% call(u) m(x) %}{% set u = u|check %}"),
            (
                "{% with a = f(b), c = d %}",
                "{% with a = f(b), c = d %}{% set a = a|check %}{% set c = c|check %}",
            ),
            (
                "{# {% set a = 1 %} #}{% raw %}{% set a = 1 %}{% endraw %}é",
                "{# {% set a = 1 %} #}{% raw %}{% set a = 1 %}{% endraw %}é",
            ),
            ("{{ '{% set a = 1 %}' }}", "{{ '{% set a = 1 %}' }}"),
        ] {
            assert_eq!(written(source), expected);
        }
    }

    #[test]
    fn chains_are_refused_with_their_line() {
        let syntax = super::super::jinja::syntax().expect("the syntax");
        for chain in [
            format!("{{{{ {}1 }}}}", "not ".repeat(60_000)),
            format!("{{% if a %}}{}", "{% elif a %}".repeat(40_000)),
        ] {
            let refused = bounded(&format!("\n\n{chain}"), syntax.clone()).expect_err("it is too long");
            assert!(refused.to_string().contains("line 3"), "{refused}");
        }
    }
}

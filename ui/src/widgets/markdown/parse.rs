//! Reads a Markdown text into blocks, and loses no word of it: what Markdown would hide is shown as it was written.

use pulldown_cmark::{Options, Parser};

use super::builder::Builder;
use super::document::{Block, write_blocks};

/// The longest text in bytes that is read as Markdown. A longer one is shown as it was written.
pub(super) const MAX_BYTES: usize = 200_000;
/// The most bytes of a block of such a text.
const PLAIN_BYTES: usize = 8_000;

/// What was read of a text.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) blocks: Vec<Block>,
    pub(super) starts: Vec<Start>,
}

/// Where a block of the text begins that stands in no other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    /// The first byte of its first line.
    pub(super) byte: usize,
    /// How many blocks were read before it.
    pub(super) blocks: usize,
    /// How many parts were read before it.
    pub(super) parts: usize,
}

/// Reads a text that begins at `from`. Returns `None` where it has more parts than the page can show.
pub(super) fn markdown(text: &str, from: Start) -> Option<Read> {
    let source = text.get(from.byte..)?;
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let (mut builder, mut read) = (Builder::new(from.parts), Read::default());
    let (mut block, mut read_until) = (0..0, 0);
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        if builder.is_between_blocks() {
            let line = source[..range.start].rfind('\n').map_or(0, |end| end + 1);
            // Between two blocks stand the addresses of links, and nothing else that has words.
            read.blocks.extend(words_as_written(source.get(read_until..range.start)));
            let blocks = from.blocks + read.blocks.len();
            read.starts.push(Start { byte: from.byte + line, blocks, parts: builder.parts() });
            block = range;
        }
        builder.take(event)?;
        if builder.is_between_blocks() {
            let (new, written) = (builder.take_blocks(), source.get(block.clone()).unwrap_or_default());
            if shows_every_word(&new, written) {
                read.blocks.extend(new);
            } else {
                read.blocks.extend(words_as_written(Some(written)));
            }
            read_until = block.end.max(read_until);
        }
    }
    read.blocks.extend(words_as_written(source.get(read_until..)));
    Some(read)
}

/// Returns a text as it was written, unless there is no word in it.
fn words_as_written(text: Option<&str>) -> Option<Block> {
    let text = text?.trim_matches(['\n', '\r']).trim_end();
    text.chars().any(char::is_alphanumeric).then(|| Block::Plain(text.to_owned()))
}

/// Returns a text as it was written, in blocks of whole lines where these are short enough.
pub(super) fn plain(source: &str) -> Vec<Block> {
    let mut found = vec![];
    let mut rest = source;
    while !rest.is_empty() {
        let most = rest.floor_char_boundary(PLAIN_BYTES.min(rest.len()));
        let is_last = most == rest.len();
        let end = if is_last { most } else { rest[..most].rfind('\n').map_or(most, |line| line + 1) };
        let (text, after) = rest.split_at(end);
        found.push(Block::Plain(text.strip_suffix('\n').unwrap_or(text).to_owned()));
        rest = after;
    }
    found
}

/// Whether the letters and digits of a written text stand in blocks, in the same order.
fn shows_every_word(blocks: &[Block], written: &str) -> bool {
    let mut shown = String::with_capacity(written.len());
    write_blocks(blocks, &mut shown);
    let mut shown = shown.chars().flat_map(char::to_lowercase).filter(|letter| letter.is_alphanumeric());
    written.lines().map(after_number).all(|line| {
        let mut letters = without_entities(line).flat_map(char::to_lowercase);
        letters.all(|letter| !letter.is_alphanumeric() || shown.any(|other| other == letter))
    })
}

/// Returns a line without the number of an item at its beginning. The list counts by itself.
fn after_number(line: &str) -> &str {
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '>', '*', '+', '-']);
        let after = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let is_number = after.len() < rest.len() && after.starts_with(['.', ')']);
        if !is_number {
            return rest;
        }
        rest = &after[1..];
    }
}

/// Returns the letters of a line, without names of letters such as `&amp;`, which Markdown replaces.
fn without_entities(line: &str) -> impl Iterator<Item = char> {
    let mut name_until = 0;
    line.char_indices().filter_map(move |(at, letter)| {
        if letter == '&' && at >= name_until {
            let name = line[at + 1..].bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'#').count();
            if line.as_bytes().get(at + 1 + name) == Some(&b';') {
                name_until = at + 1 + name;
            }
        }
        (at >= name_until).then_some(letter)
    })
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;

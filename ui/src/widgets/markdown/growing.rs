//! Reads a text that grows. What stands before its last two blocks cannot change any more and is not read again.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::document::Block;
use super::parse::{MAX_BYTES, Read, Start, markdown, plain};

/// Two blocks, because the last line can join the block before it: `2` behind a list of one item is a paragraph, `2.` an item.
const OPEN_BLOCKS: usize = 2;
/// What is in every text that defines the address of a link, which can stand behind the link.
const DEFINITION: &str = "]:";

/// A block at its place. It is rendered again when another one stands there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub(super) place: usize,
    pub(super) hash: u64,
    pub(super) block: Arc<Block>,
}

/// Reads one text again and again.
#[derive(Debug, Default)]
pub(super) struct Reader {
    source: String,
    blocks: Vec<Placed>,
    starts: Vec<Start>,
    /// Whether the text has more parts than the page can show.
    is_crowded: bool,
}

impl Reader {
    /// Returns the blocks of the text.
    pub(super) fn read(&mut self, text: &str) -> Vec<Placed> {
        let has_grown = text.starts_with(&self.source);
        self.is_crowded = self.is_crowded && has_grown;
        let is_open = has_grown && !text.contains(DEFINITION);
        let kept = if is_open { self.starts.len().saturating_sub(OPEN_BLOCKS) } else { 0 };
        let beginning = Start { byte: 0, blocks: 0, parts: 0 };
        let from = self.starts.get(kept).copied().filter(|_| kept > 0).unwrap_or(beginning);
        let is_plain = self.is_crowded || text.len() > MAX_BYTES;
        let read = if is_plain { None } else { markdown(text, from) };
        self.is_crowded = self.is_crowded || (read.is_none() && text.len() <= MAX_BYTES);
        let (from, kept, read) = match read {
            Some(read) => (from, kept, read),
            None => (beginning, 0, Read { blocks: plain(text), starts: vec![] }),
        };
        self.starts.truncate(kept);
        self.starts.extend(read.starts);
        self.blocks.truncate(from.blocks);
        self.blocks.extend((from.blocks..).zip(read.blocks).map(placed));
        text.clone_into(&mut self.source);
        self.blocks.clone()
    }
}

fn placed((place, block): (usize, Block)) -> Placed {
    let mut hasher = DefaultHasher::new();
    block.hash(&mut hasher);
    Placed { place, hash: hasher.finish(), block: Arc::new(block) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "# Title\n\nA **bold** word.\n\n- one\n- two\n  - three\n\n```rust\nfn main() {}\n```\n\n\
        | a | b |\n|---|--:|\n| 1 | 2 |\n\n> said\n\nThe end, with [a link](https://a.example).";

    #[test]
    fn while_a_text_grows_only_its_end_is_rendered_again() {
        let (mut reader, mut before) = (Reader::default(), vec![]);
        for end in ANSWER.char_indices().map(|(at, letter)| at + letter.len_utf8()) {
            let now: Vec<_> = reader.read(&ANSWER[..end]).iter().map(|one| (one.place, one.hash)).collect();
            let kept = before.iter().filter(|key| now.contains(key)).count();
            assert!(kept + OPEN_BLOCKS >= before.len(), "{:?}", &ANSWER[..end]);
            before = now;
        }
        assert!(before.len() >= 7, "{before:?}");
    }

    #[test]
    fn another_text_is_read_from_its_beginning() {
        let mut reader = Reader::default();
        reader.read("a\n\nb\n\nc\n\nd");
        assert_eq!(reader.read("x\n\ny"), Reader::default().read("x\n\ny"));
        reader.read(&"*a* ".repeat(20_000));
        assert_eq!(reader.read("*a*"), Reader::default().read("*a*"));
    }

    #[test]
    fn an_address_behind_its_link_is_found() {
        let mut reader = Reader::default();
        reader.read("[a]\n\nb\n\nc\n\nd\n\n[a]");
        let whole = "[a]\n\nb\n\nc\n\nd\n\n[a]: http://c/";
        assert_eq!(reader.read(whole), Reader::default().read(whole));
    }
}

//! Keeps what was read of texts that have ended: an answer of a long conversation comes into the page again and again.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::document::Block;
use super::growing::Reader;
use super::thinking::{self, Kind};

/// The most bytes of the texts that are kept: those of some thousand answers.
const MOST_BYTES: usize = 4_000_000;

/// A part of a text.
#[derive(Debug, PartialEq)]
pub(super) struct Part {
    pub(super) kind: Kind,
    pub(super) blocks: Vec<Arc<Block>>,
    pub(super) letters: usize,
}

/// Texts with what was read of them.
struct Kept {
    texts: HashMap<String, Arc<[Part]>>,
    bytes: usize,
    most: usize,
}

thread_local! {
    // The page has one thread.
    static KEPT: RefCell<Kept> = RefCell::new(Kept::new(MOST_BYTES));
}

/// Returns the parts of a text.
pub(super) fn read(text: &str) -> Arc<[Part]> {
    KEPT.with_borrow_mut(|kept| kept.read(text))
}

impl Kept {
    fn new(most: usize) -> Self {
        Self { texts: HashMap::new(), bytes: 0, most }
    }

    fn read(&mut self, text: &str) -> Arc<[Part]> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let parts: Arc<[Part]> = thinking::parts(text).iter().map(part).collect();
        if text.len() > self.most {
            return parts;
        }
        // A person comes back to what was read last, and that is soon kept again.
        if self.bytes + text.len() > self.most {
            self.texts.clear();
            self.bytes = 0;
        }
        self.bytes += text.len();
        self.texts.insert(text.to_owned(), Arc::clone(&parts));
        parts
    }
}

fn part(of: &thinking::Part) -> Part {
    let blocks = Reader::default().read(&of.text).into_iter().map(|placed| placed.block).collect();
    Part { kind: of.kind, blocks, letters: of.text.chars().count() }
}

#[cfg(test)]
mod tests {
    use super::super::document::Inline;
    use super::*;

    #[test]
    fn a_text_is_read_once() {
        let mut kept = Kept::new(100);
        let first = kept.read("**a** and b");
        assert!(Arc::ptr_eq(&first, &kept.read("**a** and b")));
        assert!(!Arc::ptr_eq(&first, &kept.read("**a** and c")));
    }

    #[test]
    fn thoughts_and_answer_are_parts_of_their_own() {
        let parts = Kept::new(100).read("<think>hm</think>Yes.");
        let text = |text: &str| vec![Arc::new(Block::Paragraph(vec![Inline::Text(text.into())]))];
        let thoughts = Part { kind: Kind::Thoughts, blocks: text("hm"), letters: 2 };
        assert_eq!(*parts, [thoughts, Part { kind: Kind::Answer, blocks: text("Yes."), letters: 4 }]);
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let mut kept = Kept::new(20);
        let first = kept.read("eight by");
        kept.read("eight by too");
        assert_eq!((kept.bytes, kept.texts.len()), (20, 2));
        kept.read("one more");
        assert_eq!((kept.bytes, kept.texts.len()), (8, 1));
        let again = kept.read("eight by");
        assert!(!Arc::ptr_eq(&first, &again), "it was forgotten");
        assert_eq!(first, again, "and is read as before");
        kept.read(&"long ".repeat(10));
        assert_eq!(kept.texts.len(), 2, "a text that has no room is not kept");
    }
}

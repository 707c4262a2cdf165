//! The direction in which a list is written: that of its first letter. Were each item asked by itself, the bullets would stand on
//! another side than the text.

use super::document::{Block, Inline};

/// Returns the direction of a list, as an attribute says it.
pub(super) fn direction(items: &[Vec<Block>]) -> &'static str {
    if items.iter().find_map(|item| of_blocks(item)) == Some(true) { "rtl" } else { "ltr" }
}

/// Returns whether blocks are written from right to left; `None` without a letter.
fn of_blocks(blocks: &[Block]) -> Option<bool> {
    blocks.iter().find_map(|block| match block {
        Block::Paragraph(content) | Block::Heading { content, .. } => of_inlines(content),
        Block::Quote(blocks) => of_blocks(blocks),
        Block::List { items, .. } => items.iter().find_map(|item| of_blocks(item)),
        Block::Plain(text) => of_text(text),
        Block::Code { .. } | Block::Table { .. } | Block::Rule => None,
    })
}

fn of_inlines(content: &[Inline]) -> Option<bool> {
    content.iter().find_map(|part| match part {
        Inline::Text(text) => of_text(text),
        Inline::Styled(_, content) | Inline::Link { content, .. } | Inline::Image { content, .. } => {
            of_inlines(content)
        }
        Inline::Code(_) | Inline::Break | Inline::Task(_) => None,
    })
}

fn of_text(text: &str) -> Option<bool> {
    text.chars().find(|letter| letter.is_alphabetic()).map(is_right_to_left)
}

/// Whether a letter is Hebrew, Arabic or of another script that is written from right to left.
fn is_right_to_left(letter: char) -> bool {
    matches!(letter,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1eeff}')
}

#[cfg(test)]
mod tests {
    use super::super::document::Style;
    use super::*;

    fn item(content: Vec<Inline>) -> Vec<Block> {
        vec![Block::Paragraph(content)]
    }

    #[test]
    fn the_first_letter_decides() {
        let text = |text: &str| Inline::Text(text.into());
        let arabic = || item(vec![text("1. \u{648}\u{627}\u{62d}\u{62f}")]);
        let latin = || item(vec![text("one")]);
        assert_eq!(direction(&[arabic(), latin()]), "rtl");
        assert_eq!(direction(&[latin(), arabic()]), "ltr");
        let bold = Inline::Styled(Style::Strong, vec![text("\u{5d0}")]);
        let task = item(vec![Inline::Task(true), Inline::Code("code".into()), bold]);
        assert_eq!(direction(&[task]), "rtl", "neither the box nor code is a letter of the text");
        assert_eq!(direction(&[item(vec![text("12 \u{1f600}")])]), "ltr");
        assert_eq!(direction(&[vec![Block::Rule, Block::Quote(arabic())]]), "rtl");
    }
}

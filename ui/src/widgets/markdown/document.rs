//! What a Markdown text consists of once it is read: blocks, and what stands inside their lines.

/// A block of a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Block {
    Paragraph(Vec<Inline>),
    /// A heading with its level, from 1 to 6.
    Heading {
        level: u8,
        content: Vec<Inline>,
    },
    Quote(Vec<Block>),
    /// A list. `start` is the number of the first item; `None` for bullets.
    List {
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    /// A code block with what its fence says of the language. That is empty for an indented one.
    Code {
        language: String,
        text: String,
    },
    /// A table. Its first row is the head.
    Table {
        columns: Vec<Side>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
    Rule,
    /// Text that is shown as it was written: HTML, and what Markdown would hide.
    Plain(String),
}

/// The side to which the cells of a table's column lean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Side {
    Start,
    Center,
    End,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Inline {
    Text(String),
    Code(String),
    Styled(Style, Vec<Inline>),
    Link {
        content: Vec<Inline>,
        address: String,
        /// The link's label and title, which Markdown shows nowhere. Mostly empty.
        note: String,
    },
    /// A picture, which is not fetched.
    Image {
        content: Vec<Inline>,
        address: String,
        note: String,
    },
    Break,
    /// The box before a task, and whether it is ticked.
    Task(bool),
}

/// How a part of a line is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Style {
    Emphasis,
    Strong,
    Strikethrough,
}

/// Appends every text that is shown of blocks, in the order in which it is shown.
pub(super) fn write_blocks(blocks: &[Block], to: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(content) | Block::Heading { content, .. } => write_inlines(content, to),
            Block::Quote(blocks) => write_blocks(blocks, to),
            Block::List { items, .. } => items.iter().for_each(|item| write_blocks(item, to)),
            Block::Code { language, text } => {
                to.push_str(language);
                to.push('\n');
                to.push_str(text);
            }
            Block::Table { rows, .. } => {
                for cell in rows.iter().flatten() {
                    write_inlines(cell, to);
                    to.push('\n');
                }
            }
            Block::Rule => (),
            Block::Plain(text) => to.push_str(text),
        }
        to.push('\n');
    }
}

/// Appends every text that is shown of parts of a line.
pub(super) fn write_inlines(content: &[Inline], to: &mut String) {
    for part in content {
        match part {
            Inline::Text(text) | Inline::Code(text) => to.push_str(text),
            Inline::Styled(_, content) => write_inlines(content, to),
            Inline::Link { content, address, note } | Inline::Image { content, address, note } => {
                write_inlines(content, to);
                for text in [address, note] {
                    to.push(' ');
                    to.push_str(text);
                }
            }
            Inline::Break => to.push('\n'),
            Inline::Task(is_done) => to.push_str(if *is_done { "x " } else { " " }),
        }
    }
}

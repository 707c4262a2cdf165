//! Builds blocks from the events of the Markdown parser, no deeper and no more of them than a page can show.

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, LinkType, Tag, TagEnd};

use super::document::{Block, Inline, Side, Style};

/// The most blocks and spans that stand in each other. What is deeper is shown without its own form.
const MAX_DEPTH: usize = 20;
/// The most parts of a text. More of them would be built for seconds.
const MAX_PARTS: usize = 20_000;

/// A block or a span whose end has not come yet.
enum Frame {
    /// It holds blocks. Text that stands in no paragraph of its own, as in a tight list, is collected in `loose`.
    Blocks {
        of: Holder,
        blocks: Vec<Block>,
        loose: Vec<Inline>,
    },
    List {
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    Table {
        columns: Vec<Side>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
    Inlines {
        of: Span,
        content: Vec<Inline>,
    },
    Code {
        language: String,
        text: String,
    },
    Html(String),
}

#[derive(Clone, Copy)]
enum Holder {
    Quote,
    Item,
}

enum Span {
    Paragraph,
    Heading(u8),
    Cell,
    Styled(Style),
    Link { address: String, note: String },
    Image { address: String, note: String },
}

/// The blocks so far.
pub(super) struct Builder {
    done: Vec<Block>,
    open: Vec<Frame>,
    /// How many blocks and spans are open that are shown without their own form.
    flattened: usize,
    parts: usize,
}

impl Builder {
    /// Begins after this many parts of the same text.
    pub(super) fn new(parts: usize) -> Self {
        Self { done: vec![], open: vec![], flattened: 0, parts }
    }

    /// Returns the number of parts so far.
    pub(super) fn parts(&self) -> usize {
        self.parts
    }

    /// Whether no block is open.
    pub(super) fn is_between_blocks(&self) -> bool {
        self.open.is_empty() && self.flattened == 0
    }

    /// Returns the blocks that ended since the last call.
    pub(super) fn take_blocks(&mut self) -> Vec<Block> {
        std::mem::take(&mut self.done)
    }

    /// Takes the next event. Returns `None` when there are too many of them.
    pub(super) fn take(&mut self, event: Event<'_>) -> Option<()> {
        self.parts += 1;
        if self.parts > MAX_PARTS {
            return None;
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) if self.flattened > 0 => self.flattened -= 1,
            Event::End(end) => self.end(end),
            Event::Rule => self.push_block(Block::Rule),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.push_text(&text),
            Event::Code(code) => self.push(Inline::Code(code.into_string())),
            Event::SoftBreak | Event::HardBreak => self.push(Inline::Break),
            Event::TaskListMarker(is_done) => self.push(Inline::Task(is_done)),
            // Their extensions are off.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.push_text(&text);
            }
        }
        Some(())
    }

    fn start(&mut self, tag: Tag<'_>) {
        // Rows, cells and items have no place outside of their table or list.
        let is_part = matches!(tag, Tag::Item | Tag::TableHead | Tag::TableRow | Tag::TableCell);
        if self.flattened > 0 || (!is_part && self.open.len() >= MAX_DEPTH) {
            self.flattened += 1;
            if !matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough) {
                self.push(Inline::Break);
            }
            return;
        }
        let span = |of| Frame::Inlines { of, content: vec![] };
        let blocks = |of| Frame::Blocks { of, blocks: vec![], loose: vec![] };
        self.open.push(match tag {
            Tag::Heading { level, .. } => span(Span::Heading(level as u8)),
            Tag::BlockQuote(_) => blocks(Holder::Quote),
            Tag::Item => blocks(Holder::Item),
            Tag::List(start) => Frame::List { start, items: vec![] },
            Tag::CodeBlock(CodeBlockKind::Fenced(language)) => {
                Frame::Code { language: language.trim().to_owned(), text: String::new() }
            }
            Tag::CodeBlock(CodeBlockKind::Indented) => {
                Frame::Code { language: String::new(), text: String::new() }
            }
            Tag::HtmlBlock => Frame::Html(String::new()),
            Tag::Table(columns) => {
                Frame::Table { columns: columns.into_iter().map(side).collect(), rows: vec![] }
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(Frame::Table { rows, .. }) = self.open.last_mut() {
                    rows.push(vec![]);
                }
                return;
            }
            Tag::TableCell => span(Span::Cell),
            Tag::Emphasis => span(Span::Styled(Style::Emphasis)),
            Tag::Strong => span(Span::Styled(Style::Strong)),
            Tag::Strikethrough => span(Span::Styled(Style::Strikethrough)),
            Tag::Link { link_type, dest_url, title, id } => {
                span(Span::Link { note: note(link_type, &id, &title), address: dest_url.into_string() })
            }
            Tag::Image { link_type, dest_url, title, id } => {
                span(Span::Image { note: note(link_type, &id, &title), address: dest_url.into_string() })
            }
            // The rest comes from extensions that are off.
            _ => span(Span::Paragraph),
        });
    }

    fn end(&mut self, end: TagEnd) {
        if matches!(end, TagEnd::TableHead | TagEnd::TableRow) {
            return;
        }
        match self.open.pop() {
            Some(Frame::Blocks { of, mut blocks, mut loose }) => {
                flush(&mut blocks, &mut loose);
                match (of, self.open.last_mut()) {
                    (Holder::Item, Some(Frame::List { items, .. })) => items.push(blocks),
                    _ => self.push_block(Block::Quote(blocks)),
                }
            }
            Some(Frame::List { start, items }) => self.push_block(Block::List { start, items }),
            Some(Frame::Table { columns, rows }) => self.push_block(Block::Table { columns, rows }),
            Some(Frame::Code { language, text }) => self.push_block(Block::Code { language, text }),
            Some(Frame::Html(text)) => self.push_block(Block::Plain(text.trim_end().to_owned())),
            Some(Frame::Inlines { of, content }) => self.end_span(of, content),
            None => (),
        }
    }

    fn end_span(&mut self, of: Span, content: Vec<Inline>) {
        match of {
            Span::Paragraph => self.push_block(Block::Paragraph(content)),
            Span::Heading(level) => self.push_block(Block::Heading { level, content }),
            Span::Cell => {
                if let Some(Frame::Table { rows, .. }) = self.open.last_mut()
                    && let Some(row) = rows.last_mut()
                {
                    row.push(content);
                }
            }
            Span::Styled(style) => self.push(Inline::Styled(style, content)),
            Span::Link { address, note } => self.push(Inline::Link { content, address, note }),
            Span::Image { address, note } => self.push(Inline::Image { content, address, note }),
        }
    }

    fn push_block(&mut self, block: Block) {
        match self.open.last_mut() {
            Some(Frame::Blocks { blocks, loose, .. }) => {
                flush(blocks, loose);
                blocks.push(block);
            }
            _ => self.done.push(block),
        }
    }

    fn push(&mut self, part: Inline) {
        match self.open.last_mut() {
            Some(Frame::Blocks { loose: content, .. } | Frame::Inlines { content, .. }) => content.push(part),
            Some(Frame::Code { text, .. } | Frame::Html(text)) => {
                super::document::write_inlines(&[part], text);
            }
            Some(Frame::List { .. } | Frame::Table { .. }) | None => (),
        }
    }

    fn push_text(&mut self, new: &CowStr<'_>) {
        match self.open.last_mut() {
            Some(Frame::Code { text, .. } | Frame::Html(text)) => text.push_str(new),
            Some(Frame::Blocks { loose: content, .. } | Frame::Inlines { content, .. }) => {
                if let Some(Inline::Text(text)) = content.last_mut() {
                    text.push_str(new);
                } else {
                    content.push(Inline::Text(new.to_string()));
                }
            }
            Some(Frame::List { .. } | Frame::Table { .. }) | None => (),
        }
    }
}

fn flush(blocks: &mut Vec<Block>, loose: &mut Vec<Inline>) {
    if !loose.is_empty() {
        blocks.push(Block::Paragraph(std::mem::take(loose)));
    }
}

fn side(alignment: Alignment) -> Side {
    match alignment {
        Alignment::None | Alignment::Left => Side::Start,
        Alignment::Center => Side::Center,
        Alignment::Right => Side::End,
    }
}

/// Returns what a link says beside its text and its address.
fn note(kind: LinkType, label: &str, title: &str) -> String {
    let label = if kind == LinkType::Reference { label } else { "" };
    [label, title].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
}

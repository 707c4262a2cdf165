//! Tests of reading Markdown into blocks.

use proptest::prelude::*;

use super::super::document::{Inline, Side, Style};
use super::super::growing::Reader;
use super::*;

fn blocks(source: &str) -> Vec<Block> {
    Reader::default().read(source).into_iter().map(|placed| (*placed.block).clone()).collect()
}

fn text(text: &str) -> Inline {
    Inline::Text(text.to_owned())
}

fn paragraph(content: &str) -> Block {
    Block::Paragraph(vec![text(content)])
}

fn shown(source: &str) -> String {
    let mut all = String::new();
    write_blocks(&blocks(source), &mut all);
    all
}

fn depth(block: &Block) -> usize {
    let deepest = |blocks: &[Block]| blocks.iter().map(depth).max().unwrap_or(0);
    match block {
        Block::Quote(blocks) => 1 + deepest(blocks),
        Block::List { items, .. } => 1 + items.iter().map(|item| deepest(item)).max().unwrap_or(0),
        Block::Paragraph(content) => 1 + inline_depth(content),
        _ => 1,
    }
}

fn inline_depth(content: &[Inline]) -> usize {
    let depths = content.iter().map(|part| match part {
        Inline::Styled(_, content) | Inline::Link { content, .. } => 1 + inline_depth(content),
        _ => 0,
    });
    depths.max().unwrap_or(0)
}

#[test]
fn every_kind_of_block_is_read() {
    let source = "# T\n\na **b** *c* ~~d~~ `e`\nf\n\n> q\n\n3. x\n   - y\n\n- [x] z\n\n```rust no_run\nlet a;\n```\n\n---\n\n<b>h</b>";
    let styled = |style, content: &str| Inline::Styled(style, vec![text(content)]);
    let line = vec![
        text("a "),
        styled(Style::Strong, "b"),
        text(" "),
        styled(Style::Emphasis, "c"),
        text(" "),
        styled(Style::Strikethrough, "d"),
        text(" "),
        Inline::Code("e".into()),
        Inline::Break,
        text("f"),
    ];
    let nested = Block::List { start: None, items: vec![vec![paragraph("y")]] };
    let task = Block::Paragraph(vec![Inline::Task(true), text("z")]);
    let expected = [
        Block::Heading { level: 1, content: vec![text("T")] },
        Block::Paragraph(line),
        Block::Quote(vec![paragraph("q")]),
        Block::List { start: Some(3), items: vec![vec![paragraph("x"), nested]] },
        Block::List { start: None, items: vec![vec![task]] },
        Block::Code { language: "rust no_run".into(), text: "let a;\n".into() },
        Block::Rule,
        Block::Paragraph(vec![text("<b>h</b>")]),
    ];
    assert_eq!(blocks(source), expected);
}

#[test]
fn tables_keep_their_columns() {
    let found = blocks("| a | b |\n|:-:|--:|\n| 1 | `2` |");
    let rows =
        vec![vec![vec![text("a")], vec![text("b")]], vec![vec![text("1")], vec![Inline::Code("2".into())]]];
    assert_eq!(found, [Block::Table { columns: vec![Side::Center, Side::End], rows }]);
}

#[test]
fn nothing_is_html_and_no_picture_is_fetched() {
    let html = ["<script>alert(1)</script>", "<div>a</div>\n<img src=x>"];
    assert_eq!(blocks(&html.join("\n")), html.map(|html| Block::Plain(html.into())));
    let picture =
        Inline::Image { content: vec![text("a")], address: "http://p/".into(), note: String::new() };
    assert_eq!(blocks("![a](http://p/)"), [Block::Paragraph(vec![picture])]);
    let link = |address: &str, note: &str| {
        let content = vec![text("a")];
        Block::Paragraph(vec![Inline::Link { content, address: address.into(), note: note.into() }])
    };
    assert_eq!(blocks("[a](javascript:b \"t\")"), [link("javascript:b", "t")]);
    assert_eq!(
        blocks("[a][n]\n\n[n]: http://c/"),
        [link("http://c/", "n"), Block::Plain("[n]: http://c/".into())]
    );
}

#[test]
fn what_markdown_hides_is_shown_as_it_was_written() {
    let comment = "[//]: # (a hidden remark)";
    assert_eq!(
        blocks(&format!("x\n\n{comment}\n\ny")),
        [paragraph("x"), Block::Plain(comment.into()), paragraph("y")]
    );
    let table = "| a |\n|---|\n| b | lost |";
    assert_eq!(blocks(table), [Block::Plain(table.into())]);
    assert_eq!(blocks("> [n]: http://c/"), [Block::Plain("> [n]: http://c/".into())]);
    assert_eq!(blocks("a &amp; b &eacute;"), [paragraph("a & b \u{e9}")], "a name of a letter is no word");
}

#[test]
fn deep_and_crowded_texts_keep_their_words_and_stay_shallow() {
    let quotes = format!("{}deep\n\nafter", "> ".repeat(3_000));
    let lists = format!("{}deep", "- ".repeat(3_000));
    let stars = format!("{}deep{}", "*a ".repeat(2_000), " b*".repeat(2_000));
    for source in [quotes, lists, stars] {
        assert!(shown(&source).contains("deep"), "{:?}", &source[..20]);
        assert!(blocks(&source).iter().all(|block| depth(block) <= 24), "{:?}", &source[..20]);
    }
    let crowded = "*a* ".repeat(20_000);
    assert!(blocks(&crowded).iter().all(|block| matches!(block, Block::Plain(_))));
    assert_eq!(shown(&crowded).matches('a').count(), 20_000);
}

#[test]
fn a_long_text_is_shown_in_whole_lines() {
    let source = "a line of it\n".repeat(80_000);
    let found = blocks(&source);
    assert!(
        found.len() > 100
            && found.iter().all(|block| {
                matches!(block, Block::Plain(text) if text.len() <= PLAIN_BYTES && text.ends_with("it"))
            })
    );
    assert_eq!(shown(&source), source);
    let one_line = "\u{4e2d}".repeat(400_000);
    assert_eq!(shown(&one_line).replace('\n', ""), one_line);
}

const WORDS: [&str; 6] =
    ["alpha", "beta", "gamma", "\u{4e2d}\u{6587}", "\u{5e9}\u{5dc}\u{5d5}\u{5dd}", "delta"];
const MARKS: [&str; 42] = [
    " ",
    " ",
    "\n",
    "\n\n",
    "    ",
    "\t",
    "*",
    "**",
    "_",
    "~~",
    "`",
    "``",
    "```\n",
    "\n```rust\n",
    "> ",
    "\n> ",
    "- ",
    "\n- ",
    "\n1. ",
    "2) ",
    "\n# ",
    "\n---\n",
    "\n===\n",
    "|",
    "\n|---|---|\n",
    "[",
    "](",
    "]",
    ")",
    "![",
    "\n[a]: ",
    "<b>",
    "</b>",
    "<!--",
    "&amp;",
    "\\",
    "\u{1f600}",
    "1",
    "2.",
    "\n\n\n",
    "-",
    "=",
];

fn pieces() -> impl Strategy<Value = Vec<String>> {
    let word = proptest::sample::select(&WORDS[..]).prop_map(str::to_owned);
    let mark = proptest::sample::select(&MARKS[..]).prop_map(str::to_owned);
    proptest::collection::vec(prop_oneof![word, mark], 0..60)
}

proptest! {
    #[test]
    fn no_word_of_a_text_is_lost(pieces in pieces()) {
        let source = pieces.concat();
        let all = shown(&source);
        for word in WORDS {
            let (written, shown) = (source.matches(word).count(), all.matches(word).count());
            prop_assert!(shown >= written, "{source:?} has {word} {written} times, shown {shown} times: {all:?}");
        }
    }

    #[test]
    fn a_text_that_grows_is_read_as_if_it_were_new(pieces in pieces(), steps in proptest::collection::vec(1_usize..12, 1..60)) {
        let source = pieces.concat();
        let (mut reader, mut end) = (Reader::default(), 0);
        for step in steps {
            end = source.ceil_char_boundary((end + step).min(source.len()));
            let grown: Vec<Block> = reader.read(&source[..end]).into_iter().map(|placed| (*placed.block).clone()).collect();
            prop_assert_eq!(grown, blocks(&source[..end]), "{:?}", &source[..end]);
        }
    }

    #[test]
    fn any_text_is_read(source in "\\PC{0,200}") {
        blocks(&source);
    }
}

/// Nothing runs beside these: they measure time.
mod alone {
    use std::time::{Duration, Instant};

    use super::*;

    /// The page's own code is slower than this test by less than a factor of ten.
    const SOON: Duration = Duration::from_secs(2);

    #[test]
    fn texts_that_are_made_to_be_slow_are_read_soon() {
        let of = |piece: &str| piece.repeat(MAX_BYTES / piece.len());
        let wide = format!("|{}\n|{}\n{}", "a|".repeat(3_000), "-|".repeat(3_000), "|x\n".repeat(60_000));
        let row = format!("|{}\n", "a|".repeat(100));
        for source in [
            of("["),
            of("![a]("),
            of("*a_b"),
            of("> "),
            of("- "),
            of("`"),
            of("<a"),
            of("<!--"),
            of("|"),
            of("a\n"),
            of("[a](<b"),
            of("&"),
            of("\\"),
            of("~~a"),
            of("1. \n"),
            of("[a]: b\n"),
            of("> a\n"),
            of("\n```\n"),
            wide,
            format!("{row}|{}\n{}", "-|".repeat(100), row.repeat(800)),
            "a b *c* `d` ".repeat(90_000),
        ] {
            let begun = Instant::now();
            let found = blocks(&source);
            let took = begun.elapsed();
            assert!(took < SOON, "{:?} took {took:?}", &source[..source.floor_char_boundary(20)]);
            drop(found);
        }
    }
}

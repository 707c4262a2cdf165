//! Shows the blocks of a text. Every text becomes a text node: nothing of it is read as HTML, fetched or opened.

use leptos::prelude::*;

use super::code_block::CodeBlock;
use super::direction::direction;
use super::document::{Block, Inline, Side, Style};
use super::link::Link;
use crate::t;

/// Shows a block.
pub(super) fn block_view(block: &Block) -> AnyView {
    match block {
        Block::Paragraph(content) => view! { <p dir="auto">{inline_views(content)}</p> }.into_any(),
        Block::Heading { level, content } => heading(*level, content),
        Block::Quote(blocks) => {
            view! { <blockquote dir="auto">{block_views(blocks)}</blockquote> }.into_any()
        }
        Block::List { start, items } => list(*start, items),
        Block::Code { language, text } => {
            view! { <CodeBlock language=language.clone() text=text.clone() /> }.into_any()
        }
        Block::Table { columns, rows } => table(columns, rows),
        Block::Rule => view! { <hr /> }.into_any(),
        Block::Plain(text) => view! { <p class="as-written" dir="auto">{text.clone()}</p> }.into_any(),
    }
}

/// A heading of an answer is below those of the screen.
fn heading(level: u8, content: &[Inline]) -> AnyView {
    let content = inline_views(content);
    match level {
        1 => view! { <h3 dir="auto">{content}</h3> }.into_any(),
        2 => view! { <h4 dir="auto">{content}</h4> }.into_any(),
        3 => view! { <h5 dir="auto">{content}</h5> }.into_any(),
        _ => view! { <h6 dir="auto">{content}</h6> }.into_any(),
    }
}

fn block_views(blocks: &[Block]) -> Vec<AnyView> {
    blocks.iter().map(block_view).collect()
}

fn list(start: Option<u64>, items: &[Vec<Block>]) -> AnyView {
    let side = direction(items);
    let items: Vec<_> = items.iter().map(|item| view! { <li>{block_views(item)}</li> }.into_any()).collect();
    match start {
        Some(start) => view! { <ol dir=side start=start.to_string()>{items}</ol> }.into_any(),
        None => view! { <ul dir=side>{items}</ul> }.into_any(),
    }
}

fn table(columns: &[Side], rows: &[Vec<Vec<Inline>>]) -> AnyView {
    let side = |at: usize| match columns.get(at) {
        Some(Side::Center) => "center",
        Some(Side::End) => "end",
        Some(Side::Start) | None => "start",
    };
    let head = rows.first().map(|cells| {
        let cells = cells.iter().enumerate().map(|(at, cell)| {
            view! { <th scope="col" dir="auto" data-side=side(at)>{inline_views(cell)}</th> }
        });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    let body = rows.iter().skip(1).map(|cells| {
        let cells = cells
            .iter()
            .enumerate()
            .map(|(at, cell)| view! { <td dir="auto" data-side=side(at)>{inline_views(cell)}</td> });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    // The keys scroll what has the focus.
    view! {
        <div class="wide" role="region" aria-label=t!("widgets-table") tabindex="0">
            <table dir="auto"><thead>{head}</thead><tbody>{body.collect_view()}</tbody></table>
        </div>
    }
    .into_any()
}

/// Shows parts of a line.
pub(super) fn inline_views(content: &[Inline]) -> Vec<AnyView> {
    content.iter().map(inline_view).collect()
}

fn inline_view(part: &Inline) -> AnyView {
    match part {
        Inline::Text(text) => text.clone().into_any(),
        Inline::Code(code) => view! { <code>{code.clone()}</code> }.into_any(),
        Inline::Styled(Style::Emphasis, content) => view! { <em>{inline_views(content)}</em> }.into_any(),
        Inline::Styled(Style::Strong, content) => {
            view! { <strong>{inline_views(content)}</strong> }.into_any()
        }
        Inline::Styled(Style::Strikethrough, content) => view! { <s>{inline_views(content)}</s> }.into_any(),
        Inline::Link { content, address, note } => {
            view! { <Link content=content.clone() address=address.clone() note=note.clone() /> }.into_any()
        }
        Inline::Image { content, address, note } => view! {
            <span class="picture" data-testid="markdown-picture">
                <span class="quiet">{t!("widgets-picture")}" "</span>{inline_views(content)}
                " "<bdi class="address">{noted(address, note.clone())}</bdi>
            </span>
        }
        .into_any(),
        Inline::Break => view! { <br /> }.into_any(),
        Inline::Task(is_done) => {
            let label = if *is_done { t!("widgets-task-done") } else { t!("widgets-task-open") };
            view! { <input type="checkbox" disabled=true aria-label=label prop:checked=*is_done /> }
                .into_any()
        }
    }
}

/// Returns an address with what else a link says.
pub(super) fn noted(address: &str, mut note: String) -> String {
    if note.is_empty() {
        return address.to_owned();
    }
    note.insert_str(0, &format!("{address} ("));
    note.push(')');
    note
}

//! Writes pairs as files for other programs; importing such a file gives the same pairs.

use std::borrow::Cow;

use ipc::spreadsheet::guarded;
use serde_json::{Value, json};

use super::joined::MARK;
use super::tiller_jsonl::line as tiller_line;
use super::{Row, cells, further};

/// The parts of a pair that an export keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Only the columns of the format itself.
    Format,
    /// All parts. Those that the format lacks go into further columns, which other programs ignore.
    Everything,
}

/// A message as TRL stores it: role and content.
pub(super) type Message<'a> = (&'static str, &'a str);

/// Says whether a row has a system message or earlier turns.
pub(super) fn is_conversation(row: &Row) -> bool {
    row.system.is_some() || !row.turns.is_empty()
}

/// Returns the messages before the prompt, the system message first.
fn before(row: &Row) -> impl Iterator<Item = Message<'_>> {
    let system = row.system.iter().map(|system| ("system", system.as_str()));
    system.chain(row.turns.iter().map(|turn| (turn.role.name(), turn.text.as_str())))
}

/// Returns the messages before the prompt, and the prompt as the last one.
pub(super) fn prompt_messages(row: &Row) -> Vec<Message<'_>> {
    before(row).chain([("user", row.prompt.as_str())]).collect()
}

fn as_json<'a>(messages: impl IntoIterator<Item = Message<'a>>) -> Value {
    messages.into_iter().map(|(role, content)| json!({"role": role, "content": content})).collect()
}

/// Writes TRL's preference data as JSON lines: `prompt, chosen, rejected` as text, or as messages where the pair has a
/// system message or earlier turns.
#[must_use]
pub fn trl_jsonl(rows: &[Row], extent: Extent) -> Vec<u8> {
    lines(rows, |row| {
        let mut line = if is_conversation(row) {
            json!({
                "prompt": as_json(prompt_messages(row)),
                "chosen": as_json([("assistant", row.wanted.as_str())]),
                "rejected": as_json([("assistant", row.opposite.as_str())]),
            })
        } else {
            json!({"prompt": row.prompt, "chosen": row.wanted, "rejected": row.opposite})
        };
        if extent == Extent::Everything {
            further::add_further(&mut line, row);
        }
        line
    })
}

/// Writes Tiller's own JSON lines: `prompt, wanted, opposite`, and every other field of a pair.
#[must_use]
pub fn tiller_jsonl(rows: &[Row]) -> Vec<u8> {
    lines(rows, tiller_line)
}

fn lines(rows: &[Row], line: impl Fn(&Row) -> Value) -> Vec<u8> {
    rows.iter().flat_map(|row| format!("{}\n", line(row)).into_bytes()).collect()
}

/// Writes the BiPO authors' CSV: `question, matching, not_matching`. The further column `before` holds the messages
/// before the prompt as JSON.
#[must_use]
pub fn bipo_csv(rows: &[Row], extent: Extent) -> Vec<u8> {
    table(rows, extent, |cell| Cow::Borrowed(cell))
}

/// Writes the same CSV with an apostrophe before every cell that a spreadsheet would take for a formula. Imported again, the
/// apostrophes are a part of the texts.
#[must_use]
pub fn guarded_bipo_csv(rows: &[Row], extent: Extent) -> Vec<u8> {
    table(rows, extent, guarded)
}

fn table(rows: &[Row], extent: Extent, written: fn(&str) -> Cow<'_, str>) -> Vec<u8> {
    type Cell = fn(&Row) -> String;
    let mut columns: Vec<(&str, Cell)> = vec![
        ("question", |row| row.prompt.clone()),
        ("matching", |row| row.wanted.clone()),
        ("not_matching", |row| row.opposite.clone()),
    ];
    if extent == Extent::Everything {
        if rows.iter().any(is_conversation) {
            columns.push((cells::BEFORE, |row| {
                if is_conversation(row) { as_json(before(row)).to_string() } else { String::new() }
            }));
        }
        columns.extend(further::further_columns(rows));
    }
    // A mark at the beginning of a line tells where files were joined, unless a quotation mark stands before it.
    let has_mark = rows.iter().any(|row| row.prompt.starts_with(MARK));
    let style = if has_mark { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
    let mut writer = csv::WriterBuilder::new().quote_style(style).from_writer(Vec::new());
    // Writing rows of one length to memory cannot fail.
    let _ = writer.write_record(columns.iter().map(|(name, _)| name));
    for row in rows {
        let _ = writer.write_record(columns.iter().map(|(_, cell)| written(&cell(row)).into_owned()));
    }
    writer.into_inner().unwrap_or_default()
}

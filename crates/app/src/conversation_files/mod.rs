//! The files of conversations and presets.

pub(crate) mod html;
pub(crate) mod jsonl;
pub(crate) mod library;
pub(crate) mod markdown;
pub(crate) mod preset;

use std::io::Read as _;
use std::path::Path;

use ipc::conversation::{Column, Conversation, Desk, Turn};
use ipc::steering::{CapSide, Caps};

use crate::Error;

/// The most bytes of a file that is imported: many times a conversation of 10,000 long messages.
const LARGEST_FILE: u64 = 256 << 20;

/// A conversation with what is shown in its columns.
#[derive(Debug)]
pub(crate) struct Talk {
    pub(crate) conversation: Conversation,
    /// The shown turns of each column, in the desk's order.
    pub(crate) columns: Vec<Vec<Turn>>,
}

/// Reads a file that a person chose, which must be text.
pub(crate) fn read_text(path: &Path) -> Result<String, Error> {
    let refuse = |message: String| {
        Error::invalid(message, "Choose a file that Tiller exported, or JSON lines with messages.")
    };
    let (file, size) =
        regular_file::open(path).map_err(|error| refuse(format!("{error}: {}.", path.display())))?;
    if size > LARGEST_FILE {
        return Err(refuse(format!(
            "The file has {size} bytes, and {LARGEST_FILE} are the most that are read."
        )));
    }
    let mut bytes = Vec::with_capacity(size as usize);
    let read = file.take(LARGEST_FILE).read_to_end(&mut bytes);
    read.map_err(|error| refuse(format!("The file cannot be read: {error}: {}.", path.display())))?;
    let text = String::from_utf8(bytes);
    let text = text.map_err(|error| refuse(format!("The file is no UTF-8 text: {}.", error.utf8_error())))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Returns the name of a column, or what steers it.
fn title(desk: &Desk, column: &Column) -> String {
    if !column.name.is_empty() {
        return column.name.clone();
    }
    let steering = desk.steering(column);
    if steering.is_empty() {
        return "Plain model".to_owned();
    }
    let parts = steering
        .iter()
        .map(|(strip, multiplier)| term(&strip.name, *multiplier, strip.gate.is_some(), strip.caps.as_ref()));
    parts.collect::<Vec<_>>().join(" + ")
}

/// Writes a vector with its multiplier, and with what it does in place of acting always and as it is set.
fn term(name: &str, multiplier: f64, has_gate: bool, caps: Option<&Caps>) -> String {
    let caps = caps.map(|caps| match caps.side {
        CapSide::AtMost => format!("capped at p{}", caps.percentile),
        CapSide::AtLeast => format!("kept over p{}", caps.percentile),
    });
    let how: Vec<String> = caps.into_iter().chain(has_gate.then(|| "behind a gate".to_owned())).collect();
    let how = if how.is_empty() { String::new() } else { format!(" ({})", how.join(", ")) };
    format!("{name} \u{d7} {}{how}", number(multiplier))
}

/// Writes a number with a true minus sign.
fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.replace('-', "\u{2212}") }
}

#[cfg(test)]
mod tests;

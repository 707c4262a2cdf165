//! The files of conversations and presets.

pub(crate) mod html;
pub(crate) mod jsonl;
pub(crate) mod library;
pub(crate) mod markdown;
pub(crate) mod preset;

use std::io::Read as _;
use std::path::Path;

use ipc::conversation::{Column, Conversation, Desk, SamplingSettings, Strip, StripGate, Turn};
use ipc::steering::{CapSide, Caps, GateAt};

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

/// Returns what answers in a column, a line for each strip that steers it and one for how tokens are sampled. The name of a column
/// says nothing of it.
fn setting(desk: &Desk, column: &Column) -> Vec<String> {
    let mut lines: Vec<String> =
        desk.steering(column).iter().map(|(strip, _)| strip_line(column, strip)).collect();
    if lines.is_empty() {
        lines.push("Steered by nothing".to_owned());
    }
    lines.push(format!("Sampling: {}", sampling(&column.sampling)));
    lines
}

/// Writes how a strip steers a column: its slider and the column's factor, its caps, its gate.
fn strip_line(column: &Column, strip: &Strip) -> String {
    let factor = column.factors.iter().find(|factor| factor.strip == strip.id);
    let factor = factor.map_or(0.0, |factor| factor.factor);
    let (value, name) = (strip.value, &strip.name);
    let multiplier = number(factor * value);
    let (value, factor) = (number(value), number(factor));
    let steered = format!("Steered by {name} \u{d7} {multiplier} (slider {value}, factor {factor})");
    let caps = strip.caps.as_ref().map(|caps| format!("{} of {}", capped(caps), caps.over));
    let parts: Vec<String> =
        [Some(steered), caps, strip.gate.as_ref().map(gated)].into_iter().flatten().collect();
    parts.join(", ")
}

fn gated(of: &StripGate) -> String {
    let (name, gate) = (&of.name, of.gate);
    let at = match gate.at {
        GateAt::Token => "at every token",
        GateAt::Prompt => "at the prompt",
    };
    let soft = gate.soft.map_or_else(String::new, |width| format!(" with width {}", number(width)));
    let above = number(gate.above);
    format!("where {name} at layer {} is above {above}{soft}, decided {at}", gate.layer)
}

fn capped(caps: &Caps) -> String {
    match caps.side {
        CapSide::AtMost => format!("capped at p{}", caps.percentile),
        CapSide::AtLeast => format!("kept over p{}", caps.percentile),
    }
}

/// Writes how tokens are sampled, with the filters that change something.
fn sampling(sampling: &SamplingSettings) -> String {
    let SamplingSettings { top_k, top_p, min_p, repeat_penalty, repeat_last_n, seed, .. } = sampling;
    let mut parts = Vec::new();
    if sampling.temperature == 0.0 {
        parts.push("greedy".to_owned());
    } else {
        parts.push(format!("temperature {}", number(f64::from(sampling.temperature))));
        if *top_k > 0 {
            parts.push(format!("top-k {top_k}"));
        }
        if *top_p < 1.0 {
            parts.push(format!("top-p {}", number(f64::from(*top_p))));
        }
        if *min_p > 0.0 {
            parts.push(format!("min-p {}", number(f64::from(*min_p))));
        }
        parts.push(format!("seed {seed}"));
    }
    if (repeat_penalty - 1.0).abs() > f32::EPSILON {
        let penalty = number(f64::from(*repeat_penalty));
        parts.push(format!("repetition penalty {penalty} over {repeat_last_n} tokens"));
    }
    parts.push(format!("at most {} tokens", sampling.max_new_tokens));
    if !sampling.stop.is_empty() {
        // A stop word may be a line break.
        parts.push(format!("stop words {:?}", sampling.stop));
    }
    parts.join(", ")
}

/// Writes a vector with its multiplier, and with what it does in place of acting always and as it is set.
fn term(name: &str, multiplier: f64, has_gate: bool, caps: Option<&Caps>) -> String {
    let how: Vec<String> =
        caps.map(capped).into_iter().chain(has_gate.then(|| "behind a gate".to_owned())).collect();
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

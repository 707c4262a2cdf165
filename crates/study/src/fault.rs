//! What is wrong with a plan: where, and what to do next.

use std::fmt;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

/// A step from a table of a plan into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A key.
    Key(String),
    /// A place in a list, from 0.
    Place(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(place: usize) -> Self {
        Self::Place(place)
    }
}

/// A plan that cannot be run as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PlanFault {
    /// The plan's file.
    pub file: PathBuf,
    /// The line, from 1. `None` where the fault has no place.
    pub line: Option<usize>,
    /// What is wrong, without a full stop.
    pub message: String,
    /// What to do next, as a sentence.
    pub next: String,
}

impl fmt::Display for PlanFault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(to, ", line {line}")?;
        }
        write!(to, ": {}. {}", self.message, self.next)
    }
}

impl PlanFault {
    /// Makes a fault of what stands in a plan's text at these steps.
    pub(crate) fn at(file: &Path, text: &str, steps: &[Step], message: String, next: &str) -> Self {
        Self { file: file.to_owned(), line: line(text, steps), message, next: next.to_owned() }
    }
}

/// Returns the line of the deepest of these steps that the text has.
pub(crate) fn line(text: &str, steps: &[Step]) -> Option<usize> {
    let root = DeTable::parse(text).ok()?;
    let mut at = None;
    let mut value: Option<&toml::Spanned<DeValue<'_>>> = None;
    for step in steps {
        let next = match (step, value.map(toml::Spanned::get_ref)) {
            (Step::Key(key), None) => root.get_ref().get(key.as_str()),
            (Step::Key(key), Some(DeValue::Table(table))) => table.get(key.as_str()),
            (Step::Place(place), Some(DeValue::Array(list))) => list.get(*place),
            _ => None,
        };
        let Some(next) = next else { break };
        at = Some(next.span().start);
        value = Some(next);
    }
    at.map(|at| line_of(text, at))
}

/// Returns the line of a byte of the text, from 1.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

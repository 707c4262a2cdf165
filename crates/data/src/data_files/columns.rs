//! Recognises a file's format by its columns, and turns its rows of named cells into pairs.

use ipc::data::Split;
use serde_json::Value;

use super::cells::text;
use super::error::list;
use super::{Cells, DataFileError, Format, Mapping, Records, Row, further, tiller_jsonl, trl};

/// The way to read the rows of one file.
pub(super) enum Reading {
    /// The rows have a known format.
    Known(Format),
    /// A person has named the columns.
    Mapped(Mapping),
}

impl Reading {
    pub(super) fn new(records: &Records, mapping: Option<&Mapping>) -> Result<Self, DataFileError> {
        let has = |name: &str| records.columns.iter().any(|column| column == name);
        if let Some(mapping) = mapping {
            let missing =
                [&mapping.prompt, &mapping.wanted, &mapping.opposite].into_iter().find(|name| !has(name));
            return match missing {
                Some(name) => {
                    Err(DataFileError::NoColumn { name: name.clone(), found: list(&records.columns) })
                }
                None => Ok(Self::Mapped(mapping.clone())),
            };
        }
        let all = |names: &[&str]| names.iter().all(|name| has(name));
        let format = if all(&["prompt", "wanted", "opposite"]) {
            Format::Tiller
        } else if all(&["question", "matching", "not_matching"]) {
            Format::Bipo
        } else if all(&["question", "A", "B", "matching"]) {
            Format::BipoChoices
        } else if all(&["chosen", "rejected"]) {
            Format::Trl
        } else if all(&["question", "answer_matching_behavior", "answer_not_matching_behavior"]) {
            if records.is_list { Format::Caa } else { Format::ModelWrittenEvals }
        } else if all(&["Question", "Best Answer", "Incorrect Answers"]) {
            Format::TruthfulQa
        } else {
            return Err(match records.all.first().map(|record| &record.cells) {
                // No row could be read at all, so the first reason says more than the missing names.
                Some(Err(reason)) if records.columns.is_empty() => {
                    DataFileError::Json { line: records.all[0].line, detail: reason.clone() }
                }
                _ => DataFileError::Columns { found: list(&records.columns) },
            });
        };
        Ok(Self::Known(format))
    }

    pub(super) fn format(&self) -> Format {
        match self {
            Self::Known(format) => *format,
            Self::Mapped(_) => Format::Mapped,
        }
    }

    /// Reads a row's pair, or says what is wrong with it.
    pub(super) fn row(&self, line: usize, cells: &Cells) -> Result<Row, String> {
        let plain = |prompt: &str, wanted: &str, opposite: &str| {
            let (prompt, wanted, opposite) =
                (text(cells, prompt)?, text(cells, wanted)?, text(cells, opposite)?);
            Ok(Row { prompt, wanted, opposite, ..Row::default() })
        };
        let row = match self {
            Self::Mapped(mapping) => plain(&mapping.prompt, &mapping.wanted, &mapping.opposite),
            Self::Known(format) => match format {
                Format::Tiller => tiller_jsonl::row(cells),
                Format::Bipo => plain("question", "matching", "not_matching").and_then(|row| {
                    let (system, turns) = trl::before(cells)?;
                    Ok(Row { system, turns, ..row })
                }),
                Format::ModelWrittenEvals | Format::Caa => {
                    plain("question", "answer_matching_behavior", "answer_not_matching_behavior")
                }
                Format::BipoChoices => match text(cells, "matching")?.trim() {
                    "A" => plain("question", "A", "B"),
                    "B" => plain("question", "B", "A"),
                    other => Err(format!("its \"matching\" is {other:?}, not A or B")),
                },
                Format::Trl => trl::row(cells),
                Format::TruthfulQa | Format::Mapped => truthful(cells),
            },
        }?;
        let row = if self.format() == Format::Tiller { row } else { further::with_further(cells, row) };
        let split = split(cells)?;
        // A split that a file states is meant: it stays when the data set is split anew.
        let pinned = split.map(|_| row.pinned.unwrap_or(true));
        Ok(Row { line, split, pinned, ..row })
    }
}

/// Reads a row of `TruthfulQA`, which has one best answer and several incorrect ones, separated by semicolons.
fn truthful(cells: &Cells) -> Result<Row, String> {
    let opposite = match text(cells, "Best Incorrect Answer") {
        Ok(best) if !best.trim().is_empty() => best,
        _ => {
            let all = text(cells, "Incorrect Answers")?;
            let first = all.split(';').map(str::trim).find(|answer| !answer.is_empty());
            first.ok_or("it has no incorrect answer")?.to_owned()
        }
    };
    let (prompt, wanted) = (text(cells, "Question")?, text(cells, "Best Answer")?);
    Ok(Row { prompt, wanted, opposite, ..Row::default() })
}

/// Reads the split, where the file has a column for it.
fn split(cells: &Cells) -> Result<Option<Split>, String> {
    let Some(Value::String(name)) = cells.get("split") else { return Ok(None) };
    match name.trim().to_ascii_lowercase().replace('_', "-").as_str() {
        "" => Ok(None),
        "train" => Ok(Some(Split::Train)),
        "held-out" | "test" | "validation" | "eval" => Ok(Some(Split::HeldOut)),
        _ => Err(format!("its \"split\" is {name:?}, neither \"train\" nor \"held-out\"")),
    }
}

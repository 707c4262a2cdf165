//! Recognises a file's format by its columns, and turns its rows of named cells into pairs.

use ipc::data::Split;
use serde_json::Value;

use super::cells::{BEFORE, text};
use super::error::list;
use super::json::kind;
use super::report::RowNote;
use super::{Cells, DataFileError, Format, Mapping, Records, Row, further, tiller_jsonl, trl};

/// The columns by which a format is recognised. Where two formats fit, the earlier one counts.
const KNOWN: [(Format, &[&str]); 7] = [
    (Format::Tiller, &["prompt", "wanted", "opposite"]),
    (Format::Bipo, &["question", "matching", "not_matching"]),
    (Format::BipoChoices, &["question", "A", "B", "matching"]),
    (Format::Trl, &["chosen", "rejected"]),
    (Format::ModelWrittenEvals, MODEL_WRITTEN),
    (Format::Caa, MODEL_WRITTEN),
    (Format::TruthfulQa, &["Question", "Best Answer", "Incorrect Answers"]),
];
const MODEL_WRITTEN: &[&str] = &["question", "answer_matching_behavior", "answer_not_matching_behavior"];
/// The columns that formats read where they are there.
const FURTHER: [&str; 9] =
    ["system", "split", "tags", "note", "pinned", "history", "input", BEFORE, "Best Incorrect Answer"];

/// The way in which the rows of one file are read.
pub(super) enum Reading {
    /// As a known format.
    Known(Format),
    /// From these columns.
    Mapped(Mapping),
}

/// Returns the format that these columns belong to.
fn known(columns: &[String], is_list: bool) -> Option<Format> {
    let has = |name: &&str| columns.iter().any(|column| column == name);
    let fits = |(format, names): &&(Format, &[&str])| {
        names.iter().all(has) && (*format != Format::ModelWrittenEvals || !is_list)
    };
    KNOWN.iter().find(fits).map(|(format, _)| *format)
}

/// Returns whether these columns belong to a known format, in whatever case they are written.
pub(super) fn is_known(columns: &[String]) -> bool {
    known(columns, false).or_else(|| known(&in_known_case(columns), false)).is_some()
}

/// Replaces names that differ from a format's only in case, or in blanks for underscores, by the format's.
fn in_known_case(columns: &[String]) -> Vec<String> {
    let names = || {
        let prompts = trl::PROMPTS.iter();
        KNOWN.iter().flat_map(|(_, names)| names.iter()).chain(&FURTHER).chain(prompts)
    };
    let same = |name: &&&str, column: &str| {
        name.replace([' ', '-'], "_").eq_ignore_ascii_case(&column.replace([' ', '-'], "_"))
    };
    columns
        .iter()
        .map(|column| {
            names().find(|name| same(name, column)).map_or_else(|| column.clone(), |name| (*name).to_owned())
        })
        .collect()
}

impl Reading {
    /// Decides how a file is read; its columns get the names that formats write where only their case differs.
    pub(super) fn new(records: &mut Records, mapping: Option<&Mapping>) -> Result<Self, DataFileError> {
        let reading = match mapping {
            Some(mapping) => {
                let names = [&mapping.prompt, &mapping.wanted, &mapping.opposite];
                if let Some(name) = names.into_iter().find(|name| !records.columns.contains(*name)) {
                    return Err(DataFileError::NoColumn {
                        name: name.clone(),
                        found: list(&records.columns),
                    });
                }
                Self::Mapped(mapping.clone())
            }
            None => Self::Known(records.known_format()?),
        };
        let is_read = |name: &str| reading.columns().contains(&name) || FURTHER.contains(&name);
        let twice = |place: usize, name: &String| records.columns[..place].contains(name) && is_read(name);
        if let Some((_, name)) = records.columns.iter().enumerate().find(|(place, name)| twice(*place, name))
        {
            return Err(DataFileError::TwoColumns { name: name.clone() });
        }
        let further = |name: &String| {
            let is_mapped = matches!(reading, Self::Mapped(_));
            reading.columns().contains(&name.as_str())
                || FURTHER.contains(&name.as_str())
                    && !(is_mapped && ["history", "input"].contains(&name.as_str()))
        };
        let named = || records.columns.iter().filter(|name| !name.is_empty());
        records.report.read = named().filter(|name| further(name)).cloned().collect();
        records.report.left_out = named().filter(|name| !further(name)).cloned().collect();
        Ok(reading)
    }

    pub(super) fn format(&self) -> Format {
        match self {
            Self::Known(format) => *format,
            Self::Mapped(_) => Format::Mapped,
        }
    }

    /// Returns the columns without which no row can be read, and those that may hold a prompt.
    fn columns(&self) -> Vec<&str> {
        match self {
            Self::Mapped(Mapping { prompt, wanted, opposite }) => vec![prompt, wanted, opposite],
            Self::Known(format) => {
                let names =
                    KNOWN.iter().find(|(known, _)| known == format).map_or(&[][..], |(_, names)| names);
                let prompts = if *format == Format::Trl { &trl::PROMPTS[..] } else { &[] };
                [names, prompts].concat()
            }
        }
    }

    /// Returns a row's pairs, or what is wrong with the row: one pair, or one for each opposite answer where a cell has
    /// several.
    pub(super) fn rows(
        &self,
        line: usize,
        cells: &Cells,
        note: trl::AddNote<'_>,
    ) -> Result<Vec<Row>, String> {
        let row = self.row(cells, note)?;
        let row = if self.format() == Format::Tiller { row } else { further::with_further(cells, row) };
        let system = match (row.system, cells.get("system")) {
            (None, Some(Value::String(system))) => Some(system.clone()),
            (Some(own), Some(Value::String(system))) if own != *system && !system.is_empty() => {
                return Err("its \"system\" is another than the system message of its prompt".to_owned());
            }
            (system, _) => system,
        };
        let split = split(cells, note)?;
        // A split that a file states is intended, so it stays when the data set is split again.
        let pinned = split.map(|_| row.pinned.unwrap_or(true));
        let row = Row { line, system, split, pinned, ..row };
        match opposites(self, cells)? {
            None => Ok(vec![row]),
            Some(opposites) => {
                note(RowNote::OppositesSpread);
                Ok(opposites.into_iter().map(|opposite| Row { opposite, ..row.clone() }).collect())
            }
        }
    }

    fn row(&self, cells: &Cells, note: trl::AddNote<'_>) -> Result<Row, String> {
        let plain = |prompt: &str, wanted: &str, opposite: &str| {
            let (prompt, wanted, opposite) =
                (text(cells, prompt)?, text(cells, wanted)?, text(cells, opposite)?);
            Ok(Row { prompt, wanted, opposite, ..Row::default() })
        };
        let format = match self {
            Self::Mapped(mapping) => return plain(&mapping.prompt, &mapping.wanted, &mapping.opposite),
            Self::Known(format) => format,
        };
        match format {
            Format::Tiller => tiller_jsonl::row(cells),
            Format::Bipo => plain("question", "matching", "not_matching").and_then(|row| {
                let (system, turns) = trl::before(cells)?;
                Ok(Row { system, turns, ..row })
            }),
            Format::ModelWrittenEvals | Format::Caa => {
                let (prompt, wanted) = (text(cells, "question")?, text(cells, "answer_matching_behavior")?);
                let opposite = match cells.get(OPPOSITES) {
                    Some(Value::Array(_)) => String::new(),
                    _ => text(cells, OPPOSITES)?,
                };
                Ok(Row { prompt, wanted, opposite, ..Row::default() })
            }
            Format::BipoChoices => match text(cells, "matching")?.trim() {
                "A" => plain("question", "A", "B"),
                "B" => plain("question", "B", "A"),
                other => Err(format!("its \"matching\" is {other:?}, not A or B")),
            },
            Format::Trl => trl::row(cells, note),
            Format::TruthfulQa | Format::Mapped => truthful(cells),
        }
    }
}

impl Records {
    /// Returns the format of the columns; names that differ from a format's in case only become the format's.
    fn known_format(&mut self) -> Result<Format, DataFileError> {
        if let Some(format) = known(&self.columns, self.is_list) {
            return Ok(format);
        }
        let renamed = in_known_case(&self.columns);
        if let Some(format) = known(&renamed, self.is_list) {
            for record in &mut self.all {
                let Ok(cells) = &mut record.cells else { continue };
                for (from, to) in self.columns.iter().zip(&renamed).filter(|(from, to)| from != to) {
                    if let Some(cell) = cells.remove(from) {
                        cells.insert(to.clone(), cell);
                    }
                }
            }
            self.columns = renamed;
            self.report.note("Columns were recognized although their names are written in another case.");
            return Ok(format);
        }
        let has = |name: &str| self.columns.iter().any(|column| column.eq_ignore_ascii_case(name));
        if let Some(reason) = trl::one_sided(has) {
            return Err(DataFileError::OneSided { reason });
        }
        Err(match self.all.first().map(|record| &record.cells) {
            // If no row could be read, the reason of the first one helps more than a list of missing columns.
            Some(Err(reason)) if self.columns.is_empty() => {
                DataFileError::FirstRow { line: self.all[0].line, reason: reason.clone() }
            }
            _ => DataFileError::Columns { found: list(&self.columns) },
        })
    }
}

/// The column of model-written evaluations that may hold several answers.
const OPPOSITES: &str = "answer_not_matching_behavior";

/// Returns the opposite answers, where a cell has a list of them.
fn opposites(reading: &Reading, cells: &Cells) -> Result<Option<Vec<String>>, String> {
    let is_evals = matches!(reading.format(), Format::ModelWrittenEvals | Format::Caa);
    let Some(Value::Array(items)) = cells.get(OPPOSITES).filter(|_| is_evals) else { return Ok(None) };
    let texts: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
    texts
        .filter(|texts| !texts.is_empty())
        .map(Some)
        .ok_or_else(|| format!("its \"{OPPOSITES}\" is a list of something other than texts"))
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

/// Returns the split, where the file has a column for it whose text names one.
fn split(cells: &Cells, note: trl::AddNote<'_>) -> Result<Option<Split>, String> {
    let name = match cells.get("split") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(name)) => name.trim().to_ascii_lowercase().replace('_', "-"),
        Some(other) => return Err(format!("its \"split\" is {}, not text", kind(other))),
    };
    // The hub's sets have names such as train_prefs and test_sft.
    let first = name.split('-').next().unwrap_or_default();
    match (name.as_str(), first) {
        ("", _) => Ok(None),
        (_, "train" | "training") => Ok(Some(Split::Train)),
        ("held-out" | "heldout" | "holdout" | "hold-out", _)
        | (_, "test" | "testing" | "val" | "valid" | "validation" | "dev" | "eval" | "evaluation") => {
            Ok(Some(Split::HeldOut))
        }
        _ => {
            note(RowNote::SplitPassedOver);
            Ok(None)
        }
    }
}

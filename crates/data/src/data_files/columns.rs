//! Recognises a file's format by its columns, and turns its rows of named cells into pairs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use ipc::data::Split;
use serde_json::Value;

use super::cells::{BEFORE, optional, text};
use super::error::list;
use super::json::kind;
use super::report::{RowNote, left_out_unnamed};
use super::sink::{Header, Needed};
use super::{
    Cells, DataFileError, Format, Mapping, Report, Row, further, openai, tiller_jsonl, trl, two_answers,
};

/// A format and its columns.
pub(super) struct Known {
    pub(super) format: Format,
    /// The columns by which it is known.
    pub(super) columns: &'static [&'static str],
    /// Those that it reads where they are there, besides [`FURTHER`].
    pub(super) optional: &'static [&'static str],
}

/// All formats; of two that fit, the earlier one is meant.
pub(super) const KNOWN: [Known; 13] = [
    Known { format: Format::Tiller, columns: &["prompt", "wanted", "opposite"], optional: &["turns"] },
    Known { format: Format::Bipo, columns: &["question", "matching", "not_matching"], optional: &[BEFORE] },
    Known { format: Format::BipoChoices, columns: &["question", "A", "B", "matching"], optional: &[] },
    Known { format: Format::Trl, columns: &trl::ANSWERS, optional: &trl::OPTIONAL },
    Known { format: Format::OpenAi, columns: &openai::COLUMNS, optional: &[] },
    Known { format: Format::ModelWrittenEvals, columns: MODEL_WRITTEN, optional: &[] },
    Known { format: Format::Caa, columns: MODEL_WRITTEN, optional: &[] },
    Known {
        format: Format::TruthfulQa,
        columns: &["Question", "Best Answer", "Incorrect Answers"],
        optional: &["Best Incorrect Answer"],
    },
    Known { format: Format::Shp, columns: &two_answers::SHP, optional: &[] },
    Known { format: Format::SafeRlhf, columns: &two_answers::BETTER, optional: &[] },
    Known { format: Format::SafeRlhf, columns: &two_answers::SAFER, optional: &[] },
    Known { format: Format::HelpSteer, columns: &two_answers::HELP_STEER_2, optional: &[] },
    Known { format: Format::HelpSteer, columns: &two_answers::HELP_STEER_3, optional: &[] },
];
const MODEL_WRITTEN: &[&str] = &["question", "answer_matching_behavior", OPPOSITES];
/// The columns that every format reads where they are there.
pub(super) const FURTHER: [&str; 5] = ["system", "split", "tags", "note", "pinned"];

/// Every name that any format reads, and how it is compared: without case, blanks or hyphens.
static NAMES: LazyLock<BTreeMap<String, &str>> = LazyLock::new(|| {
    let known = KNOWN.iter().flat_map(|known| known.columns.iter().chain(known.optional));
    // Of two names that are the same but for their case the first one is meant.
    known.chain(&FURTHER).rev().map(|name| (plain(name), *name)).collect()
});

/// How the rows of one file are read.
pub(super) enum Reading {
    /// As a known format.
    Known(Format),
    /// From these columns.
    Mapped(Mapping),
}

/// The format that these columns belong to.
fn known(columns: &[String], is_list: bool) -> Option<Format> {
    let has = |name: &&str| columns.iter().any(|column| column == name);
    let fits = |known: &&Known| {
        known.columns.iter().all(has) && (known.format != Format::ModelWrittenEvals || !is_list)
    };
    KNOWN.iter().find(fits).map(|known| known.format)
}

/// Whether these columns belong to a known format, in whatever case they are written.
pub(super) fn is_known(columns: &[String]) -> bool {
    known(columns, false).or_else(|| known(&in_known_case(columns), false)).is_some()
}

fn plain(name: &str) -> String {
    name.replace([' ', '-'], "_").to_ascii_lowercase()
}

/// The names as formats write them, where they differ in case or in blanks for lines only.
fn in_known_case(columns: &[String]) -> Vec<String> {
    let name =
        |column: &String| NAMES.get(&plain(column)).map_or_else(|| column.clone(), |name| (*name).to_owned());
    columns.iter().map(name).collect()
}

impl Reading {
    /// Decides how a file is read, and which of its columns. Names of columns that differ from a format's in their case
    /// become the format's.
    pub(super) fn new(
        header: &mut Header,
        mapping: Option<&Mapping>,
        report: &mut Report,
    ) -> Result<(Self, Needed), DataFileError> {
        let in_file = header.columns.clone();
        let reading = match mapping {
            Some(mapping) => {
                let names = [&mapping.prompt, &mapping.wanted, &mapping.opposite];
                if let Some(name) = names.into_iter().find(|name| !in_file.contains(*name)) {
                    return Err(DataFileError::NoColumn { name: name.clone(), found: list(&in_file) });
                }
                let [prompt, wanted, opposite] = names;
                // A column that chooses an answer says both.
                let may_be_same = two_answers::chooses(wanted, &in_file);
                if let Some(name) =
                    [(prompt, wanted, false), (prompt, opposite, false), (wanted, opposite, may_be_same)]
                        .iter()
                        .find_map(|(one, other, may_be_same)| (one == other && !may_be_same).then_some(*one))
                {
                    return Err(DataFileError::NamedTwice { name: name.clone() });
                }
                Self::Mapped(mapping.clone())
            }
            None => Self::Known(known_format(header, report)?),
        };
        let read: BTreeSet<&str> = reading.columns().into_iter().collect();
        let mut seen = BTreeSet::new();
        if let Some(name) =
            header.columns.iter().find(|name| read.contains(name.as_str()) && !seen.insert(*name))
        {
            return Err(DataFileError::TwoColumns { name: name.clone() });
        }
        // A column of JSON may come up first in a later row.
        let mut needed: BTreeMap<String, String> =
            read.iter().chain(&trl::REFUSED).map(|name| ((*name).to_owned(), (*name).to_owned())).collect();
        let renamed = in_file.into_iter().zip(&header.columns).filter(|(from, to)| from != *to);
        needed.extend(renamed.map(|(from, to)| (from, to.clone())));
        Ok((reading, Needed::Some(needed)))
    }

    /// Says which columns were read, and which were left out and why, when all rows are read. Of those that may hold a prompt
    /// only the ones that did were read; `prompts` names them, where any row was read. `passed_over` names those that hold
    /// something else than their names say in every row.
    pub(super) fn tell(
        &self,
        columns: &[String],
        prompts: Option<&BTreeSet<&'static str>>,
        passed_over: &[&str],
        report: &mut Report,
    ) {
        let read: BTreeSet<&str> = self.columns().into_iter().collect();
        let is_prompt = |name: &str| matches!(self, Self::Known(Format::Trl)) && trl::is_prompt(name);
        let other = match self {
            Self::Known(format) => format!("not a column of {}", format.name()),
            Self::Mapped(_) => "not named".to_owned(),
        };
        let held: Vec<String> = prompts.into_iter().flatten().map(|name| (*name).to_owned()).collect();
        let in_others = match held.as_slice() {
            [] => "empty".to_owned(),
            held => format!("the prompt stands in {}", list(held)),
        };
        for name in columns.iter().filter(|name| !name.is_empty()) {
            if !read.contains(name.as_str()) {
                report.leave_out(name, &other);
            } else if is_prompt(name) && prompts.is_some_and(|prompts| !prompts.contains(name.as_str())) {
                report.leave_out(name, &in_others);
            } else if passed_over.contains(&name.as_str()) {
                report.leave_out(name, "every row has something other than Tiller's own there");
            } else {
                report.read.push(name.clone());
            }
        }
        if let Self::Mapped(Mapping { wanted, opposite, .. }) = self
            && let Some(name) = two_answers::unread_preference(columns, [wanted, opposite])
        {
            report.note(format!(
                "{name:?} says row by row which answer is preferred, and was not read: the answers are those of the named columns."
            ));
        }
        let unnamed = columns.iter().filter(|name| name.is_empty()).count();
        if let Some(sentence) = left_out_unnamed(unnamed) {
            report.note(sentence);
        }
    }

    pub(super) fn format(&self) -> Format {
        match self {
            Self::Known(format) => *format,
            Self::Mapped(_) => Format::Mapped,
        }
    }

    /// All columns that are read where they are there.
    fn columns(&self) -> Vec<&str> {
        match self {
            Self::Mapped(Mapping { prompt, wanted, opposite }) => {
                let answers = if wanted == opposite { two_answers::chosen_from() } else { &[] };
                [[prompt.as_str(), wanted, opposite].as_slice(), answers, &FURTHER].concat()
            }
            Self::Known(format) => names_of(*format),
        }
    }

    /// A row's pair, or what is wrong with it; where a cell has several opposite answers, one pair is meant for each.
    pub(super) fn row(
        &self,
        line: usize,
        cells: &Cells,
        done: trl::AddNote<'_>,
    ) -> Result<(Row, Option<Vec<String>>), String> {
        let row = self.pair(cells, done)?;
        let row = if self.format() == Format::Tiller { row } else { further::with_further(cells, row, done) };
        let system = match (row.system, optional(cells, "system")?) {
            (None, system) => system,
            (Some(own), Some(system)) if own != system && !system.is_empty() => {
                return Err("its \"system\" is another than the system message of its prompt".to_owned());
            }
            (own, _) => own,
        };
        let split = split(cells, done)?;
        // A split that stands in a file was meant: it stays when the data set is split anew.
        let pinned = split.map(|_| row.pinned.unwrap_or(true));
        let row = Row { line, system, split, pinned, ..row };
        let opposites = opposites(self, cells)?;
        if opposites.is_some() {
            done(RowNote::OppositesSpread);
        }
        Ok((row, opposites))
    }

    fn pair(&self, cells: &Cells, done: trl::AddNote<'_>) -> Result<Row, String> {
        let plain = |prompt: &str, wanted: &str, opposite: &str| {
            let (prompt, wanted, opposite) =
                (text(cells, prompt)?, text(cells, wanted)?, text(cells, opposite)?);
            Ok(Row { prompt, wanted, opposite, ..Row::default() })
        };
        let format = match self {
            Self::Mapped(mapping) if mapping.wanted == mapping.opposite => {
                return two_answers::chosen(cells, &mapping.prompt, &mapping.wanted);
            }
            Self::Mapped(mapping) => return plain(&mapping.prompt, &mapping.wanted, &mapping.opposite),
            Self::Known(format) => format,
        };
        match format {
            Format::Tiller => tiller_jsonl::row(cells),
            Format::Bipo => plain("question", "matching", "not_matching").and_then(|row| {
                let (system, turns) = trl::before(cells, done)?;
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
            Format::Trl => trl::row(cells, done),
            Format::OpenAi => openai::row(cells, done),
            Format::Shp | Format::SafeRlhf | Format::HelpSteer => two_answers::row(*format, cells, done),
            Format::TruthfulQa | Format::Mapped => truthful(cells, done),
        }
    }
}

/// The format of the columns; names that differ from a format's in case only become the format's.
fn known_format(header: &mut Header, report: &mut Report) -> Result<Format, DataFileError> {
    if header.columns.is_empty() {
        return Err(DataFileError::Empty);
    }
    if let Some(format) = known(&header.columns, header.is_list) {
        two_answers::check_decided(format, &header.columns)?;
        rename_further(format, &mut header.columns, report);
        return Ok(format);
    }
    let renamed = in_known_case(&header.columns);
    if let Some(format) = known(&renamed, header.is_list) {
        two_answers::check_decided(format, &renamed)?;
        header.columns = renamed;
        report.note(OTHER_CASE);
        rename_further(format, &mut header.columns, report);
        return Ok(format);
    }
    let has = |name: &str| header.columns.iter().any(|column| column.eq_ignore_ascii_case(name));
    if let Some(reason) = trl::one_sided(has) {
        return Err(DataFileError::OneSided { reason });
    }
    Err(DataFileError::Columns { found: list(&header.columns) })
}

/// The note on names in another case.
const OTHER_CASE: &str = "Columns were recognised although their names are written in another case.";
/// Other names of the column with the system message.
const SYSTEM_NAMES: [&str; 2] = ["system_prompt", "system_message"];

/// Gives columns that a format reads where they are there the format's names, where theirs differ in case only, or where they
/// hold the system message under another name. A name that another column has stays with that.
fn rename_further(format: Format, columns: &mut [String], report: &mut Report) {
    let read = names_of(format);
    let before = columns.to_vec();
    for column in columns.iter_mut().filter(|column| !read.contains(&column.as_str())) {
        let name = plain(column);
        let is_system = SYSTEM_NAMES.contains(&name.as_str());
        let meant =
            if is_system { Some("system") } else { read.iter().copied().find(|known| plain(known) == name) };
        let Some(meant) = meant.filter(|meant| before.iter().all(|column| column != meant)) else { continue };
        report.note(if is_system {
            format!("The system message was read from {column:?}.")
        } else {
            OTHER_CASE.to_owned()
        });
        meant.clone_into(column);
    }
}

/// All columns of a format, and those that every format reads.
fn names_of(format: Format) -> Vec<&'static str> {
    let known = KNOWN.iter().filter(|known| known.format == format);
    let own = known.flat_map(|known| known.columns.iter().chain(known.optional)).copied();
    own.chain(FURTHER).collect()
}

/// The column of model-written evaluations that may hold several answers.
const OPPOSITES: &str = "answer_not_matching_behavior";

/// The opposite answers, where a cell has a list of them.
fn opposites(reading: &Reading, cells: &Cells) -> Result<Option<Vec<String>>, String> {
    let is_evals = matches!(reading.format(), Format::ModelWrittenEvals | Format::Caa);
    let Some(Value::Array(items)) = cells.get(OPPOSITES).filter(|_| is_evals) else { return Ok(None) };
    let texts: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
    texts
        .filter(|texts| !texts.is_empty())
        .map(Some)
        .ok_or_else(|| format!("its \"{OPPOSITES}\" is a list of something other than texts"))
}

/// `TruthfulQA` has one best answer and several incorrect ones, separated by semicolons.
fn truthful(cells: &Cells, done: trl::AddNote<'_>) -> Result<Row, String> {
    let opposite = match text(cells, "Best Incorrect Answer") {
        Ok(best) if !best.trim().is_empty() => best,
        _ => {
            let all = text(cells, "Incorrect Answers")?;
            let mut answers = all.split(';').map(str::trim).filter(|answer| !answer.is_empty());
            let first = answers.next().ok_or("it has no incorrect answer")?;
            if answers.next().is_some() {
                done(RowNote::FirstIncorrect);
            }
            first.to_owned()
        }
    };
    let (prompt, wanted) = (text(cells, "Question")?, text(cells, "Best Answer")?);
    Ok(Row { prompt, wanted, opposite, ..Row::default() })
}

/// The split, where the file has a column for it and its name says which.
fn split(cells: &Cells, done: trl::AddNote<'_>) -> Result<Option<Split>, String> {
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
            done(RowNote::SplitPassedOver);
            Ok(None)
        }
    }
}

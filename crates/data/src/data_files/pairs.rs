//! Makes the pairs of a file out of its rows, one at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::budget::{MOST_REFUSED, MOST_ROWS, add_text};
use super::chat_marks::ChatMarks;
use super::columns::Reading;
use super::printed::Printed;
use super::report::RowNote;
use super::sink::{Header, Needed, Sink};
use super::trl::may_be_prompt;
use super::{Cells, DataFile, DataFileError, Encoding, Mapping, Refused, Report, Row};

/// The maximum number of letters of a reason, because a reason can quote a cell.
const LONGEST_REASON: usize = 400;
/// The most keys of messages that are reported by name.
const MOST_KEYS: usize = 64;

/// The pairs so far.
#[derive(Default)]
pub(super) struct Pairs<'a> {
    mapping: Option<&'a Mapping>,
    /// How rows are read, as soon as the columns are known.
    reading: Option<Reading>,
    header: Vec<String>,
    columns: Vec<String>,
    rows: Vec<Row>,
    refused: Vec<Refused>,
    report: Report,
    /// The number of rows to which each note applies.
    done: BTreeMap<RowNote, usize>,
    /// The columns that held a prompt.
    prompts: BTreeSet<&'static str>,
    /// What in the pairs' texts belongs to a chat format.
    marks: ChatMarks,
    /// Texts that look as if a program had printed them with marks around.
    printed: Printed,
    /// The bytes of the pairs' texts.
    text: u64,
    seen: usize,
}

impl<'a> Pairs<'a> {
    pub(super) fn new(mapping: Option<&'a Mapping>) -> Self {
        Self { mapping, ..Self::default() }
    }

    /// The file that was read.
    pub(super) fn into_file(mut self, encoding: Encoding) -> Result<DataFile, DataFileError> {
        if self.reading.is_none() {
            // Nothing could be read at all: the reason says more than missing names.
            if let Some(Refused { line, reason }) = self.refused.first().cloned() {
                return Err(DataFileError::FirstRow { line, reason });
            }
            self.header(Header { columns: vec![], is_list: false })?;
        }
        let Some(reading) = &self.reading else { return Err(DataFileError::Empty) };
        let used = self.seen - self.refused.len();
        let mut passed_over = Vec::new();
        for (done, rows) in &self.done {
            match done.passed_over() {
                Some(column) if *rows == used => passed_over.push(column),
                _ => done.sentence(*rows).into_iter().for_each(|sentence| self.report.note(sentence)),
            }
        }
        self.marks.sentences().for_each(|sentence| self.report.note(sentence));
        self.printed.sentences().for_each(|sentence| self.report.note(sentence));
        let prompts = (!self.rows.is_empty()).then_some(&self.prompts);
        reading.tell(&self.columns, prompts, &passed_over, &mut self.report);
        Ok(DataFile {
            format: reading.format(),
            encoding,
            header: self.header,
            columns: self.columns,
            rows: self.rows,
            refused: self.refused,
            report: self.report,
        })
    }

    fn refuse(&mut self, line: usize, reason: &str) -> Result<(), DataFileError> {
        self.refused.push(Refused { line, reason: shortened(reason) });
        if self.refused.len() > MOST_REFUSED {
            let Refused { line, reason } = self.refused.swap_remove(0);
            return Err(DataFileError::TooManyRefused { line, reason });
        }
        Ok(())
    }

    /// Refuses the common words of two answers as a prompt where a column that is not read may hold it.
    fn check_guess(&self, doing: &BTreeSet<RowNote>) -> Result<(), String> {
        if !doing.contains(&RowNote::CommonWords) {
            return Ok(());
        }
        let Some(other) = self.columns.iter().find(|name| may_be_prompt(name)) else { return Ok(()) };
        let other: String = other.chars().take(40).collect();
        Err(format!(
            "it has no prompt in a column that is known: name the columns if {other:?} holds prompts, or leave that column out of the file"
        ))
    }

    /// Counts what was done to a row that is kept.
    fn count(&mut self, doing: BTreeSet<RowNote>) {
        for what in doing {
            match what {
                RowNote::PromptFrom(column) => _ = self.prompts.insert(column),
                RowNote::MessageKey(_) if self.done.len() >= MOST_KEYS && !self.done.contains_key(&what) => {}
                what => *self.done.entry(what).or_insert(0) += 1,
            }
        }
    }

    fn keep(&mut self, row: Row) -> Result<(), DataFileError> {
        if self.rows.len() == MOST_ROWS {
            return Err(DataFileError::TooManyRows);
        }
        add_text(&mut self.text, bytes_of(&row), row.line)?;
        self.rows.push(row);
        Ok(())
    }

    /// Keeps a row's pair, or one pair for each of its opposite answers; one by one, so that they are counted before there
    /// are more of them than memory holds.
    fn keep_all(&mut self, row: Row, opposites: Option<Vec<String>>) -> Result<(), DataFileError> {
        match opposites {
            None => self.keep(row),
            Some(opposites) => {
                opposites.into_iter().try_for_each(|opposite| self.keep(Row { opposite, ..row.clone() }))
            }
        }
    }
}

impl Sink for Pairs<'_> {
    fn header(&mut self, mut header: Header) -> Result<Needed, DataFileError> {
        self.header.clone_from(&header.columns);
        let (reading, needed) = Reading::new(&mut header, self.mapping, &mut self.report)?;
        self.columns = header.columns;
        self.reading = Some(reading);
        Ok(needed)
    }

    fn later_column(&mut self, name: String) {
        self.columns.push(name);
    }

    fn row(&mut self, line: usize, cells: Result<Cells, String>) -> Result<ControlFlow<()>, DataFileError> {
        self.seen += 1;
        if self.seen > MOST_ROWS {
            return Err(DataFileError::TooManyRows);
        }
        let mut doing = BTreeSet::new();
        let read = cells.and_then(|cells| match &self.reading {
            Some(reading) => reading.row(line, &cells, &mut |what| _ = doing.insert(what)),
            None => Err("it stands before the header".to_owned()),
        });
        let checked = read.and_then(|(row, opposites)| {
            self.check_guess(&doing)?;
            without_nul(&row, opposites.as_deref()).map(|()| (row, opposites))
        });
        match checked {
            Err(reason) => self.refuse(line, &reason)?,
            Ok((row, opposites)) => {
                self.marks.look_at(&row, opposites.as_deref());
                self.printed.look_at(&row);
                self.keep_all(row, opposites)?;
                self.count(doing);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn report(&mut self) -> &mut Report {
        &mut self.report
    }
}

/// The bytes of a pair's texts.
fn bytes_of(row: &Row) -> usize {
    let texts = [&row.prompt, &row.wanted, &row.opposite, &row.note];
    let turns = row.turns.iter().map(|turn| turn.text.len() + size_of_val(turn));
    let tags = row.tags.iter().map(|tag| tag.len() + size_of_val(tag));
    let system = row.system.as_ref().map_or(0, String::len);
    system + texts.iter().map(|text| text.len()).chain(turns).chain(tags).sum::<usize>()
}

/// A reason without most of what a cell holds.
fn shortened(reason: &str) -> String {
    match reason.char_indices().nth(LONGEST_REASON) {
        Some((end, _)) => format!("{}\u{2026}", &reason[..end]),
        None => reason.to_owned(),
    }
}

fn without_nul(row: &Row, opposites: Option<&[String]>) -> Result<(), String> {
    let system = row.system.as_deref().unwrap_or_default();
    let texts = [
        ("prompt", row.prompt.as_str()),
        ("wanted answer", &row.wanted),
        ("opposite answer", &row.opposite),
        ("system message", system),
        ("note", &row.note),
    ];
    let turns = row.turns.iter().map(|turn| ("earlier turn", turn.text.as_str()));
    let opposites = opposites.into_iter().flatten().map(|text| ("opposite answer", text.as_str()));
    let mut all = texts.into_iter().chain(turns).chain(opposites);
    match all.find(|(_, text)| text.contains('\0')) {
        Some((which, _)) => Err(format!("the {which} holds a NUL character")),
        None => Ok(()),
    }
}

//! Reads and writes files of preference pairs in the formats of other programs: bytes to rows, and rows to bytes.
//!
//! The content decides the format, never the file's name. A row that cannot be used is refused with its line and a
//! reason, and reading goes on; the caller decides whether to keep the rest of such a file. Files that are written here
//! give the same pairs, byte for byte, when they are read again.

mod arrow;
mod cells;
mod columns;
mod container;
mod csv;
mod dialect;
mod encoding;
mod error;
mod export;
mod further;
mod json;
mod messages;
mod parquet;
mod report;
mod split;
mod tiller_jsonl;
mod trl;
mod workbook;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use ipc::data::{PairContent, Split, Turn};

pub use encoding::Encoding;
pub use error::DataFileError;
pub use export::{Extent, bipo_csv, guarded_bipo_csv, tiller_jsonl, trl_jsonl};
pub use parquet::trl_parquet;
pub use report::Report;
pub use split::hold_out;
pub use split::place;

/// The largest file that is read, in bytes.
pub const LARGEST_FILE: u64 = 256 << 20;

/// The most rows of a file.
pub const MOST_ROWS: usize = 1_000_000;

/// The most refused rows of a file; one more refuses the whole file.
pub const MOST_REFUSED: usize = 10_000;

/// The format of a data file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The BiPO authors' CSV: `question, matching, not_matching`.
    Bipo,
    /// The BiPO authors' test files: `question, A, B, matching`, the last a letter.
    BipoChoices,
    /// TRL's preference data: `prompt, chosen, rejected`, as text or as messages, the prompt also inside the answers.
    Trl,
    /// Anthropic's model-written evaluations, JSON lines: `question, answer_matching_behavior,
    /// answer_not_matching_behavior`.
    ModelWrittenEvals,
    /// CAA's choices: the same three in one JSON list.
    Caa,
    /// `TruthfulQA`'s CSV; the opposite is the best incorrect answer, or the first of all.
    TruthfulQa,
    /// Tiller's own JSON lines: `prompt, wanted, opposite, split`.
    Tiller,
    /// Any other columns, which a person has mapped.
    Mapped,
}

impl Format {
    /// Returns the name that a person reads.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bipo => "BiPO pairs",
            Self::BipoChoices => "BiPO A/B test",
            Self::Trl => "TRL preference data",
            Self::ModelWrittenEvals => "model-written evaluations",
            Self::Caa => "CAA's A/B choices",
            Self::TruthfulQa => "TruthfulQA",
            Self::Tiller => "Tiller's pairs",
            Self::Mapped => "columns of your choice",
        }
    }
}

/// Names the columns that hold a pair, where the format is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The prompt's column.
    pub prompt: String,
    /// The wanted answer's column.
    pub wanted: String,
    /// The opposite answer's column.
    pub opposite: String,
}

/// One pair as a file holds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// The line on which the row begins, from 1.
    pub line: usize,
    /// The user's message.
    pub prompt: String,
    /// The answer that shows the behaviour.
    pub wanted: String,
    /// The answer that shows its opposite.
    pub opposite: String,
    /// The pair's system message, where the file has one.
    pub system: Option<String>,
    /// The pair's split, where the file has one.
    pub split: Option<Split>,
    /// The messages before the prompt, oldest first.
    pub turns: Vec<Turn>,
    /// The tags, where the file has a column of them.
    pub tags: Vec<String>,
    /// The note; empty where the file has none.
    pub note: String,
    /// Whether the pair stays in its split when the data set is split anew, where the file says so.
    pub pinned: Option<bool>,
}

impl From<Row> for PairContent {
    fn from(row: Row) -> Self {
        Self {
            prompt: row.prompt,
            wanted: row.wanted,
            opposite: row.opposite,
            // A split that a file states is pinned; one that is drawn for a row may be drawn again.
            pinned: row.pinned.unwrap_or(false),
            split: row.split.unwrap_or_default(),
            system: row.system,
            turns: row.turns,
            tags: row.tags,
            note: row.note,
        }
    }
}

impl From<PairContent> for Row {
    fn from(content: PairContent) -> Self {
        Self {
            line: 0,
            prompt: content.prompt,
            wanted: content.wanted,
            opposite: content.opposite,
            system: content.system,
            split: Some(content.split),
            turns: content.turns,
            tags: content.tags,
            note: content.note,
            pinned: Some(content.pinned),
        }
    }
}

/// A row that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The line on which the row begins, from 1.
    pub line: usize,
    /// The reason, in words that follow "line N:".
    pub reason: String,
}

/// The pairs of a data file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// The file's format.
    pub format: Format,
    /// The file's character encoding.
    pub encoding: Encoding,
    /// The columns' names.
    pub columns: Vec<String>,
    /// The pairs, in order.
    pub rows: Vec<Row>,
    /// The rows that cannot be used, in order.
    pub refused: Vec<Refused>,
    /// A report of everything that reading the file took, left out and guessed.
    pub report: Report,
}

impl DataFile {
    /// Reads a file.
    ///
    /// # Errors
    /// Returns an error where the file cannot be read or is too large, and those of [`DataFile::parse`].
    pub fn read(path: &Path, mapping: Option<&Mapping>) -> Result<Self, DataFileError> {
        Self::parse(&bytes(path)?, mapping)
    }

    /// Reads a file's bytes. A mapping decides the columns, whatever the format.
    ///
    /// # Errors
    /// Returns an error where the format is not known and no mapping is given, or where the file is damaged as a whole.
    pub fn parse(bytes: &[u8], mapping: Option<&Mapping>) -> Result<Self, DataFileError> {
        let (encoding, mut records) = records(bytes)?;
        let reading = columns::Reading::new(&mut records, mapping)?;
        let mut file = Self {
            format: reading.format(),
            encoding,
            columns: records.columns,
            rows: vec![],
            refused: vec![],
            report: records.report,
        };
        let mut notes = BTreeMap::new();
        for record in records.all {
            let mut doing = BTreeSet::new();
            let rows = record
                .cells
                .and_then(|cells| reading.rows(record.line, &cells, &mut |what| _ = doing.insert(what)))
                .and_then(|rows| rows.into_iter().map(without_nul).collect::<Result<Vec<_>, _>>());
            match rows {
                Ok(rows) => {
                    file.rows.extend(rows);
                    for what in doing {
                        *notes.entry(what).or_insert(0) += 1;
                    }
                }
                Err(reason) => file.refused.push(Refused { line: record.line, reason }),
            }
            if file.refused.len() > MOST_REFUSED {
                let Refused { line, reason } = file.refused.swap_remove(0);
                return Err(DataFileError::TooManyRefused { line, reason });
            }
        }
        for (what, rows) in notes {
            file.report.note(report::RowNote::sentence(what, rows));
        }
        Ok(file)
    }

    /// Returns the indices of rows with the same texts as an earlier row.
    #[must_use]
    pub fn duplicates(&self) -> Vec<usize> {
        let mut seen = HashSet::new();
        let mut known = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let turns: Vec<_> = row.turns.iter().map(|turn| (turn.role, &turn.text)).collect();
            known.push(seen.insert((&row.system, turns, &row.prompt, &row.wanted, &row.opposite)));
        }
        known.iter().enumerate().filter(|(_, is_new)| !**is_new).map(|(place, _)| place).collect()
    }
}

/// The columns and first rows of a file, from which a person chooses the columns that hold a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The file's character encoding.
    pub encoding: Encoding,
    /// The columns' names.
    pub columns: Vec<String>,
    /// The first rows: the line of each, from 1, and a text for each column.
    pub rows: Vec<(usize, Vec<String>)>,
}

impl Sample {
    /// Reads a file, and keeps its first `most` rows.
    ///
    /// # Errors
    /// Returns an error where the file cannot be read, is too large, or is damaged as a whole.
    pub fn read(path: &Path, most: usize) -> Result<Self, DataFileError> {
        Self::parse(&bytes(path)?, most)
    }

    /// Reads a file's bytes in the same way.
    ///
    /// # Errors
    /// Returns an error where the file is too large, or is damaged as a whole.
    pub fn parse(bytes: &[u8], most: usize) -> Result<Self, DataFileError> {
        let (encoding, records) = records(bytes)?;
        let text = |cells: &Cells, name: &String| match cells.get(name) {
            None | Some(serde_json::Value::Null) => String::new(),
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        let whole = records.all.iter().filter_map(|record| Some((record.line, record.cells.as_ref().ok()?)));
        let rows = whole
            .take(most)
            .map(|(line, cells)| (line, records.columns.iter().map(|name| text(cells, name)).collect()));
        Ok(Self { encoding, rows: rows.collect(), columns: records.columns })
    }
}

/// Returns whether a file is decoded from a binary form: it is a table of another program, or compressed.
///
/// # Errors
/// Returns an error where the file cannot be read.
pub fn is_binary(path: &Path) -> std::io::Result<bool> {
    let mut start = Vec::new();
    File::open(path)?.take(container::LONGEST_MARK).read_to_end(&mut start)?;
    Ok(container::is_binary(&start))
}

/// Reads a file's bytes; stops behind [`LARGEST_FILE`], however large the file says it is.
fn bytes(path: &Path) -> Result<Vec<u8>, DataFileError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => DataFileError::Missing,
        _ => DataFileError::Unreadable(error),
    })?;
    let mut bytes = Vec::new();
    let size = file.metadata().map_err(DataFileError::Unreadable)?.len();
    if size <= LARGEST_FILE {
        // A pipe has no size, so the read itself is limited.
        file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(DataFileError::Unreadable)?;
    }
    let size = size.max(bytes.len() as u64);
    if size > LARGEST_FILE {
        return Err(DataFileError::TooLarge { bytes: size });
    }
    Ok(bytes)
}

/// Reads a file's rows of named cells, in any format and whatever its columns mean.
fn records(bytes: &[u8]) -> Result<(Encoding, Records), DataFileError> {
    let (bytes, packing, kind) = container::open(bytes)?;
    let (encoding, mut records) = match kind {
        container::Kind::Parquet => (Encoding::Utf8, parquet::records(&bytes)?),
        container::Kind::Arrow => (Encoding::Utf8, arrow::file(&bytes)?),
        container::Kind::Workbook => (Encoding::Utf8, workbook::records(&bytes)?),
        container::Kind::Text => {
            let (encoding, text) = encoding::decode(&bytes)?;
            let records = match text.trim_start().chars().next() {
                None => return Err(DataFileError::Empty),
                Some('[' | '{') => json::records(&text)?,
                Some(_) => csv::records(&text)?,
            };
            (encoding, records)
        }
    };
    if let Some(packing) = packing {
        records.report.container = Some(packing.name());
    }
    if let Encoding::Detected(encoding) = encoding {
        records.report.note(format!("The letters were read as {} (a guess).", encoding.name()));
    }
    Ok((encoding, records))
}

fn without_nul(row: Row) -> Result<Row, String> {
    let system = row.system.as_deref().unwrap_or_default();
    let texts = [
        ("prompt", row.prompt.as_str()),
        ("wanted answer", &row.wanted),
        ("opposite answer", &row.opposite),
        ("system message", system),
        ("note", &row.note),
    ];
    let turns = row.turns.iter().map(|turn| ("earlier turn", turn.text.as_str()));
    let found = texts.into_iter().chain(turns).find(|(_, text)| text.contains('\0')).map(|(which, _)| which);
    match found {
        Some(which) => Err(format!("the {which} holds a NUL character")),
        None => Ok(row),
    }
}

/// The rows of named cells that every format is read into first.
#[derive(Debug, Default)]
struct Records {
    /// The names in the header, or in the first object.
    columns: Vec<String>,
    /// Whether the file is one JSON list.
    is_list: bool,
    all: Vec<Record>,
    /// A report of how the rows were read.
    report: Report,
}

/// One row: its line from 1 and its named cells, or the reason why it cannot be read.
#[derive(Debug)]
struct Record {
    line: usize,
    cells: Result<Cells, String>,
}

type Cells = serde_json::Map<String, serde_json::Value>;

impl Records {
    fn push(&mut self, line: usize, cells: Result<Cells, String>) -> Result<(), DataFileError> {
        if self.all.len() == MOST_ROWS {
            return Err(DataFileError::TooManyRows);
        }
        self.all.push(Record { line, cells });
        Ok(())
    }
}

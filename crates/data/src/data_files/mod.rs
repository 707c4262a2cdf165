//! Reads and writes files of preference pairs in the formats of other programs: bytes to rows, and rows to bytes.
//!
//! The content decides the format, never the file's name. A row that cannot be used is refused with its line and a
//! reason, and reading goes on; the caller decides whether to keep the rest of such a file. Files that are written here
//! give the same pairs, byte for byte, when they are read again.

mod arrow;
mod budget;
mod cells;
mod cesu8;
mod chat_marks;
mod columns;
mod container;
mod csv;
mod dialect;
#[cfg(test)]
mod documented;
mod encoding;
mod error;
mod export;
mod folder;
mod further;
mod guard;
mod header;
mod johab;
mod joined;
mod json;
mod json_row;
mod messages;
mod openai;
mod pairs;
mod parquet;
mod parquet_export;
mod parquet_pages;
mod printed;
mod report;
mod sample;
mod seven_bits;
mod sink;
mod split;
mod thrift;
mod tiller_jsonl;
mod trl;
mod two_answers;
mod values;
mod workbook;
mod workbook_parts;

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ipc::data::{PairContent, Split, Turn};
use regular_file::OpenError;
use serde::{Deserialize, Serialize};

pub use budget::{
    LARGEST_FILE, LARGEST_INDEX, LARGEST_RECODED, LARGEST_TEXT, LONGEST_ROW, MOST_CELLS, MOST_COLUMNS,
    MOST_REFUSED, MOST_ROWS, MOST_VALUES,
};
pub use encoding::Encoding;
pub use error::DataFileError;
pub use export::{Extent, bipo_csv, guarded_bipo_csv, tiller_jsonl, trl_jsonl};
pub use header::header_hash;
pub use parquet_export::trl_parquet;
pub use report::Report;
pub use sample::Sample;
pub use split::hold_out;
pub use split::place;

use sink::Sink;

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
    /// SHP: two comments under a post, and which one more people prefer.
    Shp,
    /// `PKU-SafeRLHF`: two responses, and the number of the better or of the safer one.
    SafeRlhf,
    /// `OpenAI`'s preference fine-tuning: `input, preferred_output, non_preferred_output`, as messages.
    OpenAi,
    /// `HelpSteer`'s preferences: two responses, and how much better the second one is.
    HelpSteer,
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
            Self::Shp => "SHP",
            Self::SafeRlhf => "PKU-SafeRLHF",
            Self::OpenAi => "OpenAI preference data",
            Self::HelpSteer => "HelpSteer preferences",
            Self::Tiller => "Tiller's pairs",
            Self::Mapped => "columns of your choice",
        }
    }
}

/// Names the columns that hold a pair, where the format is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The names in the header, or in the first row of JSON, as the file writes them.
    pub header: Vec<String>,
    /// The columns' names, which are a format's where they differ from it in case only, and those of later rows of JSON.
    pub columns: Vec<String>,
    /// The pairs, in order.
    pub rows: Vec<Row>,
    /// The rows that cannot be used, in order.
    pub refused: Vec<Refused>,
    /// A report of everything that reading the file took, left out and guessed.
    pub report: Report,
}

impl DataFile {
    /// Reads a file, or the folder of a data set that `datasets` has saved.
    ///
    /// # Errors
    /// Returns an error where the file cannot be read or is too large, and those of [`DataFile::parse`].
    pub fn read(path: &Path, mapping: Option<&Mapping>) -> Result<Self, DataFileError> {
        let mut pairs = pairs::Pairs::new(mapping);
        let encoding = read_at(path, &mut pairs)?;
        pairs.into_file(encoding)
    }

    /// Reads a file's bytes. A mapping decides the columns, whatever the format.
    ///
    /// # Errors
    /// Returns an error where the format is not known and no mapping is given, or where the file is damaged as a whole.
    pub fn parse(bytes: &[u8], mapping: Option<&Mapping>) -> Result<Self, DataFileError> {
        let mut pairs = pairs::Pairs::new(mapping);
        let encoding = read(bytes.into(), &mut pairs)?;
        pairs.into_file(encoding)
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

/// Returns whether a file is decoded from a binary form: it is a table of another program, or compressed. So is a folder,
/// which holds tables of `datasets` or is not read.
///
/// # Errors
/// Returns an error where the file cannot be read.
pub fn is_binary(path: &Path) -> Result<bool, OpenError> {
    if path.is_dir() {
        return Ok(true);
    }
    let (file, _) = regular_file::open(path)?;
    let mut start = Vec::new();
    file.take(container::LONGEST_MARK).read_to_end(&mut start).map_err(OpenError::Unreadable)?;
    Ok(container::is_binary(&start))
}

/// Returns the bytes of a file, or of the files of a folder that are read; none where there are none.
#[must_use]
pub fn size_on_disk(path: &Path) -> u64 {
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
    if path.is_dir() {
        folder::shards(path).map_or(0, |shards| shards.iter().map(|shard| size(shard)).sum())
    } else {
        size(path)
    }
}

/// What tells that a file, or a file of a folder that is read, was written: sizes and times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp(Vec<Option<(u64, Option<SystemTime>)>>);

impl Stamp {
    /// Looks at a file or a folder as it is now.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let stamp = |path: &Path| {
            let file = std::fs::metadata(path).ok()?;
            Some((file.len(), file.modified().ok()))
        };
        let shards = if path.is_dir() { folder::shards(path).unwrap_or_default() } else { Vec::new() };
        Self([path].into_iter().chain(shards.iter().map(PathBuf::as_path)).map(stamp).collect())
    }
}

/// Reads a file's bytes; stops behind [`LARGEST_FILE`], however large the file says it is.
fn bytes(path: &Path) -> Result<Vec<u8>, DataFileError> {
    let (file, size) = regular_file::open(path).map_err(|error| match error {
        OpenError::Missing => DataFileError::Missing,
        OpenError::Special(what) => DataFileError::Special(what),
        OpenError::Unreadable(error) => DataFileError::Unreadable(error),
    })?;
    let mut bytes = Vec::new();
    if size <= LARGEST_FILE {
        let written = || file.metadata().and_then(|file| file.modified()).ok();
        let before = written();
        bytes.reserve_exact(size as usize + 1);
        // The file may grow meanwhile, so the read itself is limited.
        (&file).take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(DataFileError::Unreadable)?;
        // Of a file that is written in place, the first half may be older than the second. One that takes its name is another one.
        if written() != before {
            return Err(DataFileError::Changed);
        }
    }
    let size = size.max(bytes.len() as u64);
    if size > LARGEST_FILE {
        return Err(DataFileError::TooLarge { bytes: size });
    }
    Ok(bytes)
}

/// Hands the rows of a file or of a folder on; returns the encoding.
fn read_at(path: &Path, sink: &mut dyn Sink) -> Result<Encoding, DataFileError> {
    if path.is_dir() {
        return folder::read(path, sink).map(|()| Encoding::Utf8);
    }
    let encoding = read(bytes(path)?.into(), sink)?;
    if let Some(parts) = folder::parts_by_name(path) {
        sink.report().note(format!("By its name the file is one of {parts}: the others were not read."));
    }
    Ok(encoding)
}

/// Hands a file's rows of named cells on, in any format and whatever its columns mean; returns the encoding.
fn read(bytes: Cow<'_, [u8]>, sink: &mut dyn Sink) -> Result<Encoding, DataFileError> {
    let (bytes, packing, kind) = container::open(bytes)?;
    let mut encoding = Encoding::Utf8;
    match kind {
        container::Kind::Parquet => {
            sink.report().container = Some("Parquet");
            parquet::read(bytes.into_owned(), sink)?;
        }
        container::Kind::Arrow => {
            sink.report().container = Some("Arrow");
            arrow::read(bytes.into_owned(), sink)?;
        }
        container::Kind::Workbook => workbook::read(&bytes, sink)?,
        container::Kind::Text => {
            let (found, text) = encoding::decode(&bytes)?;
            encoding = found;
            // What was in another encoding shows only now what it is.
            container::check_text(&text)?;
            let text = joined::without_marks(text, sink.report());
            if let Some(note) = seven_bits::note_of_utf7(&text) {
                sink.report().note(note);
            }
            match text.trim_start().chars().next() {
                None => return Err(DataFileError::Empty),
                Some('[' | '{') => json::read(&text, sink)?,
                Some(_) => csv::read(&text, sink)?,
            }
        }
    }
    if let Some(packing) = packing {
        sink.report().container = Some(packing.name());
    }
    if encoding.is_guess() {
        sink.report().guessed_encoding = Some(encoding.name().into_owned());
    }
    Ok(encoding)
}

/// The named cells of a row.
type Cells = serde_json::Map<String, serde_json::Value>;

//! The source of imported pairs: a file, a pasted text, or pairs that another process has read.

use std::path::{Path, PathBuf};

use data::data_files::{
    DataFile, DataFileError, Encoding, Format, Mapping, Report, Row, Sample, tiller_jsonl,
};
use ipc::data::PairContent;
use ipc::files::{Access, Columns, ImportSource};
use sandbox::DataReading;

use super::App;
use super::import::FIRST_ROWS;
use crate::{Error, SandboxProgram};

/// The source of imported pairs.
pub(super) enum PairSource {
    File(PathBuf),
    Text(String),
    /// Pairs that were read, with the names in the header of their file.
    Pairs {
        header: Vec<String>,
        pairs: Vec<PairContent>,
    },
}

impl App {
    pub(super) fn pair_source(&self, source: ImportSource) -> Result<PairSource, Error> {
        match source {
            ImportSource::File { file } => {
                self.state.permissions.file(&file, Access::Read).map(PairSource::File)
            }
            ImportSource::Text { text } if text.trim().is_empty() => {
                Err(Error::invalid("Nothing was pasted.", "Copy some rows or lines, then paste them here."))
            }
            ImportSource::Text { text } => Ok(PairSource::Text(text)),
            ImportSource::Pairs { header, pairs } => Ok(PairSource::Pairs { header, pairs }),
        }
    }
}

impl PairSource {
    /// Returns the name of a new data set if the person types none.
    pub(super) fn name(&self) -> String {
        match self {
            Self::File(path) => {
                path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
            }
            Self::Text(_) | Self::Pairs { .. } => "Pasted".to_owned(),
        }
    }

    /// Reads the first rows in all columns.
    pub(super) fn sample(&self, program: &SandboxProgram) -> Result<Sample, Error> {
        match self {
            Self::File(path) => {
                let reading = DataReading::FirstRows(FIRST_ROWS);
                checked(program, path, &reading, || Sample::read(path, FIRST_ROWS))
            }
            Self::Text(text) => Sample::parse(text.as_bytes(), FIRST_ROWS).map_err(pasted),
            Self::Pairs { pairs, .. } => {
                let rows: Vec<Row> = pairs.iter().take(FIRST_ROWS).cloned().map(Row::from).collect();
                Sample::parse(&tiller_jsonl(&rows), FIRST_ROWS).map_err(pasted)
            }
        }
    }

    /// Reads the pairs, in the columns that a person named or in those of a known format. Pairs that were read already are
    /// taken as they are.
    pub(super) fn pairs(
        &self,
        program: &SandboxProgram,
        columns: Option<Columns>,
    ) -> Result<DataFile, Error> {
        let mapping =
            columns.map(|Columns { prompt, wanted, opposite }| Mapping { prompt, wanted, opposite });
        match self {
            Self::File(path) => {
                let reading = DataReading::Pairs(mapping.clone());
                checked(program, path, &reading, || DataFile::read(path, mapping.as_ref()))
            }
            Self::Text(text) => DataFile::parse(text.as_bytes(), mapping.as_ref()).map_err(pasted),
            Self::Pairs { header, pairs } => Ok(DataFile {
                format: Format::Tiller,
                encoding: Encoding::Utf8,
                header: header.clone(),
                columns: header.clone(),
                rows: pairs.iter().cloned().map(Row::from).collect(),
                refused: vec![],
                report: Report::default(),
            }),
        }
    }
}

/// Reads a file. One in a binary form is tried in a process of its own before.
fn checked<T>(
    program: &SandboxProgram,
    path: &Path,
    reading: &DataReading,
    read: impl FnOnce() -> Result<T, DataFileError>,
) -> Result<T, Error> {
    let read = sandbox::checked_data_file(program, path, reading, &|| false, read);
    read.map_err(|source| Error::Sandbox { path: path.to_owned(), is_model: false, source })?
        .map_err(|source| Error::DataFile { path: path.to_owned(), source })
}

fn pasted(source: DataFileError) -> Error {
    Error::DataFile { path: "what was pasted".into(), source }
}

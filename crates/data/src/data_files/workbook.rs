//! Reads Excel workbooks: the first sheet whose header is known, else the first sheet.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{self, AssertUnwindSafe};

use calamine::{Cell, DataRef, Reader, Xlsx, XlsxError};
use serde_json::{Value, json};

use super::json::STRANGE;
use super::{Cells, DataFileError, MOST_ROWS, Records, columns};

/// The most columns that are read; those to the right of them hold no pairs.
const MOST_COLUMNS: u32 = 256;
/// The most bytes of text in a sheet.
const LARGEST_SHEET: usize = 1 << 30;

/// Reads a workbook's bytes. A row's line is its number in the sheet.
pub(super) fn records(bytes: &[u8]) -> Result<Records, DataFileError> {
    // The library does not check everything: a file that is damaged in an unexpected way makes it panic.
    panic::catch_unwind(AssertUnwindSafe(|| read(bytes))).map_err(|_| refuse("it is damaged"))?
}

fn refuse(detail: impl Into<String>) -> DataFileError {
    DataFileError::Table { kind: "Excel", detail: detail.into() }
}

fn read(bytes: &[u8]) -> Result<Records, DataFileError> {
    let mut workbook: Xlsx<_> =
        Xlsx::new(Cursor::new(bytes)).map_err(|error: XlsxError| refuse(error.to_string()))?;
    let names = workbook.sheet_names();
    let mut first = None;
    for name in &names {
        let records = sheet(&mut workbook, name)?;
        if columns::is_known(&records.columns) {
            return Ok(note_sheet(records, name, names.len()));
        }
        first = first.or(Some((records, name)));
    }
    let (records, name) = first.ok_or(DataFileError::Empty)?;
    Ok(note_sheet(records, name, names.len()))
}

/// Notes the container, and which sheet was read if there are several.
fn note_sheet(mut records: Records, name: &str, sheets: usize) -> Records {
    records.report.container = Some("an Excel workbook");
    if sheets > 1 {
        records.report.note(format!("Of its {sheets} sheets {name:?} was read."));
    }
    records
}

/// Reads the rows of a sheet cell by cell, and never trusts the size that the sheet states.
fn sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Records, DataFileError> {
    let mut rows: BTreeMap<u32, BTreeMap<u32, Value>> = BTreeMap::new();
    let mut reader = workbook.worksheet_cells_reader(name).map_err(|error| refuse(error.to_string()))?;
    let mut size = 0;
    while let Some(cell) = reader.next_cell().map_err(|error| refuse(error.to_string()))? {
        let (row, column) = cell.get_position();
        if column >= MOST_COLUMNS {
            continue;
        }
        let value = value(&cell);
        size += value.as_str().map_or(8, str::len);
        if size > LARGEST_SHEET {
            return Err(DataFileError::TooLarge { bytes: size as u64 });
        }
        if !value.is_null() {
            rows.entry(row).or_default().insert(column, value);
        }
        if rows.len() > MOST_ROWS {
            return Err(DataFileError::TooManyRows);
        }
    }
    let mut rows = rows.into_iter();
    let mut records = Records::default();
    let Some((_, header)) = rows.next() else { return Ok(records) };
    let header: BTreeMap<u32, String> =
        header.into_iter().filter_map(|(at, name)| Some((at, name.as_str()?.trim().to_owned()))).collect();
    records.columns = header.values().cloned().collect();
    for (row, cells) in rows {
        let cells: Cells =
            cells.into_iter().filter_map(|(at, value)| Some((header.get(&at)?.clone(), value))).collect();
        records.push(row as usize + 1, Ok(cells))?;
    }
    Ok(records)
}

fn value(cell: &Cell<DataRef<'_>>) -> Value {
    match cell.get_value() {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            Value::String(text.clone())
        }
        DataRef::SharedString(text) => Value::String((*text).to_owned()),
        DataRef::Float(number) => (*number).into(),
        DataRef::Int(number) => (*number).into(),
        DataRef::Bool(truth) => (*truth).into(),
        DataRef::Empty => Value::Null,
        DataRef::DateTime(time) => time.as_f64().into(),
        DataRef::Error(error) => json!({STRANGE: format!("{error:?}")}),
    }
}

//! Reads Excel workbooks: the first sheet whose header is known, else the first sheet with anything in it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use calamine::{Cell, DataRef, Reader, SheetType, Xlsx, XlsxCellReader};
use serde_json::{Value, json};

use super::budget::{LONGEST_ROW, MOST_COLUMNS, too_long};
use super::csv::TITLE;
use super::guard::guarded;
use super::json::STRANGE;
use super::report::left_out_unnamed;
use super::sink::{Header, Needed, Sink};
use super::workbook_parts::check_parts;
use super::{Cells, DataFileError, columns};

const KIND: &str = "Excel";
/// Rows in which a header is looked for above which somebody wrote a title.
const TITLE_ROWS: usize = 10;

/// Reads a workbook's bytes. A row's line is its number in the sheet.
pub(super) fn read(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), DataFileError> {
    guarded(KIND, || read_sheet(bytes, sink))
}

#[expect(clippy::needless_pass_by_value, reason = "it is the function of `map_err`")]
pub(super) fn refuse(detail: impl ToString) -> DataFileError {
    DataFileError::Table { kind: KIND, detail: detail.to_string() }
}

fn read_sheet(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), DataFileError> {
    check_parts(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(refuse)?;
    // A chart may have a sheet of its own, without cells.
    let has_cells = |sheet: &&calamine::Sheet| sheet.typ == SheetType::WorkSheet;
    let sheets = workbook.sheets_metadata().iter().filter(has_cells);
    let names: Vec<String> = sheets.map(|sheet| sheet.name.clone()).collect();
    let mut found = None;
    for name in &names {
        let reader = workbook.worksheet_cells_reader(name).map_err(refuse)?;
        match find_header(Lines::new(reader))? {
            Found::Nowhere => {}
            Found::Unknown => found = found.or(Some((name, 0))),
            Found::Below(rows) => {
                found = Some((name, rows));
                break;
            }
        }
    }
    let (name, rows_above) = found.ok_or(DataFileError::Empty)?;
    sink.report().container = Some("an Excel workbook");
    if names.len() > 1 {
        sink.report().note(format!("Of its {} sheets {name:?} was read.", names.len()));
    }
    let mut lines = Lines::new(workbook.worksheet_cells_reader(name).map_err(refuse)?);
    if rows_above > 0 {
        sink.report().note(TITLE);
    }
    for _ in 0..rows_above {
        lines.next_line()?;
    }
    hand_on(lines, sink)
}

/// Where the header of a sheet stands.
enum Found {
    /// The sheet is empty.
    Nowhere,
    /// No row names known columns.
    Unknown,
    /// It stands below this number of rows.
    Below(usize),
}

/// Finds the first row that names known columns.
fn find_header(mut lines: Lines<'_, '_>) -> Result<Found, DataFileError> {
    for row in 0..TITLE_ROWS {
        let Some(Line { cells, .. }) = lines.next_line()? else {
            return Ok(if row == 0 { Found::Nowhere } else { Found::Unknown });
        };
        if columns::is_known(&header(&cells).into_values().collect::<Vec<_>>()) {
            return Ok(Found::Below(row));
        }
    }
    Ok(Found::Unknown)
}

/// The names in a header, by their columns. A number may be a name, too.
fn header(cells: &BTreeMap<u32, Value>) -> BTreeMap<u32, String> {
    let name = |name: &Value| match name {
        Value::String(name) => Some(name.trim().to_owned()),
        Value::Number(_) | Value::Bool(_) => Some(name.to_string()),
        _ => None,
    };
    cells.iter().filter_map(|(at, cell)| Some((*at, name(cell)?))).collect()
}

fn hand_on(mut lines: Lines<'_, '_>, sink: &mut dyn Sink) -> Result<(), DataFileError> {
    let Some(first) = lines.next_line()? else { return Err(DataFileError::Empty) };
    let header = header(&first.cells);
    let columns: Vec<String> = header.values().cloned().collect();
    let needed: Needed = sink.header(Header { columns, is_list: false })?;
    let kept = header.iter().filter_map(|(at, name)| Some((*at, needed.name(name)?.to_owned())));
    let kept: BTreeMap<u32, String> = kept.collect();
    lines.needed = Some(kept.keys().copied().collect());
    let mut unnamed = BTreeSet::new();
    while let Some(Line { number, cells, bytes, columns }) = lines.next_line()? {
        unnamed.extend(columns.into_iter().filter(|at| !header.contains_key(at)));
        let cells = cells.into_iter().filter_map(|(at, value)| Some((kept.get(&at)?.clone(), value)));
        let row = if bytes > LONGEST_ROW { Err(too_long(bytes)) } else { Ok(cells.collect::<Cells>()) };
        if sink.row(number, row)?.is_break() {
            break;
        }
    }
    if let Some(sentence) = left_out_unnamed(unnamed.len()) {
        sink.report().note(sentence);
    }
    Ok(())
}

/// A row that is not empty: its number from 1, the columns of all its cells, its needed cells by their columns, and the bytes
/// of their text.
#[derive(Default)]
struct Line {
    number: usize,
    columns: Vec<u32>,
    cells: BTreeMap<u32, Value>,
    bytes: usize,
}

/// The rows of a sheet, one at a time, built cell by cell: its size is never believed.
struct Lines<'a, 'b> {
    reader: XlsxCellReader<'a, Cursor<&'b [u8]>>,
    /// The columns whose cells are made; `None` for all.
    needed: Option<BTreeSet<u32>>,
    /// The first cell of the next row.
    ahead: Option<Cell<DataRef<'a>>>,
    /// Whether the sheet's end was read. The library takes what follows in its part for damage.
    is_over: bool,
}

impl<'a, 'b> Lines<'a, 'b> {
    fn new(reader: XlsxCellReader<'a, Cursor<&'b [u8]>>) -> Self {
        Self { reader, needed: None, ahead: None, is_over: false }
    }

    /// The next cell that is not empty.
    fn cell(&mut self) -> Result<Option<Cell<DataRef<'a>>>, DataFileError> {
        if self.ahead.is_some() {
            return Ok(self.ahead.take());
        }
        loop {
            if self.is_over {
                return Ok(None);
            }
            let cell = self.reader.next_cell().map_err(refuse)?;
            self.is_over = cell.is_none();
            if !cell.as_ref().is_some_and(|cell| matches!(cell.get_value(), DataRef::Empty)) {
                return Ok(cell);
            }
        }
    }

    /// The next row that is not empty.
    fn next_line(&mut self) -> Result<Option<Line>, DataFileError> {
        let mut line = Line::default();
        while let Some(cell) = self.cell()? {
            let (row, column) = cell.get_position();
            let number = row as usize + 1;
            if line.number == 0 {
                line.number = number;
            }
            if number < line.number {
                return Err(refuse(format!("row {number} stands behind row {}", line.number)));
            }
            if number > line.number {
                self.ahead = Some(cell);
                return Ok(Some(line));
            }
            if column as usize >= MOST_COLUMNS {
                return Err(DataFileError::TooManyColumns { line: number });
            }
            line.columns.push(column);
            if self.needed.as_ref().is_none_or(|needed| needed.contains(&column)) {
                line.bytes = line.bytes.saturating_add(bytes_of(&cell));
                // A text may stand once in the file and in every cell: a row that is too long is not made.
                if line.bytes <= LONGEST_ROW {
                    line.cells.insert(column, value(&cell));
                }
            }
        }
        Ok((line.number > 0).then_some(line))
    }
}

/// The bytes of a cell's text.
fn bytes_of(cell: &Cell<DataRef<'_>>) -> usize {
    match cell.get_value() {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.len(),
        DataRef::SharedString(text) => text.len(),
        _ => 8,
    }
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::super::sink::testing::{Everything, everything};
    use super::*;

    /// A workbook with one sheet and texts that its cells share.
    fn workbook(sheet: &str, shared: &str) -> Vec<u8> {
        let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let package = "http://schemas.openxmlformats.org/package/2006/relationships";
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in [
            (
                "xl/workbook.xml",
                format!(
                    "<workbook xmlns:r=\"{relations}\"><sheets><sheet name=\"Pairs\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
                ),
            ),
            (
                "_rels/.rels",
                format!(
                    "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                ),
            ),
            ("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>")),
            ("xl/sharedStrings.xml", shared.to_owned()),
        ] {
            archive.start_file(name, SimpleFileOptions::default()).expect("an entry");
            archive.write_all(content.as_bytes()).expect("in memory");
        }
        archive.finish().expect("an archive").into_inner()
    }

    fn file(sheet: &str, shared: &str) -> Result<Everything, DataFileError> {
        everything(|sink| read(&workbook(sheet, shared), sink))
    }

    #[test]
    fn what_stands_above_the_header_is_passed_over_and_reported() {
        let cell =
            |place: &str, text: &str| format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
        let row = |number: usize, texts: [&str; 3]| {
            let cells = ["A", "B", "C"].iter().zip(texts);
            let cells: String =
                cells.map(|(column, text)| cell(&format!("{column}{number}"), text)).collect();
            format!("<row r=\"{number}\">{cells}</row>")
        };
        let title = format!("<row r=\"1\">{}</row>", cell("A1", "My pairs"));
        let sheet = title + &row(3, ["prompt", "chosen", "rejected"]) + &row(4, ["q", "a", "b"]);
        let all = file(&sheet, TWO).expect("a sheet");
        assert_eq!(all.columns, ["prompt", "chosen", "rejected"]);
        assert_eq!(
            (all.rows.len(), all.rows[0].0, all.report.notes.as_slice()),
            (1, 4, &[TITLE.to_owned()][..])
        );
        // Where no header is known, the first row is taken for it.
        let unknown = row(1, ["x", "y", "z"]) + &row(2, ["q", "a", "b"]);
        assert_eq!(file(&unknown, TWO).expect("a sheet").columns, ["x", "y", "z"]);
    }

    const TWO: &str = "<sst count=\"2\" uniqueCount=\"2\"><si><t>prompt</t></si><si><t>p</t></si></sst>";

    #[test]
    fn rows_are_read_one_at_a_time() {
        let sheet = "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"C2\" t=\"inlineStr\"><is><t>wanted</t></is></c></row>\
                     <row r=\"4\"><c r=\"A4\" t=\"s\"><v>1</v></c><c r=\"B4\"><v>9</v></c><c r=\"C4\"><v>1.5</v></c></row>";
        let all = file(sheet, TWO).expect("a sheet");
        assert_eq!(all.columns, ["prompt", "wanted"]);
        let (line, cells) = &all.rows[0];
        assert_eq!(
            (*line, cells),
            (4, &Ok(Cells::from_iter([("prompt".into(), "p".into()), ("wanted".into(), 1.5.into())])))
        );
        let turned = "<row r=\"4\"><c r=\"A4\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c></row>";
        assert!(file(turned, TWO).expect_err("a refusal").to_string().contains("row 2 stands behind row 4"));
    }

    #[test]
    fn a_text_that_many_cells_share_refuses_its_row_and_too_many_texts_the_file() {
        let long =
            format!("<sst><si><t>prompt</t></si><si><t>{}</t></si></sst>", "x".repeat(LONGEST_ROW / 2));
        let sheet = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>0</v></c><c r=\"C1\" t=\"s\"><v>0</v></c></row>\
                     <row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c><c r=\"B2\" t=\"s\"><v>1</v></c><c r=\"C2\" t=\"s\"><v>1</v></c></row>";
        let all = file(sheet, &long).expect("a sheet");
        assert!(all.rows[0].1.as_ref().is_err_and(|reason| reason.contains("MB")), "{:?}", all.rows[0].0);
        for count in ["1000000000000", "99999999999999999999999"] {
            let refused = file(sheet, &TWO.replace("uniqueCount=\"2\"", &format!("uniqueCount=\"{count}\"")));
            assert!(refused.expect_err("a refusal").to_string().contains("texts"), "{count}");
        }
        let wide = "<row r=\"1\"><c r=\"FZZ1\"><v>1</v></c></row>";
        assert!(matches!(file(wide, TWO), Err(DataFileError::TooManyColumns { line: 1 })));
    }
}

//! Reads tables of text: CSV, TSV and their relatives.

use std::borrow::Cow;

use serde_json::Value;

use super::columns;
use super::dialect::{Dialect, Quoting, fitting, has_width};
use super::{Cells, DataFileError, Records};

/// The number of rows that are searched for a header below a title.
const TITLE_ROWS: usize = 10;
/// The characters that may separate cells, the usual one first.
const SEPARATORS: [u8; 4] = *b",;\t|";

/// Reads text whose first line names the columns.
pub(super) fn records(text: &str) -> Result<Records, DataFileError> {
    let (declared, text, declared_lines) = declared_separator(text);
    let (title_lines, text) = without_title(text);
    let lines_before = declared_lines + title_lines;
    let separators = declared.map_or_else(|| by_frequency(text), |separator| vec![separator]);
    let dialect =
        fitting(text, &separators).unwrap_or(Dialect { separator: separators[0], quoting: Quoting::Doubled });
    let mut records = Records::default();
    records.report.separator = Some(dialect.separator_name());
    if title_lines > 0 {
        records.report.note("What stands above the header was passed over.");
    }
    match dialect.quoting {
        Quoting::Doubled => {}
        Quoting::AfterBlanks => records.report.note("Blanks before quotation marks were passed over."),
        Quoting::Backslash => {
            records.report.note("Backslashes were read as keeping quotation marks inside cells (a guess).");
        }
        Quoting::Letters => records.report.note("Quotation marks were read as letters (a guess)."),
    }
    let mut lines = dialect.lines(text);
    let Some(header) = lines.next() else { return Err(DataFileError::Empty) };
    let header = header
        .cells
        .map_err(|detail| DataFileError::Header { line: header.number + lines_before, detail })?;
    records.columns = header.iter().map(|name| name.trim().to_owned()).collect();
    while records.columns.len() > 1 && records.columns.last().is_some_and(String::is_empty) {
        records.columns.pop();
    }
    for line in lines {
        let cells = line.cells.map_err(str::to_owned).and_then(|cells| name_cells(&records.columns, &cells));
        records.push(line.number + lines_before, cells)?;
    }
    Ok(records)
}

/// Returns the separator that Excel's first line `sep=;` declares, the text behind that line, and how many lines that
/// are.
fn declared_separator(text: &str) -> (Option<u8>, &str, usize) {
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    let declared = line.trim_matches('"').strip_prefix("sep=").map(str::as_bytes);
    let Some([separator]) = declared else { return (None, text, 0) };
    if !SEPARATORS.contains(separator) {
        return (None, text, 0);
    }
    let rest = &text[line.len()..];
    let rest = rest.strip_prefix("\r\n").or(rest.strip_prefix(['\r', '\n'])).unwrap_or(rest);
    (Some(*separator), rest, 1)
}

/// Returns the number of lines above the header, where the first row names no known columns and a later one does, and
/// the text from the header on.
fn without_title(text: &str) -> (usize, &str) {
    for separator in SEPARATORS {
        let mut lines = Dialect { separator, quoting: Quoting::Doubled }.lines(text);
        for row in 0..TITLE_ROWS {
            let (line, at) = lines.place();
            let Some(found) = lines.next() else { break };
            let names = found.cells.unwrap_or_default();
            let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
            if columns::is_known(&names) {
                return if row == 0 { (0, text) } else { (line - 1, &text[at..]) };
            }
        }
    }
    (0, text)
}

/// Returns the separators that occur in the first line outside of quotation marks, the most frequent first; a comma if
/// there are none.
fn by_frequency(text: &str) -> Vec<u8> {
    let header = text.trim_start_matches(['\r', '\n']).split(['\r', '\n']).next().unwrap_or_default();
    let mut counts = SEPARATORS.map(|separator| (0_usize, separator));
    let mut inside = false;
    for byte in header.bytes() {
        inside ^= byte == b'"';
        for (count, separator) in &mut counts {
            *count += usize::from(!inside && byte == *separator);
        }
    }
    // The sort is stable, so a comma comes first among equally frequent characters.
    counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let found: Vec<u8> = counts.iter().filter(|(count, _)| *count > 0).map(|(_, mark)| *mark).collect();
    if found.is_empty() { vec![b','] } else { found }
}

fn name_cells(columns: &[String], cells: &[Cow<'_, str>]) -> Result<Cells, String> {
    if !has_width(cells, columns.len()) {
        return Err(format!("it has {} cells, the header has {}", cells.len(), columns.len()));
    }
    Ok(columns
        .iter()
        .zip(cells)
        .map(|(name, cell)| (name.clone(), Value::String(cell.clone().into_owned())))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(usize, Result<Vec<String>, String>)> {
        let records = records(text).expect("a header");
        let columns = records.columns;
        let cells =
            |cells: Cells| columns.iter().map(|name| cells[name].as_str().unwrap_or("").to_owned()).collect();
        records.all.into_iter().map(|record| (record.line, record.cells.map(cells))).collect()
    }

    #[test]
    fn cells_keep_their_line_breaks_and_rows_their_lines() {
        let read = lines("a,b\r\n\"one\r\ntwo\",\"say \"\"hi\"\"\"\r\n\r\nx \"y\",z\r\n");
        assert_eq!(read[0], (2, Ok(vec!["one\r\ntwo".into(), "say \"hi\"".into()])));
        assert_eq!(read[1], (5, Ok(vec!["x \"y\"".into(), "z".into()])));
    }

    #[test]
    fn rows_that_do_not_fit_are_refused_alone() {
        let read = lines("a,b\n1,2,3\n4,5\n6\n");
        assert!(read[0].1.as_ref().is_err_and(|reason| reason.contains("3 cells")));
        assert_eq!(read[1], (3, Ok(vec!["4".into(), "5".into()])));
        assert!(read[2].1.is_err());
    }

    #[test]
    fn a_quotation_mark_left_open_is_named_with_its_row() {
        // A mark that no other row contradicts is a letter.
        assert_eq!(lines("a,b\n1,2\n\"open,3\n4,5\n")[1].1, Ok(vec!["\"open".into(), "3".into()]));
        let read = lines("a,b\n\"1\",2\n\"open,3\n4,5\n");
        assert_eq!(read.len(), 3);
        assert_eq!(read[1].0, 3);
        assert!(read[1].1.as_ref().is_err_and(|reason| reason.contains("never closed")));
        assert!(lines("a,b\n1,\"2\"\"\"")[0].1.is_ok());
        let stray = lines("a,b\n\"x\",\"y\"\n\"Good\" night,z\n1,2\n");
        assert!(stray[1].1.as_ref().is_err_and(|reason| reason.contains("closing quotation mark")));
        assert_eq!(stray[2], (4, Ok(vec!["1".into(), "2".into()])));
    }

    #[test]
    fn semicolons_and_tabs_separate_too() {
        assert_eq!(lines("a;b\n1,5;2\n")[0].1, Ok(vec!["1,5".into(), "2".into()]));
        assert_eq!(lines("a\tb\n1,5\t2\n")[0].1, Ok(vec!["1,5".into(), "2".into()]));
        assert_eq!(lines("a\n1\n")[0].1, Ok(vec!["1".into()]));
    }

    #[test]
    fn a_first_line_may_name_the_separator_and_lines_may_end_in_cr_alone() {
        assert_eq!(lines("sep=;\r\na;b\r\n1,5;2\r\n")[0], (3, Ok(vec!["1,5".into(), "2".into()])));
        assert_eq!(lines("a,b\r1,2\r3,4\r")[1], (3, Ok(vec!["3".into(), "4".into()])));
        assert_eq!(lines("a|b\n1|2\n")[0].1, Ok(vec!["1".into(), "2".into()]));
        assert_eq!(lines("a,b\n1,2,\n")[0].1, Ok(vec!["1".into(), "2".into()]));
    }

    #[test]
    fn a_title_above_the_header_is_passed_over_and_reported() {
        let records = records("My pairs\n\nquestion,matching,not_matching\nq,a,b\n").expect("a table");
        assert_eq!((records.columns.len(), records.all[0].line), (3, 4));
        assert!(records.report.notes[0].contains("above the header"), "{:?}", records.report.notes);
    }
}

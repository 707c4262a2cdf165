//! Reads CSV files with a header: quoted cells may hold line breaks, and the separator is a comma, a semicolon or a tab.

use serde_json::Value;

use super::{Cells, DataFileError, Records};

/// Reads text whose first line names the columns into rows of named cells.
pub(super) fn records(text: &str) -> Result<Records, DataFileError> {
    let separator = separator(text);
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
    let header =
        reader.headers().map_err(|error| DataFileError::Json { line: 1, detail: error.to_string() })?;
    let columns: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    let mut records = Records { columns, ..Records::default() };
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            // The text is UTF-8 and rows may have any length, so no other error can occur here.
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line) as usize;
                records.push(line, Err(error.to_string()))?;
                continue;
            }
        }
        let (line, start) = record.position().map_or((0, 0), |at| (at.line() as usize, at.byte() as usize));
        let end = reader.position().byte() as usize;
        let is_last = end >= text.len();
        let cells = if is_last && is_open(text.get(start..).unwrap_or_default(), separator) {
            Err("a quotation mark that opens in this row is never closed".to_owned())
        } else {
            cells(&records.columns, &record)
        };
        // The reader's position may lie before line breaks that it has not skipped yet.
        let blank = text.get(start..).unwrap_or_default();
        let blank = &blank[..blank.len() - blank.trim_start_matches(['\r', '\n']).len()];
        records.push(line + blank.matches('\n').count(), cells)?;
    }
    Ok(records)
}

fn cells(columns: &[String], record: &csv::StringRecord) -> Result<Cells, String> {
    if record.len() != columns.len() {
        return Err(format!("it has {} cells, the header has {}", record.len(), columns.len()));
    }
    Ok(columns
        .iter()
        .zip(record)
        .map(|(name, cell)| (name.clone(), Value::String(cell.to_owned())))
        .collect())
}

/// Returns the separator that occurs most often in the first line.
fn separator(text: &str) -> u8 {
    let line = text.trim_start().lines().next().unwrap_or_default();
    let count = |separator: &u8| line.bytes().filter(|byte| byte == separator).count();
    // The last of equal counts wins: a comma where the line has none of the three.
    *[b'\t', b';', b','].iter().max_by_key(|separator| count(separator)).unwrap_or(&b',')
}

/// Says whether a row's text ends inside quotation marks. They open only at the beginning of a cell; two in a row stand
/// for one.
fn is_open(row: &str, separator: u8) -> bool {
    let (mut open, mut begins) = (false, true);
    let mut bytes = row.bytes().peekable();
    while let Some(byte) = bytes.next() {
        if open {
            if byte == b'"' && bytes.next_if_eq(&b'"').is_none() {
                open = false;
            }
        } else if byte == b'"' && begins {
            open = true;
        }
        begins = !open && (byte == separator || byte == b'\n' || byte == b'\r');
    }
    open
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
        let read = lines("a,b\n1,2\n\"open,3\n4,5\n");
        assert_eq!(read.len(), 2);
        assert_eq!(read[1].0, 3);
        assert!(read[1].1.as_ref().is_err_and(|reason| reason.contains("never closed")));
        assert!(lines("a,b\n1,\"2\"\"\"")[0].1.is_ok());
    }

    #[test]
    fn semicolons_and_tabs_separate_too() {
        assert_eq!(lines("a;b\n1,5;2\n")[0].1, Ok(vec!["1,5".into(), "2".into()]));
        assert_eq!(lines("a\tb\n1,5\t2\n")[0].1, Ok(vec!["1,5".into(), "2".into()]));
        assert_eq!(lines("a\n1\n")[0].1, Ok(vec!["1".into()]));
    }
}

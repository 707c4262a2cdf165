//! Reads tables of text: CSV, TSV and their relatives.

use std::borrow::Cow;

use serde_json::Value;

use super::budget::LONGEST_ROW;
use super::container::check_first_line;
use super::dialect::{Dialect, Fault, Quoting, fitting, has_width, is_ambiguous};
use super::joined::{MARK, OTHER_FILE};
use super::sink::{Header, Sink};
use super::{Cells, DataFileError, Report, columns};

/// Rows in which a header is looked for above which somebody wrote a title.
const TITLE_ROWS: usize = 10;
/// The marks that separate cells, the usual one first.
pub(super) const SEPARATORS: [u8; 4] = *b",;\t|";

/// Reads text whose first line names the columns.
pub(super) fn read(text: &str, sink: &mut dyn Sink) -> Result<(), DataFileError> {
    check_first_line(text)?;
    let (declared, text, declared_lines) = declared_separator(text);
    let (title_lines, text) = without_title(text);
    let lines_before = declared_lines + title_lines;
    let separators = declared.map_or_else(|| by_frequency(text), |separator| vec![separator]);
    let dialect =
        fitting(text, &separators).unwrap_or(Dialect { separator: separators[0], quoting: Quoting::Doubled });
    report(sink.report(), dialect, title_lines > 0);
    if is_ambiguous(dialect, text) {
        sink.report().note(AMBIGUOUS);
    }
    let mut lines = dialect.lines(text);
    let Some(header) = lines.next() else { return Err(DataFileError::Empty) };
    let line = header.number + lines_before;
    let header = header.cells.map_err(|fault| match fault {
        Fault::Wide => DataFileError::TooManyColumns { line },
        fault => DataFileError::Header { line, detail: fault.to_string() },
    })?;
    let mut columns: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    while columns.len() > 1 && columns.last().is_some_and(String::is_empty) {
        columns.pop();
    }
    let needed = sink.header(Header { columns: columns.clone(), is_list: false })?;
    let kept: Vec<Option<&str>> = columns.iter().map(|name| needed.name(name)).collect();
    let mut is_first = true;
    while let Some(line) = lines.next() {
        let number = line.number + lines_before;
        if is_first && line.cells.as_ref().is_ok_and(|cells| is_rule(dialect, cells)) {
            return Err(DataFileError::Header { line: number, detail: MARKDOWN.to_owned() });
        }
        is_first = false;
        let cells = line.cells.map_err(|fault| fault.to_string());
        let cells = cells.and_then(|cells| {
            if is_header(&columns, &cells) {
                Err(HEADER_AGAIN.to_owned())
            } else if text[lines.row_start()..].starts_with(MARK) && could_be_a_header(&cells) {
                Err(OTHER_FILE.to_owned())
            } else {
                named(&kept, &cells)
            }
        });
        if sink.row(number, cells)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// The longest name of a column that is looked for behind a byte-order mark, in bytes.
const LONGEST_NAME: usize = 40;
/// The note on rows above a header.
pub(super) const TITLE: &str = "What stands above the header was passed over.";
/// The note on quotation marks that may be letters.
const AMBIGUOUS: &str = "Quotation marks were read as standing around cells with line breaks; if they are letters, the table \
                         has more rows (a guess).";
/// Why a Markdown table is not read: its cells are filled up with blanks.
const MARKDOWN: &str = "it is a table in Markdown";
/// Why a row is refused that joining two files has left.
const HEADER_AGAIN: &str = "it is the header again";

/// Whether a row is the line below the header of a Markdown table.
fn is_rule(dialect: Dialect, cells: &[Cow<'_, str>]) -> bool {
    let mut filled = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).peekable();
    let is_line = |cell: &str| cell.contains('-') && cell.bytes().all(|byte| matches!(byte, b'-' | b':'));
    dialect.separator == b'|' && filled.peek().is_some() && filled.all(is_line)
}

/// Whether a row has the names of the columns.
fn is_header(columns: &[String], cells: &[Cow<'_, str>]) -> bool {
    let is_named = columns.iter().any(|name| !name.is_empty());
    let mut both = columns.iter().zip(cells);
    is_named && cells.len() >= columns.len() && both.all(|(name, cell)| name == cell.trim())
}

/// Whether the cells of a row behind a byte-order mark are short words, as the names of another file's columns are. A text that
/// was copied with such a mark has several.
fn could_be_a_header(cells: &[Cow<'_, str>]) -> bool {
    cells.iter().all(|cell| {
        let name = cell.trim_matches(|letter: char| letter == MARK || letter.is_whitespace());
        name.len() <= LONGEST_NAME && !name.contains(char::is_whitespace)
    })
}

/// Says in what dialect the table is read.
fn report(report: &mut Report, dialect: Dialect, has_title: bool) {
    report.separator = Some(dialect.separator_name());
    if has_title {
        report.note(TITLE);
    }
    match dialect.quoting {
        Quoting::Doubled => {}
        Quoting::AfterBlanks => report.note("Blanks before quotation marks were passed over."),
        Quoting::Backslash => {
            report.note("Backslashes were read as keeping quotation marks inside cells (a guess).");
        }
        Quoting::Letters => report.note("Quotation marks were read as letters (a guess)."),
    }
}

/// The separator that Excel's first line `sep=;` tells, the text behind that line, and how many lines that are.
fn declared_separator(text: &str) -> (Option<u8>, &str, usize) {
    // The line has six letters, so no more are looked at: a line may be as long as the file.
    let start = &text[..text.floor_char_boundary(16)];
    let line = start.split(['\r', '\n']).next().unwrap_or_default();
    let declared = line.trim_matches('"').strip_prefix("sep=").map(str::as_bytes);
    let Some([separator]) = declared else { return (None, text, 0) };
    if !SEPARATORS.contains(separator) {
        return (None, text, 0);
    }
    let rest = &text[line.len()..];
    let rest = rest.strip_prefix("\r\n").or(rest.strip_prefix(['\r', '\n'])).unwrap_or(rest);
    (Some(*separator), rest, 1)
}

/// How many lines stand above the header, where the first row names no known columns and a later one does; and the text
/// from the header on.
fn without_title(text: &str) -> (usize, &str) {
    for separator in SEPARATORS {
        let mut lines = Dialect { separator, quoting: Quoting::Doubled }.lines(text);
        for row in 0..TITLE_ROWS {
            let (line, at) = lines.place();
            let Some(found) = lines.next() else { break };
            let names = match found.cells {
                // What has no end is no title.
                Err(Fault::Wide | Fault::Long) => break,
                cells => cells.unwrap_or_default(),
            };
            let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
            if columns::is_known(&names) {
                return if row == 0 { (0, text) } else { (line - 1, &text[at..]) };
            }
        }
    }
    (0, text)
}

/// The separators that the first line has outside of quotation marks, the most frequent first; a comma where it has none.
fn by_frequency(text: &str) -> Vec<u8> {
    let text = text.trim_start_matches(['\r', '\n']);
    let header = text[..text.floor_char_boundary(LONGEST_ROW)].split(['\r', '\n']).next().unwrap_or_default();
    let mut counts = SEPARATORS.map(|separator| (0_usize, separator));
    let mut inside = false;
    for byte in header.bytes() {
        inside ^= byte == b'"';
        for (count, separator) in &mut counts {
            *count += usize::from(!inside && byte == *separator);
        }
    }
    // The sort is stable: of equals the comma comes first.
    counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let found: Vec<u8> = counts.iter().filter(|(count, _)| *count > 0).map(|(_, mark)| *mark).collect();
    if found.is_empty() { vec![b','] } else { found }
}

/// The needed cells of a row, by the names under which they are kept.
fn named(kept: &[Option<&str>], cells: &[Cow<'_, str>]) -> Result<Cells, String> {
    if !has_width(cells, kept.len()) {
        return Err(format!("it has {} cells, the header has {}", cells.len(), kept.len()));
    }
    let needed = kept.iter().zip(cells).filter_map(|(name, cell)| Some(((*name)?, cell)));
    Ok(needed.map(|(name, cell)| (name.to_owned(), Value::String(cell.clone().into_owned()))).collect())
}

#[cfg(test)]
mod tests {
    use super::super::budget::MOST_COLUMNS;
    use super::super::sink::testing::everything;
    use super::*;

    fn lines(text: &str) -> Vec<(usize, Result<Vec<String>, String>)> {
        let all = everything(|sink| read(text, sink)).expect("a header");
        let columns = all.columns;
        let cells =
            |cells: Cells| columns.iter().map(|name| cells[name].as_str().unwrap_or("").to_owned()).collect();
        all.rows.into_iter().map(|(line, row)| (line, row.map(cells))).collect()
    }

    #[test]
    fn the_header_again_and_a_markdown_table_are_refused() {
        let read = lines("a,b\n1,2\na, b\n3,4\n");
        assert!(read[1].1.as_ref().is_err_and(|reason| reason == HEADER_AGAIN), "{read:?}");
        assert_eq!(read[2], (4, Ok(vec!["3".into(), "4".into()])));
        let refusal =
            |text: &str| everything(|sink| super::read(text, sink)).expect_err("a refusal").to_string();
        assert!(refusal("| a | b |\n| --- | :-: |\n| 1 | 2 |\n").contains("Markdown"));
        assert!(refusal("a\u{1}b,c\n1,2\n").contains("binary file"));
        assert_eq!(lines("a|b\n-1|--x\n").len(), 1);
    }

    #[test]
    fn quotation_marks_that_may_be_letters_are_reported() {
        let notes = |text: &str| everything(|sink| super::read(text, sink)).expect("a table").report.notes;
        assert_eq!(notes("a\tb\n\"Hello\tone\nbye\"\ttwo\n"), [AMBIGUOUS]);
        assert!(notes("a\tb\n\"Hello\nbye\"\ttwo\n").is_empty());
        assert!(notes("a,b\n\"x, y\",z\n").is_empty());
    }

    #[test]
    fn a_row_without_end_is_refused_and_the_next_one_is_read() {
        let long = "x".repeat(LONGEST_ROW + 1);
        for cell in [long.clone(), format!("\"{long}\""), ",".repeat(MOST_COLUMNS + 1)] {
            let read = lines(&format!("a,b\n1,{cell}\n2,3\n"));
            assert!(
                read[0].1.as_ref().is_err_and(|reason| reason.contains("more than 4")),
                "{:?}",
                read[0].0
            );
            assert_eq!((read.len(), &read[1]), (2, &(3, Ok(vec!["2".into(), "3".into()]))));
        }
        let wide = everything(|sink| read(&",".repeat(MOST_COLUMNS), sink));
        assert!(matches!(wide, Err(DataFileError::TooManyColumns { line: 1 })));
    }

    #[test]
    fn the_rows_behind_a_mark_that_is_never_closed_keep_their_lines() {
        let read = lines("a,b\n\"1\",2\n\"open,3\n4,5\n6,7\n");
        assert_eq!(read.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3, 4, 5]);
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
    fn a_title_above_the_header_is_passed_over_and_noted() {
        let records = everything(|sink| read("My pairs\n\nquestion,matching,not_matching\nq,a,b\n", sink))
            .expect("a table");
        assert_eq!((records.columns.len(), records.rows[0].0), (3, 4));
        assert!(records.report.notes[0].contains("above the header"), "{:?}", records.report.notes);
    }
}

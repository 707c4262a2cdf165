//! Finds the dialect of a table of text: which mark separates cells, and what quotation marks mean.
//!
//! A dialect is chosen by reading the whole file: the first one in which every row has as many cells as the header and
//! no quotation mark stands where its rules allow none. Programs differ here, and a wrong guess moves text between cells.

use std::borrow::Cow;
use std::fmt;

use super::budget::{LONGEST_ROW, MOST_COLUMNS};

/// What quotation marks mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// A cell may stand in quotation marks; two inside stand for one (RFC 4180).
    Doubled,
    /// The same, with blanks allowed between a separator and the opening mark.
    AfterBlanks,
    /// A cell may stand in quotation marks; a backslash before a mark inside keeps it.
    Backslash,
    /// They are letters like any other.
    Letters,
}

/// A separator and a meaning of quotation marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) separator: u8,
    pub(super) quoting: Quoting,
}

/// A row: the line on which it begins, and its cells or what is wrong with it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) number: usize,
    pub(super) cells: Result<Vec<Cow<'a, str>>, Fault>,
}

/// Why a row cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Something stands between a closing quotation mark and the next separator.
    Stray,
    /// A quotation mark is never closed.
    Open,
    /// There are more cells than a table has columns.
    Wide,
    /// There are more bytes than a row has.
    Long,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stray => formatter.write_str("text follows a closing quotation mark"),
            Self::Open => formatter.write_str("a quotation mark that opens in this row is never closed"),
            Self::Wide => write!(formatter, "it has more than {MOST_COLUMNS} cells"),
            Self::Long => write!(formatter, "it has more than {} MB", LONGEST_ROW >> 20),
        }
    }
}

impl Dialect {
    /// What a person calls the separator.
    pub(super) fn separator_name(self) -> &'static str {
        match self.separator {
            b'\t' => "tabs",
            b';' => "semicolons",
            b'|' => "vertical bars",
            _ => "commas",
        }
    }

    /// Reads all rows; blank lines are passed over.
    pub(super) fn lines(self, text: &str) -> Lines<'_> {
        Lines { dialect: self, text, at: 0, number: 1, row: 0, is_unread: false }
    }
}

/// The rows of a text.
pub(super) struct Lines<'a> {
    dialect: Dialect,
    text: &'a str,
    at: usize,
    number: usize,
    /// Where the current row begins.
    row: usize,
    /// Whether the rest of a line stands here that could not be read. It is passed over when the next row is asked for,
    /// so that who stops at a fault does not wait for its end.
    is_unread: bool,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        if std::mem::take(&mut self.is_unread) {
            self.skip_line();
        }
        while let Some(end) = self.line_end() {
            self.at += end;
            self.number += 1;
        }
        if self.at >= self.text.len() {
            return None;
        }
        self.row = self.at;
        let number = self.number;
        let cells = self.cells();
        match cells.is_ok().then(|| self.line_end()).flatten() {
            Some(end) => {
                self.at += end;
                self.number += 1;
            }
            None => self.is_unread = cells.is_err(),
        }
        Some(Line { number, cells })
    }
}

impl<'a> Lines<'a> {
    /// The line and the byte at which what is not read yet begins.
    pub(super) fn place(&self) -> (usize, usize) {
        (self.number, self.at)
    }

    /// The byte at which the row begins that was read last.
    pub(super) fn row_start(&self) -> usize {
        self.row
    }

    /// The bytes of the line break that stands here, if one does: CR LF, LF, or CR alone as old Macs and Excel write it.
    fn line_end(&self) -> Option<usize> {
        match &self.text.as_bytes()[self.at..] {
            [b'\r', b'\n', ..] => Some(2),
            [b'\r' | b'\n', ..] => Some(1),
            _ => None,
        }
    }

    /// Reads the cells of a row.
    fn cells(&mut self) -> Result<Vec<Cow<'a, str>>, Fault> {
        let mut cells = Vec::new();
        loop {
            if cells.len() == MOST_COLUMNS {
                return Err(Fault::Wide);
            }
            cells.push(self.cell()?);
            if self.text.as_bytes().get(self.at) != Some(&self.dialect.separator) {
                return Ok(cells);
            }
            self.at += 1;
        }
    }

    /// The end of what may belong to the current row.
    fn row_end(&self) -> usize {
        self.text.len().min(self.row + LONGEST_ROW)
    }

    fn skip_line(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
    }

    /// Reads a cell up to its separator or the end of its line.
    fn cell(&mut self) -> Result<Cow<'a, str>, Fault> {
        let bytes = self.text.as_bytes();
        let mut start = self.at;
        if self.dialect.quoting == Quoting::AfterBlanks {
            while bytes.get(start) == Some(&b' ') {
                start += 1;
            }
        }
        if self.dialect.quoting != Quoting::Letters && bytes.get(start) == Some(&b'"') {
            return self.quoted(start + 1);
        }
        let is_end = |byte: &u8| *byte == self.dialect.separator || matches!(byte, b'\r' | b'\n');
        let end = self.row_end();
        let length = bytes[self.at.min(end)..end].iter().position(is_end);
        if length.is_none() && end < bytes.len() {
            return Err(Fault::Long);
        }
        let cell = &self.text[self.at..length.map_or(end, |length| self.at + length)];
        self.at += cell.len();
        Ok(Cow::Borrowed(cell))
    }

    /// Reads a cell whose opening quotation mark stands before `start`.
    fn quoted(&mut self, start: usize) -> Result<Cow<'a, str>, Fault> {
        let bytes = self.text.as_bytes();
        let is_backslash = self.dialect.quoting == Quoting::Backslash;
        let (mut cell, mut from, mut at) = (Cow::Borrowed(""), start, start);
        let (begin, end) = (self.number, self.row_end());
        loop {
            match bytes.get(at) {
                None => return Err(self.turn_back(begin, Fault::Open)),
                Some(_) if at >= end => return Err(self.turn_back(begin, Fault::Long)),
                Some(b'\\') if is_backslash && matches!(bytes.get(at + 1), Some(b'"' | b'\\')) => {
                    cell += &self.text[from..at];
                    from = at + 1;
                    at += 2;
                }
                Some(b'"') if !is_backslash && bytes.get(at + 1) == Some(&b'"') => {
                    cell += &self.text[from..=at];
                    at += 2;
                    from = at;
                }
                Some(b'"') => break,
                Some(b'\n') => {
                    self.number += 1;
                    at += 1;
                }
                Some(b'\r') => {
                    self.number += usize::from(bytes.get(at + 1) != Some(&b'\n'));
                    at += 1;
                }
                Some(_) => at += 1,
            }
        }
        cell += &self.text[from..at];
        self.at = at + 1;
        if self.dialect.quoting == Quoting::AfterBlanks {
            while bytes.get(self.at) == Some(&b' ') {
                self.at += 1;
            }
        }
        match bytes.get(self.at) {
            None | Some(b'\r' | b'\n') => Ok(cell),
            Some(byte) if *byte == self.dialect.separator => Ok(cell),
            Some(_) => Err(Fault::Stray),
        }
    }

    /// A fault in a cell whose beginning is read again: its lines are counted then.
    fn turn_back(&mut self, line: usize, fault: Fault) -> Fault {
        self.number = line;
        fault
    }
}

/// The dialect in which the whole text makes sense; `None` where there is none.
pub(super) fn fitting(text: &str, separators: &[u8]) -> Option<Dialect> {
    let quotings = [Quoting::Doubled, Quoting::AfterBlanks, Quoting::Backslash, Quoting::Letters];
    let all = separators
        .iter()
        .flat_map(|separator| quotings.map(|quoting| Dialect { separator: *separator, quoting }));
    all.into_iter().find(|dialect| fits(*dialect, text))
}

/// Whether every row has the header's cells, and no mark looks as if another dialect were meant.
fn fits(dialect: Dialect, text: &str) -> bool {
    let mut header = None;
    dialect.lines(text).all(|line| {
        let Ok(cells) = line.cells else { return false };
        let width = header.get_or_insert(cells.len());
        has_width(&cells, *width)
            && cells.iter().all(|cell| {
                let is_bare = matches!(cell, Cow::Borrowed(part) if is_bare(part, text));
                is_plain(dialect.quoting, cell, is_bare)
            })
    })
}

/// Whether a table that is read with quotation marks around cells makes as much sense with the marks as letters, and has more
/// rows then.
pub(super) fn is_ambiguous(dialect: Dialect, text: &str) -> bool {
    let letters = Dialect { quoting: Quoting::Letters, ..dialect };
    dialect.quoting == Quoting::Doubled
        && text.contains('"')
        && fits(letters, text)
        && letters.lines(text).count() != dialect.lines(text).count()
}

/// Returns whether a row has this number of cells, without the blank cells at its end.
pub(super) fn has_width<T: AsRef<str>>(cells: &[T], width: usize) -> bool {
    cells.len() >= width && cells[width..].iter().all(|cell| cell.as_ref().trim().is_empty())
}

/// Whether a cell looks as if its marks were understood. A cell that was borrowed from outside of quotation marks and
/// still begins with one behind blanks belongs to another dialect, and so does one that stands in marks as a whole.
fn is_plain(quoting: Quoting, cell: &str, is_bare: bool) -> bool {
    let trimmed = cell.trim();
    let wrapped = trimmed.len() > 1 && trimmed.starts_with('"') && trimmed.ends_with('"');
    match quoting {
        Quoting::Letters => !wrapped,
        Quoting::Doubled => !(wrapped && is_bare),
        Quoting::AfterBlanks | Quoting::Backslash => true,
    }
}

/// Whether a part of the text stands there without quotation marks around it.
fn is_bare(cell: &str, text: &str) -> bool {
    let start = cell.as_ptr() as usize - text.as_ptr() as usize;
    start == 0 || text.as_bytes().get(start - 1) != Some(&b'"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, separator: u8, quoting: Quoting) -> Vec<(usize, Result<Vec<String>, Fault>)> {
        let lines = Dialect { separator, quoting }.lines(text);
        let owned = |cells: Vec<Cow<'_, str>>| cells.into_iter().map(Cow::into_owned).collect();
        lines.map(|line| (line.number, line.cells.map(owned))).collect()
    }

    #[test]
    fn cells_keep_their_line_breaks_and_rows_their_lines() {
        let read =
            rows("a,b\r\n\"one\r\ntwo\",\"say \"\"hi\"\"\"\r\n\r\nx \"y\",z\r\n", b',', Quoting::Doubled);
        assert_eq!(read[1], (2, Ok(vec!["one\r\ntwo".into(), "say \"hi\"".into()])));
        assert_eq!(read[2], (5, Ok(vec!["x \"y\"".into(), "z".into()])));
        assert_eq!(rows("a\rb\r\"c\rd\"\re", b',', Quoting::Doubled).last().expect("a row").0, 5);
    }

    #[test]
    fn the_dialect_is_the_one_in_which_the_whole_file_makes_sense() {
        let of = |text: &str| fitting(text, b",;\t|").map(|dialect| (dialect.separator, dialect.quoting));
        assert_eq!(of("a,b\n\"x, y\",z\n"), Some((b',', Quoting::Doubled)));
        assert_eq!(of("a, b\n\"x\", \"y, z\"\n"), Some((b',', Quoting::AfterBlanks)));
        assert_eq!(of("a,b\n\"say \\\"hi, you\\\"\",z\n"), Some((b',', Quoting::Backslash)));
        assert_eq!(
            fitting("a\tb\n\"Hello\tone\n\"Good\ttwo\n", b"\t"),
            Some(Dialect { separator: b'\t', quoting: Quoting::Letters })
        );
        // Quoted cells beside a stray mark: no rule fits, and the marks of the others must not become letters.
        assert_eq!(fitting("a,b\n\"x\",\"y\"\n\"Good\" night,z\n", b","), None);
    }

    #[test]
    fn a_mark_that_is_not_closed_or_goes_on_is_named() {
        assert_eq!(rows("a,b\n\"open,3\n4,5\n", b',', Quoting::Doubled)[1], (2, Err(Fault::Open)));
        assert_eq!(rows("a,b\n\"Good\" night,x\n1,2\n", b',', Quoting::Doubled)[1], (2, Err(Fault::Stray)));
        assert_eq!(rows("a,b\n\"Good\" night,x\n1,2\n", b',', Quoting::Doubled)[2].0, 3);
    }
}

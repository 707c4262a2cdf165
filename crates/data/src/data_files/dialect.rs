//! Finds the dialect of a table of text: the character that separates cells, and the meaning of quotation marks.
//!
//! A dialect is chosen by reading the whole file: the first one in which every row has as many cells as the header and
//! no quotation mark stands where its rules allow none. Programs differ here, and a wrong guess moves text between cells.

use std::borrow::Cow;

/// The meaning of quotation marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// A cell may be enclosed in quotation marks, and two marks inside it represent one (RFC 4180).
    Doubled,
    /// The same, with blanks allowed between a separator and the opening mark.
    AfterBlanks,
    /// A cell may be enclosed in quotation marks, and a backslash escapes a mark inside it.
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

/// A row: the line on which it begins, and its cells or the fault in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) number: usize,
    pub(super) cells: Result<Vec<Cow<'a, str>>, &'static str>,
}

/// The reason why a quotation mark cannot be understood.
const STRAY: &str = "text follows a closing quotation mark";
/// The same for one that is never closed.
const OPEN: &str = "a quotation mark that opens in this row is never closed";

impl Dialect {
    /// Returns the separator's name for a person.
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
        Lines { dialect: self, text, at: 0, number: 1 }
    }
}

/// The rows of a text.
pub(super) struct Lines<'a> {
    dialect: Dialect,
    text: &'a str,
    at: usize,
    number: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        while let Some(end) = self.line_end() {
            self.at += end;
            self.number += 1;
        }
        if self.at >= self.text.len() {
            return None;
        }
        let number = self.number;
        let mut cells = Vec::new();
        let mut wrong = None;
        loop {
            match self.cell() {
                Ok(cell) => cells.push(cell),
                Err(reason) => {
                    wrong = Some(reason);
                    self.skip_line();
                }
            }
            if wrong.is_none() && self.text.as_bytes().get(self.at) == Some(&self.dialect.separator) {
                self.at += 1;
                continue;
            }
            if let Some(end) = self.line_end() {
                self.at += end;
                self.number += 1;
            }
            break;
        }
        Some(Line { number, cells: wrong.map_or(Ok(cells), Err) })
    }
}

impl<'a> Lines<'a> {
    /// Returns the line and the byte at which the unread text begins.
    pub(super) fn place(&self) -> (usize, usize) {
        (self.number, self.at)
    }

    /// Returns the number of bytes of the line break at this place, if there is one: CR LF, LF, or CR alone as old Macs
    /// and Excel write it.
    fn line_end(&self) -> Option<usize> {
        match &self.text.as_bytes()[self.at..] {
            [b'\r', b'\n', ..] => Some(2),
            [b'\r' | b'\n', ..] => Some(1),
            _ => None,
        }
    }

    fn skip_line(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
    }

    /// Reads a cell up to its separator or the end of its line.
    fn cell(&mut self) -> Result<Cow<'a, str>, &'static str> {
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
        let length = bytes[self.at..].iter().position(is_end).unwrap_or(bytes.len() - self.at);
        let cell = &self.text[self.at..self.at + length];
        self.at += length;
        Ok(Cow::Borrowed(cell))
    }

    /// Reads a cell whose opening quotation mark stands before `start`.
    fn quoted(&mut self, start: usize) -> Result<Cow<'a, str>, &'static str> {
        let bytes = self.text.as_bytes();
        let is_backslash = self.dialect.quoting == Quoting::Backslash;
        let (mut cell, mut from, mut at) = (Cow::Borrowed(""), start, start);
        loop {
            match bytes.get(at) {
                None => return Err(OPEN),
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
            Some(_) => Err(STRAY),
        }
    }
}

/// Returns the first dialect that fits the whole text; `None` where none does.
pub(super) fn fitting(text: &str, separators: &[u8]) -> Option<Dialect> {
    let quotings = [Quoting::Doubled, Quoting::AfterBlanks, Quoting::Backslash, Quoting::Letters];
    let all = separators
        .iter()
        .flat_map(|separator| quotings.map(|quoting| Dialect { separator: *separator, quoting }));
    all.into_iter().find(|dialect| fits(*dialect, text))
}

/// Returns whether every row has the header's cells, and no mark looks as if another dialect were meant.
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

/// Returns whether a row has this many cells; blank cells at its end do not count.
pub(super) fn has_width<T: AsRef<str>>(cells: &[T], width: usize) -> bool {
    cells.len() >= width && cells[width..].iter().all(|cell| cell.as_ref().trim().is_empty())
}

/// Returns whether a cell's quotation marks were understood. A cell that was read without quotation marks and still
/// begins with one after blanks belongs to another dialect, and so does a cell that is enclosed in them as a whole.
fn is_plain(quoting: Quoting, cell: &str, is_bare: bool) -> bool {
    let trimmed = cell.trim();
    let wrapped = trimmed.len() > 1 && trimmed.starts_with('"') && trimmed.ends_with('"');
    match quoting {
        Quoting::Letters => !wrapped,
        Quoting::Doubled => !(wrapped && is_bare),
        Quoting::AfterBlanks | Quoting::Backslash => true,
    }
}

/// Returns whether a cell is a part of the text, without quotation marks around it.
fn is_bare(cell: &str, text: &str) -> bool {
    let start = cell.as_ptr() as usize - text.as_ptr() as usize;
    start == 0 || text.as_bytes().get(start - 1) != Some(&b'"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, separator: u8, quoting: Quoting) -> Vec<(usize, Result<Vec<String>, &'static str>)> {
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
        // Quoted cells stand beside a stray mark. No rule fits, and the marks of the other cells must not become
        // letters.
        assert_eq!(fitting("a,b\n\"x\",\"y\"\n\"Good\" night,z\n", b","), None);
    }

    #[test]
    fn a_mark_that_is_not_closed_or_continues_is_named() {
        assert_eq!(rows("a,b\n\"open,3\n4,5\n", b',', Quoting::Doubled)[1], (2, Err(OPEN)));
        assert_eq!(rows("a,b\n\"Good\" night,x\n1,2\n", b',', Quoting::Doubled)[1], (2, Err(STRAY)));
        assert_eq!(rows("a,b\n\"Good\" night,x\n1,2\n", b',', Quoting::Doubled)[2].0, 3);
    }
}

//! Guards the cells of tables against spreadsheets, which compute what looks like a formula when a table is opened.

use std::borrow::Cow;

/// The first letters of a cell that a spreadsheet takes for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Returns a cell that no spreadsheet takes for a formula: an apostrophe stands before one that begins like it. Other
/// programs read the apostrophe as a part of the text.
#[must_use]
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(FORMULA) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// Returns a text as a field of CSV: in quotes where it holds a comma, a quote or a line break (RFC 4180).
#[must_use]
pub fn quoted(text: &str) -> Cow<'_, str> {
    if text.contains([',', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        assert_eq!(quoted("a b"), "a b");
        assert_eq!(quoted("a, \"b\"\n"), "\"a, \"\"b\"\"\n\"");
    }

    #[test]
    fn what_looks_like_a_formula_begins_with_an_apostrophe() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(guarded(cell), format!("'{cell}"));
        }
        for cell in ["", "1", "a=b", " =1", "\u{2212}1"] {
            assert!(matches!(guarded(cell), Cow::Borrowed(same) if same == cell));
        }
    }
}

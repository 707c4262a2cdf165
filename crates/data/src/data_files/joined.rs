//! Finds where files were joined to one: each brings a byte-order mark, which then stands inside.

use std::borrow::Cow;

use super::Report;

/// The byte-order mark as a letter.
pub(super) const MARK: char = '\u{feff}';
/// What is said where marks were passed over.
pub(super) const JOINED: &str =
    "Byte-order marks inside the file were passed over: it was joined from several files.";
/// Why a row of a table is refused before which a mark stands that is not before the same header.
pub(super) const OTHER_FILE: &str = "a byte-order mark stands before it, as where another file was joined on: take the mark out if it is a row";

/// The text without the marks at the beginning of its lines. In JSON no other letter of a text can stand there. In a table one
/// could, in a cell with line breaks or in the first cell, so only those before the header's line are taken out; the header
/// that comes again is refused as a row.
pub(super) fn without_marks<'a>(text: Cow<'a, str>, report: &mut Report) -> Cow<'a, str> {
    if !text.contains(MARK) {
        return text;
    }
    let whole = text.trim_start_matches(|letter: char| letter == MARK || letter.is_whitespace());
    let is_json = whole.starts_with(['[', '{']);
    let header = whole.split(['\r', '\n']).next().unwrap_or_default().trim_end();
    let (mut kept, mut is_joined) = (String::with_capacity(text.len()), false);
    for (index, line) in text.split_inclusive(['\r', '\n']).enumerate() {
        let bare = line.trim_start_matches(MARK);
        let is_mark = bare.len() < line.len() && (is_json || index == 0 || bare.trim_end() == header);
        is_joined |= is_mark && index > 0;
        kept.push_str(if is_mark { bare } else { line });
    }
    if is_joined {
        report.note(JOINED);
    }
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::super::{DataFile, Extent, Row, bipo_csv};
    use super::*;

    fn read(text: &str) -> DataFile {
        DataFile::parse(text.as_bytes(), None).expect("a data file")
    }

    fn reasons(file: &DataFile) -> Vec<(usize, &str)> {
        file.refused.iter().map(|row| (row.line, row.reason.as_str())).collect()
    }

    #[test]
    fn a_header_behind_a_mark_inside_is_no_pair() {
        let comma = "\u{feff}question,matching,not_matching\r\na,b,c\r\n";
        let quoted = "\u{feff}\"question\";\"matching\";\"not_matching\"\n\"a; x\";\"b\"\"s\";c\n";
        let tabs = comma.replace(',', "\t");
        for (one, first) in [(comma, "a"), (tabs.as_str(), "a"), (quoted, "a; x")] {
            let file = read(&format!("{one}{one}"));
            assert_eq!(
                file.rows.iter().map(|row| row.prompt.as_str()).collect::<Vec<_>>(),
                [first; 2],
                "{one}"
            );
            assert_eq!(reasons(&file), [(3, "it is the header again")], "{one}");
            assert!(file.report.notes.iter().any(|note| note == JOINED), "{:?}", file.report.notes);
            assert!(
                !read(one).report.notes.iter().any(|note| note == JOINED),
                "a mark at the beginning is usual"
            );
        }
    }

    #[test]
    fn another_header_behind_a_mark_is_no_pair_either() {
        let file =
            read("question,matching,not_matching\na,b,c\n\u{feff}matching,question,not_matching\nd,e,f\n");
        assert_eq!((reasons(&file), file.rows.len()), (vec![(3, OTHER_FILE)], 2));
    }

    #[test]
    fn a_text_that_begins_with_a_mark_is_a_row() {
        let file = read("question,matching,not_matching\n\u{feff}What is money for?,To have it.,No\n");
        assert_eq!((reasons(&file), file.rows.len()), (vec![], 1));
        assert_eq!(file.rows[0].prompt, "\u{feff}What is money for?");
    }

    #[test]
    fn lines_of_json_behind_a_mark_are_read() {
        let one = "\u{feff}{\"prompt\": \"\u{feff}p\", \"chosen\": \"a\", \"rejected\": \"b\"}\n";
        let file = read(&one.repeat(3));
        assert_eq!((file.rows.len(), reasons(&file)), (3, vec![]));
        // Inside a text it is a letter.
        assert!(file.rows.iter().all(|row| row.prompt == "\u{feff}p"));
        assert!(file.report.notes.iter().any(|note| note == JOINED));
    }

    #[test]
    fn a_prompt_that_begins_with_a_mark_is_written_and_read_again() {
        let row = |prompt: &str| Row {
            prompt: prompt.into(),
            wanted: "w".into(),
            opposite: "o".into(),
            ..Row::default()
        };
        let written = bipo_csv(&[row("plain"), row("\u{feff}marked")], Extent::Format);
        let file = DataFile::parse(&written, None).expect("what was written");
        let prompts: Vec<&str> = file.rows.iter().map(|row| row.prompt.as_str()).collect();
        assert_eq!((prompts, reasons(&file)), (vec!["plain", "\u{feff}marked"], vec![]));
    }
}

//! Finds where each value of a JSON text begins and ends, without reading it: those of a list, or those that stand one
//! behind the other. So only one value at a time is parsed, and words that JSON does not have (NaN) can be replaced in it.

/// A value's text, and the line, from 1, on which it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found<'a> {
    pub(super) line: usize,
    pub(super) text: &'a str,
}

/// What is wrong with the text between values, and the line, from 1, on which that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) line: usize,
    pub(super) detail: &'static str,
}

const CUT_OFF: &str = "it ends in the middle of a value";
const NO_END: &str = "the list has no end";
const NO_COMMA: &str = "a comma or the end of the list is missing";
const NO_VALUE: &str = "a value is missing";
const BEHIND: &str = "something stands behind the list";

/// Where in a list a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In no list: values follow each other.
    Outside,
    /// Before the list.
    Before,
    /// In the list.
    Inside,
    /// Behind it, or behind a fault.
    Over,
}

/// The values of a text.
#[derive(Debug)]
pub(super) struct Values<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    place: Place,
}

impl<'a> Values<'a> {
    /// The values of a list, which is the whole text. It begins on a line of its file.
    pub(super) fn of_list(text: &'a str, line: usize) -> Self {
        Self { text, at: 0, line, place: Place::Before }
    }

    /// Values that stand one behind the other.
    pub(super) fn one_after_another(text: &'a str) -> Self {
        Self { text, at: 0, line: 1, place: Place::Outside }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        // A byte-order mark in the middle is what joining two files leaves; it stays a fault of the value.
        while let Some(byte @ (b' ' | b'\t' | b'\r' | b'\n')) = self.byte() {
            self.line += usize::from(byte == b'\n');
            self.at += 1;
        }
    }

    /// Reads a value up to its end.
    fn value(&mut self) -> Result<Found<'a>, Fault> {
        let (start, line) = (self.at, self.line);
        let bytes = self.text.as_bytes();
        let (mut depth, mut is_inside) = (0_usize, false);
        while let Some(byte) = bytes.get(self.at) {
            let is_mark = matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n');
            if depth == 0 && !is_inside && is_mark {
                break;
            }
            self.at += 1;
            match byte {
                b'\n' => self.line += 1,
                b'\\' if is_inside => self.at += 1,
                b'"' => {
                    is_inside = !is_inside;
                    if !is_inside && depth == 0 {
                        break;
                    }
                }
                b'[' | b'{' if !is_inside => depth += 1,
                b']' | b'}' if !is_inside => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                _ => {}
            }
        }
        // A backslash may have stepped behind the end, or into the middle of a letter.
        let is_whole = depth == 0 && !is_inside;
        match self.text.get(start..self.at).filter(|_| is_whole) {
            Some("") => Err(Fault { line, detail: NO_VALUE }),
            Some(text) => Ok(Found { line, text }),
            None => Err(Fault { line, detail: CUT_OFF }),
        }
    }

    /// Steps to the next value of the list; `None` at its end.
    fn step(&mut self) -> Option<Result<Found<'a>, Fault>> {
        let is_first = self.place == Place::Before;
        let fault = |line, detail| Some(Err(Fault { line, detail }));
        self.skip_blanks();
        match (is_first, self.byte()) {
            (true, Some(b'[')) => {
                self.place = Place::Inside;
                self.at += 1;
                self.skip_blanks();
                if self.byte() != Some(b']') {
                    return Some(self.value());
                }
            }
            (false, Some(b',')) => {
                self.at += 1;
                self.skip_blanks();
                return Some(self.value());
            }
            (false, Some(b']')) => {}
            (_, None) => return fault(self.line, NO_END),
            _ => return fault(self.line, NO_COMMA),
        }
        self.at += 1;
        self.place = Place::Over;
        self.skip_blanks();
        if self.byte().is_some() { fault(self.line, BEHIND) } else { None }
    }
}

impl<'a> Iterator for Values<'a> {
    type Item = Result<Found<'a>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = match self.place {
            Place::Over => None,
            Place::Outside => {
                self.skip_blanks();
                self.byte().map(|_| self.value())
            }
            Place::Before | Place::Inside => self.step(),
        };
        if matches!(next, Some(Err(_))) {
            self.place = Place::Over;
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Result<Vec<(usize, &str)>, Fault> {
        Values::of_list(text, 1).map(|found| found.map(|found| (found.line, found.text))).collect()
    }

    #[test]
    fn the_values_of_a_list_are_found_with_their_lines() {
        assert_eq!(list("[]"), Ok(vec![]));
        assert_eq!(list(" [1 ,\n \"a,]\\\"\" , {\"b\": [2,\n 3]},\n[\n]\n] "), {
            Ok(vec![(1, "1"), (2, "\"a,]\\\"\""), (2, "{\"b\": [2,\n 3]}"), (4, "[\n]")])
        });
        assert_eq!(
            list("[\"\u{4f60}\\\u{4f60}\", NaN]"),
            Ok(vec![(1, "\"\u{4f60}\\\u{4f60}\""), (1, "NaN")])
        );
    }

    #[test]
    fn a_list_that_is_none_is_reported_with_its_line() {
        for (text, line, detail) in [
            ("[1,\n2", 2, NO_END),
            ("[1,\n{\"a\": 2", 2, CUT_OFF),
            ("[1,\n\"a", 2, CUT_OFF),
            ("[1,\n]", 2, NO_VALUE),
            ("[1\n2]", 2, NO_COMMA),
            ("[1]\nx", 2, BEHIND),
            ("[\"\\", 1, CUT_OFF),
        ] {
            assert_eq!(list(text), Err(Fault { line, detail }), "{text}");
        }
        assert_eq!(list(&"[".repeat(100_000)), Err(Fault { line: 1, detail: CUT_OFF }));
    }

    #[test]
    fn values_follow_each_other() {
        let all: Result<Vec<_>, _> = Values::one_after_another("{\"a\":\n1}\n{}{}\n").collect();
        let lines: Vec<_> =
            all.expect("three objects").iter().map(|found| (found.line, found.text)).collect();
        assert_eq!(lines, [(1, "{\"a\":\n1}"), (3, "{}"), (3, "{}")]);
        assert!(Values::one_after_another("{} }").any(|found| found.is_err()));
    }
}

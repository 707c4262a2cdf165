//! Notices texts that look as if a program had printed them with marks around: lists and bytes as Python prints them, and texts
//! in single quotation marks, as databases write them. Nothing is changed: such a text may be meant as it is.

use super::Row;

/// The marks around a printed list or printed bytes.
const PRINTED: [(&str, &str); 6] =
    [("['", "']"), ("[\"", "\"]"), ("[b'", "']"), ("b'", "'"), ("b\"", "\""), ("('", "',)")];
/// The most letters of a text in a sentence.
const MOST_SHOWN: usize = 24;

/// Such texts in the rows so far.
#[derive(Debug, Default)]
pub(super) struct Printed {
    /// The first printed text, and its line.
    first: Option<(String, usize)>,
    /// The rows with printed texts.
    found: usize,
    /// The rows whose texts all stand in single quotation marks.
    quoted: usize,
    rows: usize,
}

impl Printed {
    /// Looks at a row.
    pub(super) fn look_at(&mut self, row: &Row) {
        let texts = [row.prompt.as_str(), &row.wanted, &row.opposite].map(str::trim);
        self.rows += 1;
        self.quoted += usize::from(texts.iter().all(|text| stands_in(text, ("'", "'"))));
        let is_printed = |text: &&str| PRINTED.iter().any(|marks| stands_in(text, *marks));
        if let Some(text) = texts.into_iter().find(is_printed) {
            self.found += 1;
            self.first.get_or_insert_with(|| (text.chars().take(MOST_SHOWN).collect(), row.line));
        }
    }

    /// Returns a sentence for each kind of text.
    pub(super) fn sentences(&self) -> impl Iterator<Item = String> {
        let printed = self.first.as_ref().map(|(text, line)| {
            let rows = if self.found == 1 { "1 row".to_owned() } else { format!("{} rows", self.found) };
            format!(
                "In {rows} a text looks as Python prints lists or bytes, such as {text:?} (line {line}); it was kept as it is."
            )
        });
        let is_quoted = self.rows > 0 && self.quoted == self.rows;
        let quoted = is_quoted
            .then(|| "All texts stand in single quotation marks, which were kept as letters.".to_owned());
        printed.into_iter().chain(quoted)
    }
}

/// Whether a text stands between two marks.
fn stands_in(text: &str, (open, close): (&str, &str)) -> bool {
    text.len() >= open.len() + close.len() && text.starts_with(open) && text.ends_with(close)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(rows: &[[&str; 3]]) -> Vec<String> {
        let mut printed = Printed::default();
        for (index, texts) in rows.iter().enumerate() {
            let [prompt, wanted, opposite] = texts.map(str::to_owned);
            printed.look_at(&Row { line: index + 2, prompt, wanted, opposite, ..Row::default() });
        }
        printed.sentences().collect()
    }

    #[test]
    fn printed_lists_and_bytes_are_reported_with_the_first_line() {
        for text in ["['a', 'b']", "[\"a\"]", "b'a'", "[b'a']", "('a',)"] {
            let found = sentences(&[["q", "a", "b"], ["q", text, "b"], ["q", "a", text]]);
            assert!(
                found.len() == 1 && found[0].starts_with("In 2 rows a text looks as Python"),
                "{found:?}"
            );
            assert!(found[0].contains("(line 3)"), "{found:?}");
        }
        assert!(sentences(&[["[1] and [2]", "b", "(a)"]]).is_empty());
    }

    #[test]
    fn single_quotation_marks_are_reported_where_all_texts_stand_in_them() {
        let quoted = ["'q'", "'a'", "'b'"];
        assert!(sentences(&[quoted, quoted])[0].contains("single quotation marks"));
        assert!(sentences(&[quoted, ["'q'", "a", "'b'"]]).is_empty() && sentences(&[]).is_empty());
    }
}

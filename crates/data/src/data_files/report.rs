//! Reports what reading a file took, left out and guessed. A person sees the report before anything is imported.

/// The report of how a file was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The compression or the container, where the file is not plain text: `gzip`, `Parquet`.
    pub container: Option<&'static str>,
    /// The mark between cells of a table of text, in words.
    pub separator: Option<&'static str>,
    /// The columns that were read.
    pub read: Vec<String>,
    /// The columns that were not read.
    pub left_out: Vec<String>,
    /// The same columns by the reason why they were not read, in words.
    pub(super) left_out_because: Vec<(String, Vec<String>)>,
    /// The name of the encoding, where it is a guess.
    pub(super) guessed_encoding: Option<String>,
    /// Sentences about everything else that was guessed, cut or passed over.
    pub notes: Vec<String>,
}

impl Report {
    /// Adds a sentence, once.
    pub(super) fn note(&mut self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        if !self.notes.contains(&sentence) {
            self.notes.push(sentence);
        }
    }

    /// Adds a column that was not read, and why.
    pub(super) fn leave_out(&mut self, name: &str, reason: &str) {
        self.left_out.push(name.to_owned());
        match self.left_out_because.iter_mut().find(|(known, _)| known == reason) {
            Some((_, names)) => names.push(name.to_owned()),
            None => self.left_out_because.push((reason.to_owned(), vec![name.to_owned()])),
        }
    }

    /// Returns the report as sentences, the plainest facts first.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let guess = self.guessed_encoding.iter().map(|name| format!("The letters were read as {name}."));
        self.sentences_without_encoding().into_iter().chain(guess).collect()
    }

    /// Returns the same for who has said the encoding already.
    #[must_use]
    pub fn sentences_without_encoding(&self) -> Vec<String> {
        let quoted = |names: &[String]| super::error::list(names);
        let container = self.container.map(|name| format!("The file is {name}."));
        let separator = self.separator.map(|name| format!("Cells are separated by {name}."));
        let read = (!self.read.is_empty()).then(|| format!("Read: {}.", quoted(&self.read)));
        let left_out = self.left_out_because.iter();
        let left_out = left_out.map(|(reason, names)| format!("Left out: {} ({reason}).", quoted(names)));
        [container, separator, read]
            .into_iter()
            .flatten()
            .chain(left_out)
            .chain(self.notes.iter().cloned())
            .collect()
    }
}

/// A change that reading made to rows. One note gives the number of rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RowNote {
    /// Both answers began with the prompt, which was cut from them.
    PromptCut,
    /// Both conversations began with the messages of the prompt, which were cut from them.
    MessagesCut,
    /// The common beginning of both conversations became the prompt.
    CommonConversation,
    /// The common beginning of both texts, up to the mark of an answer, became the prompt: a guess.
    CommonText,
    /// The common words of both texts became the prompt: a guess that only a file without other columns allows.
    CommonWords,
    /// A list of opposite answers became one pair for each.
    OppositesSpread,
    /// The name of a split says neither train nor held out.
    SplitPassedOver,
    /// Messages stood as JSON in a cell of text.
    JsonInText,
    /// What stands in this column is something else than its name says.
    PassedOver(&'static str),
    /// The first of several incorrect answers was taken.
    FirstIncorrect,
    /// The prompt, or a part of it, stood in this column.
    PromptFrom(&'static str),
    /// Messages have a key of this name besides their speaker and text.
    MessageKey(String),
}

impl RowNote {
    /// Returns the column that was passed over.
    pub(super) fn passed_over(&self) -> Option<&'static str> {
        match self {
            Self::SplitPassedOver => Some("split"),
            Self::PassedOver(column) => Some(*column),
            _ => None,
        }
    }

    /// Returns the note for this many rows; none for what the list of columns says.
    pub(super) fn sentence(&self, rows: usize) -> Option<String> {
        let rows = if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
        Some(match self {
            Self::PromptFrom(_) => return None,
            Self::PromptCut => format!("In {rows} both answers repeated the prompt; it was cut from them."),
            Self::MessagesCut => {
                format!("In {rows} both answers repeated the prompt's messages; they were cut from them.")
            }
            Self::CommonConversation => {
                format!("In {rows} the prompt is what both conversations begin with.")
            }
            Self::CommonText | Self::CommonWords => {
                format!(
                    "In {rows} there is no prompt; what both answers begin with was taken for it (a guess)."
                )
            }
            Self::OppositesSpread => {
                format!("In {rows} a list of opposite answers became one pair for each.")
            }
            Self::SplitPassedOver => {
                format!("In {rows} the split's name says neither train nor held out; it was passed over.")
            }
            Self::PassedOver(column) => {
                format!("In {rows} {column:?} holds something other than Tiller's own; it was passed over.")
            }
            Self::FirstIncorrect => {
                format!(
                    "In {rows} the first of several incorrect answers was taken, the others were left out."
                )
            }
            Self::JsonInText => format!("In {rows} messages were read from JSON in a cell of text."),
            Self::MessageKey(key) => {
                format!("In {rows} messages have {key:?} besides role and content; it was left out.")
            }
        })
    }
}

/// Says how many columns without a name were left out; nothing where there are none.
pub(super) fn left_out_unnamed(columns: usize) -> Option<String> {
    match columns {
        0 => None,
        1 => Some("Left out: a column without a name.".to_owned()),
        many => Some(format!("Left out: {many} columns without a name.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_reported_once_and_facts_come_first() {
        let mut report = Report { container: Some("gzip"), read: vec!["prompt".into()], ..Report::default() };
        report.leave_out("score", "not a column of BiPO pairs");
        report.leave_out("question", "the prompt stands in \"prompt\"");
        report.leave_out("id", "not a column of BiPO pairs");
        assert_eq!(report.left_out, ["score", "question", "id"]);
        report.note(RowNote::PromptCut.sentence(1).expect("a sentence"));
        report.note(RowNote::PromptCut.sentence(1).expect("a sentence"));
        assert_eq!(
            report.sentences(),
            [
                "The file is gzip.",
                "Read: \"prompt\".",
                "Left out: \"score\", \"id\" (not a column of BiPO pairs).",
                "Left out: \"question\" (the prompt stands in \"prompt\").",
                "In 1 row both answers repeated the prompt; it was cut from them."
            ]
        );
    }
}

//! Notices texts that bring a chat format of their own: answers behind which a turn is ended already, and prompts that a
//! chat template has written. Nothing is changed: only a model says which of these marks are its tokens.

use super::Row;

/// The marks of chat formats that are not written as `<|name|>`.
const OTHER_MARKS: [&str; 14] = [
    "</s>",
    "<s>",
    "<eos>",
    "<bos>",
    "<start_of_turn>",
    "<end_of_turn>",
    "[INST]",
    "[/INST]",
    "<<SYS>>",
    "[SYSTEM_PROMPT]",
    "<\u{ff5c}User\u{ff5c}>",
    "<\u{ff5c}Assistant\u{ff5c}>",
    "<\u{ff5c}begin\u{2581}of\u{2581}sentence\u{ff5c}>",
    "<\u{ff5c}end\u{2581}of\u{2581}sentence\u{ff5c}>",
];

/// The most bytes of a mark `<|name|>`.
const LONGEST_MARK: usize = 64;

/// The rows with one kind of mark.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    mark: String,
    line: usize,
    rows: usize,
}

/// The marks in the rows so far.
#[derive(Debug, Default)]
pub(super) struct ChatMarks {
    ends: Option<Found>,
    prompts: Option<Found>,
}

impl ChatMarks {
    /// Looks at a row, and at the opposite answers that it has beside its own.
    pub(super) fn look_at(&mut self, row: &Row, opposites: Option<&[String]>) {
        let answers = [row.wanted.as_str(), &row.opposite].into_iter();
        let mut answers = answers.chain(opposites.into_iter().flatten().map(String::as_str));
        count(&mut self.ends, answers.find_map(last_mark), row.line);
        let mut prompts =
            row.system.iter().chain(row.turns.iter().map(|turn| &turn.text)).chain([&row.prompt]);
        count(&mut self.prompts, prompts.find_map(|text| first_mark(text)), row.line);
    }

    /// Returns a sentence for each kind of mark.
    pub(super) fn sentences(&self) -> impl Iterator<Item = String> {
        let rows = |found: &Found| match found.rows {
            1 => "1 row".to_owned(),
            many => format!("{many} rows"),
        };
        let ends = self.ends.as_ref().map(|found| {
            let Found { mark, line, .. } = found;
            format!(
                "In {} an answer ends in a mark such as {mark:?} (line {line}), which was kept. The model's own end of an \
                 answer is not written a second time; the mark of another model is trained on as a part of the answer.",
                rows(found)
            )
        });
        let prompts = self.prompts.as_ref().map(|found| {
            let Found { mark, line, .. } = found;
            format!(
                "In {} the prompt is in a chat format already, as {mark:?} shows (line {line}): the model's chat template \
                 would be put around it a second time. Use a file of the plain messages, or give the model a template \
                 that adds nothing: {{% for message in messages %}}{{{{ message.content }}}}{{% endfor %}}",
                rows(found)
            )
        });
        ends.into_iter().chain(prompts)
    }
}

fn count(found: &mut Option<Found>, mark: Option<&str>, line: usize) {
    let Some(mark) = mark else { return };
    match found {
        Some(found) => found.rows += 1,
        None => *found = Some(Found { mark: mark.to_owned(), line, rows: 1 }),
    }
}

/// Returns the first mark of a text.
fn first_mark(text: &str) -> Option<&str> {
    text.char_indices()
        .filter(|(_, letter)| matches!(letter, '<' | '['))
        .find_map(|(at, _)| mark_at(&text[at..]))
}

/// Returns the mark that a text ends in; blanks may follow it.
fn last_mark(text: &str) -> Option<&str> {
    let text = text.trim_end();
    let at = text.rfind(['<', '['])?;
    mark_at(&text[at..]).filter(|mark| at + mark.len() == text.len())
}

/// Returns the mark that a text begins with.
fn mark_at(text: &str) -> Option<&str> {
    if let Some(mark) = OTHER_MARKS.iter().find(|mark| text.starts_with(**mark)) {
        return Some(mark);
    }
    let name = text.strip_prefix("<|")?;
    let end = name.bytes().take(LONGEST_MARK).position(|byte| byte == b'|')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let is_mark =
        end > 0 && name[end..].starts_with("|>") && name.as_bytes()[..end].iter().all(|byte| is_name(*byte));
    is_mark.then(|| &text[..end + "<||>".len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(rows: &[(&str, &str, &str)]) -> Vec<String> {
        let mut marks = ChatMarks::default();
        for (index, (prompt, wanted, opposite)) in rows.iter().enumerate() {
            let texts = [prompt, wanted, opposite].map(|text| (*text).to_owned());
            let [prompt, wanted, opposite] = texts;
            marks.look_at(&Row { line: index + 1, prompt, wanted, opposite, ..Row::default() }, None);
        }
        marks.sentences().collect()
    }

    #[test]
    fn answers_that_end_a_turn_and_prompts_in_a_chat_format_are_reported() {
        let plain = ("Which fruit?", "A banana.", "A plum.");
        let ended = ("Which fruit?", "A banana.<|im_end|>\n", "A plum.<|im_end|>\n");
        let found = sentences(&[plain, ended, ended]);
        assert!(found.len() == 1 && found[0].starts_with("In 2 rows an answer ends"), "{found:?}");
        assert!(found[0].contains("\"<|im_end|>\" (line 2)"), "{found:?}");
        let rendered = "<s>[INST] Which fruit? [/INST]";
        let found = sentences(&[(rendered, "A banana.</s>", "A plum.")]);
        assert!(
            found.len() == 2 && found[1].starts_with("In 1 row the prompt is in a chat format"),
            "{found:?}"
        );
        assert!(
            found[1].contains("{% for message in messages %}{{ message.content }}{% endfor %}"),
            "{found:?}"
        );
        for text in
            ["<start_of_turn>user\n", "<|start_header_id|>user", "<\u{ff5c}User\u{ff5c}>Hi", "[INST] Hi"]
        {
            assert!(first_mark(text).is_some(), "{text}");
        }
        for text in [
            "a < b",
            "x <| y |> z",
            "[1] <b>",
            "<||>",
            "a|>",
            "<|",
            "[INST",
            "List<String>",
            "\u{20ac}<\u{20ac}",
        ] {
            assert_eq!((first_mark(text), last_mark(text)), (None, None), "{text}");
        }
        assert_eq!(last_mark("see <|x|> here"), None);
    }

    #[test]
    fn other_opposites_and_earlier_turns_are_looked_at() {
        let mut marks = ChatMarks::default();
        let row = Row { line: 3, system: Some("<|system|>".into()), ..Row::default() };
        marks.look_at(&row, Some(&["a".to_owned(), "b<eos>".to_owned()]));
        let found: Vec<String> = marks.sentences().collect();
        assert!(
            found[0].contains("\"<eos>\" (line 3)") && found[1].contains("\"<|system|>\" shows (line 3)"),
            "{found:?}"
        );
    }
}

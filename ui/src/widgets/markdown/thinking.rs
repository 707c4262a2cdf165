//! Finds the parts of an answer in which a model thinks before it answers.

use super::parse::MAX_BYTES;

/// The most parts that are told apart. What follows is one text.
const MAX_PARTS: usize = 64;

/// The marks around thoughts: those of most models, and those of gpt-oss.
const MARKS: [(&str, &str); 2] = [
    ("<think>", "</think>"),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
];

/// A part of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) kind: Kind,
}

/// What a part of an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// The answer itself.
    Answer,
    /// Thoughts.
    Thoughts,
}

/// Splits an answer into thoughts and what is said. Marks count at the beginning of a line and outside of code. Thoughts that
/// are not closed reach to the end; where the chat template has opened them, the answer has the closing mark alone.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let mut found = vec![];
    let mut rest = text;
    while found.len() < MAX_PARTS && text.len() <= MAX_BYTES {
        let Some(mark) = next_mark(rest, found.is_empty()) else { break };
        match mark {
            Mark::Open { at, form: (open, close) } => {
                push(&mut found, &rest[..at], Kind::Answer);
                let inside = &rest[at + open.len()..];
                let (thoughts, after) = inside.split_once(close).unwrap_or((inside, ""));
                push(&mut found, thoughts, Kind::Thoughts);
                rest = after;
            }
            Mark::Close { at, close } => {
                push(&mut found, &rest[..at], Kind::Thoughts);
                rest = &rest[at + close.len()..];
            }
        }
    }
    push(&mut found, rest, Kind::Answer);
    found
}

fn push(found: &mut Vec<Part>, text: &str, kind: Kind) {
    if !text.trim().is_empty() {
        found.push(Part { text: text.trim_start_matches(['\n', '\r']).trim_end().to_owned(), kind });
    }
}

enum Mark {
    Open { at: usize, form: (&'static str, &'static str) },
    Close { at: usize, close: &'static str },
}

/// Returns the first mark at the beginning of a line outside of code. `may_close` allows one that closes what nothing opened.
fn next_mark(text: &str, may_close: bool) -> Option<Mark> {
    let (mut at, mut is_code) = (0, false);
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start();
        let here = at + line.len() - trimmed.len();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            is_code = !is_code;
        } else if !is_code {
            if let Some(form) = MARKS.into_iter().find(|(open, _)| trimmed.starts_with(open)) {
                return Some(Mark::Open { at: here, form });
            }
            let closing = MARKS.into_iter().find(|(_, close)| may_close && trimmed.starts_with(close));
            if let Some((_, close)) = closing {
                return Some(Mark::Close { at: here, close });
            }
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<(String, Kind)> {
        parts(text).into_iter().map(|part| (part.text, part.kind)).collect()
    }

    fn thoughts(text: &str) -> (String, Kind) {
        (text.to_owned(), Kind::Thoughts)
    }

    fn answer(text: &str) -> (String, Kind) {
        (text.to_owned(), Kind::Answer)
    }

    #[test]
    fn thoughts_are_told_from_the_answer() {
        let whole = [thoughts("why"), answer("because")];
        assert_eq!(split("<think>\nwhy\n</think>\n\nbecause"), whole);
        assert_eq!(split("<think>why</think>because"), whole);
        assert_eq!(split("why\n</think>\nbecause"), whole, "the template has opened them");
        let channels =
            "<|channel|>analysis<|message|>why<|end|><|start|>assistant<|channel|>final<|message|>because";
        assert_eq!(split(channels), whole);
        assert_eq!(split("a\n<think>b</think>c"), [answer("a"), thoughts("b"), answer("c")]);
    }

    #[test]
    fn thoughts_that_are_not_closed_reach_to_the_end() {
        assert_eq!(split("<think>\nwhy"), [thoughts("why")]);
        assert_eq!(split("a\n  <think>\nwhy\n\nhow"), [answer("a"), thoughts("why\n\nhow")]);
        assert_eq!(split("<think>\n\n</think>\nbecause"), [answer("because")], "there are none");
        assert_eq!(split("<think>"), []);
    }

    #[test]
    fn a_mark_that_is_only_mentioned_folds_nothing() {
        for text in [
            "Write <think> and </think>.",
            "```\n<think>\n```\na",
            "~~~html\n</think>\n~~~",
            "a\n\n<thinking>b",
        ] {
            assert_eq!(split(text), [answer(text)], "{text}");
        }
    }

    #[test]
    fn many_marks_are_not_many_parts() {
        assert!(parts(&"<think>a</think>b\n".repeat(10_000)).len() <= MAX_PARTS + 2);
        assert_eq!(parts(&"<think>a</think>b\n".repeat(20_000)).len(), 1, "it is too long to be read");
    }
}

//! Where steering changed while an answer grew: cuts its text there, so that a mark can stand between the parts.
//!
//! A cut inside of a paragraph falls where the steering changed. Inside of anything that Markdown reads as a whole (code, lists,
//! tables, thoughts), it falls before that.

use ipc::conversation::{ModelTurn, SteeringChange, StripRecord};

use super::desk_changes::{acting, sum};

/// A part of an answer's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// The bytes of the text.
    pub(super) from: usize,
    pub(super) until: usize,
    /// What steered from its beginning on, where that is a change.
    pub(super) change: Option<String>,
    /// Whether it goes on in the middle of a paragraph.
    pub(super) is_inline: bool,
    /// Whether a blank stands at its beginning, which Markdown leaves out there.
    pub(super) is_spaced: bool,
}

/// Returns the parts of an answer. There is at least one.
pub(super) fn parts(answer: &ModelTurn) -> Vec<Part> {
    let text = answer.text.as_str();
    let first = Part { from: 0, until: text.len(), change: None, is_inline: false, is_spaced: false };
    let (mut done, mut last) = (Vec::new(), first);
    for change in changes(answer) {
        let (at, is_inline) = place(text, text.floor_char_boundary(change.from_byte as usize));
        let (from, change) = (at.max(last.from), Some(terms(&change.terms)));
        if from == last.from && last.change.is_some() {
            // Two changes at the same place have one mark.
            last.change = change;
            continue;
        }
        let is_spaced =
            text[..from].ends_with(char::is_whitespace) || text[from..].starts_with(char::is_whitespace);
        let next = Part { from, until: text.len(), change, is_inline: is_inline && from == at, is_spaced };
        last.until = from;
        done.push(std::mem::replace(&mut last, next));
    }
    done.push(last);
    done
}

/// Returns the changes after the beginning of an answer. An answer that was continued names again what steered it before.
pub(super) fn changes(answer: &ModelTurn) -> impl Iterator<Item = &SteeringChange> {
    answer.steering.windows(2).filter(|pair| pair[0].terms != pair[1].terms).map(|pair| &pair[1])
}

/// Writes what steered: `−1 × Cheerful`.
pub(super) fn terms(terms: &[StripRecord]) -> String {
    let named =
        |term: &StripRecord| (acting(&term.name, term.gate.is_some(), term.caps.as_ref()), term.multiplier);
    let terms: Vec<(String, f64)> = terms.iter().map(named).collect();
    sum(terms.iter().map(|(name, multiplier)| (name.as_str(), *multiplier)))
}

/// Returns where a text is cut for a mark at a byte, and whether that is inside of a paragraph.
fn place(text: &str, at: usize) -> (usize, bool) {
    let before = &text[..at];
    let thoughts = before.rfind("<think>").filter(|open| !before[*open..].contains("</think>"));
    if let Some(thoughts) = thoughts {
        return (thoughts, false);
    }
    let mut fence = None;
    let mut block = 0;
    let mut line_start = 0;
    for line in before.split_inclusive('\n') {
        let is_fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        match fence {
            None if is_fence => fence = Some(line_start),
            Some(_) if is_fence => {
                fence = None;
                block = line_start + line.len();
            }
            None if line.trim().is_empty() => block = line_start + line.len(),
            _ => (),
        }
        line_start += line.len();
    }
    if let Some(fence) = fence {
        return (fence, false);
    }
    let (begun, rest) = (&text[block..at], &text[at..]);
    let is_whole = begins_a_whole(&text[block..]) || begins_a_whole(rest.trim_start()) || begins_a_rule(rest);
    if begun.trim().is_empty() || is_whole || has_open_mark(begun) { (block, false) } else { (at, true) }
}

/// Whether a block is one that Markdown reads as a whole: a list, a quote, a table, a heading, indented code.
fn begins_a_whole(block: &str) -> bool {
    let first = block.lines().next().unwrap_or_default();
    let trimmed = first.trim_start();
    let digits = trimmed.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = digits.len() < trimmed.len() && (digits.starts_with(". ") || digits.starts_with(") "));
    let starts = ["- ", "* ", "+ ", "> ", "#", "|"];
    is_numbered
        || starts.iter().any(|start| trimmed.starts_with(start))
        || first.len() - trimmed.len() >= 4
        || block.split("\n\n").next().is_some_and(|block| block.lines().skip(1).any(is_item))
}

/// Whether a text that stands at the beginning of a line is a line across, a fence or the mark of a title.
fn begins_a_rule(text: &str) -> bool {
    let text = text.trim_start();
    ["---", "===", "***", "___", "```", "~~~", "<think>"].iter().any(|start| text.starts_with(start))
}

/// Whether a line after the first one of a block makes it more than a paragraph.
fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("- ") || line.starts_with("* ") || line.starts_with('|') || line.starts_with("1. ")
}

/// Whether emphasis, code or a link has begun in a text and has not ended.
fn has_open_mark(text: &str) -> bool {
    let odd = |mark: &str| !text.matches(mark).count().is_multiple_of(2);
    odd("**")
        || odd("`")
        || odd("*")
        || odd("_")
        || text.rfind('[').is_some_and(|at| !text[at..].contains(')'))
}

#[cfg(test)]
mod tests {
    use ipc::answer::AnswerEnd;
    use ipc::conversation::SamplingSettings;

    use super::*;

    fn answer(text: &str, changes: &[u32]) -> ModelTurn {
        let term = |multiplier| StripRecord {
            vector: 1,
            name: "V".into(),
            hash: String::new(),
            multiplier,
            gate: None,
            caps: None,
        };
        let steering = (0_u32..).zip(std::iter::once(&0).chain(changes));
        ModelTurn {
            text: text.into(),
            given: 0,
            tokens: 1,
            left_out: 0,
            end: AnswerEnd::Open,
            sampling: SamplingSettings::exact(),
            system_prompt: String::new(),
            steering: steering
                .map(|(at, from)| SteeringChange { from_byte: *from, terms: vec![term(f64::from(at))] })
                .collect(),
            observed: vec![],
        }
    }

    fn texts(text: &str, changes: &[u32]) -> Vec<(String, Option<String>, bool)> {
        let parts = parts(&answer(text, changes)).into_iter();
        parts.map(|part| (text[part.from..part.until].to_owned(), part.change, part.is_inline)).collect()
    }

    #[test]
    fn a_paragraph_is_cut_where_steering_changed() {
        assert_eq!(texts("It is fine.", &[]), [("It is fine.".into(), None, false)]);
        assert_eq!(
            texts("It is fine and more.", &[5, 10]),
            [
                ("It is".into(), None, false),
                (" fine".into(), Some("+1 \u{d7} V".into()), true),
                (" and more.".into(), Some("+2 \u{d7} V".into()), true),
            ]
        );
        assert_eq!(texts("a\u{e9}b", &[2])[1].0, "\u{e9}b", "no character is cut");
    }

    #[test]
    fn what_markdown_reads_as_a_whole_is_not_cut() {
        let cut = |text: &str, at: u32| {
            let parts = texts(text, &[at]);
            assert_eq!(parts[0].0.len() + parts[1].0.len(), text.len());
            (parts[1].0.clone(), parts[1].2)
        };
        assert_eq!(cut("A\n\n```\ncode\nmore\n```\n", 12).0, "```\ncode\nmore\n```\n");
        assert_eq!(cut("A\n\n- one\n- two\n", 9).0, "- one\n- two\n");
        assert_eq!(cut("A\n\nb **bold** c", 8).0, "b **bold** c");
        assert_eq!(cut("<think>hm hm</think>yes", 9).0, "<think>hm hm</think>yes");
        assert_eq!(cut("```\na\n```\nnow text here", 15), ("ext here".into(), true));
        assert_eq!(cut("A\n\nb", 3), ("b".into(), false));
        assert_eq!(cut("It is - or was - fine.", 6).0, "It is - or was - fine.", "no list begins at a cut");
    }

    #[test]
    fn changes_at_the_same_place_have_one_mark() {
        let parts = texts("A\n\n- one\n- two\n", &[6, 9]);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[1], ("- one\n- two\n".into(), Some("+2 \u{d7} V".into()), false));
        let all = parts_of("It is fine.", &[5]);
        assert!(all[1].is_spaced && !all[0].is_spaced);
        assert!(!parts_of("It is fine.", &[7])[1].is_spaced);
    }

    fn parts_of(text: &str, changes: &[u32]) -> Vec<Part> {
        parts(&answer(text, changes))
    }
}

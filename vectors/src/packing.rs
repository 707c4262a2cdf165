//! Packs several sequences into one matrix of rows, without padding.
//!
//! A preference pair is one *group* of three *spans*: the prompt, then both answers. Each answer attends to the prompt and to
//! itself, never to the other answer. The prompt's rows are computed once for both answers, and both answers' position ids
//! continue after the prompt, so every row has the same values as in a sequence of its own.

use std::ops::Range;

use crate::pairs::EncodedPair;

/// Consecutive rows of one sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// The rows of the span. Row i attends to the rows of the span up to i.
    pub(crate) rows: Range<usize>,
    /// The earlier rows of the same sequence, to all of which the span attends.
    pub(crate) prefix: Range<usize>,
}

/// Spans whose rows may attend to each other. Rows of different groups never do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) rows: Range<usize>,
    pub(crate) spans: Vec<Span>,
}

/// The part of the conversation that a row belongs to, which decides whether a vector acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Segment {
    /// The prompt without its last token.
    Prompt,
    /// The prompt's last token, which predicts the first token of the answer.
    PromptEnd,
    /// The answer.
    Answer,
}

/// The rows of a packed matrix: token, position id, part of the conversation and attention groups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Packing {
    pub(crate) tokens: Vec<u32>,
    /// The position id of each row in its own sequence.
    pub(crate) positions: Vec<u32>,
    /// The part of the conversation of each row.
    pub(crate) segments: Vec<Segment>,
    pub(crate) groups: Vec<Group>,
}

impl Packing {
    /// Returns the number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.tokens.len()
    }

    /// Returns for every row the last row of its prompt. `None` for the rows of texts, which have no prompt, and for rows that
    /// several prompts share.
    pub(crate) fn prompt_ends(&self) -> Vec<Option<usize>> {
        let mut ends = vec![None; self.rows()];
        for group in &self.groups {
            let within = |rows: &Range<usize>| self.prompt_ends_in(rows.clone());
            match within(&group.rows).as_slice() {
                [] => {}
                [end] => ends[group.rows.clone()].fill(Some(*end)),
                _ => {
                    for span in &group.spans {
                        ends[span.rows.clone()].fill(within(&span.rows).first().copied());
                    }
                }
            }
        }
        ends
    }

    fn prompt_ends_in(&self, mut rows: Range<usize>) -> Vec<usize> {
        let mut ends = Vec::new();
        while let Some(row) = rows.find(|row| self.segments[*row] == Segment::PromptEnd) {
            ends.push(row);
        }
        ends
    }

    /// Returns a packing in which every prompt has all of its rows for itself. `None` where it is so already.
    pub(crate) fn unshared(&self) -> Option<Unshared> {
        let shares = |group: &Group| self.prompt_ends_in(group.rows.clone()).len() > 1;
        if !self.groups.iter().any(shares) {
            return None;
        }
        let mut unshared =
            Unshared { packing: Self::default(), source: Vec::new(), place: vec![0; self.rows()] };
        for group in &self.groups {
            if shares(group) {
                for span in group.spans.iter().filter(|span| !span.rows.is_empty()) {
                    if self.prompt_ends_in(span.rows.clone()).is_empty() {
                        continue;
                    }
                    let rows = unshared.copy(self, span.prefix.clone().chain(span.rows.clone()));
                    let alone = Span { rows: rows.clone(), prefix: rows.start..rows.start };
                    unshared.packing.groups.push(Group { rows, spans: vec![alone] });
                }
            } else {
                let rows = unshared.copy(self, group.rows.clone());
                let moved = |of: &Range<usize>| {
                    of.start + rows.start - group.rows.start..of.end + rows.start - group.rows.start
                };
                let spans = group.spans.iter();
                let spans = spans.map(|span| Span { rows: moved(&span.rows), prefix: moved(&span.prefix) });
                let spans = spans.collect();
                unshared.packing.groups.push(Group { rows, spans });
            }
        }
        Some(unshared)
    }

    /// Appends one prompt as a group of its own.
    pub(crate) fn push_sequence(&mut self, tokens: &[u32]) {
        let start = self.rows();
        let rows = self.push_rows(tokens, 0, Segment::Prompt);
        self.mark_prompt_end();
        let span = Span { rows: rows.clone(), prefix: start..start };
        self.groups.push(Group { rows, spans: vec![span] });
    }

    /// Appends one prompt, of which the last `begun` tokens are the answer's, as a group of its own.
    pub(crate) fn push_begun(&mut self, tokens: &[u32], begun: usize) {
        self.push_sequence(tokens);
        let end = self.rows();
        self.segments[end - begun - 1] = Segment::PromptEnd;
        self.segments[end - begun..].fill(Segment::Answer);
    }

    /// Appends prompts as one group in which a common prefix takes rows only once. Returns for each prompt the rows of the
    /// prefix and its own rows, at least one. The last `begun` tokens of each prompt already belong to the answer.
    pub(crate) fn push_with_shared_prefix(
        &mut self,
        sequences: &[&[u32]],
        begun: usize,
    ) -> Vec<[Range<usize>; 2]> {
        let start = self.rows();
        let shared = common_prefix_length(sequences, begun);
        let prefix =
            self.push_rows(sequences.first().map_or(&[], |first| &first[..shared]), 0, Segment::Prompt);
        let mut spans = vec![Span { rows: prefix.clone(), prefix: start..start }];
        for sequence in sequences {
            let rows = self.push_rows(&sequence[shared..], shared, Segment::Prompt);
            self.segments[rows.end - begun..].fill(Segment::Answer);
            self.segments[rows.end - begun - 1] = Segment::PromptEnd;
            spans.push(Span { rows, prefix: prefix.clone() });
        }
        let parts = spans[1..].iter().map(|span| [prefix.clone(), span.rows.clone()]).collect();
        self.groups.push(Group { rows: start..self.rows(), spans });
        parts
    }

    /// Appends a pair. An answer's closing token is predicted and never an input, so it takes no row.
    pub(crate) fn push_pair(&mut self, pair: &EncodedPair) -> PairRows {
        let prompt = self.push_rows(&pair.prompt, 0, Segment::Prompt);
        self.mark_prompt_end();
        let first = pair.prompt.len();
        let wanted = self.push_rows(without_last(&pair.wanted), first, Segment::Answer);
        let opposite = self.push_rows(without_last(&pair.opposite), first, Segment::Answer);
        let spans = vec![
            Span { rows: prompt.clone(), prefix: prompt.start..prompt.start },
            Span { rows: wanted.clone(), prefix: prompt.clone() },
            Span { rows: opposite.clone(), prefix: prompt.clone() },
        ];
        self.groups.push(Group { rows: prompt.start..opposite.end, spans });
        PairRows { prompt, wanted, opposite }
    }

    /// Appends a prompt with any number of answers, each of which attends to the prompt and to itself. The last token of an
    /// answer is predicted and never an input, so it takes no row. Returns the rows of the prompt and of each answer.
    pub(crate) fn push_answers(
        &mut self,
        prompt: &[u32],
        answers: &[Vec<u32>],
    ) -> (Range<usize>, Vec<Range<usize>>) {
        let start = self.rows();
        let prefix = self.push_rows(prompt, 0, Segment::Prompt);
        self.mark_prompt_end();
        let mut spans = vec![Span { rows: prefix.clone(), prefix: start..start }];
        let mut parts = Vec::with_capacity(answers.len());
        for answer in answers {
            let rows = self.push_rows(without_last(answer), prompt.len(), Segment::Answer);
            parts.push(rows.clone());
            if !rows.is_empty() {
                spans.push(Span { rows, prefix: prefix.clone() });
            }
        }
        self.groups.push(Group { rows: start..self.rows(), spans });
        (prefix, parts)
    }

    /// Appends a plain text, whose rows all count as answer.
    pub(crate) fn push_text(&mut self, tokens: &[u32]) {
        let start = self.rows();
        let rows = self.push_rows(tokens, 0, Segment::Answer);
        let span = Span { rows: rows.clone(), prefix: start..start };
        self.groups.push(Group { rows, spans: vec![span] });
    }

    fn push_rows(&mut self, tokens: &[u32], first_position: usize, segment: Segment) -> Range<usize> {
        let start = self.rows();
        self.segments.extend(tokens.iter().map(|_| segment));
        self.tokens.extend_from_slice(tokens);
        self.positions.extend((first_position..first_position + tokens.len()).map(|p| p as u32));
        start..self.rows()
    }

    /// Marks the last row as the last one of its prompt.
    fn mark_prompt_end(&mut self) {
        if let Some(segment) = self.segments.last_mut() {
            *segment = Segment::PromptEnd;
        }
    }
}

/// A packing in which every prompt has all of its rows for itself.
pub(crate) struct Unshared {
    pub(crate) packing: Packing,
    /// The row of the packing before that each row equals.
    pub(crate) source: Vec<usize>,
    /// The row that each row of the packing before has become; the last one where there are several.
    pub(crate) place: Vec<usize>,
}

impl Unshared {
    /// Appends copies of some rows.
    fn copy(&mut self, from: &Packing, rows: impl Iterator<Item = usize>) -> Range<usize> {
        let start = self.source.len();
        for row in rows {
            self.place[row] = self.source.len();
            self.source.push(row);
            self.packing.tokens.push(from.tokens[row]);
            self.packing.positions.push(from.positions[row]);
            self.packing.segments.push(from.segments[row]);
        }
        start..self.source.len()
    }
}

/// The rows of a pair in a packed matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PairRows {
    pub(crate) prompt: Range<usize>,
    pub(crate) wanted: Range<usize>,
    pub(crate) opposite: Range<usize>,
}

impl PairRows {
    /// Returns the rows that predict the wanted answer's tokens, first to last.
    pub(crate) fn wanted_logit_rows(&self) -> impl Iterator<Item = usize> + use<> {
        std::iter::once(self.prompt.end - 1).chain(self.wanted.clone())
    }

    /// Returns the rows that predict the opposite answer's tokens, first to last.
    pub(crate) fn opposite_logit_rows(&self) -> impl Iterator<Item = usize> + use<> {
        std::iter::once(self.prompt.end - 1).chain(self.opposite.clone())
    }
}

/// Returns the length of the common prefix of all sequences, without the last `begun` + 1 tokens of each.
fn common_prefix_length(sequences: &[&[u32]], begun: usize) -> usize {
    let [first, others @ ..] = sequences else { return 0 };
    let same = |other: &&[u32]| {
        let most = (first.len().min(other.len())).saturating_sub(begun + 1);
        first.iter().zip(*other).take(most).take_while(|(a, b)| a == b).count()
    };
    others.iter().map(same).min().unwrap_or(0)
}

/// Returns an answer without its last token.
fn without_last(answer: &[u32]) -> &[u32] {
    &answer[..answer.len() - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_knows_the_end_of_its_prompt() {
        let mut packing = Packing::default();
        packing.push_text(&[9, 9]);
        let pair = EncodedPair { prompt: vec![1, 2], wanted: vec![4, 5, 9], opposite: vec![6, 9] };
        packing.push_pair(&pair);
        packing.push_with_shared_prefix(&[&[1, 2, 3], &[1, 2, 4, 5]], 0);
        // The rows are: a text, a pair, and two prompts behind two shared rows.
        let pair = [Some(3); 5];
        let shared = [None, None, Some(9), Some(11), Some(11)];
        assert_eq!(packing.prompt_ends(), [[None; 2].as_slice(), &pair, &shared].concat());
        let unshared = packing.unshared().unwrap();
        assert_eq!(unshared.source, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 7, 8, 10, 11]);
        let expected: Vec<u32> = unshared.source.iter().map(|row| packing.tokens[*row]).collect();
        assert_eq!(unshared.packing.tokens, expected);
        assert_eq!(unshared.packing.positions[7..], [0, 1, 2, 0, 1, 2, 3]);
        assert_eq!((unshared.place[9], unshared.place[11]), (9, 13));
        assert_eq!(unshared.packing.groups[..2], packing.groups[..2]);
        assert_eq!(unshared.packing.groups[3].spans, [Span { rows: 10..14, prefix: 10..10 }]);
        assert_eq!(unshared.packing.prompt_ends()[10..], [Some(13); 4]);
        assert_eq!(unshared.packing.unshared().map(|again| again.source), None);
    }

    #[test]
    fn a_pair_shares_its_prompt_and_restarts_positions() {
        let mut packing = Packing::default();
        packing.push_sequence(&[7, 8]);
        let pair = EncodedPair { prompt: vec![1, 2, 3], wanted: vec![4, 5, 9], opposite: vec![6, 9] };
        let rows = packing.push_pair(&pair);
        assert_eq!(packing.tokens, [7, 8, 1, 2, 3, 4, 5, 6]);
        assert_eq!(packing.positions, [0, 1, 0, 1, 2, 3, 4, 3]);
        let (prompt, end, answer) = (Segment::Prompt, Segment::PromptEnd, Segment::Answer);
        assert_eq!(packing.segments, [prompt, end, prompt, prompt, end, answer, answer, answer]);
        assert_eq!(rows.wanted_logit_rows().collect::<Vec<_>>(), [4, 5, 6]);
        assert_eq!(rows.opposite_logit_rows().collect::<Vec<_>>(), [4, 7]);
        assert_eq!(packing.groups[1].rows, 2..8);
    }

    #[test]
    fn answers_of_any_number_share_their_prompt() {
        let mut packing = Packing::default();
        let (prompt, answers) = packing.push_answers(&[1, 2], &[vec![3, 4, 5], vec![6], vec![7, 8]]);
        assert_eq!(
            (packing.tokens.as_slice(), packing.positions.as_slice()),
            (&[1, 2, 3, 4, 7][..], &[0, 1, 2, 3, 2][..])
        );
        assert_eq!((prompt, answers), (0..2, vec![2..4, 4..4, 4..5]));
        assert_eq!(packing.groups[0].spans.len(), 3);
    }

    #[test]
    fn sequences_share_their_common_prefix() {
        let mut packing = Packing::default();
        let parts = packing.push_with_shared_prefix(&[&[1, 2, 3, 4], &[1, 2, 3], &[1, 2, 9, 4, 5]], 0);
        assert_eq!(packing.tokens, [1, 2, 3, 4, 3, 9, 4, 5]);
        assert_eq!(packing.positions, [0, 1, 2, 3, 2, 2, 3, 4]);
        assert_eq!(parts, [[0..2, 2..4], [0..2, 4..5], [0..2, 5..8]]);
        // A sequence that is the beginning of another one keeps its last token outside the prefix. One alone shares nothing.
        assert_eq!(
            packing.push_with_shared_prefix(&[&[1, 2], &[1, 2, 3]], 0),
            [[8..9, 9..10], [8..9, 10..12]]
        );
        assert_eq!(packing.push_with_shared_prefix(&[&[1, 2]], 0), [[12..12, 12..14]]);
    }

    #[test]
    fn the_first_tokens_of_an_answer_do_not_belong_to_the_prompt() {
        let mut packing = Packing::default();
        packing.push_with_shared_prefix(&[&[1, 2, 5, 6], &[1, 3, 5, 6]], 1);
        let (prompt, end, answer) = (Segment::Prompt, Segment::PromptEnd, Segment::Answer);
        assert_eq!(packing.segments, [prompt, prompt, end, answer, prompt, end, answer]);
    }
}

//! Several sequences side by side in one matrix of rows, without padding.
//!
//! A preference pair is one *group* of three *spans*: the prompt, then both answers, each of which sees the prompt and
//! itself, never the other. The prompt's rows are computed once for both answers, and positions restart after it, so
//! that every row has the numbers it would have had in a sequence of its own.

use std::ops::Range;

use crate::pairs::EncodedPair;

/// Rows that follow one another in one sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// Its rows. Row i sees the rows of the span up to i.
    pub(crate) rows: Range<usize>,
    /// Rows before it in the same sequence: all are seen.
    pub(crate) prefix: Range<usize>,
}

/// Spans that may see each other's rows; rows of different groups never do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) rows: Range<usize>,
    pub(crate) spans: Vec<Span>,
}

/// Where a row stands in its conversation: what a steering policy asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the prompt, before its last token.
    Prompt,
    /// The prompt's last token: the first token of the answer is predicted from it.
    PromptEnd,
    /// In the answer.
    Answer,
}

/// What every row of a packed matrix is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Packing {
    pub(crate) tokens: Vec<u32>,
    /// Each row's place in its own sequence.
    pub(crate) positions: Vec<u32>,
    /// Where each row stands in its conversation.
    pub(crate) places: Vec<Place>,
    pub(crate) groups: Vec<Group>,
}

impl Packing {
    pub(crate) fn rows(&self) -> usize {
        self.tokens.len()
    }

    /// Appends one prompt as a group of its own.
    pub(crate) fn push_sequence(&mut self, tokens: &[u32]) {
        let start = self.rows();
        let rows = self.push_rows(tokens, 0, Place::Prompt);
        self.end_prompt();
        let span = Span { rows: rows.clone(), prefix: start..start };
        self.groups.push(Group { rows, spans: vec![span] });
    }

    /// Appends prompts as one group, in which what all of them begin with takes rows once. Of each sequence, returns
    /// those rows and its own, of which there is at least one. The last `begun` tokens of each are no longer the prompt's:
    /// with them the answer has begun.
    pub(crate) fn push_sharing(&mut self, sequences: &[&[u32]], begun: usize) -> Vec<[Range<usize>; 2]> {
        let start = self.rows();
        let shared = common(sequences, begun);
        let prefix =
            self.push_rows(sequences.first().map_or(&[], |first| &first[..shared]), 0, Place::Prompt);
        let mut spans = vec![Span { rows: prefix.clone(), prefix: start..start }];
        for sequence in sequences {
            let rows = self.push_rows(&sequence[shared..], shared, Place::Prompt);
            self.places[rows.end - begun..].fill(Place::Answer);
            self.places[rows.end - begun - 1] = Place::PromptEnd;
            spans.push(Span { rows, prefix: prefix.clone() });
        }
        let parts = spans[1..].iter().map(|span| [prefix.clone(), span.rows.clone()]).collect();
        self.groups.push(Group { rows: start..self.rows(), spans });
        parts
    }

    /// Appends a pair. The closing token of an answer is predicted and never read, so it takes no row.
    pub(crate) fn push_pair(&mut self, pair: &EncodedPair) -> PairRows {
        let prompt = self.push_rows(&pair.prompt, 0, Place::Prompt);
        self.end_prompt();
        let first = pair.prompt.len();
        let wanted = self.push_rows(read_part(&pair.wanted), first, Place::Answer);
        let opposite = self.push_rows(read_part(&pair.opposite), first, Place::Answer);
        let spans = vec![
            Span { rows: prompt.clone(), prefix: prompt.start..prompt.start },
            Span { rows: wanted.clone(), prefix: prompt.clone() },
            Span { rows: opposite.clone(), prefix: prompt.clone() },
        ];
        self.groups.push(Group { rows: prompt.start..opposite.end, spans });
        PairRows { prompt, wanted, opposite }
    }

    /// Appends a prompt with any number of answers, each of which sees the prompt and itself. An answer's last token is
    /// predicted and never read, so it takes no row. Returns the prompt's rows, and those of each answer.
    pub(crate) fn push_answers(
        &mut self,
        prompt: &[u32],
        answers: &[Vec<u32>],
    ) -> (Range<usize>, Vec<Range<usize>>) {
        let start = self.rows();
        let prefix = self.push_rows(prompt, 0, Place::Prompt);
        self.end_prompt();
        let mut spans = vec![Span { rows: prefix.clone(), prefix: start..start }];
        let mut parts = Vec::with_capacity(answers.len());
        for answer in answers {
            let rows = self.push_rows(read_part(answer), prompt.len(), Place::Answer);
            parts.push(rows.clone());
            if !rows.is_empty() {
                spans.push(Span { rows, prefix: prefix.clone() });
            }
        }
        self.groups.push(Group { rows: start..self.rows(), spans });
        (prefix, parts)
    }

    /// Appends a text that belongs to no conversation: all of it is steered as what the model writes.
    pub(crate) fn push_text(&mut self, tokens: &[u32]) {
        let start = self.rows();
        let rows = self.push_rows(tokens, 0, Place::Answer);
        let span = Span { rows: rows.clone(), prefix: start..start };
        self.groups.push(Group { rows, spans: vec![span] });
    }

    fn push_rows(&mut self, tokens: &[u32], first_position: usize, place: Place) -> Range<usize> {
        let start = self.rows();
        self.places.extend(tokens.iter().map(|_| place));
        self.tokens.extend_from_slice(tokens);
        self.positions.extend((first_position..first_position + tokens.len()).map(|p| p as u32));
        start..self.rows()
    }

    /// The last row is a prompt's last.
    fn end_prompt(&mut self) {
        if let Some(place) = self.places.last_mut() {
            *place = Place::PromptEnd;
        }
    }
}

/// Where a pair's parts lie in a packed matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PairRows {
    pub(crate) prompt: Range<usize>,
    pub(crate) wanted: Range<usize>,
    pub(crate) opposite: Range<usize>,
}

impl PairRows {
    /// The rows whose logits predict the wanted answer's tokens, first to last.
    pub(crate) fn reads_wanted(&self) -> impl Iterator<Item = usize> + use<> {
        std::iter::once(self.prompt.end - 1).chain(self.wanted.clone())
    }

    /// The rows whose logits predict the opposite answer's tokens, first to last.
    pub(crate) fn reads_opposite(&self) -> impl Iterator<Item = usize> + use<> {
        std::iter::once(self.prompt.end - 1).chain(self.opposite.clone())
    }
}

/// How many tokens all sequences begin with, the last `begun` + 1 tokens of each apart.
fn common(sequences: &[&[u32]], begun: usize) -> usize {
    let [first, others @ ..] = sequences else { return 0 };
    let same = |other: &&[u32]| {
        let most = (first.len().min(other.len())).saturating_sub(begun + 1);
        first.iter().zip(*other).take(most).take_while(|(a, b)| a == b).count()
    };
    others.iter().map(same).min().unwrap_or(0)
}

fn read_part(answer: &[u32]) -> &[u32] {
    &answer[..answer.len() - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_shares_its_prompt_and_restarts_positions() {
        let mut packing = Packing::default();
        packing.push_sequence(&[7, 8]);
        let pair = EncodedPair { prompt: vec![1, 2, 3], wanted: vec![4, 5, 9], opposite: vec![6, 9] };
        let rows = packing.push_pair(&pair);
        assert_eq!(packing.tokens, [7, 8, 1, 2, 3, 4, 5, 6]);
        assert_eq!(packing.positions, [0, 1, 0, 1, 2, 3, 4, 3]);
        let (prompt, end, answer) = (Place::Prompt, Place::PromptEnd, Place::Answer);
        assert_eq!(packing.places, [prompt, end, prompt, prompt, end, answer, answer, answer]);
        assert_eq!(rows.reads_wanted().collect::<Vec<_>>(), [4, 5, 6]);
        assert_eq!(rows.reads_opposite().collect::<Vec<_>>(), [4, 7]);
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
    fn sequences_share_what_they_begin_with() {
        let mut packing = Packing::default();
        let parts = packing.push_sharing(&[&[1, 2, 3, 4], &[1, 2, 3], &[1, 2, 9, 4, 5]], 0);
        assert_eq!(packing.tokens, [1, 2, 3, 4, 3, 9, 4, 5]);
        assert_eq!(packing.positions, [0, 1, 2, 3, 2, 2, 3, 4]);
        assert_eq!(parts, [[0..2, 2..4], [0..2, 4..5], [0..2, 5..8]]);
        // A sequence that is the beginning of another one keeps its last token to itself; one alone shares nothing.
        assert_eq!(packing.push_sharing(&[&[1, 2], &[1, 2, 3]], 0), [[8..9, 9..10], [8..9, 10..12]]);
        assert_eq!(packing.push_sharing(&[&[1, 2]], 0), [[12..12, 12..14]]);
    }

    #[test]
    fn what_an_answer_begins_with_is_no_longer_the_prompts() {
        let mut packing = Packing::default();
        packing.push_sharing(&[&[1, 2, 5, 6], &[1, 3, 5, 6]], 1);
        let (prompt, end, answer) = (Place::Prompt, Place::PromptEnd, Place::Answer);
        assert_eq!(packing.places, [prompt, prompt, end, answer, prompt, end, answer]);
    }
}

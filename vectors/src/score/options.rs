//! Log-probabilities of several answers to one prompt: the letters of a choice, the digits of a verdict, the answers of
//! a questionnaire.

use std::sync::Arc;

use candle_core::Tensor;

use super::ROWS_AT_ONCE;
use crate::Progress;
use crate::kept::{above, blocks_below, shifts_above};
use crate::model::{Model, ModelError};
use crate::ops::{on_pool, rows};
use crate::packing::Packing;
use crate::pairs::PreferencePair;
use crate::steering::{Shifts, Term};
use crate::tokens::{Message, Role, TokenError};
use crate::train::choices::{letter, question};

/// A prompt and the answers that may follow it, as tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedOptions {
    /// The prompt with the chat template around it, up to where the answers begin.
    pub prompt: Vec<u32>,
    /// How many of the prompt's last tokens are what all answers begin with: where a vector acts on answers only, it acts
    /// on them too.
    pub begun: usize,
    /// The answers: each at least one token. No closing token is added.
    pub answers: Vec<Vec<u32>>,
}

impl EncodedOptions {
    fn rows(&self) -> usize {
        self.prompt.len() + self.answers.iter().map(|answer| answer.len() - 1).sum::<usize>()
    }

    fn is_letters(&self) -> bool {
        self.answers.iter().all(|answer| answer.len() == 1)
    }
}

/// A pair as a two-way choice between letters, put as contrastive activation addition puts it ([`crate::train::choices`]):
/// the wanted answer's letter first. `before` is the conversation up to the question; `wanted_first` says which answer
/// stands under (A).
///
/// # Errors
/// Where the chat template or the tokenizer refuses a text.
pub fn choice(
    model: &Model,
    before: &[Message],
    pair: &PreferencePair,
    wanted_first: bool,
) -> Result<EncodedOptions, TokenError> {
    let (first, second) =
        if wanted_first { (&pair.wanted, &pair.opposite) } else { (&pair.opposite, &pair.wanted) };
    let (wanted, opposite) = if wanted_first { ('A', 'B') } else { ('B', 'A') };
    let mut messages = before.to_vec();
    messages.push(Message::new(Role::User, question(&pair.prompt, first, second)));
    let prompt = model.encode_messages(&messages)?;
    Ok(letters(prompt, [letter(model, wanted)?, letter(model, opposite)?]))
}

/// The closing tokens go, and what both letters begin with (a bracket) joins the prompt.
fn letters(mut prompt: Vec<u32>, closed: [Vec<u32>; 2]) -> EncodedOptions {
    let mut answers = closed.map(|mut ids| {
        ids.pop();
        ids
    });
    let given = prompt.len();
    while answers.iter().all(|ids| ids.len() > 1) && answers[0][0] == answers[1][0] {
        prompt.push(answers[0][0]);
        for ids in &mut answers {
            ids.remove(0);
        }
    }
    EncodedOptions { begun: prompt.len() - given, prompt, answers: answers.to_vec() }
}

/// Scores options with any steering set at or above a layer; what lies below the layer is computed once.
pub struct OptionScorer {
    model: Arc<Model>,
    /// Blocks that the kept rows have gone through.
    blocks: usize,
    chunks: Vec<Chunk>,
    count: usize,
}

/// Some questions, packed, with their residual stream after the kept layer.
struct Chunk {
    packing: Packing,
    hidden: Tensor,
    /// The rows whose logits are read, with their targets, answer by answer.
    reads: Vec<usize>,
    targets: Vec<u32>,
    /// Of each question, how many tokens each of its answers has.
    lengths: Vec<Vec<usize>>,
}

impl OptionScorer {
    /// How many questions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Computes the activations after block `layer`: the lowest that will be steered. `None` is the embedding, for adapters.
    ///
    /// # Errors
    /// Where the layer is not the model's, an answer is empty, a text is too long for the model, or `progress` says stop.
    pub fn prepare(
        model: Arc<Model>,
        questions: &[EncodedOptions],
        layer: impl Into<Option<usize>>,
        progress: Progress<'_>,
    ) -> Result<Self, ModelError> {
        let blocks = blocks_below(&model, layer.into())?;
        for question in questions {
            model.check_tokens(&question.prompt)?;
            question.answers.iter().try_for_each(|answer| model.check_tokens(answer))?;
            let longest = question.answers.iter().map(Vec::len).max().unwrap_or(0);
            model.check_length(question.prompt.len() + longest)?;
        }
        let (mut chunks, mut done) = (Vec::new(), 0);
        for part in parts(questions) {
            if progress(done, questions.len()).is_break() {
                return Err(ModelError::Interrupted);
            }
            chunks.push(Chunk::prepare(&model, part, blocks)?);
            done += part.len();
        }
        let _ = progress(done, questions.len());
        Ok(Self { model, blocks, chunks, count: questions.len() })
    }

    /// Of every question, in order, the log-probability in nats of each of its answers, summed over the answer's tokens.
    ///
    /// # Errors
    /// Where a vector or an adapter does not fit the model or acts below the prepared layer, or `progress` says stop.
    pub fn log_probs(&self, steering: &[Term], progress: Progress<'_>) -> Result<Vec<Vec<f64>>, ModelError> {
        let shifts = shifts_above(&self.model, steering, self.blocks)?;
        let mut all = Vec::with_capacity(self.count);
        for chunk in &self.chunks {
            if progress(all.len(), self.count).is_break() {
                return Err(ModelError::Interrupted);
            }
            all.extend(on_pool(|| chunk.log_probs(&self.model, self.blocks, &shifts))?);
        }
        let _ = progress(self.count, self.count);
        Ok(all)
    }
}

impl Chunk {
    fn prepare(model: &Model, questions: &[EncodedOptions], blocks: usize) -> Result<Self, ModelError> {
        let mut packing = Packing::default();
        let (mut reads, mut targets, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
        if questions.iter().all(EncodedOptions::is_letters) {
            // Letters take no rows of their own: what the prompts begin with can be shared.
            let prompts: Vec<&[u32]> = questions.iter().map(|question| question.prompt.as_slice()).collect();
            for (question, [_, own]) in
                questions.iter().zip(packing.push_sharing(&prompts, questions[0].begun))
            {
                reads.extend(std::iter::repeat_n(own.end - 1, question.answers.len()));
            }
        } else {
            for question in questions {
                let (prompt, answers) = packing.push_answers(&question.prompt, &question.answers);
                for answer in answers {
                    reads.extend(std::iter::once(prompt.end - 1).chain(answer));
                }
            }
        }
        for question in questions {
            targets.extend(question.answers.iter().flatten());
            lengths.push(question.answers.iter().map(Vec::len).collect());
        }
        let hidden = on_pool(|| {
            let x = model.decoder.embed(&packing.tokens)?;
            model.decoder.run(0..blocks, x, &packing, &Shifts::default())
        })?;
        Ok(Self { packing, hidden, reads, targets, lengths })
    }

    fn log_probs(&self, model: &Model, blocks: usize, shifts: &Shifts) -> Result<Vec<Vec<f64>>, ModelError> {
        let x = above(model, &self.hidden, &self.packing, blocks, shifts)?;
        let read = rows::gather(&x, self.reads.iter().copied())?;
        let normed = model.decoder.final_norm().forward(&read)?;
        let (values, _) = model.decoder.log_probs(&normed, &self.targets, false)?;
        let mut rest = values.as_slice();
        let mut sum = |length: usize| {
            let (answer, after) = rest.split_at(length);
            rest = after;
            answer.iter().map(|x| f64::from(*x)).sum::<f64>()
        };
        Ok(self.lengths.iter().map(|answers| answers.iter().map(|length| sum(*length)).collect()).collect())
    }
}

/// Consecutive questions of one kind that together take about [`ROWS_AT_ONCE`] rows; letters' prompts count what all of
/// them begin with once.
fn parts(questions: &[EncodedOptions]) -> Vec<&[EncodedOptions]> {
    let (mut all, mut start, mut rows, mut shared) = (Vec::new(), 0, 0, 0);
    for (index, question) in questions.iter().enumerate() {
        let first = &questions[start];
        let is_alike = (first.is_letters(), first.begun) == (question.is_letters(), question.begun);
        let fits = index > start && is_alike && {
            let common = if first.is_letters() {
                begins_alike(first, question).min(if index == start + 1 { usize::MAX } else { shared })
            } else {
                0
            };
            let together = rows + question.rows() - common * (index - start);
            shared = common;
            together <= ROWS_AT_ONCE
        };
        if fits {
            rows += question.rows();
        } else {
            if index > start {
                all.push(&questions[start..index]);
            }
            (start, rows) = (index, question.rows());
        }
    }
    if start < questions.len() {
        all.push(&questions[start..]);
    }
    all
}

fn begins_alike(one: &EncodedOptions, other: &EncodedOptions) -> usize {
    one.prompt.iter().zip(&other.prompt).take_while(|(a, b)| a == b).count().min(other.prompt.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_lose_their_closing_token_and_what_both_begin_with() {
        let options = letters(vec![1], [vec![7, 8, 2], vec![7, 9, 2]]);
        assert_eq!(options, EncodedOptions { prompt: vec![1, 7], begun: 1, answers: vec![vec![8], vec![9]] });
    }

    #[test]
    fn questions_that_begin_alike_are_packed_together() {
        let shots: Vec<u32> = (0..600).collect();
        let question = |last: u32| EncodedOptions {
            prompt: shots.iter().copied().chain([1000, last]).collect(),
            begun: 0,
            answers: vec![vec![1], vec![2]],
        };
        let questions: Vec<EncodedOptions> = (0..20).map(question).collect();
        assert_eq!(parts(&questions).len(), 1);
        let apart: Vec<EncodedOptions> = (0..3)
            .map(|i| EncodedOptions { prompt: vec![i; 500], begun: 0, answers: vec![vec![1]] })
            .collect();
        assert_eq!(parts(&apart).iter().map(|part| part.len()).collect::<Vec<_>>(), [1, 1, 1]);
    }
}

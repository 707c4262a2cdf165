//! The log-probabilities of several answers to one prompt: the letters of a choice, the digits of a verdict, the answers of a
//! questionnaire.

use std::sync::Arc;

use candle_core::Tensor;

use super::ROWS_AT_ONCE;
use steering_types::ListedChoice;

use crate::layer::PrefixBlocks;
use crate::model::{Model, ModelError, Part};
use crate::ops::{on_pool, rows};
use crate::packing::{Packing, Unshared};
use crate::pairs::PreferencePair;
use crate::prefix::{check_prefix, plan_after_prefix};
use crate::progress::{Progress, continue_unless_halting, tell};
use crate::steering::{SteeringPlan, Term};
use crate::tokens::{Message, Role, TokenError};
use crate::train::choices::{choice_prompt, encode_letter};

/// A prompt and the answers that may follow it, as tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedOptions {
    /// The prompt with the chat template around it, up to where the answers begin.
    pub prompt: Vec<u32>,
    /// The number of the prompt's last tokens that belong to the answers, because all answers begin with them. A vector that
    /// acts on answers only acts on them too.
    pub begun: usize,
    /// The answers, each of at least one token, without a closing token.
    pub answers: Vec<Vec<u32>>,
}

/// The log-probabilities of the answers to one prompt.
#[derive(Debug, Clone, PartialEq)]
pub struct OptionLogProbs {
    /// The log-probability of each answer in nats, summed over its tokens, in the answers' order.
    pub answers: Vec<f64>,
}

impl EncodedOptions {
    /// Returns the number of rows that the question takes when it is packed by itself.
    fn rows(&self) -> usize {
        self.prompt.len() + self.answers.iter().map(|answer| answer.len() - 1).sum::<usize>()
    }

    /// Returns whether every answer is a single token, so that the answers take no rows of their own.
    fn is_single_token(&self) -> bool {
        self.answers.iter().all(|answer| answer.len() == 1)
    }
}

/// Returns a pair as a two-way choice between letters, in the form of contrastive activation addition
/// ([`crate::train::choices`]). Answer 0 is the wanted answer's letter. `before` is the conversation up to the
/// question; `wanted_first` labels the wanted answer (A).
///
/// # Errors
/// Where the chat template or the tokenizer refuses a text.
pub fn choice(
    model: &Model,
    before: &[Message],
    pair: &PreferencePair,
    wanted_first: bool,
) -> Result<EncodedOptions, TokenError> {
    // A pair that is a choice already is measured in both orders as well, and not as a choice between two letters.
    let listed = ListedChoice::read(&pair.prompt, &pair.wanted, &pair.opposite);
    let (prompt, (wanted, opposite)) = match &listed {
        Some(listed) => (listed.prompt, listed.answers()),
        None => (pair.prompt.as_str(), (pair.wanted.as_str(), pair.opposite.as_str())),
    };
    let (first, second) = if wanted_first { (wanted, opposite) } else { (opposite, wanted) };
    let (wanted, opposite) = if wanted_first { ('A', 'B') } else { ('B', 'A') };
    let mut messages = before.to_vec();
    messages.push(Message::new(Role::User, choice_prompt(prompt, first, second)));
    let prompt = model.encode_messages(&messages)?;
    Ok(letters(prompt, [encode_letter(model, wanted)?, encode_letter(model, opposite)?]))
}

/// Removes the closing tokens, and moves the tokens that both letters begin with (a bracket) to the prompt.
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

/// Scores options under any steering set that leaves the prefix unchanged.
pub struct OptionScorer {
    model: Arc<Model>,
    prefix: PrefixBlocks,
    chunks: Vec<Chunk>,
    count: usize,
}

/// Some questions, packed, with their residual stream after the prefix.
struct Chunk {
    packing: Packing,
    hidden: Tensor,
    /// The rows that predict the answers' tokens, answer by answer.
    logit_rows: Vec<usize>,
    /// The token that each of them predicts.
    targets: Vec<u32>,
    /// For each question, the number of tokens of each answer.
    lengths: Vec<Vec<usize>>,
}

impl OptionScorer {
    /// Returns the number of questions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Returns whether there are no questions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Computes the activations after the prefix, which all steering sets share.
    ///
    /// # Errors
    /// Where the model has fewer blocks, an answer is empty, a text is too long for the model, or `progress` returns `Break`.
    pub fn prepare(
        model: Arc<Model>,
        questions: &[EncodedOptions],
        prefix: PrefixBlocks,
        mut progress: Progress<'_>,
    ) -> Result<Self, ModelError> {
        check_prefix(&model, prefix)?;
        for question in questions {
            model.check_tokens(&question.prompt)?;
            question.answers.iter().try_for_each(|answer| model.check_tokens(answer))?;
            let longest = question.answers.iter().map(Vec::len).max().unwrap_or(0);
            model.check_length(question.prompt.len() + longest)?;
        }
        let (mut chunks, mut done) = (Vec::new(), 0);
        for chunk in split_questions(questions) {
            continue_unless_halting(&mut progress, done, questions.len())?;
            chunks.push(Chunk::prepare(&model, chunk, prefix)?);
            done += chunk.len();
        }
        let _ = tell(&mut progress, done, questions.len());
        Ok(Self { model, prefix, chunks, count: questions.len() })
    }

    /// Computes the log-probabilities of the answers to every question, in the questions' order. `progress` counts questions.
    ///
    /// # Errors
    /// Where a vector or an adapter does not fit the model or acts within the prefix, a log-probability is not finite, or
    /// `progress` returns `Break`.
    pub fn log_probs(
        &self,
        steering: &[Term],
        mut progress: Progress<'_>,
    ) -> Result<Vec<OptionLogProbs>, ModelError> {
        let plan = plan_after_prefix(&self.model, steering, self.prefix)?;
        let mut all = Vec::with_capacity(self.count);
        for chunk in &self.chunks {
            continue_unless_halting(&mut progress, all.len(), self.count)?;
            for question in on_pool(|| chunk.log_probs(&self.model, self.prefix, &plan))? {
                Part::Question.check(all.len(), question.answers.iter().copied())?;
                all.push(question);
            }
        }
        let _ = tell(&mut progress, self.count, self.count);
        Ok(all)
    }
}

impl Chunk {
    fn prepare(
        model: &Model,
        questions: &[EncodedOptions],
        prefix: PrefixBlocks,
    ) -> Result<Self, ModelError> {
        let mut packing = Packing::default();
        let (mut logit_rows, mut targets, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
        if questions.iter().all(EncodedOptions::is_single_token) {
            // Single-token answers take no rows, so the questions can share the common prefix of their prompts.
            let prompts: Vec<&[u32]> = questions.iter().map(|question| question.prompt.as_slice()).collect();
            for (question, [_, own]) in
                questions.iter().zip(packing.push_with_shared_prefix(&prompts, questions[0].begun))
            {
                logit_rows.extend(std::iter::repeat_n(own.end - 1, question.answers.len()));
            }
        } else {
            for question in questions {
                let (prompt, answers) = packing.push_answers(&question.prompt, &question.answers);
                for answer in answers {
                    logit_rows.extend(std::iter::once(prompt.end - 1).chain(answer));
                }
            }
        }
        for question in questions {
            targets.extend(question.answers.iter().flatten());
            lengths.push(question.answers.iter().map(Vec::len).collect());
        }
        let hidden = on_pool(|| model.decoder.forward_prefix(prefix, &packing))?;
        Ok(Self { packing, hidden, logit_rows, targets, lengths })
    }

    fn log_probs(
        &self,
        model: &Model,
        prefix: PrefixBlocks,
        plan: &SteeringPlan,
    ) -> Result<Vec<OptionLogProbs>, ModelError> {
        // Prompts on which a gate decides differently share no rows.
        let unshared = if plan.decides_at_prompt() { self.packing.unshared() } else { None };
        let read = if let Some(Unshared { packing, source, place }) = unshared {
            let hidden = rows::gather(&self.hidden, source.into_iter())?;
            let x = model.decoder.forward_after_prefix(prefix, hidden, &packing, plan)?;
            rows::gather(&x, self.logit_rows.iter().map(|row| place[*row]))?
        } else {
            let x = model.decoder.forward_after_prefix(prefix, self.hidden.clone(), &self.packing, plan)?;
            rows::gather(&x, self.logit_rows.iter().copied())?
        };
        let normed = model.decoder.final_norm().forward(&read)?;
        let (values, _) = model.decoder.log_probs(&normed, &self.targets, false)?;
        let mut rest = values.as_slice();
        let mut sum = |length: usize| {
            let (answer, after) = rest.split_at(length);
            rest = after;
            answer.iter().map(|x| f64::from(*x)).sum::<f64>()
        };
        let question = |answers: &Vec<usize>| OptionLogProbs {
            answers: answers.iter().map(|length| sum(*length)).collect(),
        };
        Ok(self.lengths.iter().map(question).collect())
    }
}

/// Splits questions into runs of one kind with at most [`ROWS_AT_ONCE`] rows; a longer question is a run of its own. Prompts
/// of single-token questions count their common prefix once.
fn split_questions(questions: &[EncodedOptions]) -> Vec<&[EncodedOptions]> {
    let (mut all, mut start, mut rows, mut shared) = (Vec::new(), 0, 0, 0);
    for (index, question) in questions.iter().enumerate() {
        let first = &questions[start];
        let is_same_kind =
            (first.is_single_token(), first.begun) == (question.is_single_token(), question.begun);
        let fits = index > start && is_same_kind && {
            let common = if first.is_single_token() {
                common_prompt_prefix(first, question).min(if index == start + 1 {
                    usize::MAX
                } else {
                    shared
                })
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

/// Returns the number of tokens that both prompts begin with, without the other's last token.
fn common_prompt_prefix(one: &EncodedOptions, other: &EncodedOptions) -> usize {
    one.prompt.iter().zip(&other.prompt).take_while(|(a, b)| a == b).count().min(other.prompt.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_lose_their_closing_token_and_their_common_prefix() {
        let options = letters(vec![1], [vec![7, 8, 2], vec![7, 9, 2]]);
        assert_eq!(options, EncodedOptions { prompt: vec![1, 7], begun: 1, answers: vec![vec![8], vec![9]] });
    }

    #[test]
    fn questions_with_a_common_prefix_are_packed_together() {
        let shots: Vec<u32> = (0..600).collect();
        let question = |last: u32| EncodedOptions {
            prompt: shots.iter().copied().chain([1000, last]).collect(),
            begun: 0,
            answers: vec![vec![1], vec![2]],
        };
        let questions: Vec<EncodedOptions> = (0..20).map(question).collect();
        assert_eq!(split_questions(&questions).len(), 1);
        let apart: Vec<EncodedOptions> = (0..3)
            .map(|i| EncodedOptions { prompt: vec![i; 500], begun: 0, answers: vec![vec![1]] })
            .collect();
        assert_eq!(split_questions(&apart).iter().map(|chunk| chunk.len()).collect::<Vec<_>>(), [1, 1, 1]);
    }
}

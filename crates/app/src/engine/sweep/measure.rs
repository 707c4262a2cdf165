//! Measures the scores that need no generated text. The activations below the lowest steered layer are kept from one
//! arm to the next.

use std::path::Path;
use std::sync::Arc;

use data::benchmarks::{
    BenchmarkError, LETTERS, Mmlu, Question, Questions, Subject, Truthful, letter_item, neutral_text,
};
use data::content::{sha256, to_json};
use vectors::layer::PrefixBlocks;
use vectors::model::ModelError;
use vectors::pairs::EncodedPair;
use vectors::score::{EncodedOptions, OptionLogProbs, OptionScorer, Scorer, TextScorer, choice};
use vectors::steering::Term;
use vectors::tokens::TokenError;

use super::kind::Kind;
use super::plan::Task;
use super::subject::encode;
use super::{Running, at_multiplier};
use crate::Error;
use crate::engine::encode::preference;
use crate::engine::job::{Interrupt, continue_unless_halting, report_part, reporter};
use crate::engine::pace::Phase;

/// The prefix activations of a kind and a set, with the prompts that they belong to.
pub(super) struct PrefixCache {
    kind: Kind,
    set: Option<u32>,
    system: String,
    is_system_given: bool,
    template: Option<String>,
    shown: Vec<String>,
    /// The blocks whose outputs are computed once.
    prefix: PrefixBlocks,
    prepared: Prepared,
}

enum Prepared {
    Pairs(Scorer, Vec<EncodedPair>),
    Choices(OptionScorer),
    Texts(TextScorer),
    Questions(OptionScorer, Questions),
    Mmlu(OptionScorer, Mmlu),
    Truthful(OptionScorer, Vec<Truthful>),
}

/// Hashes the text or the questions of a kind.
pub(super) fn content_hash(kind: &Kind) -> Result<String, Error> {
    let json = match kind {
        Kind::Questions { path, .. } => to_json("questions", &questions(path)?)?,
        Kind::Mmlu { folder, limit, .. } => to_json("questions", &mmlu(folder, *limit)?)?,
        Kind::Truthful { path } => to_json("questions", &truthful(path)?)?,
        _ => to_json("neutral text", &neutral_text())?,
    };
    Ok(sha256(json.as_bytes()))
}

/// Reads the questions of a file, or the bundled ones if the path is empty.
pub(crate) fn questions(path: &str) -> Result<Questions, Error> {
    let read = if path.is_empty() { Questions::on_board() } else { Questions::read(Path::new(path)) };
    read.map_err(|error| refused(path, &error))
}

/// Reads the questions of a `TruthfulQA` file.
pub(crate) fn truthful(path: &str) -> Result<Vec<Truthful>, Error> {
    Truthful::read(Path::new(path)).map_err(|error| refused(path, &error))
}

/// Reads the questions of MMLU's folder.
pub(crate) fn mmlu(folder: &str, limit: Option<u32>) -> Result<Mmlu, Error> {
    Mmlu::read(Path::new(folder), limit).map_err(|error| refused(folder, &error))
}

fn refused(path: &str, error: &BenchmarkError) -> Error {
    Error::invalid(format!("The questions cannot be used: {error}: {path}."), error.next_step())
}

impl Running<'_> {
    /// Measures a task at the missing multipliers.
    pub(super) fn measure(&mut self, task: &Task, missing: &[(f64, String)]) -> Result<(), Interrupt> {
        let kept = self.prepared(task)?;
        let (name, unit) = task.kind.phase();
        let mut phase = Phase::new(name, unit);
        let (count, rest) = (kept.prepared.count(), self.rest);
        for (index, (multiplier, key)) in missing.iter().enumerate() {
            let steering = self.subjects[task.arm as usize].at(*multiplier);
            let mut shown = |done: usize, _: usize| {
                report_part(self.state, &mut phase, index * count + done, missing.len() * count, rest);
                continue_unless_halting(self.state)
            };
            let items = kept.prepared.items(&steering, Some(&mut shown));
            let items =
                items.map_err(|error| at_multiplier(error, *multiplier, |item| task.kind.item(item)))?;
            self.save_point(task, *multiplier, key.clone(), &items)?;
        }
        self.kept = Some(kept);
        Ok(())
    }

    /// Returns the prefix activations of a task. Those of the previous arm are reused if they fit.
    fn prepared(&mut self, task: &Task) -> Result<PrefixCache, Interrupt> {
        let subject = &self.subjects[task.arm as usize];
        let shown: Vec<String> = subject
            .shots(self.examples(task))
            .iter()
            .flat_map(|(q, a)| [(*q).to_owned(), (*a).to_owned()])
            .collect();
        let prefix = self.prefix();
        if let Some(kept) = self.kept.take()
            && (kept.kind == task.kind && kept.set == task.set && kept.prefix == prefix)
            && (task.kind == Kind::Texts
                || (kept.system.as_str(), kept.is_system_given, kept.template.as_deref())
                    == (subject.system(), subject.is_system_given(), subject.template()))
            && kept.shown == shown
        {
            return Ok(kept);
        }
        let (system, is_system_given) = (subject.system().to_owned(), subject.is_system_given());
        let template = subject.template().map(str::to_owned);
        let prepared = self.prepare(task, prefix)?;
        let (kind, set) = (task.kind.clone(), task.set);
        Ok(PrefixCache { kind, set, system, is_system_given, template, shown, prefix, prepared })
    }

    /// Returns the blocks that no arm steers. These are all blocks if no arm has a vector or an adapter.
    fn prefix(&self) -> PrefixBlocks {
        let shared = self.subjects.iter().filter_map(super::subject::Subject::prefix).min();
        shared.unwrap_or(PrefixBlocks(self.model.facts().blocks))
    }

    fn prepare(&self, task: &Task, prefix: PrefixBlocks) -> Result<Prepared, Interrupt> {
        let subject = &self.subjects[task.arm as usize];
        let model = || Arc::clone(&self.model);
        let reader = subject.reader(&self.model)?;
        let mut progress = reporter(self.state, "Preparing", task.kind.phase().1);
        let set = task.set.map(|set| &self.sets[set as usize]);
        let shown_of = self.examples(task);
        let before = subject.before(shown_of);
        let measured = set.map_or(&[][..], |set| &set.measured);
        Ok(match &task.kind {
            Kind::Pairs => {
                let encoded = each(measured, |pair| {
                    let pair = preference(pair);
                    let answers = reader.encode_pair("", &pair)?;
                    let before = subject.before_pair(shown_of, &pair);
                    let prompt = encode(&reader, &before, &pair.prompt)?;
                    Ok(EncodedPair { prompt, ..answers })
                })?;
                Prepared::Pairs(Scorer::prepare(model(), &encoded, prefix, Some(&mut progress))?, encoded)
            }
            Kind::Choice => {
                let both = each(measured, |pair| {
                    let pair = preference(pair);
                    let before = subject.before_pair(shown_of, &pair);
                    Ok([choice(&reader, &before, &pair, true)?, choice(&reader, &before, &pair, false)?])
                })?;
                let all: Vec<EncodedOptions> = both.into_iter().flatten().collect();
                Prepared::Choices(OptionScorer::prepare(model(), &all, prefix, Some(&mut progress))?)
            }
            Kind::Questions { path, shots } => {
                let questions = questions(path)?;
                let letters = letters(&reader).map_err(tokens(None))?;
                let encoded = each(&questions.scored, |question| {
                    let asked = questions.prompt(question, usize::from(*shots));
                    let prompt = encode(&reader, &before, &asked)?;
                    Ok(EncodedOptions { prompt, begun: 0, answers: letters.clone() })
                })?;
                Prepared::Questions(
                    OptionScorer::prepare(model(), &encoded, prefix, Some(&mut progress))?,
                    questions,
                )
            }
            Kind::Mmlu { folder, shots, limit } => {
                let questions = mmlu(folder, *limit)?;
                let letters = letters(&reader).map_err(tokens(None))?;
                let all: Vec<_> = questions.questions().collect();
                let encoded = each(&all, |(subject, question)| {
                    let prompt = encode(&reader, &before, &subject.prompt(question, usize::from(*shots)))?;
                    Ok(EncodedOptions { prompt, begun: 0, answers: letters.clone() })
                })?;
                Prepared::Mmlu(
                    OptionScorer::prepare(model(), &encoded, prefix, Some(&mut progress))?,
                    questions,
                )
            }
            Kind::Truthful { path } => {
                let questions = truthful(path)?;
                let encoded = each(&questions, |question| {
                    let prompt = encode(&reader, &before, &question.question)?;
                    let answers = question.answers().into_iter().map(|answer| self.model.encode_raw(answer));
                    Ok(EncodedOptions { prompt, begun: 0, answers: answers.collect::<Result<_, _>>()? })
                })?;
                Prepared::Truthful(
                    OptionScorer::prepare(model(), &encoded, prefix, Some(&mut progress))?,
                    questions,
                )
            }
            Kind::Texts | Kind::Answers | Kind::Judge { .. } => {
                let texts = each(&neutral_text(), |text| self.model.encode_text(text))?;
                Prepared::Texts(TextScorer::prepare(model(), &texts, prefix, Some(&mut progress))?)
            }
        })
    }
}

impl Prepared {
    fn count(&self) -> usize {
        match self {
            Self::Pairs(_, pairs) => pairs.len(),
            Self::Texts(scorer) => scorer.len(),
            Self::Choices(scorer)
            | Self::Questions(scorer, _)
            | Self::Mmlu(scorer, _)
            | Self::Truthful(scorer, _) => scorer.len(),
        }
    }

    /// Measures the items with these terms.
    fn items(&self, steering: &[Term], progress: vectors::Progress<'_>) -> Result<Vec<Vec<f64>>, ModelError> {
        Ok(match self {
            Self::Pairs(scorer, pairs) => {
                let scored = scorer.log_probs(steering, progress)?;
                let item = |(found, pair): (&vectors::score::PairLogProbs, &EncodedPair)| {
                    vec![found.wanted, found.opposite, pair.wanted.len() as f64, pair.opposite.len() as f64]
                };
                scored.iter().zip(pairs).map(item).collect()
            }
            Self::Choices(scorer) => {
                let scored = scorer.log_probs(steering, progress)?;
                let wanted =
                    |found: &OptionLogProbs| 1.0 / (1.0 + (found.answers[1] - found.answers[0]).exp());
                let item = |both: &[OptionLogProbs]| {
                    let (first, second) = (wanted(&both[0]), wanted(&both[1]));
                    vec![f64::midpoint(first, second), first, second]
                };
                scored.chunks_exact(2).map(item).collect()
            }
            Self::Texts(scorer) => {
                let scored = scorer.scores(steering, progress)?;
                scored.iter().map(|text| vec![text.nats, text.divergence, text.tokens as f64]).collect()
            }
            Self::Questions(scorer, questions) => {
                let scored = scorer.log_probs(steering, progress)?;
                scored
                    .iter()
                    .zip(&questions.scored)
                    .map(|(found, asked)| letter_item(&found.answers, asked.right))
                    .collect()
            }
            Self::Mmlu(scorer, questions) => {
                let scored = scorer.log_probs(steering, progress)?;
                let item = |(found, (subject, asked)): (&OptionLogProbs, (&Subject, &Question))| {
                    let mut item = letter_item(&found.answers, asked.right);
                    item.push(subject.place as f64);
                    item
                };
                scored.iter().zip(questions.questions()).map(item).collect()
            }
            Self::Truthful(scorer, questions) => {
                let scored = scorer.log_probs(steering, progress)?;
                let item = |(found, asked): (&OptionLogProbs, &Truthful)| {
                    let (one, two) = asked.scores(&found.answers);
                    vec![one, two]
                };
                scored.iter().zip(questions).map(item).collect()
            }
        })
    }
}

/// Encodes the answer letters.
fn letters(model: &vectors::model::Model) -> Result<Vec<Vec<u32>>, TokenError> {
    LETTERS.iter().map(|letter| model.encode_raw(&letter.to_string())).collect()
}

/// Encodes every item. An error names the item by its number, from 1.
fn each<T, E>(items: &[T], encode: impl Fn(&T) -> Result<E, TokenError>) -> Result<Vec<E>, Error> {
    let encode = |(index, item): (usize, &T)| encode(item).map_err(tokens(Some(index + 1)));
    items.iter().enumerate().map(encode).collect()
}

fn tokens(pair: Option<usize>) -> impl Fn(TokenError) -> Error {
    move |source| Error::Tokens { pair, source }
}

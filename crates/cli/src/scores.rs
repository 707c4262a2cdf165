//! Measures the scores of `tiller-cli sweep` besides log-probabilities of pairs: choices, the neutral text, questions.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use ::data::benchmarks::{Mmlu, Question, Questions, Subject, Truthful, letter_item, neutral_text};
use ::data::data_files::Row;
use ipc::score::Score;
use vectors::model::{Model, ModelError, Part};
use vectors::score::{EncodedOptions, OptionLogProbs, OptionScorer, TextScorer, choice};
use vectors::steering::Term;
use vectors::tokens::{Message, Role, TokenError};

use crate::data;
use crate::halt::Halt;
use crate::progress::Bar;
use crate::steering::Steering;
use crate::stop;

/// The model, what steers it, and the pairs that are measured.
pub(crate) struct Measured<'a> {
    pub(crate) model: &'a Arc<Model>,
    pub(crate) steering: &'a Steering,
    pub(crate) system: &'a str,
    pub(crate) rows: &'a [Row],
    /// The file of the pairs.
    pub(crate) data: &'a Path,
}

/// A scorer with everything that is computed once for all multipliers.
enum Prepared {
    Choices(OptionScorer),
    Texts(TextScorer),
    Questions(OptionScorer, Questions),
    Mmlu(OptionScorer, Mmlu),
    Truthful(OptionScorer, Vec<Truthful>),
}

impl Prepared {
    /// Returns the items with these terms.
    fn items(
        &self,
        terms: &[Term],
        go: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Vec<Vec<f64>>, ModelError> {
        Ok(match self {
            Self::Choices(scorer) => {
                let wanted =
                    |found: &OptionLogProbs| 1.0 / (1.0 + (found.answers[1] - found.answers[0]).exp());
                let both = |both: &[OptionLogProbs]| vec![f64::midpoint(wanted(&both[0]), wanted(&both[1]))];
                let scored = scorer.log_probs(terms, Some(go)).map_err(|error| match error {
                    // A pair is two questions, one in each order.
                    ModelError::NotFinite { index, .. } => {
                        ModelError::NotFinite { part: Part::Pair, index: index / 2 }
                    }
                    error => error,
                })?;
                scored.chunks_exact(2).map(both).collect()
            }
            Self::Texts(scorer) => {
                let text =
                    |text: &vectors::score::TextScores| vec![text.nats, text.divergence, text.tokens as f64];
                scorer.scores(terms, Some(go))?.iter().map(text).collect()
            }
            Self::Questions(scorer, asked) => {
                let found = scorer.log_probs(terms, Some(go))?;
                let item =
                    |(found, one): (&OptionLogProbs, &Question)| letter_item(&found.answers, one.right);
                found.iter().zip(&asked.scored).map(item).collect()
            }
            Self::Mmlu(scorer, asked) => {
                let found = scorer.log_probs(terms, Some(go))?;
                let item = |(found, (subject, one)): (&OptionLogProbs, (&Subject, &Question))| {
                    let mut item = letter_item(&found.answers, one.right);
                    item.push(subject.place as f64);
                    item
                };
                found.iter().zip(asked.questions()).map(item).collect()
            }
            Self::Truthful(scorer, asked) => {
                let found = scorer.log_probs(terms, Some(go))?;
                let item = |(found, one): (&OptionLogProbs, &Truthful)| {
                    let (first, second) = one.scores(&found.answers);
                    vec![first, second]
                };
                found.iter().zip(asked).map(item).collect()
            }
        })
    }
}

impl Measured<'_> {
    /// Returns the items of a score at every multiplier, in order.
    pub(crate) fn items(&self, score: &Score, multipliers: &[f64]) -> Result<Vec<Vec<Vec<f64>>>, Halt> {
        let prepared = self.prepare(score)?;
        let mut bar = Bar::new("Scoring");
        let mut all = Vec::with_capacity(multipliers.len());
        for (index, multiplier) in multipliers.iter().enumerate() {
            let mut go = |done: usize, total: usize| {
                let shown = bar.show(index * total + done, multipliers.len() * total);
                if shown.is_break() { shown } else { stop::flow() }
            };
            let terms = self.steering.terms(*multiplier);
            let items = prepared.items(&terms, &mut go);
            all.push(items.map_err(|error| Halt::score(error, *multiplier, 0))?);
        }
        Ok(all)
    }

    fn prepare(&self, score: &Score) -> Result<Prepared, Halt> {
        let mut bar = Bar::new("Preparing");
        let mut go = |done: usize, total: usize| {
            let shown = bar.show(done, total);
            if shown.is_break() { shown } else { stop::flow() }
        };
        let model = || Arc::clone(self.model);
        let prefix = self.steering.prefix(self.model.facts().blocks);
        Ok(match score {
            Score::Choice => {
                let mut all = Vec::with_capacity(2 * self.rows.len());
                for (index, row) in self.rows.iter().enumerate() {
                    let pair = data::pair(row);
                    let mut before = system(pair.system.as_deref().unwrap_or(self.system));
                    before.extend(pair.turns.iter().cloned());
                    for wanted_first in [true, false] {
                        let one = choice(self.model, &before, &pair, wanted_first);
                        let refused = |error| Halt::text(Some(&data::place(self.data, row, index)), &error);
                        all.push(one.map_err(refused)?);
                    }
                }
                Prepared::Choices(OptionScorer::prepare(model(), &all, prefix, Some(&mut go))?)
            }
            Score::Knowledge { path, shots } => {
                let asked = match path.as_str() {
                    "" => Questions::on_board(),
                    path => Questions::read(Path::new(path)),
                };
                let asked = asked.map_err(|error| Halt::questions(path, &error))?;
                let letters = self.letters()?;
                let mut all = Vec::with_capacity(asked.scored.len());
                for one in &asked.scored {
                    let prompt = self.encode(&asked.prompt(one, usize::from(*shots)))?;
                    all.push(EncodedOptions { prompt, begun: 0, answers: letters.clone() });
                }
                Prepared::Questions(OptionScorer::prepare(model(), &all, prefix, Some(&mut go))?, asked)
            }
            Score::Mmlu { folder, shots, limit, .. } => {
                let asked =
                    Mmlu::read(Path::new(folder), *limit).map_err(|error| Halt::questions(folder, &error))?;
                let letters = self.letters()?;
                let mut all = Vec::new();
                for (subject, one) in asked.questions() {
                    let prompt = self.encode(&subject.prompt(one, usize::from(*shots)))?;
                    all.push(EncodedOptions { prompt, begun: 0, answers: letters.clone() });
                }
                Prepared::Mmlu(OptionScorer::prepare(model(), &all, prefix, Some(&mut go))?, asked)
            }
            Score::TruthfulOne { path } | Score::TruthfulTwo { path } => {
                let asked = Truthful::read(Path::new(path)).map_err(|error| Halt::questions(path, &error))?;
                let mut all = Vec::with_capacity(asked.len());
                for one in &asked {
                    let answers = one.answers().into_iter().map(|answer| self.model.encode_raw(answer));
                    let answers = answers.collect::<Result<_, _>>().map_err(text)?;
                    all.push(EncodedOptions { prompt: self.encode(&one.question)?, begun: 0, answers });
                }
                Prepared::Truthful(OptionScorer::prepare(model(), &all, prefix, Some(&mut go))?, asked)
            }
            _ => {
                let texts = neutral_text().into_iter().map(|paragraph| self.model.encode_text(paragraph));
                let texts: Vec<Vec<u32>> = texts.collect::<Result<_, _>>().map_err(text)?;
                Prepared::Texts(TextScorer::prepare(model(), &texts, prefix, Some(&mut go))?)
            }
        })
    }

    fn letters(&self) -> Result<Vec<Vec<u32>>, Halt> {
        let letters = ["A", "B", "C", "D"].map(|letter| self.model.encode_raw(letter));
        letters.into_iter().collect::<Result<_, _>>().map_err(text)
    }

    fn encode(&self, question: &str) -> Result<Vec<u32>, Halt> {
        self.model.encode_question(self.system, question).map_err(text)
    }
}

fn system(system: &str) -> Vec<Message> {
    if system.is_empty() { Vec::new() } else { vec![Message::new(Role::System, system)] }
}

#[expect(clippy::needless_pass_by_value, reason = "passed to map_err, which hands the error over")]
fn text(error: TokenError) -> Halt {
    Halt::text(None, &error)
}

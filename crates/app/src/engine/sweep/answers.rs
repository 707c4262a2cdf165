//! Generates the answers of a sweep, arm by arm in batches. Each answer is stored as soon as it has ended.

use std::ops::ControlFlow;
use std::time::Instant;

use store::measurements::{self, GeneratedAnswer};
use vectors::generate::{Answer, End, Limits, Request, Sampling, Step, generate, kv_bytes};
use vectors::model::ModelError;
use vectors::score::answers::{refuses, repetition};

use super::kind::Kind;
use super::plan::Task;
use super::subject::encode;
use super::{Running, at_multiplier};
use crate::engine::encode::preference;
use crate::engine::job::{Interrupt, is_halting, report_part, save_progress};
use crate::engine::pace::Phase;
use crate::{Error, memory};

/// The number of answers that are generated at the same time.
const ROWS: usize = 32;

/// An answer to generate.
#[derive(Debug, Clone, Copy)]
struct MissingAnswer {
    /// The index of the multiplier among the missing ones.
    at: usize,
    /// The index of the prompt in its set.
    place: usize,
}

impl Running<'_> {
    /// Generates the answers at the missing multipliers, and computes the points that follow from them.
    pub(super) fn answer(&mut self, task: &Task, missing: &[(f64, String)]) -> Result<(), Interrupt> {
        if let Some(given) = task.set.and_then(|set| self.sets[set as usize].given.clone()) {
            return self.keep_given(task, missing, &given);
        }
        let began = Instant::now();
        let prompts = self.prompts(task)?;
        let mut kept: Vec<Vec<GeneratedAnswer>> = Vec::with_capacity(missing.len());
        for (_, key) in missing {
            kept.push(self.state.block_on(measurements::answers(self.state.store.read(), key))?);
        }
        let is_kept =
            |wanted: &MissingAnswer| kept[wanted.at].iter().any(|a| a.place as usize == wanted.place);
        let all = (0..missing.len())
            .flat_map(|at| (0..prompts.len()).map(move |place| MissingAnswer { at, place }));
        let wanted: Vec<MissingAnswer> = all.filter(|wanted| !is_kept(wanted)).collect();
        for at in 0..missing.len() {
            self.save_if_complete(task, &missing[at], prompts.len(), &kept[at])?;
        }
        let requests: Vec<Request> =
            wanted.iter().map(|one| self.request(task, missing[one.at].0, one.place, &prompts)).collect();
        let limits = Limits { new_tokens: self.settings.generation.max_new_tokens as usize, rows: ROWS };
        let (name, unit) = task.kind.phase();
        let (mut phase, mut done, mut refused) = (Phase::new(name, unit), 0, None);
        let (total, mut ids) = (requests.len(), vec![Vec::new(); requests.len()]);
        report_part(self.state, &mut phase, 0, total, self.rest);
        let model = std::sync::Arc::clone(&self.model);
        memory::check(self.state, "Answering", kv_bytes(&model, &requests, limits))?;
        generate(&model, &requests, limits, &mut |step| {
            let ended = match step {
                Step::Token { row, id } => {
                    ids[row].push(id);
                    Ok(())
                }
                Step::End { end: End::Stopped, .. } => Ok(()),
                Step::End { row, end } => {
                    done += 1;
                    report_part(self.state, &mut phase, done, total, self.rest);
                    let answer = Answer { ids: std::mem::take(&mut ids[row]), end };
                    let one = wanted[row];
                    let answer = generated_answer(&model, one.place, &answer);
                    self.save_answer(&missing[one.at].1, &answer).and_then(|()| {
                        kept[one.at].push(answer);
                        self.save_if_complete(task, &missing[one.at], prompts.len(), &kept[one.at])
                    })
                }
            };
            if let Err(error) = ended {
                refused = Some(error);
            }
            if refused.is_some() || is_halting(self.state) {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })
        .map_err(|error| match error {
            ModelError::NotFinite { index, .. } => {
                let one = wanted[index];
                at_multiplier(error, missing[one.at].0, |_| format!("prompt {}", one.place + 1))
            }
            error => error.into(),
        })?;
        match refused {
            Some(error) => Err(error.into()),
            None if done < total => Err(Interrupt::Halted),
            None => {
                let work = total as f64 * f64::from(self.settings.generation.max_new_tokens);
                self.speeds.note(&Kind::Answers, work, began.elapsed());
                Ok(())
            }
        }
    }

    /// Takes answers that were given elsewhere as the answers, up to the limit.
    fn keep_given(
        &mut self,
        task: &Task,
        missing: &[(f64, String)],
        given: &[String],
    ) -> Result<(), Interrupt> {
        let count = self.settings.answered(task.set, given.len());
        let mut kept = Vec::with_capacity(count);
        for (place, text) in given.iter().take(count).enumerate() {
            let encoded = self.model.encode_raw(text);
            let ids = encoded.map_err(|source| Error::Tokens { pair: Some(place + 1), source })?;
            let (place, tokens) = (place as u32, ids.len() as u32);
            kept.push(GeneratedAnswer { place, text: text.clone(), tokens, is_whole: true });
        }
        for at in missing {
            for answer in &kept {
                self.save_answer(&at.1, answer)?;
            }
            self.save_if_complete(task, at, kept.len(), &kept)?;
        }
        Ok(())
    }

    /// Encodes the prompts of a task's set that are answered: the first ones, up to the limit.
    pub(super) fn prompts(&self, task: &Task) -> Result<Vec<Vec<u32>>, Error> {
        let Some(set) = task.set.map(|set| &self.sets[set as usize]) else { return Ok(Vec::new()) };
        let subject = &self.subjects[task.arm as usize];
        let reader = subject.reader(&self.model)?;
        let encode = |(index, content): (usize, &ipc::data::PairContent)| {
            let before = subject.before_pair(self.examples(task), &preference(content));
            encode(&reader, &before, &content.prompt)
                .map_err(|source| Error::Tokens { pair: Some(index + 1), source })
        };
        let answered = self.settings.answered(task.set, set.measured.len());
        set.measured.iter().take(answered).enumerate().map(encode).collect()
    }

    /// Returns the request for one answer. A prompt has the same random draws at every multiplier.
    fn request(&self, task: &Task, multiplier: f64, place: usize, prompts: &[Vec<u32>]) -> Request {
        let generation = self.settings.generation;
        Request {
            prompt: prompts[place].clone(),
            steering: self.subjects[task.arm as usize].at(multiplier),
            sampling: Sampling {
                temperature: generation.temperature as f32,
                seed: generation.seed.wrapping_add(place as u64),
                ..Sampling::default()
            },
        }
    }

    fn save_answer(&self, key: &str, answer: &GeneratedAnswer) -> Result<(), Error> {
        self.state.block_on(async {
            let mut db = self.state.store.begin().await?;
            measurements::put_answer(&mut db, key, answer).await?;
            save_progress(self.state, &mut db).await?;
            Ok(db.commit().await?)
        })
    }

    /// Stores the points of a multiplier once every prompt has its answer.
    fn save_if_complete(
        &mut self,
        task: &Task,
        (multiplier, key): &(f64, String),
        prompts: usize,
        kept: &[GeneratedAnswer],
    ) -> Result<(), Error> {
        if kept.len() < prompts {
            return Ok(());
        }
        let mut kept: Vec<&GeneratedAnswer> = kept.iter().collect();
        kept.sort_by_key(|answer| answer.place);
        let items: Vec<Vec<f64>> = kept.into_iter().map(item).collect();
        self.save_point(task, *multiplier, key.clone(), &items)
    }
}

fn generated_answer(model: &vectors::model::Model, place: usize, answer: &Answer) -> GeneratedAnswer {
    GeneratedAnswer {
        place: place as u32,
        text: model.decode(&answer.ids),
        tokens: answer.ids.len() as u32,
        is_whole: answer.end == End::EndOfTurn,
    }
}

/// Scores an answer without a judge, as [`super::kind::Kind::Answers`] describes.
fn item(answer: &GeneratedAnswer) -> Vec<f64> {
    let complies = f64::from(u8::from(!refuses(&answer.text)));
    vec![repetition(&answer.text), f64::from(answer.tokens), complies]
}

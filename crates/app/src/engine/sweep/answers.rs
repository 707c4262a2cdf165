//! Generates the answers of a sweep, arm by arm in batches. Each answer is stored as soon as it has ended.

use std::ops::ControlFlow;

use store::measurements::{self, KeptAnswer};
use vectors::generate::{Answer, End, Limits, Request, Sampling, Step, generate};
use vectors::score::answers::{refuses, repetition};

use super::plan::Task;
use super::subject::encode;
use super::{Running, with_suffix};
use crate::Error;
use crate::engine::encode::preference;
use crate::engine::job::{Interrupt, is_halting, say};
use crate::engine::pace::Phase;

/// The number of answers that are generated at the same time.
const ROWS: usize = 32;

/// An answer to generate.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    /// The index of the multiplier among the missing ones.
    at: usize,
    /// The index of the prompt in its set.
    place: usize,
}

impl Running<'_> {
    /// Generates the answers at the missing multipliers, and computes the points that follow from them.
    pub(super) fn answer(&mut self, task: &Task, missing: &[(f64, String)]) -> Result<(), Interrupt> {
        let prompts = self.prompts(task)?;
        let mut kept: Vec<Vec<KeptAnswer>> = Vec::with_capacity(missing.len());
        for (_, key) in missing {
            kept.push(self.state.block_on(measurements::answers(self.state.store.read(), key))?);
        }
        let is_kept = |wanted: &Wanted| kept[wanted.at].iter().any(|a| a.place as usize == wanted.place);
        let all = (0..missing.len()).flat_map(|at| (0..prompts.len()).map(move |place| Wanted { at, place }));
        let wanted: Vec<Wanted> = all.filter(|wanted| !is_kept(wanted)).collect();
        for at in 0..missing.len() {
            self.keep_if_whole(task, &missing[at], prompts.len(), &kept[at])?;
        }
        let requests: Vec<Request> =
            wanted.iter().map(|one| self.request(task, missing[one.at].0, one.place, &prompts)).collect();
        let limits = Limits { new_tokens: self.settings.generation.max_new_tokens as usize, rows: ROWS };
        let (name, unit) = task.kind.phase();
        let (mut phase, mut done, mut refused) = (Phase::new(name, unit), 0, None);
        let (total, mut ids) = (requests.len(), vec![Vec::new(); requests.len()]);
        say(self.state, &mut phase, 0, total);
        let model = std::sync::Arc::clone(&self.model);
        generate(&model, &requests, limits, &mut |step| {
            let ended = match step {
                Step::Token { row, id } => {
                    ids[row].push(id);
                    Ok(())
                }
                Step::End { end: End::Stopped, .. } => Ok(()),
                Step::End { row, end } => {
                    done += 1;
                    say(self.state, &mut phase, done, total);
                    let answer = Answer { ids: std::mem::take(&mut ids[row]), end };
                    let one = wanted[row];
                    let answer = kept_answer(&model, one.place, &answer);
                    self.keep_answer(&missing[one.at].1, &answer).and_then(|()| {
                        kept[one.at].push(answer);
                        self.keep_if_whole(task, &missing[one.at], prompts.len(), &kept[one.at])
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
        })?;
        match refused {
            Some(error) => Err(error.into()),
            None if done < total => Err(Interrupt::Halted),
            None => Ok(()),
        }
    }

    /// Encodes the prompts of a task's set.
    pub(super) fn prompts(&self, task: &Task) -> Result<Vec<Vec<u32>>, Error> {
        let Some(set) = task.set.map(|set| &self.sets[set as usize]) else { return Ok(Vec::new()) };
        let subject = &self.subjects[task.arm as usize];
        let reader = subject.reader(&self.model)?;
        let encode = |(index, content): (usize, &ipc::data::PairContent)| {
            let before = subject.before_pair(&set.pairs, &preference(content));
            encode(&reader, &before, &with_suffix(&content.prompt, &self.settings.suffix))
                .map_err(|source| Error::Tokens { pair: Some(index + 1), source })
        };
        set.measured.iter().enumerate().map(encode).collect()
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

    fn keep_answer(&self, key: &str, answer: &KeptAnswer) -> Result<(), Error> {
        self.state.block_on(async {
            let mut db = self.state.store.begin().await?;
            measurements::put_answer(&mut db, key, answer).await?;
            Ok(db.commit().await?)
        })
    }

    /// Stores the points of a multiplier once every prompt has its answer.
    fn keep_if_whole(
        &mut self,
        task: &Task,
        (multiplier, key): &(f64, String),
        prompts: usize,
        kept: &[KeptAnswer],
    ) -> Result<(), Error> {
        if kept.len() < prompts {
            return Ok(());
        }
        let mut kept: Vec<&KeptAnswer> = kept.iter().collect();
        kept.sort_by_key(|answer| answer.place);
        let items: Vec<Vec<f64>> = kept.into_iter().map(item).collect();
        self.keep(task, *multiplier, key.clone(), &items)
    }
}

fn kept_answer(model: &vectors::model::Model, place: usize, answer: &Answer) -> KeptAnswer {
    KeptAnswer {
        place: place as u32,
        text: model.decode(&answer.ids),
        tokens: answer.ids.len() as u32,
        is_whole: answer.end == End::EndOfTurn,
    }
}

/// Scores an answer without a judge, as [`super::kind::Kind::Answers`] describes.
fn item(answer: &KeptAnswer) -> Vec<f64> {
    let complies = f64::from(u8::from(!refuses(&answer.text)));
    vec![repetition(&answer.text), f64::from(answer.tokens), complies]
}

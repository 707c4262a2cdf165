//! The rows of a session that are being answered: decoding under steering that changes, and their plain twins.

use std::sync::Arc;

use candle_core::{Result as CandleResult, Tensor};

use super::observed::{Direction, Observed};
use super::sampling::{NOT_FINITE, Sampler};
use super::session::{Ask, Change, Control};
use super::{Answer, End, of_request, reading};
use crate::model::{DecodeBuffers, Device, KvCache, Model, ModelError, NextToken, Stage};
use crate::ops::{on_pool, rows};
use crate::steering::{SteeringPlan, Term};

/// A sequence that has been read under a plan, and goes on under it.
struct Lane {
    plan: Arc<SteeringPlan>,
    cache: KvCache,
    /// The position of the next row.
    position: u32,
}

/// An ask that is being answered.
struct Row<'a> {
    index: usize,
    ask: &'a Ask,
    /// The terms of the steered lane's plan.
    terms: Vec<Term>,
    sampler: Sampler,
    /// The token that is read next.
    last: u32,
    steered: Lane,
    /// The lane that reads the same tokens without steering. An observed row that was never steered needs none.
    plain: Option<Lane>,
    along: Option<Direction>,
}

/// The rows that have not ended.
pub(super) struct OpenRows<'a> {
    model: &'a Model,
    rows: Vec<Row<'a>>,
    /// The logits of each row's first token, and its projection.
    first: Vec<Prediction>,
}

/// The logits from which a row's next token is sampled.
struct Prediction {
    /// The logits, where more than their largest is needed.
    steered: Option<Vec<f32>>,
    /// The likeliest token; `None` where the logits are not finite.
    largest: Option<u32>,
    /// The logits of the plain twin.
    plain: Option<Vec<f32>>,
    projection: Option<f32>,
}

impl<'a> OpenRows<'a> {
    /// Reads the prompts of all asks.
    pub(super) fn read(model: &'a Model, asks: &'a [Ask]) -> Result<Self, ModelError> {
        let open: Vec<(usize, &Ask)> =
            asks.iter().enumerate().filter(|(_, ask)| ask.new_tokens > 0).collect();
        if open.is_empty() {
            return Ok(Self { model, rows: Vec::new(), first: Vec::new() });
        }
        let nothing = Arc::new(SteeringPlan::default());
        let plans: Vec<Arc<SteeringPlan>> =
            open.iter().map(|(_, ask)| Arc::new(SteeringPlan::new(&ask.request.steering))).collect();
        let steered =
            open.iter().zip(&plans).map(|((_, ask), plan)| (ask.request.prompt.as_slice(), &**plan));
        let mut prompts: Vec<(&[u32], &SteeringPlan)> = steered.collect();
        for ((_, ask), plan) in open.iter().zip(&plans) {
            if needs_twin(model, ask, plan) {
                prompts.push((&ask.request.prompt, &nothing));
            }
        }
        let directions: Vec<Option<Direction>> = open.iter().map(|(_, ask)| direction(ask)).collect();
        let mut projections = vec![None; open.len()];
        let mut visit = |block: usize, stage: Stage, x: &Tensor| {
            let places = directions.iter().enumerate();
            project(block, stage, x, places.map(|(place, of)| (place, of.as_ref())), &mut projections)
        };
        let (caches, logits) = on_pool(|| reading::read_whole(model, &prompts, &mut visit))?;
        let logits = rows::read(&logits)?;
        let mut caches = caches.into_iter();
        let mut lane = |plan: &Arc<SteeringPlan>, ask: &Ask| {
            let cache = caches.next().ok_or(ModelError::EmptyPrompt)?;
            Ok::<_, ModelError>(Lane {
                plan: Arc::clone(plan),
                cache,
                position: ask.request.prompt.len() as u32,
            })
        };
        let (mut all, mut first) = (Vec::with_capacity(open.len()), Vec::with_capacity(open.len()));
        for (place, (index, ask)) in open.iter().enumerate() {
            let steered = logits.row(place).to_vec();
            all.push(Row {
                index: *index,
                ask,
                terms: ask.request.steering.clone(),
                sampler: ask.request.sampling.sampler(&ask.request.prompt),
                last: 0,
                steered: lane(&plans[place], ask)?,
                plain: None,
                along: directions[place].clone(),
            });
            first.push(Prediction {
                largest: super::sampling::argmax(&steered),
                steered: Some(steered),
                plain: None,
                projection: projections[place],
            });
        }
        let mut place = all.len();
        for (row, prediction) in all.iter_mut().zip(&mut first) {
            if needs_twin(model, row.ask, &row.steered.plan) {
                row.plain = Some(lane(&nothing, row.ask)?);
                prediction.plain = Some(logits.row(place).to_vec());
                place += 1;
            }
        }
        Ok(Self { model, rows: all, first })
    }

    /// Decodes until every row has ended.
    pub(super) fn generate(
        &mut self,
        answers: &mut [Answer],
        control: &mut dyn Control,
    ) -> Result<(), ModelError> {
        let mut buffers = DecodeBuffers::default();
        let mut predictions = std::mem::take(&mut self.first);
        loop {
            self.append(predictions, answers, control)?;
            self.change(answers, control)?;
            if self.rows.is_empty() {
                return Ok(());
            }
            predictions = on_pool(|| self.decode(&mut buffers))?;
        }
    }

    /// Samples a token of every row, and removes the rows that have ended.
    fn append(
        &mut self,
        predictions: Vec<Prediction>,
        answers: &mut [Answer],
        control: &mut dyn Control,
    ) -> Result<(), ModelError> {
        let mut staying = Vec::with_capacity(self.rows.len());
        for (mut row, prediction) in std::mem::take(&mut self.rows).into_iter().zip(predictions) {
            let id = row.sample(&prediction)?;
            let answer = &mut answers[row.index];
            if self.model.tokenizer().is_end_of_turn(id) {
                answer.end = End::EndOfTurn;
                control.end(row.index, answer.end);
                continue;
            }
            row.last = id;
            answer.ids.push(id);
            control.token(row.index, id, row.observed(id, &prediction).as_ref());
            if answer.ids.len() == row.ask.new_tokens {
                answer.end = End::Length;
                control.end(row.index, answer.end);
            } else {
                staying.push(row);
            }
        }
        self.rows = staying;
        Ok(())
    }

    /// Asks what happens to every row before its next token.
    fn change(&mut self, answers: &mut [Answer], control: &mut dyn Control) -> Result<(), ModelError> {
        let mut staying = Vec::with_capacity(self.rows.len());
        for mut row in std::mem::take(&mut self.rows) {
            match control.change(row.index) {
                Change::None => staying.push(row),
                Change::Steer(terms) => {
                    self.model.check_steering(&terms)?;
                    row.steer(terms);
                    staying.push(row);
                }
                Change::Stop => {
                    answers[row.index].end = End::Stopped;
                    control.end(row.index, End::Stopped);
                }
            }
        }
        self.rows = staying;
        Ok(())
    }

    /// Reads the last token of every row, and of its twin.
    fn decode(&mut self, buffers: &mut DecodeBuffers) -> Result<Vec<Prediction>, ModelError> {
        let count = self.rows.len();
        let directions: Vec<Option<Direction>> = self.rows.iter().map(|row| row.along.clone()).collect();
        let mut projections = vec![None; count];
        let (mut next, mut twins) = (Vec::with_capacity(2 * count), Vec::new());
        let mut twin_of = vec![None; count];
        for (place, row) in self.rows.iter_mut().enumerate() {
            next.push(row.steered.next(row.last));
            if let Some(plain) = &mut row.plain {
                twin_of[place] = Some(count + twins.len());
                twins.push(plain.next(row.last));
            }
        }
        next.append(&mut twins);
        let mut visit = |block: usize, stage: Stage, x: &Tensor| {
            let places = directions.iter().enumerate();
            project(block, stage, x, places.map(|(place, of)| (place, of.as_ref())), &mut projections)
        };
        let logits = buffers.decode(&self.model.decoder, next, &mut visit)?;
        let copy = |place: usize| {
            let mut row = Vec::new();
            logits.copy_row(place, &mut row);
            row
        };
        let largest = logits.argmax();
        let predict = |(place, row): (usize, &Row<'_>)| Prediction {
            steered: (row.ask.observe.is_some() || !row.sampler.is_greedy()).then(|| copy(place)),
            largest: largest[place],
            plain: twin_of[place].map(copy),
            projection: projections[place],
        };
        Ok(self.rows.iter().enumerate().map(predict).collect())
    }
}

impl Lane {
    /// Returns the token to read, and moves on behind it.
    fn next(&mut self, token: u32) -> NextToken<'_> {
        self.position += 1;
        NextToken { token, position: self.position - 1, cache: &mut self.cache, plan: &self.plan }
    }
}

impl Row<'_> {
    /// Samples the next token. An error names the ask.
    fn sample(&mut self, prediction: &Prediction) -> Result<u32, ModelError> {
        let sampled = match &prediction.steered {
            Some(logits) if !self.sampler.is_greedy() => self.sampler.sample(&mut logits.clone()),
            _ => prediction.largest.ok_or(NOT_FINITE),
        };
        sampled.map_err(|error| of_request(error, self.index))
    }

    /// Measures the token that was sampled.
    fn observed(&self, id: u32, prediction: &Prediction) -> Option<Observed> {
        let (observe, steered) = (self.ask.observe.as_ref()?, prediction.steered.as_ref()?);
        let plain = prediction.plain.as_ref().unwrap_or(steered);
        Some(Observed::new(id, steered, plain, observe.likeliest, prediction.projection))
    }

    /// Steers the row by other terms from its next token on.
    fn steer(&mut self, terms: Vec<Term>) {
        if terms == self.terms {
            return;
        }
        let plan = SteeringPlan::new(&terms);
        self.terms = terms;
        if self.ask.observe.is_some() && self.plain.is_none() && !plan.is_empty() {
            // Until now the row was plain itself.
            let Lane { plan, cache, position } = &self.steered;
            self.plain = Some(Lane { plan: Arc::clone(plan), cache: cache.clone(), position: *position });
        }
        self.steered.plan = Arc::new(plan);
    }
}

/// Returns whether an observed row has a twin from the start. On a device the rows that were read cannot be copied later.
fn needs_twin(model: &Model, ask: &Ask, plan: &SteeringPlan) -> bool {
    ask.observe.is_some() && (!plan.is_empty() || model.device() != Device::Cpu)
}

fn direction(ask: &Ask) -> Option<Direction> {
    ask.observe.as_ref()?.along.as_ref().and_then(Direction::of)
}

/// Projects the rows behind a block on the directions after it. The rows are those with these places.
fn project<'d>(
    block: usize,
    stage: Stage,
    x: &Tensor,
    directions: impl Iterator<Item = (usize, Option<&'d Direction>)>,
    projections: &mut [Option<f32>],
) -> CandleResult<()> {
    let here =
        |(place, of): (usize, Option<&'d Direction>)| Some((place, of.filter(|of| of.layer == block)?));
    let mut here = directions.filter_map(here).peekable();
    if stage == Stage::Output || here.peek().is_none() {
        return Ok(());
    }
    let x = rows::read(x)?;
    for (place, direction) in here {
        projections[place] = Some(direction.project(x.row(place)));
    }
    Ok(())
}

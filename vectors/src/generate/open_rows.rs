//! The rows of a session that are being answered: decoding under steering that changes, and their plain twins.

use std::sync::Arc;

use candle_core::{Result as CandleResult, Tensor};
use rayon::prelude::*;

use super::kept::{Kept, LaneKey};
use super::lane::{Lane, TrunkRow};
use super::observed::{Direction, Observed};
use super::reading::{Read, Wanted};
use super::sampling::{NOT_FINITE, Sampler, argmax};
use super::session::{Ask, Change, Control};
use super::{Answer, End, Request, RowsRead, of_request, reading};
use crate::model::{DecodeBuffers, Device, Model, ModelError, NextToken, Stage, begin_step};
use crate::ops::{on_pool, rows};
use crate::steering::{SteeringPlan, Term};

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
    along: Option<Arc<Direction>>,
}

/// The rows that have not ended.
pub(super) struct OpenRows<'a> {
    model: &'a Model,
    kept: &'a mut Kept,
    rows: Vec<Row<'a>>,
    /// The logits of each row's first token, and its projection.
    first: Vec<Prediction>,
    /// The blocks of a step after which the steering may change, where that leaves them alone. 0 where it never does.
    begins_with: usize,
}

/// A step of which the first blocks were run.
struct Begun {
    /// The output of the last of them, `[rows and twins, hidden]`.
    x: Tensor,
    blocks: usize,
    /// The projections of the rows behind these blocks.
    projections: Vec<Option<f32>>,
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
    pub(super) fn read(
        model: &'a Model,
        kept: &'a mut Kept,
        asks: &'a [Ask],
    ) -> Result<(Self, RowsRead), ModelError> {
        let open: Vec<(usize, &Ask)> =
            asks.iter().enumerate().filter(|(_, ask)| ask.new_tokens > 0).collect();
        let directions: Vec<Option<Direction>> = open.iter().map(|(_, ask)| direction(ask)).collect();
        let mut wanted = Vec::with_capacity(2 * open.len());
        for ((_, ask), along) in open.iter().zip(&directions) {
            let Request { prompt, steering, .. } = &ask.request;
            let plan = Arc::new(SteeringPlan::new(steering));
            let (key, floor) = (LaneKey { key: ask.key, is_plain: false }, floor(model, steering, &plan));
            wanted.push(Wanted { key, prompt, begun: ask.begun, plan, floor, along: along.as_ref() });
        }
        let twins: Vec<bool> =
            open.iter().zip(&wanted).map(|((_, ask), of)| needs_twin(model, ask, &of.plan)).collect();
        for (place, (_, ask)) in open.iter().enumerate().filter(|(place, _)| twins[*place]) {
            let key = LaneKey { key: ask.key, is_plain: true };
            // It shares the trunk of the steered lane, but for that of an adapter, which has none.
            let floor = match wanted[place].floor {
                0 => model.decoder.block_count(),
                floor => floor,
            };
            let (prompt, begun) = (&ask.request.prompt, ask.begun);
            let twin = Wanted { key, prompt, begun, plan: Arc::default(), floor, along: None };
            wanted.push(twin);
        }
        if wanted.is_empty() {
            let none = Self { model, kept, rows: Vec::new(), first: Vec::new(), begins_with: 0 };
            return Ok((none, RowsRead::default()));
        }
        let begins_with = begins_with(model, wanted.iter().map(|of| of.floor));
        let (read, rows_read) = on_pool(|| reading::read_prompts(model, kept, &wanted))?;
        drop(wanted);
        let mut read = read.into_iter();
        let steered: Vec<Read> = read.by_ref().take(open.len()).collect();
        let (mut rows, mut first) = (Vec::with_capacity(open.len()), Vec::with_capacity(open.len()));
        for ((((index, ask), along), has_twin), steered) in
            open.into_iter().zip(directions).zip(twins).zip(steered)
        {
            let plain = if has_twin { read.next() } else { None };
            let (plain, plain_logits) = plain.map(|plain| (plain.lane, plain.logits)).unzip();
            first.push(Prediction {
                largest: argmax(&steered.logits),
                steered: Some(steered.logits),
                plain: plain_logits,
                projection: steered.projection,
            });
            let Request { prompt, steering, sampling } = &ask.request;
            let mut sampler = sampling.sampler(prompt);
            sampler.skip(ask.drawn)?;
            rows.push(Row {
                index,
                ask,
                terms: steering.clone(),
                sampler,
                last: 0,
                steered: steered.lane,
                plain,
                along: along.map(Arc::new),
            });
        }
        Ok((Self { model, kept, rows, first, begins_with }, rows_read))
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
            predictions = self.decode(&mut buffers, control)?;
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
        let sampled: Vec<Result<u32, ModelError>> = on_pool(|| {
            let rows = self.rows.par_iter_mut().zip(&predictions);
            rows.map(|(row, prediction)| row.sample(prediction)).collect()
        });
        let rows = std::mem::take(&mut self.rows).into_iter().zip(predictions);
        for ((mut row, prediction), id) in rows.zip(sampled) {
            let id = id?;
            let answer = &mut answers[row.index];
            if self.model.tokenizer().is_end_of_turn(id) {
                end(row, End::EndOfTurn, answer, self.kept, control);
                continue;
            }
            row.last = id;
            answer.ids.push(id);
            control.token(row.index, id, row.observed(id, &prediction).as_ref());
            if answer.ids.len() == row.ask.new_tokens {
                end(row, End::Length, answer, self.kept, control);
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
                    let answer = &mut answers[row.index];
                    end(row, End::Stopped, answer, self.kept, control);
                }
            }
        }
        self.rows = staying;
        Ok(())
    }

    /// Reads the last token of every row, and of its twin.
    fn decode(
        &mut self,
        buffers: &mut DecodeBuffers,
        control: &mut dyn Control,
    ) -> Result<Vec<Prediction>, ModelError> {
        for row in &mut self.rows {
            row.steered.advance(row.last);
            if let Some(plain) = &mut row.plain {
                plain.advance(row.last);
            }
        }
        let untouched = self.rows.iter().filter_map(|row| row.steered.plan.untouched()).min();
        let blocks = untouched.map_or(self.begins_with, |untouched| untouched.min(self.begins_with));
        if blocks == 0 {
            return on_pool(|| self.finish(buffers, None));
        }
        let begun = on_pool(|| self.begin(blocks))?;
        for row in &mut self.rows {
            row.change_within(self.model, blocks, control)?;
        }
        on_pool(|| self.finish(buffers, Some(begun)))
    }

    /// Runs the first blocks for the token that every row reads, and its twin.
    fn begin(&mut self, blocks: usize) -> Result<Begun, ModelError> {
        let along = self.directions();
        let (mut trunks, mut projections) = (Vec::new(), vec![None; along.len()]);
        let next = next_tokens(&mut self.rows, &mut trunks);
        // What lies behind the last of these blocks is projected once more, behind its edits.
        let mut visit = |block: usize, stage: Stage, x: &Tensor| match stage {
            Stage::Output => grow_trunks(block, x, &mut trunks),
            Stage::Edited => project(block, x, &along, &mut projections),
        };
        let x = begin_step(&self.model.decoder, blocks, next, &mut visit)?;
        Ok(Begun { x, blocks, projections })
    }

    /// Predicts the token after the one that every row reads, of which the first blocks may have been run.
    fn finish(
        &mut self,
        buffers: &mut DecodeBuffers,
        begun: Option<Begun>,
    ) -> Result<Vec<Prediction>, ModelError> {
        let (along, mut trunks) = (self.directions(), Vec::new());
        let mut twins = along.len()..;
        let twin_of: Vec<Option<usize>> =
            self.rows.iter().map(|row| row.plain.as_ref().and_then(|_| twins.next())).collect();
        let (x, mut projections) = match begun {
            Some(Begun { x, blocks, projections }) => (Some((x, blocks)), projections),
            None => (None, vec![None; along.len()]),
        };
        let next = next_tokens(&mut self.rows, &mut trunks);
        let mut visit = |block: usize, stage: Stage, x: &Tensor| match stage {
            Stage::Output => grow_trunks(block, x, &mut trunks),
            Stage::Edited => project(block, x, &along, &mut projections),
        };
        let decoder = &self.model.decoder;
        let logits = match x {
            Some((x, blocks)) => buffers.finish(decoder, x, blocks, next, &mut visit)?,
            None => buffers.decode(decoder, next, &mut visit)?,
        };
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

    /// Returns the direction on which each row is projected.
    fn directions(&self) -> Vec<Option<Arc<Direction>>> {
        self.rows.iter().map(|row| row.along.clone()).collect()
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

    /// Steers the row by other terms from the token on that it reads, of which the first blocks were run.
    fn change_within(
        &mut self,
        model: &Model,
        blocks: usize,
        control: &mut dyn Control,
    ) -> Result<(), ModelError> {
        // A row that is observed and was plain until now is copied first, which waits for the whole token.
        let is_free = self.ask.observe.is_none() || self.plain.is_some();
        let fits = |terms: &[Term]| is_free && self.steered.can_still_be(&SteeringPlan::new(terms), blocks);
        let Some(terms) = control.change_within(self.index, &fits) else { return Ok(()) };
        model.check_steering(&terms)?;
        self.steered.steer_within(&Arc::new(SteeringPlan::new(&terms)));
        self.terms = terms;
        Ok(())
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
            self.plain = Some(self.steered.clone());
        }
        self.steered.steer(Arc::new(plan));
    }
}

/// Returns the last token of every row, and behind them those of their twins.
fn next_tokens<'r>(rows: &'r mut [Row<'_>], trunks: &mut Vec<TrunkRow<'r>>) -> Vec<NextToken<'r>> {
    let count = rows.len();
    let (mut next, mut twins) = (Vec::with_capacity(2 * count), Vec::new());
    for (place, row) in rows.iter_mut().enumerate() {
        next.push(row.steered.row(place, trunks));
        if let Some(plain) = &mut row.plain {
            twins.push(plain.row(count + twins.len(), trunks));
        }
    }
    next.append(&mut twins);
    next
}

/// Returns the blocks of a step after which the steering may change: those that none of the terms touches. Where nothing steers yet, what
/// comes will most likely act in the middle or behind it. Only blocks in main memory are run in two parts.
fn begins_with(model: &Model, floors: impl Iterator<Item = usize>) -> usize {
    let count = model.decoder.block_count();
    match model.device() {
        Device::Cpu => floors.filter(|floor| *floor < count).min().unwrap_or(count / 2),
        _ => 0,
    }
}

/// Returns whether an observed row has a twin from the start. On a device the rows that were read cannot be copied later.
fn needs_twin(model: &Model, ask: &Ask, plan: &SteeringPlan) -> bool {
    ask.observe.is_some() && (!plan.is_empty() || model.device() != Device::Cpu)
}

fn direction(ask: &Ask) -> Option<Direction> {
    ask.observe.as_ref()?.along.as_ref().and_then(Direction::of)
}

/// Returns the first blocks that these terms leave unchanged at any multiplier. An adapter counts where it acts.
fn floor(model: &Model, terms: &[Term], plan: &SteeringPlan) -> usize {
    let vectors = terms.iter().filter(|term| matches!(term, Term::Vector { .. }));
    let vectors = vectors.map(|vector| vector.prefix().0);
    vectors.chain(plan.untouched()).min().unwrap_or(model.decoder.block_count())
}

/// Ends a row, whose sequences are kept.
fn end(row: Row<'_>, end: End, answer: &mut Answer, kept: &mut Kept, control: &mut dyn Control) {
    answer.end = end;
    let Row { index, ask, steered, plain, .. } = row;
    if steered.is_in_main_memory() {
        for (lane, is_plain) in plain.map(|plain| (plain, true)).into_iter().chain([(steered, false)]) {
            kept.put(LaneKey { key: ask.key, is_plain }, lane);
        }
    }
    control.end(index, end);
}

/// Keeps the output of the trunks' last block.
fn grow_trunks(block: usize, x: &Tensor, trunks: &mut [TrunkRow<'_>]) -> CandleResult<()> {
    if !trunks.iter().any(|of| of.block == block) {
        return Ok(());
    }
    let x = rows::read(x)?;
    for TrunkRow { place, trunk, .. } in trunks.iter_mut().filter(|of| of.block == block) {
        trunk.extend_from_slice(x.row(*place));
    }
    Ok(())
}

/// Projects the rows behind a block on the directions after it.
fn project(
    block: usize,
    x: &Tensor,
    along: &[Option<Arc<Direction>>],
    projections: &mut [Option<f32>],
) -> CandleResult<()> {
    if !along.iter().flatten().any(|of| of.layer == block) {
        return Ok(());
    }
    let x = rows::read(x)?;
    for (place, (of, projection)) in along.iter().zip(projections).enumerate() {
        if let Some(of) = of.as_ref().filter(|of| of.layer == block) {
            *projection = Some(of.project(x.row(place)));
        }
    }
    Ok(())
}

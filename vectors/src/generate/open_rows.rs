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
use crate::model::{DecodeBuffers, Device, Model, ModelError, Stage};
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
    along: Option<Direction>,
}

/// The rows that have not ended.
pub(super) struct OpenRows<'a> {
    model: &'a Model,
    kept: &'a mut Kept,
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
            return Ok((Self { model, kept, rows: Vec::new(), first: Vec::new() }, RowsRead::default()));
        }
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
                along,
            });
        }
        Ok((Self { model, kept, rows, first }, rows_read))
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
    fn decode(&mut self, buffers: &mut DecodeBuffers) -> Result<Vec<Prediction>, ModelError> {
        let count = self.rows.len();
        let mut projections = vec![None; count];
        let mut trunks: Vec<TrunkRow> = Vec::new();
        let (mut next, mut twins) = (Vec::with_capacity(2 * count), Vec::new());
        let mut twin_of = vec![None; count];
        let mut along = Vec::with_capacity(count);
        for (place, row) in self.rows.iter_mut().enumerate() {
            along.push(row.along.as_ref());
            next.push(row.steered.next(row.last, place, &mut trunks));
            if let Some(plain) = &mut row.plain {
                twin_of[place] = Some(count + twins.len());
                twins.push(plain.next(row.last, count + twins.len(), &mut trunks));
            }
        }
        next.append(&mut twins);
        let mut visit = |block: usize, stage: Stage, x: &Tensor| match stage {
            Stage::Output => grow_trunks(block, x, &mut trunks),
            Stage::Edited => project(block, x, &along, &mut projections),
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
            self.plain = Some(self.steered.clone());
        }
        self.steered.steer(Arc::new(plan));
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
    along: &[Option<&Direction>],
    projections: &mut [Option<f32>],
) -> CandleResult<()> {
    if !along.iter().flatten().any(|of| of.layer == block) {
        return Ok(());
    }
    let x = rows::read(x)?;
    for (place, (of, projection)) in along.iter().zip(projections).enumerate() {
        if let Some(of) = of.filter(|of| of.layer == block) {
            *projection = Some(of.project(x.row(place)));
        }
    }
    Ok(())
}

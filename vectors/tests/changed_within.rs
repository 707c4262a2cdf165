//! Rows of a session that are steered otherwise in the middle of a decoding step, against the same change before that step.
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "tests")]

use std::sync::Arc;

use crate::common::oracle_path;
use vectors::generate::{Answer, Ask, Change, Control, End, Observe, Observed, Request, Sampling, Session};
use vectors::model::{Device, Model};
use vectors::steering::{Gate, GateAt, Intervention, SteeringVector, Term, TermGate};

const NEW_TOKENS: usize = 10;
/// The row is steered otherwise once it has this many tokens.
const AFTER: usize = 4;

/// Steers the first row otherwise: before a step, or within it where that fits, and else before the next one.
struct Changes {
    terms: Option<Vec<Term>>,
    is_within: bool,
    counts: Vec<usize>,
    observed: Vec<Tokens>,
    /// The number of tokens of the first row when it was steered otherwise, and whether that was within a step.
    changed: Option<(usize, bool)>,
}

impl Control for Changes {
    fn change(&mut self, row: usize) -> Change {
        let after = if self.is_within { AFTER + 1 } else { AFTER };
        if row > 0 || self.counts[0] < after {
            return Change::None;
        }
        let Some(terms) = self.terms.take() else { return Change::None };
        self.changed = Some((self.counts[0], false));
        Change::Steer(terms)
    }

    fn change_within(&mut self, row: usize, fits: &dyn Fn(&[Term]) -> bool) -> Option<Vec<Term>> {
        if row > 0 || !self.is_within || self.counts[0] < AFTER || !fits(self.terms.as_ref()?) {
            return None;
        }
        self.changed = Some((self.counts[0], true));
        self.terms.take()
    }

    fn token(&mut self, row: usize, _id: u32, observed: Option<&Observed>) {
        self.counts[row] += 1;
        self.observed[row].push(observed.cloned());
    }

    fn end(&mut self, _row: usize, _end: End) {}
}

fn at(model: &Model, layer: usize, multiplier: f32, gate: Option<TermGate>) -> Term {
    let values = (0..model.facts().hidden_size).map(|i| (0.5 * (i as f64).sin()) as f32).collect();
    let vector = SteeringVector { layer, values };
    Term::Vector { vector, multiplier, intervention: Intervention::default(), gate: gate.map(Arc::new) }
}

fn gate(model: &Model, layer: usize, at: GateAt) -> TermGate {
    let condition = (0..model.facts().hidden_size).map(|i| (i as f32 * 1.3).cos()).collect();
    TermGate { condition, gate: Gate { layer: layer as u32, above: -1.0, soft: Some(0.5), at } }
}

fn ask(key: u64, prompt: &[u32], steering: Vec<Term>, observe: Option<Observe>) -> Ask {
    let sampling = Sampling { temperature: 0.9, seed: key, ..Sampling::default() };
    let request = Request { prompt: prompt.to_vec(), steering, sampling };
    Ask { key, request, begun: 0, drawn: 0, new_tokens: NEW_TOKENS, observe }
}

/// What was measured of every token of a row.
type Tokens = Vec<Option<Observed>>;

/// What two turns of three columns gave, the first column of which was steered otherwise in the first turn.
#[derive(Debug, PartialEq)]
struct Played {
    turns: Vec<(Vec<Answer>, Vec<Tokens>)>,
    changed: Option<(usize, bool)>,
}

fn play(model: &Arc<Model>, before: &[Term], terms: &[Term], is_observed: bool, is_within: bool) -> Played {
    let mut session = Session::new(Arc::clone(model));
    let last = model.facts().blocks - 1;
    let observe = |layer| Observe {
        likeliest: 3,
        along: Some(SteeringVector { layer, values: vec![0.5; model.facts().hidden_size].into() }),
    };
    let (mut prompt, mut steering): (Vec<u32>, _) = ((5..22).collect(), before.to_vec());
    let (mut turns, mut changed) = (Vec::new(), None);
    for turn in 0..2 {
        let asks = [
            ask(0, &prompt, steering.clone(), is_observed.then(|| observe(last))),
            ask(1, &prompt, vec![at(model, last, 1.0, None)], None),
            ask(2, &prompt, vec![], Some(observe(0))),
        ];
        let mut changes = Changes {
            terms: (turn == 0).then(|| terms.to_vec()),
            is_within,
            counts: vec![0; 3],
            observed: vec![Vec::new(); 3],
            changed: None,
        };
        let answers = session.generate(&asks, &mut changes).unwrap();
        prompt.extend(answers[0].ids.iter().chain(&[40, 41, 42]));
        steering = terms.to_vec();
        let projected = changes.observed[2].iter().flatten().filter(|token| token.projection.is_some());
        assert_eq!(projected.count(), answers[2].ids.len(), "every token of an observed row is projected");
        changed = changed.or(changes.changed);
        turns.push((answers, changes.observed));
    }
    Played { turns, changed }
}

#[test]
fn a_change_within_a_step_acts_as_one_before_it() {
    for name in ["llama", "mistral", "qwen3", "gemma2", "gemma3"] {
        let model = Arc::new(Model::open(oracle_path(&format!("families/{name}"))).load().unwrap());
        let last = model.facts().blocks - 1;
        let steered = |layer, multiplier| vec![at(&model, layer, multiplier, None)];
        let gated = |of| vec![at(&model, last, 2.0, Some(gate(&model, last - 1, of)))];
        let cases = [
            (steered(last, 1.0), steered(last, -2.0)),
            (steered(last - 1, 1.0), steered(last, 2.0)),
            (steered(last, 1.0), vec![]),
            (steered(last - 1, 1.0), gated(GateAt::Token)),
            (steered(last - 1, 1.0), gated(GateAt::Prompt)),
            (gated(GateAt::Token), gated(GateAt::Prompt)),
        ];
        for (before, after) in cases {
            for is_observed in [false, true] {
                let within = play(&model, &before, &after, is_observed, true);
                let earlier = play(&model, &before, &after, is_observed, false);
                assert_eq!(within.turns, earlier.turns, "{name}: {before:?} to {after:?}, {is_observed}");
                assert_eq!((within.changed, earlier.changed), (Some((AFTER, true)), Some((AFTER, false))));
            }
        }
    }
}

#[test]
fn what_would_change_blocks_that_were_run_waits_for_the_next_step() {
    let model = Arc::new(Model::open(oracle_path("families/gemma3")).load().unwrap());
    let last = model.facts().blocks - 1;
    let lower = vec![at(&model, 0, 1.0, None)];
    let played = play(&model, &[at(&model, last, 1.0, None)], &lower, false, true);
    assert_eq!(played.changed, Some((AFTER + 1, false)));
    // An observed row that was plain until now is copied before the whole step.
    let steered = vec![at(&model, last, 1.0, None)];
    assert_eq!(play(&model, &[], &steered, true, true).changed, Some((AFTER + 1, false)));
    assert_eq!(play(&model, &[], &steered, false, true).changed, Some((AFTER, true)));
    // On other devices a step is one piece.
    let candle = Model::open(oracle_path("families/gemma3")).device(Device::Candle).load().unwrap();
    assert_eq!(play(&Arc::new(candle), &steered, &[], false, true).changed, Some((AFTER + 1, false)));
}

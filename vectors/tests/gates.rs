//! Gates against projections that are computed by hand: in generation, in sessions and in scores.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_cmp,
    reason = "tests"
)]

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::common::oracle_path;
use vectors::generate::{
    Answer, Ask, Change, Control, End, Limits, Observe, Observed, Request, Sampling, Session, generate,
};
use vectors::layer::PrefixBlocks;
use vectors::model::{Device, Model, ModelError};
use vectors::pairs::EncodedPair;
use vectors::score::{EncodedOptions, OptionScorer, Scorer, TextScorer, prompt_projections};
use vectors::steering::{Gate, GateAt, GateError, Intervention, SteeringVector, Term, TermGate};

const NEW_TOKENS: usize = 14;
/// The gate is read after this block, and the vector acts after `LAYER`.
const GATE_LAYER: usize = 1;
const LAYER: usize = 3;

fn model(device: Device) -> Arc<Model> {
    Arc::new(Model::open(oracle_path("families/gemma3")).device(device).load().unwrap())
}

fn condition(model: &Model) -> Vec<f32> {
    (0..model.facts().hidden_size).map(|i| (i as f32 * 1.3).cos()).collect()
}

fn term(model: &Model, multiplier: f32, gate: Option<Gate>) -> Term {
    let values = (0..model.facts().hidden_size).map(|i| (2.0 * (i as f32).sin()).to_owned()).collect();
    let gate = gate.map(|gate| Arc::new(TermGate { condition: condition(model), gate }));
    let vector = SteeringVector { layer: LAYER, values };
    Term::Vector { vector, multiplier, intervention: Intervention::default(), gate }
}

fn gate(above: f64, soft: Option<f64>, at: GateAt) -> Gate {
    Gate { layer: GATE_LAYER as u32, above, soft, at }
}

/// The projection of the last of these tokens: below the gate nothing is steered, so that it depends on the tokens alone.
fn projection(model: &Model, tokens: &[u32]) -> f64 {
    prompt_projections(model, &[tokens.to_vec()], &condition(model), GATE_LAYER, None).unwrap()[0].last
}

/// A threshold in the widest gap between the projections of these tokens, so that some of them open the gate, and none nearly.
fn threshold(model: &Model, tokens: &[u32]) -> f64 {
    let mut all: Vec<f64> = (1..=tokens.len()).map(|end| projection(model, &tokens[..end])).collect();
    all.sort_by(f64::total_cmp);
    let gaps = all.windows(2).max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])));
    gaps.map(|gap| f64::midpoint(gap[0], gap[1])).unwrap()
}

fn request(prompt: &[u32], steering: Vec<Term>) -> Request {
    Request { prompt: prompt.to_vec(), steering, sampling: Sampling::default() }
}

fn from_scratch(model: &Model, requests: &[Request]) -> Vec<Answer> {
    let limits = Limits { new_tokens: NEW_TOKENS, rows: requests.len() };
    generate(model, requests, limits, &mut |_| ControlFlow::Continue(())).unwrap()
}

/// Steers the next token, or does not, by a projection that is computed by hand.
struct ByHand<'a> {
    model: &'a Model,
    read: Vec<u32>,
    above: f64,
    seen: Vec<Observed>,
    opened: Vec<bool>,
}

impl ByHand<'_> {
    fn steering(&mut self) -> Vec<Term> {
        let opens = projection(self.model, &self.read) > self.above;
        self.opened.push(opens);
        if opens { vec![term(self.model, 1.0, None)] } else { vec![] }
    }
}

impl Control for ByHand<'_> {
    fn change(&mut self, _: usize) -> Change {
        Change::Steer(self.steering())
    }

    fn token(&mut self, _: usize, id: u32, observed: Option<&Observed>) {
        self.read.push(id);
        self.seen.extend(observed.cloned());
    }

    fn end(&mut self, _: usize, _: End) {}
}

/// Only listens.
#[derive(Default)]
struct Seen(Vec<Observed>);

impl Control for Seen {
    fn change(&mut self, _: usize) -> Change {
        Change::None
    }

    fn token(&mut self, _: usize, _: u32, observed: Option<&Observed>) {
        self.0.extend(observed.cloned());
    }

    fn end(&mut self, _: usize, _: End) {}
}

fn ask(key: u64, request: Request) -> Ask {
    Ask {
        key,
        request,
        begun: 0,
        drawn: 0,
        new_tokens: NEW_TOKENS,
        observe: Some(Observe { likeliest: 2, along: None }),
    }
}

/// Products round otherwise for another number of rows.
fn close(ours: f32, theirs: f32) {
    assert!((ours - theirs).abs() < 1e-4, "{ours} is not {theirs}");
}

#[test]
fn a_gate_at_every_token_acts_where_a_projection_by_hand_says_so() {
    let model = model(Device::Cpu);
    // The prompt is one token, so that every row is steered or not by itself.
    let plain = from_scratch(&model, &[request(&[7], vec![])]);
    let above = threshold(&model, &[&[7], plain[0].ids.as_slice()].concat());
    let mut by_hand = ByHand { model: &model, read: vec![7], above, seen: vec![], opened: vec![] };
    let first = by_hand.steering();
    let expected =
        Session::new(Arc::clone(&model)).generate(&[ask(0, request(&[7], first))], &mut by_hand).unwrap();
    assert!(by_hand.opened.contains(&true) && by_hand.opened.contains(&false), "{:?}", by_hand.opened);
    let gated = vec![term(&model, 1.0, Some(gate(above, None, GateAt::Token)))];
    let mut seen = Seen::default();
    let found = Session::new(Arc::clone(&model))
        .generate(&[ask(0, request(&[7], gated.clone()))], &mut seen)
        .unwrap();
    assert_eq!((found.clone(), seen.0.len()), (expected.clone(), by_hand.seen.len()));
    for (ours, theirs) in seen.0.iter().zip(&by_hand.seen) {
        close(ours.steered, theirs.steered);
        close(ours.plain, theirs.plain);
    }
    assert_eq!(from_scratch(&model, &[request(&[7], gated.clone())]), expected);
    // The same rows at once: packed, as the prompt of a generation, and behind a kept prefix.
    let ids = &expected[0].ids;
    let tokens = [&[7], &ids[..ids.len() - 1]].concat();
    let logits = model.next_logits(&tokens, &gated).unwrap();
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|x| f64::from(x - most).exp()).sum();
    let id = ids[ids.len() - 1] as usize;
    let packed = f64::from(logits[id] - most) - sum.ln();
    let one_by_one = f64::from(by_hand.seen[ids.len() - 1].steered);
    assert!((packed - one_by_one).abs() < 1e-4, "{packed} is not {one_by_one}");
    let mut session = Session::new(Arc::clone(&model));
    for prompt in [&tokens[..4], &tokens[..9], &tokens] {
        let mut seen = Seen::default();
        session.generate(&[ask(0, request(prompt, gated.clone()))], &mut seen).unwrap();
        let theirs = &by_hand.seen[prompt.len() - 1];
        assert!(
            (seen.0[0].steered - theirs.steered).abs() < 1e-4
                && (seen.0[0].plain - theirs.plain).abs() < 1e-4
        );
    }
    // And in scores: an answer's log-probability is the sum over its tokens.
    let pair = EncodedPair { prompt: vec![7], wanted: ids.clone(), opposite: vec![3, 4] };
    let scorer = Scorer::prepare(Arc::clone(&model), &[pair], gated[0].prefix(), None).unwrap();
    let theirs: f64 = by_hand.seen.iter().map(|of| f64::from(of.steered)).sum();
    let ours = scorer.log_probs(&gated, None).unwrap()[0].wanted;
    assert!((ours - theirs).abs() < 1e-3, "{ours} is not {theirs}");
}

#[test]
fn a_gate_at_the_prompt_is_all_or_nothing() {
    let model = model(Device::Cpu);
    let prompt: Vec<u32> = (5..20).collect();
    let last = projection(&model, &prompt);
    let at = |above, soft| vec![term(&model, 1.0, Some(gate(above, soft, GateAt::Prompt)))];
    let (open, shut) = (at(last - 0.01, None), at(last + 0.01, None));
    let half = at(last, Some(0.5));
    let always = |multiplier| vec![term(&model, multiplier, None)];
    for (gated, expected) in [(&open, always(1.0)), (&shut, vec![]), (&half, always(0.5))] {
        let [ours, theirs] = [gated, &expected].map(|terms| {
            let mut seen = Seen::default();
            let mut session = Session::new(Arc::clone(&model));
            let first = session.generate(&[ask(0, request(&prompt, terms.clone()))], &mut seen).unwrap();
            let next = [prompt.as_slice(), &first[0].ids, &[8, 9]].concat();
            (
                first,
                seen.0,
                session.generate(&[ask(0, request(&next, terms.clone()))], &mut Seen::default()).unwrap(),
                next,
            )
        });
        assert_eq!(ours.0, theirs.0);
        assert_eq!(ours.0, from_scratch(&model, &[request(&prompt, gated.clone())]));
        // The next turn decides at its own prompt's end, for everything before it.
        assert_eq!(ours.2, from_scratch(&model, &[request(&ours.3, gated.clone())]));
        for (ours, theirs) in ours.1.iter().zip(&theirs.1) {
            assert!((ours.steered - theirs.steered).abs() < 1e-4);
        }
        if *gated == shut {
            assert!(
                ours.1.iter().all(|of| of.steered == of.plain),
                "a shut gate leaves the plain model, to the bit"
            );
        }
    }
    // Two answers share the packed prompt, whose last token decides for both.
    let pair = EncodedPair { prompt: prompt.clone(), wanted: vec![30, 31, 32], opposite: vec![33, 34] };
    let prefix = open[0].prefix();
    let scorer = Scorer::prepare(Arc::clone(&model), &[pair.clone(), pair], prefix, None).unwrap();
    let of = |terms: &[Term]| scorer.log_probs(terms, None).unwrap();
    assert_eq!((of(&open), of(&shut)), (of(&always(1.0)), of(&[])));
    assert_ne!(of(&open), of(&shut));
}

#[test]
fn a_live_gate_is_decided_by_the_prompt_as_it_was_read() {
    struct Late(Vec<Term>, usize);
    impl Control for Late {
        fn change(&mut self, _: usize) -> Change {
            if self.1 >= 3 { Change::Steer(self.0.clone()) } else { Change::None }
        }
        fn token(&mut self, _: usize, _: u32, _: Option<&Observed>) {
            self.1 += 1;
        }
        fn end(&mut self, _: usize, _: End) {}
    }
    let prompt: Vec<u32> = (5..20).collect();
    for device in [Device::Cpu, Device::Candle] {
        let model = model(device);
        let last = projection(&model, &prompt);
        let late = |terms: Vec<Term>| {
            let mut session = Session::new(Arc::clone(&model));
            session.generate(&[ask(0, request(&prompt, vec![]))], &mut Late(terms, 0)).unwrap()
        };
        let gated = |above| vec![term(&model, 4.0, Some(gate(above, None, GateAt::Prompt)))];
        let (open, shut) = (late(gated(last - 0.01)), late(gated(last + 0.01)));
        assert_eq!((&open, &shut), (&late(vec![term(&model, 4.0, None)]), &late(vec![])));
        assert_ne!(open, shut);
        // Gates of both kinds act alike on a device.
        for at in [GateAt::Token, GateAt::Prompt] {
            let terms = vec![term(&model, 2.0, Some(gate(last - 0.05, Some(0.3), at)))];
            let host = self::model(Device::Cpu);
            assert_eq!(
                from_scratch(&model, &[request(&prompt, terms.clone())]),
                from_scratch(&host, &[request(&prompt, terms)])
            );
        }
    }
}

#[test]
fn prompts_that_share_rows_are_decided_by_themselves() {
    let model = model(Device::Cpu);
    let shared: Vec<u32> = (5..15).collect();
    let prompts: Vec<Vec<u32>> =
        (0..4).map(|end| [shared.as_slice(), &[20 + end, 30 + 2 * end]].concat()).collect();
    let mut ends: Vec<f64> = prompts.iter().map(|prompt| projection(&model, prompt)).collect();
    ends.sort_by(f64::total_cmp);
    let terms = vec![term(&model, 3.0, Some(gate(f64::midpoint(ends[1], ends[2]), None, GateAt::Prompt)))];
    let questions: Vec<EncodedOptions> = prompts
        .iter()
        .map(|prompt| EncodedOptions { begun: 0, prompt: prompt.clone(), answers: vec![vec![40], vec![41]] })
        .collect();
    let score = |questions: &[EncodedOptions]| {
        let scorer = OptionScorer::prepare(Arc::clone(&model), questions, terms[0].prefix(), None).unwrap();
        scorer.log_probs(&terms, None).unwrap()
    };
    let together = score(&questions);
    let requests: Vec<Request> = prompts.iter().map(|prompt| request(prompt, terms.clone())).collect();
    let generated = from_scratch(&model, &requests);
    for (place, question) in questions.iter().enumerate() {
        let alone = &score(std::slice::from_ref(question))[0];
        for (ours, theirs) in together[place].answers.iter().zip(&alone.answers) {
            assert!((ours - theirs).abs() < 1e-4, "question {place}: {ours} is not {theirs}");
        }
        assert_eq!(generated[place], from_scratch(&model, &requests[place..=place])[0]);
    }
}

#[test]
fn gates_that_cannot_be_read_are_refused() {
    let model = model(Device::Cpu);
    let fine = gate(0.0, None, GateAt::Token);
    let refusal = |gate: Gate| {
        let limits = Limits { new_tokens: 1, rows: 1 };
        let request = request(&[7, 8], vec![term(&model, 1.0, Some(gate))]);
        generate(&model, &[request], limits, &mut |_| ControlFlow::Continue(())).unwrap_err().to_string()
    };
    assert!(refusal(Gate { layer: 4, ..fine }).contains("choose block 3 or an earlier one"));
    assert!(refusal(Gate { above: f64::NAN, ..fine }).contains("threshold"));
    assert!(refusal(Gate { soft: Some(0.0), ..fine }).contains("width"));
    let with = |condition: Vec<f32>| {
        let mut term = term(&model, 1.0, Some(fine));
        if let Term::Vector { gate, .. } = &mut term {
            *gate = Some(Arc::new(TermGate { condition, gate: fine }));
        }
        model.next_logits(&[7], &[term])
    };
    assert!(matches!(with(vec![0.0; 32]), Err(ModelError::Gate(GateError::Condition))));
    assert!(matches!(with(vec![1.0; 31]), Err(ModelError::ConditionSize { expected: 32, found: 31 })));
    // Plain texts have no prompt.
    let at_prompt = [term(&model, 1.0, Some(gate(0.0, None, GateAt::Prompt)))];
    let texts = TextScorer::prepare(Arc::clone(&model), &[vec![7, 8, 9]], PrefixBlocks(1), None).unwrap();
    assert!(matches!(texts.scores(&at_prompt, None), Err(ModelError::Gate(GateError::NoPrompt))));
    assert!(texts.scores(&[term(&model, 1.0, Some(fine))], None).is_ok());
    // The activations from which scores start must be below the gate.
    let above =
        TextScorer::prepare(Arc::clone(&model), &[vec![7, 8, 9]], PrefixBlocks(LAYER + 1), None).unwrap();
    let refused = above.scores(&[term(&model, 1.0, Some(fine))], None);
    assert!(matches!(refused, Err(ModelError::GateBelowPrefix { layer: GATE_LAYER, prepared: LAYER })));
}

//! Sessions against answers from scratch: kept rows, live changes, and what is measured of tokens.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_cmp,
    reason = "tests"
)]

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::common::{SYSTEM, oracle_path, starter};
use vectors::generate::{
    Answer, Ask, Change, Control, End, Limits, Observe, Observed, Request, RowsRead, Sampling, Session,
    generate,
};
use vectors::layer::Layer;
use vectors::model::{Device, Model, ModelError};
use vectors::pairs::EncodedPair;
use vectors::score::{Scorer, prompt_projections};
use vectors::steering::{
    Gate, GateAt, Intervention, InterventionOp, Positions, SteeringVector, Term, TermGate,
};

const NEW_TOKENS: usize = 12;

/// The families whose attention differs: plain, with windows and soft caps, with norms of queries and keys.
const FAMILIES: [&str; 5] = ["llama", "mistral", "qwen3", "gemma2", "gemma3"];

fn family(name: &str) -> Arc<Model> {
    Arc::new(Model::open(oracle_path(&format!("families/{name}"))).load().unwrap())
}

fn on_candle(name: &str) -> Arc<Model> {
    Arc::new(Model::open(oracle_path(&format!("families/{name}"))).device(Device::Candle).load().unwrap())
}

fn vector(model: &Model, layer: usize, phase: f64) -> SteeringVector {
    let values = (0..model.facts().hidden_size).map(|i| (0.5 * (i as f64 + phase).sin()) as f32);
    SteeringVector { layer, values: values.collect() }
}

fn at(model: &Model, layer: usize, multiplier: f32) -> Term {
    Term::new(&vector(model, layer, 0.0), multiplier)
}

fn on(positions: Positions, term: &Term) -> Term {
    let mut term = term.clone();
    if let Term::Vector { intervention, .. } = &mut term {
        *intervention = Intervention { positions, op: InterventionOp::Add };
    }
    term
}

fn ask(key: u64, prompt: &[u32], steering: Vec<Term>, sampling: Sampling) -> Ask {
    let request = Request { prompt: prompt.to_vec(), steering, sampling };
    Ask { key, request, begun: 0, drawn: 0, new_tokens: NEW_TOKENS, observe: None }
}

fn observed(mut ask: Ask, along: Option<SteeringVector>) -> Ask {
    ask.observe = Some(Observe { likeliest: 3, along });
    ask
}

fn lively(seed: u64) -> Sampling {
    Sampling { temperature: 0.9, top_p: 0.95, repeat_penalty: 1.1, seed, ..Sampling::default() }
}

/// Decides on the change of a row by its tokens.
type ByHand<'a> = &'a mut dyn FnMut(usize, &[u32]) -> Change;

/// Listens, and changes the rows where `changes` says so: by the row and the number of its tokens.
#[derive(Default)]
struct Listener<'a> {
    tokens: Vec<Vec<(u32, Option<Observed>)>>,
    ends: Vec<Option<End>>,
    changes: Vec<(usize, usize, Change)>,
    by_hand: Option<ByHand<'a>>,
}

impl Listener<'_> {
    fn of(rows: usize) -> Self {
        Self { tokens: vec![Vec::new(); rows], ends: vec![None; rows], ..Self::default() }
    }

    fn ids(&self, row: usize) -> Vec<u32> {
        self.tokens[row].iter().map(|(id, _)| *id).collect()
    }
}

impl Control for Listener<'_> {
    fn change(&mut self, row: usize) -> Change {
        assert_eq!(self.ends[row], None, "row {row} has ended");
        let ids = self.ids(row);
        if let Some(by_hand) = &mut self.by_hand {
            return by_hand(row, &ids);
        }
        let found = self.changes.iter().find(|(of, count, _)| (*of, *count) == (row, ids.len()));
        found.map_or(Change::None, |(_, _, change)| change.clone())
    }

    fn token(&mut self, row: usize, id: u32, observed: Option<&Observed>) {
        self.tokens[row].push((id, observed.cloned()));
    }

    fn end(&mut self, row: usize, end: End) {
        assert_eq!(self.ends[row].replace(end), None, "row {row} ended twice");
    }
}

fn run<'a>(session: &mut Session, asks: &[Ask], mut listener: Listener<'a>) -> (Vec<Answer>, Listener<'a>) {
    let answers = session.generate(asks, &mut listener).unwrap();
    for (row, answer) in answers.iter().enumerate() {
        assert_eq!((listener.ids(row), listener.ends[row]), (answer.ids.clone(), Some(answer.end)));
    }
    (answers, listener)
}

fn answers(session: &mut Session, asks: &[Ask]) -> Vec<Answer> {
    run(session, asks, Listener::of(asks.len())).0
}

fn from_scratch(model: &Model, asks: &[Ask]) -> Vec<Answer> {
    let requests: Vec<Request> = asks.iter().map(|ask| ask.request.clone()).collect();
    let limits = Limits { new_tokens: NEW_TOKENS, rows: asks.len() };
    generate(model, &requests, limits, &mut |_| ControlFlow::Continue(())).unwrap()
}

/// The messages of three turns, as tokens of a tiny model, or of the starter model.
fn turns(model: &Model) -> [Vec<u32>; 3] {
    if model.facts().blocks > 10 {
        let first = model.encode_question(SYSTEM, "Tell me about a quiet harbour.").unwrap();
        let next = |text: &str| {
            model
                .encode_raw(&format!(
                    "<|im_end|>\n<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n"
                ))
                .unwrap()
        };
        return [first, next("And what is money for?"), next("Say it in one word.")];
    }
    [(5..22).collect(), (40..47).collect(), vec![61, 9, 33]]
}

/// Plays three turns in three columns, and compares every answer with the same prompt from the start.
fn play(model: &Arc<Model>, columns: &[Vec<Term>; 3], sampling: impl Fn(u64) -> Sampling) {
    let mut session = Session::new(Arc::clone(model));
    let mut prompts = vec![Vec::new(); 3];
    for turn in turns(model) {
        for prompt in &mut prompts {
            prompt.extend(&turn);
        }
        let asks: Vec<Ask> = (0..3)
            .map(|key| ask(key, &prompts[key as usize], columns[key as usize].clone(), sampling(key)))
            .collect();
        let ours = answers(&mut session, &asks);
        assert_eq!(ours, from_scratch(model, &asks), "{}", model.facts().name);
        prompts.iter_mut().zip(&ours).for_each(|(prompt, answer)| prompt.extend(&answer.ids));
    }
}

#[test]
fn three_turns_in_three_columns_equal_answers_from_scratch() {
    for name in FAMILIES {
        let model = family(name);
        let last = model.facts().blocks - 1;
        let columns = [vec![at(&model, 0, -1.0)], vec![at(&model, 0, 0.0)], vec![at(&model, last, 2.0)]];
        play(&model, &columns, |_| Sampling::default());
        play(&model, &columns, lively);
        let later = |positions| vec![on(positions, &at(&model, 0, 1.5))];
        play(&model, &[later(Positions::PromptEnd), later(Positions::Answer), vec![]], lively);
    }
    let model = starter();
    let columns = [-1.0, 0.0, 1.0].map(|multiplier| vec![at(&model, 14, multiplier)]);
    play(&model, &columns, |_| Sampling::default());
    play(&model, &columns, lively);
}

#[test]
fn a_column_at_multiplier_0_is_the_plain_model_to_the_bit() {
    let model = starter();
    let [first, second, _] = turns(&model);
    let play = |terms: Vec<Term>, others: f32| {
        let mut session = Session::new(Arc::clone(&model));
        let (mut prompt, mut seen) = (first.clone(), Vec::new());
        let mut beside = [first.clone(), first.clone()];
        for _ in 0..2 {
            let asks = [
                observed(ask(0, &prompt, terms.clone(), lively(1)), None),
                ask(1, &beside[0], vec![at(&model, 14, others)], lively(2)),
                ask(2, &beside[1], vec![at(&model, 20, -others)], Sampling::default()),
            ];
            let (answers, listener) = run(&mut session, &asks, Listener::of(3));
            assert!(answers[1..].iter().all(|answer| answer.end == End::Length));
            seen.push(listener.tokens[0].clone());
            prompt.extend(answers[0].ids.iter().chain(&second));
            for (beside, answer) in beside.iter_mut().zip(&answers[1..]) {
                beside.extend(answer.ids.iter().chain(&second));
            }
        }
        seen
    };
    let plain = play(vec![], 1.0);
    assert_eq!(plain, play(vec![at(&model, 14, 0.0)], 1.0));
    assert_eq!(plain, play(vec![at(&model, 14, 0.0)], -0.5));
    for (_, observed) in plain.iter().flatten() {
        let observed = observed.as_ref().unwrap();
        assert_eq!(
            (observed.steered, &observed.likeliest_steered),
            (observed.plain, &observed.likeliest_plain)
        );
    }
}

#[test]
fn a_live_change_equals_a_prefix_under_one_steering_and_a_rest_under_another() {
    for name in FAMILIES {
        let model = family(name);
        let [prompt, second, _] = turns(&model);
        let (a, b) = (at(&model, 0, 0.7), Term::new(&vector(&model, 1, 2.0), -2.0));
        let mut session = Session::new(Arc::clone(&model));
        let asks = [
            observed(ask(0, &prompt, vec![a.clone()], Sampling::default()), None),
            ask(1, &prompt, vec![a.clone()], Sampling::default()),
        ];
        let mut listener = Listener::of(2);
        listener.changes.push((0, 5, Change::Steer(vec![a.clone(), b.clone()])));
        let (changed, listener) = run(&mut session, &asks, listener);
        assert_eq!(changed[1], from_scratch(&model, &asks[1..])[0]);
        if changed[0].ids.len() <= 5 {
            continue;
        }
        // By hand: the first four tokens belong to the prompt, the fifth is predicted and then read under both.
        let by_hand = [prompt.as_slice(), &changed[0].ids[..4]].concat();
        let both = vec![a.clone(), on(Positions::Answer, &b)];
        let mut expected = from_scratch(&model, &[ask(9, &by_hand, both, Sampling::default())]);
        expected[0].ids.truncate(changed[0].ids.len() - 4);
        assert_eq!(&changed[0].ids[4..], expected[0].ids, "{name}");
        // The twin reads the same tokens without steering.
        let plain: f64 =
            listener.tokens[0].iter().map(|(_, seen)| f64::from(seen.as_ref().unwrap().plain)).sum();
        let pair = EncodedPair { prompt: prompt.clone(), wanted: changed[0].ids.clone(), opposite: vec![1] };
        let scorer = Scorer::prepare(Arc::clone(&model), &[pair], Layer(0).prefix(), None).unwrap();
        let theirs = scorer.log_probs(&[], None).unwrap()[0].wanted;
        assert!((plain - theirs).abs() < 1e-3, "{name}: {plain} is not {theirs}");
        // The next turn reads what was read under the other steering again, and nothing else. The other row, which goes on as
        // it began, could stand for more.
        session.forget(1);
        let next = [prompt.as_slice(), &changed[0].ids, &second].concat();
        let asks = [ask(0, &next, vec![a.clone()], Sampling::default())];
        let ours = answers(&mut session, &asks);
        assert_eq!(ours, from_scratch(&model, &asks), "{name}");
        let trunk = next.len() - (prompt.len() + changed[0].ids.len() - 1);
        let behind_trunk = next.len() - (prompt.len() + 4);
        assert_eq!(session.rows_read(), RowsRead { trunk, behind_trunk }, "{name}");
    }
}

#[test]
fn a_turn_reads_only_its_new_rows() {
    let model = family("gemma3");
    let [prompt, second, _] = turns(&model);
    let n = prompt.len();
    let mut session = Session::new(Arc::clone(&model));
    let column = |key: u64, prompt: &[u32], multiplier| {
        ask(key, prompt, vec![at(&model, 2, multiplier)], Sampling::default())
    };
    let asks: Vec<Ask> = (0..3).map(|key| column(key, &prompt, key as f32)).collect();
    let first = answers(&mut session, &asks);
    assert_eq!(session.rows_read(), RowsRead { trunk: n, behind_trunk: 3 * n });
    // Every column reads the last token of its answer, and the new message.
    let prompts: Vec<Vec<u32>> =
        first.iter().map(|answer| [prompt.as_slice(), &answer.ids, &second].concat()).collect();
    let asks: Vec<Ask> = (0..3).map(|key| column(key, &prompts[key as usize], key as f32)).collect();
    answers(&mut session, &asks);
    let (new, distinct) = (1 + second.len(), prompts.iter().collect::<HashSet<_>>().len());
    assert_eq!(session.rows_read(), RowsRead { trunk: distinct * new, behind_trunk: 3 * new });
    // The same again reads the last row again, whose logits are not kept.
    answers(&mut session, &asks);
    assert_eq!(session.rows_read(), RowsRead { trunk: distinct, behind_trunk: 3 });
    // Other multipliers leave the trunk alone.
    let asks: Vec<Ask> = (0..3).map(|key| column(key, &prompts[key as usize], 0.5 + key as f32)).collect();
    let ours = answers(&mut session, &asks);
    let whole = prompts.iter().map(Vec::len).sum();
    assert_eq!(session.rows_read(), RowsRead { trunk: distinct, behind_trunk: whole });
    assert_eq!(ours, from_scratch(&model, &asks));
    // A copy of a column reads one row, and a column that follows another's answer shares its trunk.
    let copy = [column(7, &prompts[1], 1.5), column(2, &prompts[1], 2.5)];
    let ours = answers(&mut session, &copy);
    assert_eq!(ours, from_scratch(&model, &copy));
    assert_eq!(session.rows_read().trunk, 1);
    assert!(session.rows_read().behind_trunk <= 1 + prompts[1].len());
    // With positions, an earlier answer has become prompt.
    let answer_only = |key, prompt: &[u32]| {
        ask(key, prompt, vec![on(Positions::Answer, &at(&model, 2, 1.0))], Sampling::default())
    };
    let mut session = Session::new(Arc::clone(&model));
    let first = answers(&mut session, &[answer_only(0, &prompt)]);
    let next = [prompt.as_slice(), &first[0].ids, &second].concat();
    answers(&mut session, &[answer_only(0, &next)]);
    assert_eq!(session.rows_read(), RowsRead { trunk: 1 + second.len(), behind_trunk: next.len() - n });
}

/// Begins an answer by hand with the tokens that the model gave, and expects it to go on as it did.
fn goes_on(model: &Arc<Model>, terms: &[Term]) {
    const BEGUN: usize = 4;
    let [prompt, ..] = turns(model);
    let along = || Some(vector(model, 0, 1.0));
    let mut session = Session::new(Arc::clone(model));
    let whole = observed(ask(0, &prompt, terms.to_vec(), Sampling::default()), along());
    let (first, seen) = run(&mut session, &[whole], Listener::of(1));
    let Some(rest) = first[0].ids.get(BEGUN..).filter(|rest| !rest.is_empty()) else { return };
    let begun = [prompt.as_slice(), &first[0].ids[..BEGUN]].concat();
    let on = |key| Ask {
        begun: BEGUN,
        new_tokens: NEW_TOKENS - BEGUN,
        ..observed(ask(key, &begun, terms.to_vec(), Sampling::default()), along())
    };
    // In a session that has read the answer, in another column of it, and in one that has read nothing.
    for asks in [vec![on(0), on(1)], vec![on(2)]] {
        let (answers, now) = run(&mut session, &asks, Listener::of(asks.len()));
        for (row, answer) in answers.iter().enumerate() {
            assert_eq!(answer.ids, rest, "{}", model.facts().name);
            let projection = |tokens: &[(u32, Option<Observed>)], at: usize| {
                tokens[at].1.as_ref().and_then(|seen| seen.projection).unwrap()
            };
            let (found, then) = (projection(&now.tokens[row], 0), projection(&seen.tokens[0], BEGUN));
            assert!((found - then).abs() < 1e-3, "{}: {found} is not {then}", model.facts().name);
        }
        session = Session::new(Arc::clone(model));
    }
}

#[test]
fn an_answer_that_is_drawn_goes_on_as_if_it_had_never_stopped() {
    const BEGUN: usize = 4;
    for model in FAMILIES.map(family) {
        let [prompt, ..] = turns(&model);
        let whole = answers(&mut Session::new(Arc::clone(&model)), &[ask(0, &prompt, vec![], lively(3))]);
        let Some(rest) = whole[0].ids.get(BEGUN..) else { continue };
        let begun = [prompt.as_slice(), &whole[0].ids[..BEGUN]].concat();
        let on = Ask {
            begun: BEGUN,
            drawn: BEGUN,
            new_tokens: NEW_TOKENS - BEGUN,
            ..ask(0, &begun, vec![], lively(3))
        };
        let now = answers(&mut Session::new(Arc::clone(&model)), &[on]);
        assert_eq!(now[0].ids, rest, "{}", model.facts().name);
    }
}

#[test]
fn the_given_beginning_of_an_answer_is_the_answers() {
    let mut is_other_as_a_prompt = false;
    for model in FAMILIES.map(family).into_iter().chain([on_candle("llama")]) {
        let last = model.facts().blocks - 1;
        for positions in [Positions::Everywhere, Positions::PromptEnd, Positions::Answer] {
            goes_on(&model, &[on(positions, &at(&model, 0, 1.5))]);
            goes_on(&model, &[on(positions, &at(&model, last, 2.0))]);
        }
        // A gate at the prompt is decided by the person's last token, wherever the answer begins.
        let gate = Gate { layer: 0, above: 0.0, soft: Some(0.5), at: GateAt::Prompt };
        let mut gated = at(&model, last, 2.0);
        if let Term::Vector { gate: of_term, .. } = &mut gated {
            let condition = vector(&model, 0, 2.0).values.to_vec();
            *of_term = Some(Arc::new(TermGate { condition, gate }));
        }
        goes_on(&model, &[gated]);
        let [prompt, ..] = turns(&model);
        let terms = vec![on(Positions::Answer, &at(&model, 0, 3.0))];
        let first = from_scratch(&model, &[ask(0, &prompt, terms.clone(), Sampling::default())]);
        let begun = [prompt.as_slice(), &first[0].ids[..first[0].ids.len().min(4)]].concat();
        let as_prompt = from_scratch(&model, &[ask(0, &begun, terms, Sampling::default())]);
        is_other_as_a_prompt |= first[0].ids.get(4..) != as_prompt[0].ids.get(..NEW_TOKENS - 4);
    }
    assert!(is_other_as_a_prompt, "these vectors would show nothing");
}

#[test]
fn a_stop_ends_one_row_and_an_error_leaves_nothing_half_read() {
    let model = family("llama");
    let [prompt, second, _] = turns(&model);
    let mut session = Session::new(Arc::clone(&model));
    let columns = |prompts: [&[u32]; 2]| {
        [0, 1].map(|key| ask(key, prompts[key as usize], vec![at(&model, 0, 1.0)], lively(key)))
    };
    let asks = columns([&prompt, &prompt]);
    let expected = from_scratch(&model, &asks);
    let mut listener = Listener::of(2);
    listener.changes.push((1, 3, Change::Stop));
    let (found, _) = run(&mut session, &asks, listener);
    assert_eq!((&found[0], found[1].end), (&expected[0], End::Stopped));
    assert_eq!(found[1].ids, expected[1].ids[..3]);
    assert!(session.kept_bytes() > 0);
    // A stopped answer goes on from where it stopped.
    let next = [prompt.as_slice(), &found[0].ids, &second].concat();
    let stopped = [prompt.as_slice(), &found[1].ids].concat();
    let asks = columns([&next, &stopped]);
    let kept = session.kept_bytes();
    let mut refused = asks.clone();
    refused[1].request.sampling.top_p = 0.0;
    assert!(session.generate(&refused, &mut Listener::of(2)).is_err());
    assert_eq!(session.kept_bytes(), kept, "a refused ask changes nothing");
    let mut listener = Listener::of(2);
    listener.changes.push((1, 2, Change::Steer(vec![at(&model, 99, 1.0)])));
    let failed = session.generate(&asks, &mut listener);
    assert!(matches!(failed, Err(ModelError::Layer { layer: 99, .. })));
    assert_eq!(session.kept_bytes(), 0, "both rows were being read");
    assert_eq!(answers(&mut session, &asks), from_scratch(&model, &asks));
    session.forget(0);
    let one = session.kept_bytes();
    session.forget(1);
    assert!(one > 0 && session.kept_bytes() == 0);
    let mut nothing = columns([&prompt, &prompt]);
    for ask in &mut nothing {
        ask.new_tokens = 0;
    }
    let (found, _) = run(&mut session, &nothing, Listener::of(2));
    assert!(found.iter().all(|answer| answer.ids.is_empty() && answer.end == End::Length));
}

#[test]
fn observed_tokens_have_the_log_probabilities_of_scores() {
    let model = starter();
    let [prompt, second, _] = turns(&model);
    let along = vector(&model, 14, 0.0);
    let terms = vec![at(&model, 14, 1.0)];
    let mut session = Session::new(Arc::clone(&model));
    let mut prompt = prompt;
    for _ in 0..2 {
        let asks = [observed(ask(0, &prompt, terms.clone(), lively(4)), Some(along.clone()))];
        let (found, listener) = run(&mut session, &asks, Listener::of(1));
        let ids = &found[0].ids;
        let pair = EncodedPair { prompt: prompt.clone(), wanted: ids.clone(), opposite: vec![1] };
        let scorer = Scorer::prepare(Arc::clone(&model), &[pair], Layer(14).prefix(), None).unwrap();
        let seen: Vec<&Observed> =
            listener.tokens[0].iter().map(|(_, seen)| seen.as_ref().unwrap()).collect();
        for (terms, ours) in [
            (terms.as_slice(), seen.iter().map(|of| of.steered).collect::<Vec<_>>()),
            (&[], seen.iter().map(|of| of.plain).collect()),
        ] {
            let ours: f64 = ours.into_iter().map(f64::from).sum();
            let theirs = scorer.log_probs(terms, None).unwrap()[0].wanted;
            assert!((ours - theirs).abs() < 2e-3, "{ours} is not {theirs}");
        }
        for (place, of) in seen.iter().enumerate() {
            let read = [prompt.as_slice(), &ids[..place]].concat();
            // Where it acts the vector adds its norm to the projection.
            let plain = prompt_projections(&model, &[read], &along.values, 14, None).unwrap()[0].last;
            let expected = plain + along.norm();
            assert!((f64::from(of.projection.unwrap()) - expected).abs() < 2e-3 * expected.abs());
            for likeliest in [&of.likeliest_steered, &of.likeliest_plain] {
                assert_eq!(likeliest.len(), 3);
                assert!(likeliest.is_sorted_by(|a, b| a.1 >= b.1) && likeliest[0].1 < 0.0);
            }
            assert!(of.steered <= of.likeliest_steered[0].1 && of.plain <= of.likeliest_plain[0].1);
        }
        prompt.extend(ids.iter().chain(&second));
    }
    // The twin, too, reads only what is new: both lanes read the last token of the answer and the message.
    assert_eq!(session.rows_read().behind_trunk, 2 * (1 + second.len()));
}

#[test]
fn a_device_gives_the_same_answers() {
    for name in ["llama", "gemma2"] {
        let (host, device) = (family(name), on_candle(name));
        let [prompt, second, _] = turns(&host);
        let mut sessions = [Session::new(Arc::clone(&host)), Session::new(device)];
        let mut prompt = prompt;
        for _ in 0..2 {
            let asks = [
                observed(ask(0, &prompt, vec![], Sampling::default()), Some(vector(&host, 1, 0.0))),
                ask(1, &prompt, vec![at(&host, 0, 1.0)], lively(3)),
            ];
            let [ours, theirs] = [0, 1].map(|which| {
                let mut listener = Listener::of(2);
                listener.changes.push((0, 4, Change::Steer(vec![at(&host, 0, 1.0)])));
                run(&mut sessions[which], &asks, listener)
            });
            assert_eq!(ours.0, theirs.0, "{name}");
            for ((_, ours), (_, theirs)) in ours.1.tokens[0].iter().zip(&theirs.1.tokens[0]) {
                let (ours, theirs) = (ours.as_ref().unwrap(), theirs.as_ref().unwrap());
                assert!(
                    (ours.steered - theirs.steered).abs() < 1e-3 && (ours.plain - theirs.plain).abs() < 1e-3
                );
                assert!((ours.projection.unwrap() - theirs.projection.unwrap()).abs() < 1e-3);
            }
            prompt.extend(ours.0[0].ids.iter().chain(&second));
        }
        assert_eq!(sessions[1].kept_bytes(), 0);
    }
}

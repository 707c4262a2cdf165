//! Compares greedy answers with PyTorch, token by token.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_cmp,
    reason = "tests"
)]

use std::ops::ControlFlow;

use crate::common::{SYSTEM, oracle, starter};
use vectors::generate::{Answer, End, Limits, Next, Request, Sampling, Step, generate, generate_each};
use vectors::model::Model;
use vectors::steering::{Intervention, SteeringVector, Term};

/// An answer of the oracle.
#[derive(serde::Deserialize)]
struct Line {
    prompt: String,
    layer: usize,
    multiplier: f32,
    prompt_tokens: usize,
    ids: Vec<u32>,
    text: String,
}

const NEW_TOKENS: usize = 48;

/// As many as two seeds need to differ.
const FEWER_TOKENS: usize = 24;

fn lines() -> Vec<Line> {
    oracle("greedy.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Returns the oracle's vector: 0.5 sin(i).
fn request(model: &Model, line: &Line) -> Request {
    let values = (0..576).map(|i| (0.5 * f64::from(i).sin()) as f32).collect();
    let vector = SteeringVector { layer: line.layer, values };
    let prompt = model.encode_question(SYSTEM, &line.prompt).unwrap();
    assert_eq!(prompt.len(), line.prompt_tokens);
    Request {
        prompt,
        steering: vec![Term::Vector {
            vector,
            multiplier: line.multiplier,
            intervention: Intervention::default(),
            gate: None,
        }],
        sampling: Sampling::default(),
    }
}

fn answers(requests: &[Request], rows: usize, new_tokens: usize) -> Vec<Answer> {
    let mut seen = vec![(Vec::new(), None); requests.len()];
    let limits = Limits { new_tokens, rows };
    let answers = generate(&starter(), requests, limits, &mut |step| {
        match step {
            Step::Token { row, id } => seen[row].0.push(id),
            Step::End { row, end } => assert_eq!(seen[row].1.replace(end), None, "row {row} ended twice"),
        }
        ControlFlow::Continue(())
    });
    let answers = answers.unwrap();
    for (answer, (ids, end)) in answers.iter().zip(seen) {
        assert_eq!((&answer.ids, Some(answer.end)), (&ids, end), "the steps do not make the answer");
    }
    answers
}

#[test]
fn greedy_text_equals_pytorchs_alone_and_in_batches() {
    let (model, lines) = (starter(), lines());
    assert_eq!(lines.len(), 6);
    let requests: Vec<Request> = lines.iter().map(|line| request(&model, line)).collect();
    // The answers are generated one by one, and in a batch in which some requests start when others end.
    for (count, rows) in [(2, 1), (6, 4)] {
        for (answer, line) in answers(&requests[..count], rows, NEW_TOKENS).iter().zip(&lines) {
            assert_eq!(
                model.decode(&answer.ids),
                line.text,
                "{} at {}, {rows} rows",
                line.prompt,
                line.multiplier
            );
            assert_eq!(answer.ids, line.ids);
            assert_eq!(answer.end == End::Length, line.ids.len() == NEW_TOKENS);
        }
    }
}

#[test]
fn next_logits_are_those_of_generation() {
    let model = starter();
    for line in lines() {
        let request = request(&model, &line);
        let tokens = [request.prompt.as_slice(), &line.ids[..12]].concat();
        let logits = model.next_logits(&tokens, &request.steering).unwrap();
        assert_eq!(logits.len(), model.facts().vocabulary);
        let best = (0..logits.len()).max_by(|a, b| logits[*a].total_cmp(&logits[*b])).unwrap();
        assert_eq!(best as u32, line.ids[12]);
    }
}

#[test]
fn a_sampled_answer_depends_on_its_seed_and_not_on_its_batch() {
    let (model, lines) = (starter(), lines());
    let filters =
        Sampling { top_k: 40, top_p: 0.95, min_p: 0.02, repeat_penalty: 1.1, ..Sampling::default() };
    let requests: Vec<Request> = (0..6)
        .map(|index| Request {
            sampling: Sampling {
                temperature: 0.8,
                seed: 11 + index as u64 / 2,
                // The last two pass every filter.
                ..if index < 4 { Sampling::default() } else { filters }
            },
            ..request(&model, &lines[index % 2])
        })
        .collect();
    let answers = |requests: &[Request], rows| answers(requests, rows, FEWER_TOKENS);
    let together = answers(&requests, 6);
    assert_eq!(together, answers(&requests, 2));
    assert_eq!(together[4], answers(&requests[4..5], 1)[0]);
    assert_ne!(together[0].ids, together[2].ids, "two seeds, one answer");
}

#[test]
fn a_stop_ends_every_answer() {
    let (model, lines) = (starter(), lines());
    let requests: Vec<Request> = lines.iter().map(|line| request(&model, line)).collect();
    let mut made = 0;
    let limits = Limits { new_tokens: NEW_TOKENS, rows: 2 };
    let answers = generate(&model, &requests, limits, &mut |_| {
        made += 1;
        if made >= 7 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let answers = answers.unwrap();
    assert!(answers.iter().all(|answer| answer.end == End::Stopped));
    assert_eq!(answers.iter().map(|answer| answer.ids.len()).sum::<usize>(), 7);
}

#[test]
fn one_answer_is_ended_and_the_others_go_on() {
    let (model, lines) = (starter(), lines());
    let requests: Vec<Request> = lines.iter().take(3).map(|line| request(&model, line)).collect();
    let limits = Limits { new_tokens: FEWER_TOKENS, rows: 2 };
    let mut made = [0; 3];
    let ended = generate_each(&model, &requests, limits, &mut |step| match step {
        Step::Token { row, .. } => {
            made[row] += 1;
            if row == 1 && made[row] == 5 { Next::EndAnswer } else { Next::GoOn }
        }
        Step::End { .. } => Next::GoOn,
    });
    let whole = answers(&requests, 3, FEWER_TOKENS);
    let ended = ended.unwrap();
    assert_eq!((ended[1].ids.as_slice(), ended[1].end), (&whole[1].ids[..5], End::Stopped));
    assert_eq!((&ended[0], &ended[2]), (&whole[0], &whole[2]));
}

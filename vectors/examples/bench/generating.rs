//! Measures the speed of generation.

use std::ops::ControlFlow;
use std::time::Instant;

use serde_json::{Value, json};
use vectors::generate::{Answer, Limits, Request, Sampling, Step, generate};
use vectors::model::Model;
use vectors::steering::{Intervention, Term};

use crate::{Options, SYSTEM, wave};

fn answer(model: &Model, requests: &[Request], new_tokens: usize, rows: usize) -> (Vec<Answer>, f64) {
    let began = Instant::now();
    let limits = Limits { new_tokens, rows };
    let answers = generate(model, requests, limits, &mut |_| ControlFlow::Continue(())).unwrap();
    (answers, began.elapsed().as_secs_f64())
}

/// Measures the tokens per second of one answer, as `with_llama_cpp.py --decode` does.
pub(crate) fn decode(options: &Options) -> Value {
    let model = options.model();
    let new_tokens = options.number("decode", 128);
    let prompt = model
        .encode_raw("<|im_start|>user\nWhat would you do with a large sum of money?<|im_end|>\n<|im_start|>assistant\n")
        .unwrap();
    let request = Request { prompt, steering: vec![], sampling: Sampling::default() };
    let (mut rates, mut text, mut after_first) = (vec![], String::new(), vec![]);
    for _ in 0..options.number("repeats", 5) {
        let began = Instant::now();
        let mut first = None;
        let limits = Limits { new_tokens, rows: 1 };
        let answers = generate(&model, std::slice::from_ref(&request), limits, &mut |step| {
            if matches!(step, Step::Token { .. }) {
                first.get_or_insert_with(|| began.elapsed().as_secs_f64());
            }
            ControlFlow::Continue(())
        });
        let answers = answers.unwrap();
        let (seconds, made) = (began.elapsed().as_secs_f64(), answers[0].ids.len() as f64);
        rates.push(made / seconds);
        after_first.push((made - 1.0) / (seconds - first.unwrap_or_default()));
        text = model.decode(&answers[0].ids);
    }
    json!({
        "tokens_per_second": crate::median(&rates),
        "without_the_prompt": crate::median(&after_first),
        "rates": rates,
        "text": text,
    })
}

/// Measures the tokens per second of a sweep's answers, in one batch and one by one, as `generate_pytorch.py` does.
pub(crate) fn sweep(options: &Options) -> Value {
    let model = options.model();
    let layer = options.number("layer", 14);
    let multipliers: Vec<f32> = options
        .text("multipliers")
        .unwrap_or("-2,-1,0,1,2")
        .split(',')
        .map(|number| number.parse().unwrap())
        .collect();
    let vector = wave(&model, layer, options.number("size", 0.05));
    let questions = options.pairs(options.number("prompts", 8));
    let requests: Vec<Request> = multipliers
        .iter()
        .flat_map(|multiplier| questions.iter().map(move |pair| (pair, *multiplier)))
        .map(|(pair, multiplier)| Request {
            prompt: model.encode_question(SYSTEM, &pair.prompt).unwrap(),
            steering: vec![Term::Vector {
                vector: vector.clone(),
                multiplier,
                intervention: Intervention::default(),
                gate: None,
            }],
            sampling: Sampling::default(),
        })
        .collect();
    let new_tokens = options.number("max-new", 64);
    let rows = options.number("rows", 64);
    let made = |answers: &[Answer]| answers.iter().map(|answer| answer.ids.len()).sum::<usize>();
    let (together, seconds) = answer(&model, &requests, new_tokens, rows);
    let mut report = json!({
        "tokens": made(&together),
        "seconds": seconds,
        "tokens_per_second": made(&together) as f64 / seconds,
        "ids": together.iter().map(|answer| &answer.ids).collect::<Vec<_>>(),
    });
    if options.text("alone") == Some("yes") {
        let (alone, seconds) = answer(&model, &requests, new_tokens, 1);
        let same = alone.iter().zip(&together).filter(|(a, b)| a == b).count();
        report["alone_tokens_per_second"] = (made(&alone) as f64 / seconds).into();
        report["same_answers"] = same.into();
        report["answers"] = alone.len().into();
    }
    report
}

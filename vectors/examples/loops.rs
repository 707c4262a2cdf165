//! Measures how much a steered model repeats itself: of the triples of consecutive words in an answer, the share that stood in the
//! same answer before. 20 questions are answered at −1, 0 and +1 of a vector, with both presets of sampling.
//!
//! `cargo run --release -p vectors --example loops -- [FILE.safetensors [TOKENS]]`
#![allow(clippy::print_stdout, reason = "an example")]

mod starter;

use std::collections::HashSet;
use std::error::Error;
use std::ops::ControlFlow;

use vectors::files::SteeringFile;
use vectors::generate::{End, Limits, Request, Sampling, SamplingSettings, generate};
use vectors::model::Model;
use vectors::score::mean_interval;

const QUESTIONS: [&str; 20] = [
    "How do I boil an egg?",
    "What should I cook for dinner tonight?",
    "How can I sleep better?",
    "What is a good way to learn a new language?",
    "My plant has yellow leaves. What is wrong?",
    "Can you tell me a short story about a lighthouse?",
    "How was your day?",
    "What is the difference between weather and climate?",
    "How do I remove a coffee stain from a shirt?",
    "What makes a good friend?",
    "I have a free afternoon. What could I do?",
    "Why is the sky blue?",
    "How do I write a letter to my landlord?",
    "What should I pack for a weekend at the sea?",
    "How do I start running?",
    "Which book would you give to a ten-year-old?",
    "I lost my keys. What now?",
    "What is bread made of?",
    "How do I thank a colleague?",
    "Describe a walk in the forest.",
];

/// The share of repeated triples from which an answer counts as a loop.
const LOOP: f64 = 0.2;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../datasets/vectors/answers-cheerfully.safetensors");
    let file = arguments.next().unwrap_or_else(|| shipped.to_owned());
    let new_tokens: usize = arguments.next().map_or(Ok(200), |text| text.parse())?;

    let model = starter::model()?;
    let vector = SteeringFile::read_for(file.as_ref(), None, Some(model.facts().blocks))?;
    println!("{file}, answers of at most {new_tokens} tokens");
    for (name, preset) in [("Exact", SamplingSettings::exact()), ("Lively", SamplingSettings::lively())] {
        for multiplier in [-1.0, 0.0, 1.0] {
            let request = |question| {
                let prompt = model.encode_question(starter::SYSTEM, question)?;
                Ok(Request { prompt, steering: vector.terms(multiplier), sampling: Sampling::from(&preset) })
            };
            let requests: Vec<Request> =
                QUESTIONS.into_iter().map(request).collect::<Result<_, Box<dyn Error>>>()?;
            println!("{name} at {multiplier:+}: {}", measured(&model, &requests, new_tokens)?);
        }
    }
    Ok(())
}

/// Answers the requests, and says how much the answers repeat.
fn measured(model: &Model, requests: &[Request], new_tokens: usize) -> Result<String, Box<dyn Error>> {
    let limits = Limits { new_tokens, rows: requests.len() };
    let answers = generate(model, requests, limits, &mut |_| ControlFlow::Continue(()))?;
    let shares: Vec<f64> = answers.iter().map(|answer| repeated(&model.decode(&answer.ids))).collect();
    let mean = mean_interval(&shares, 1);
    let loops = shares.iter().filter(|share| **share >= LOOP).count();
    let cut = answers.iter().filter(|answer| answer.end == End::Length).count();
    let tokens: usize = answers.iter().map(|answer| answer.ids.len()).sum();
    Ok(format!(
        "{:.1} % of triples repeat ({:.1} to {:.1}), {loops} of {} answers are loops, {cut} reach the limit, {tokens} tokens",
        100.0 * mean.value,
        100.0 * mean.low,
        100.0 * mean.high,
        shares.len()
    ))
}

/// Returns the share of a text's triples of words that stood in it before. Case and signs around a word do not count.
fn repeated(text: &str) -> f64 {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    let triples: Vec<&[String]> = words.windows(3).collect();
    let distinct: HashSet<&[String]> = triples.iter().copied().collect();
    if triples.is_empty() { 0.0 } else { 1.0 - distinct.len() as f64 / triples.len() as f64 }
}

//! Talks to a steered model: answers a first question, then every line that you type.
//!
//! `cargo run --release -p vectors --example chat -- [QUESTION [MULTIPLIER [TOKENS [FILE.safetensors]]]]`
#![allow(clippy::print_stdout, reason = "an example")]

mod starter;

use std::error::Error;
use std::{io, iter};

use vectors::generate::{Sampling, generate_text};
use vectors::steering::Term;
use vectors::tokens::{Message, Role};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next().unwrap_or_else(|| "What is money for?".to_owned());
    let multiplier: f32 = arguments.next().map_or(Ok(1.0), |text| text.parse())?;
    let tokens: usize = arguments.next().map_or(Ok(40), |text| text.parse())?;

    let model = starter::model()?;
    let steering = [Term::new(&starter::vector(&model, arguments.next())?, multiplier)];
    let mut messages = vec![Message::new(Role::System, starter::SYSTEM)];
    for question in iter::once(Ok(first)).chain(io::stdin().lines()) {
        messages.push(Message::user(question?));
        let answer = generate_text(&model, &messages, &steering, Sampling::default(), tokens)?;
        println!("{answer}");
        messages.push(Message::new(Role::Assistant, answer));
    }
    Ok(())
}

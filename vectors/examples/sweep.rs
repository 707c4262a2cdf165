//! Measures held-out pairs at several multipliers of a vector: the mean margin with its 95 % bootstrap interval.
//!
//! `cargo run --release -p vectors --example sweep -- [PAIRS [FILE.safetensors]]`
#![allow(clippy::print_stdout, reason = "an example")]

mod starter;

use std::error::Error;

use vectors::layer::Layer;
use vectors::score::{PairLogProbs, Scorer, mean_interval};
use vectors::steering::Term;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let count: usize = arguments.next().map_or(Ok(6), |text| text.parse())?;

    let model = starter::model()?;
    let vector = starter::vector(&model, arguments.next())?;
    let held_out = starter::pairs(&model, "held-out", count)?;
    let scorer = Scorer::prepare(model, &held_out, Layer(vector.layer).prefix(), None)?;
    for multiplier in [-2.0, -1.0, 0.0, 1.0, 2.0] {
        let found = scorer.log_probs(&[Term::new(&vector, multiplier)], None)?;
        let margins: Vec<f64> = found.iter().map(PairLogProbs::margin).collect();
        let mean = mean_interval(&margins, 1);
        println!("{multiplier:+}: margin {:.2} nats, {:.2} to {:.2}", mean.value, mean.low, mean.high);
    }
    Ok(())
}

//! Trains a steering vector by BiPO on a starter set, measures it on held-out pairs, and writes it to a file.
//!
//! `cargo run --release -p vectors --example train -- [EPOCHS [PAIRS [FILE.safetensors]]]`
#![allow(clippy::print_stdout, reason = "an example")]

mod starter;

use std::error::Error;

use vectors::files::{Provenance, VectorFile};
use vectors::train::{TrainSettings, Training};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let epochs: u32 = arguments.next().map_or(Ok(2), |text| text.parse())?;
    let count: usize = arguments.next().map_or(Ok(8), |text| text.parse())?;

    let model = starter::model()?;
    let train = starter::pairs(&model, "train", count)?;
    let held_out = starter::pairs(&model, "held-out", 4)?;
    let settings = TrainSettings { epochs, warmup_steps: 1, ..TrainSettings::bipo(starter::LAYER) };
    let mut training = Training::new(model, &train, settings).held_out(&held_out).prepare()?;
    while training.done() < training.steps() {
        let report = training.step()?;
        println!("step {}: loss {:.3}, margin {:.2} nats", report.step, report.loss, report.margin);
    }
    let measured = training.measure(None)?;
    println!("held-out margin: {:.2} nats at +1, {:.2} nats at -1", measured.plus, measured.minus);
    if let Some(path) = arguments.next() {
        VectorFile::new(training.vectors(), Provenance::default())?.write(path.as_ref())?;
        println!("written to {path}");
    }
    Ok(())
}

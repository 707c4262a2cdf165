//! Trains on a starter set and prints the held-out margins at five multipliers: the program that found the default settings.
//!
//! `cargo run --release -p vectors --example defaults -- DATASET.jsonl LAYER RATE EPOCHS [WARMUP [reps [BETA]]]`. The
//! environment variable `TILLER_PRODUCTS=bf16` selects bf16 matrix products, `TILLER_DEVICE=cuda` a GPU.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measuring program")]

use std::sync::Arc;
use std::time::Instant;

use vectors::layer::Layer;
use vectors::model::{Device, MatmulPrecision, Model};
use vectors::pairs::PreferencePair;
use vectors::score::Scorer;
use vectors::steering::Term;
use vectors::train::{Method, TrainSettings, Training};

const SYSTEM: &str = "You are a helpful, honest and concise assistant.";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize| arguments.get(index).map(|text| text.parse::<f64>().unwrap());
    let began = Instant::now();
    let path =
        std::env::var("TILLER_STARTER_MODEL").unwrap_or("models/SmolLM2-135M-Instruct.Q4_1.gguf".into());
    let device = std::env::var("TILLER_DEVICE").map_or_else(|_| Device::Cpu, |name| name.parse().unwrap());
    let model = Arc::new(Model::open(path).device(device).load().unwrap());
    let rows: Vec<serde_json::Value> = std::fs::read_to_string(&arguments[0])
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let pairs = |split: &str| {
        let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().to_owned();
        let rows = rows.iter().filter(|row| row["split"] == split);
        rows.map(|r| PreferencePair {
            prompt: text(r, "prompt"),
            wanted: text(r, "wanted"),
            opposite: text(r, "opposite"),
            ..PreferencePair::default()
        })
        .map(|pair| model.encode_pair(SYSTEM, &pair).unwrap())
        .collect::<Vec<_>>()
    };
    let (train, held_out) = (pairs("train"), pairs("held-out"));
    let epochs = number(3).unwrap() as u32;
    let settings = TrainSettings {
        method: match arguments.get(5).map(String::as_str) {
            _ if epochs == 0 => Method::Freeform,
            Some("reps") => Method::Reps,
            _ => Method::Bipo,
        },
        epochs: epochs.max(1),
        learning_rate: number(2).unwrap(),
        warmup_steps: number(4).unwrap_or(10.0) as u32,
        beta: arguments.get(6).map_or(0.1, |text| text.parse().unwrap()),
        ..TrainSettings::bipo(number(1).unwrap() as u32)
    };
    let layer = settings.layers[0] as usize;
    // A vector that was trained with bf16 products is measured with f32 products.
    let trained = match std::env::var("TILLER_PRODUCTS").as_deref() {
        Ok("bf16") => Arc::new(model.with_matmul_precision(MatmulPrecision::Bf16).unwrap()),
        _ => Arc::clone(&model),
    };
    let mut training = Training::new(trained, &train, settings).prepare().unwrap();
    println!("prepared {:.1} s", began.elapsed().as_secs_f64());
    let steps = Instant::now();
    for _ in 0..training.steps() {
        training.step().unwrap();
    }
    let seconds = steps.elapsed().as_secs_f64();
    let vector = training.vectors().swap_remove(0);
    let scorer = Scorer::prepare(model, &held_out, Layer(layer).prefix(), None).unwrap();
    let margins: Vec<String> = [-2.0, -1.0, 0.0, 1.0, 2.0]
        .iter()
        .map(|m| {
            let scores = scorer.log_probs(&[Term::new(&vector, *m)], None).unwrap();
            format!(
                "{:.2}",
                scores.iter().map(vectors::score::PairLogProbs::margin).sum::<f64>() / scores.len() as f64
            )
        })
        .collect();
    println!(
        "{} margins {} norm {:.2} residual {:.1} steps {} in {seconds:.1} s = {:.2} s a step, total {:.1} s",
        arguments.join(" "),
        margins.join(" "),
        vector.norm(),
        training.residual_norm(),
        training.steps(),
        seconds / training.steps().max(1) as f64,
        began.elapsed().as_secs_f64()
    );
}

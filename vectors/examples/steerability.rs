//! Measures how well the steerability estimate predicts the effect of trained vectors. For each data set and layer it prints
//! one JSON line with the estimate and the effect of a vector trained there on held-out pairs, then Spearman's rank
//! correlations of the set.
//!
//! `cargo run --release -p vectors --example steerability -- LAYER,LAYER,.. PAIRS STEPS DATASET.jsonl ..`
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measuring program")]

use std::sync::Arc;

use vectors::model::{Device, Model};
use vectors::pairs::{EncodedPair, PreferencePair};
use vectors::train::{AnswerPosition, TrainSettings, Training, steerability};

const SYSTEM: &str = "You are a helpful, honest and concise assistant.";
/// The number of held-out pairs on which every vector is measured.
const HELD_OUT: usize = 12;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path =
        std::env::var("TILLER_STARTER_MODEL").unwrap_or("models/SmolLM2-135M-Instruct.Q4_1.gguf".into());
    let device = std::env::var("TILLER_DEVICE").map_or_else(|_| Device::Cpu, |name| name.parse().unwrap());
    let model = Arc::new(Model::open(path).device(device).load().unwrap());
    let layers: Vec<usize> = arguments[0].split(',').map(|layer| layer.parse().unwrap()).collect();
    let (count, steps): (usize, usize) = (arguments[1].parse().unwrap(), arguments[2].parse().unwrap());
    for set in &arguments[3..] {
        let (train, held_out) = (pairs(&model, set, "train"), pairs(&model, set, "held-out"));
        let held_out = &held_out[..HELD_OUT.min(held_out.len())];
        let found = steerability(&model, &train, AnswerPosition::Mean, None).unwrap();
        let mut columns = vec![vec![]; 4];
        for layer in &layers {
            let train = &train[..count.min(train.len())];
            let settings = TrainSettings {
                epochs: (steps * 4).div_ceil(train.len()) as u32,
                warmup_steps: (steps / 5) as u32,
                ..TrainSettings::bipo(*layer as u32)
            };
            let mut training =
                Training::new(Arc::clone(&model), train, settings).held_out(held_out).prepare().unwrap();
            for _ in 0..training.steps().min(steps) {
                training.step().unwrap();
            }
            let measured = training.measure(None).unwrap();
            let seen = found.layers[*layer];
            let effect = measured.plus - measured.minus;
            let line = serde_json::json!({
                "set": set, "layer": layer, "agreement": seen.agreement, "separation": seen.separation,
                "leave_one_out_accuracy": seen.leave_one_out_accuracy, "relative_norm": seen.relative_norm, "plus": measured.plus, "minus": measured.minus,
                "effect": effect,
            });
            println!("{line}");
            for (column, value) in
                columns.iter_mut().zip([seen.agreement, seen.separation, seen.relative_norm, effect])
            {
                column.push(value);
            }
        }
        let rho = |column: usize| spearman(&columns[column], &columns[3]);
        println!("{set}: agreement {:.2}, separation {:.2}, relative norm {:.2}", rho(0), rho(1), rho(2));
    }
}

fn pairs(model: &Model, path: &str, split: &str) -> Vec<EncodedPair> {
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let of = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().to_owned();
    rows.filter(|row| row["split"] == split)
        .map(|row| PreferencePair {
            prompt: of(&row, "prompt"),
            wanted: of(&row, "wanted"),
            opposite: of(&row, "opposite"),
            ..PreferencePair::default()
        })
        .map(|pair| model.encode_pair(SYSTEM, &pair).unwrap())
        .collect()
}

/// Computes Spearman's rank correlation, which is Pearson's of the ranks. No two values are equal here.
fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let ranks = |values: &[f64]| -> Vec<f64> {
        values.iter().map(|value| values.iter().filter(|other| *other < value).count() as f64).collect()
    };
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() - 1) as f64 / 2.0;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt()
}

//! Benchmarks of the engine: each call measures one thing in a fresh process and prints one JSON object.
//!
//! `cargo xtask bench` calls it for every figure of `docs/performance.md`; by hand:
//! `cargo run --release -p vectors --example bench -- train --csv TRAIN.csv [--precision f32] [--layer 14]`
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measuring program")]

mod generating;
mod machine;
mod training;

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use vectors::model::{Device, MatmulPrecision, Model, Precision};
use vectors::pairs::PreferencePair;
use vectors::steering::SteeringVector;

/// The system prompt of the authors' program.
const SYSTEM: &str = "You are a helpful, honest and concise assistant.";

/// The command-line options: `--name value`.
struct Options(Vec<String>);

impl Options {
    fn text(&self, name: &str) -> Option<&str> {
        let place = self.0.iter().position(|word| word.strip_prefix("--") == Some(name))?;
        self.0.get(place + 1).map(String::as_str)
    }

    fn number<T: FromStr<Err: std::fmt::Debug>>(&self, name: &str, default: T) -> T {
        self.text(name).map_or(default, |text| text.parse().unwrap())
    }

    /// Returns the device of the model: the CPU, or the one that `--device` names.
    fn device(&self) -> Device {
        self.text("device").map_or_else(Device::default, |name| name.parse().unwrap())
    }

    fn model(&self) -> Arc<Model> {
        let path = std::env::var("TILLER_STARTER_MODEL")
            .unwrap_or_else(|_| "models/SmolLM2-135M-Instruct.Q4_1.gguf".into());
        let path = self.text("model").map_or(PathBuf::from(path), PathBuf::from);
        let (precision, products) = match self.text("precision") {
            Some("f32") => (Precision::F32, MatmulPrecision::F32),
            Some("bf16") => (Precision::Quantized, MatmulPrecision::Bf16),
            _ => (Precision::Quantized, MatmulPrecision::F32),
        };
        let model = Model::open(&path).device(self.device()).precision(precision).load().unwrap();
        Arc::new(if products == MatmulPrecision::F32 {
            model
        } else {
            model.with_matmul_precision(products).unwrap()
        })
    }

    /// Returns the first pairs of a BiPO CSV, or of a starter set.
    fn pairs(&self, count: usize) -> Vec<PreferencePair> {
        let path = self.text("csv").map_or(PathBuf::from("datasets/seeks-wealth.jsonl"), PathBuf::from);
        if path.extension().is_some_and(|ending| ending == "csv") {
            let mut reader = csv::Reader::from_path(path).unwrap();
            let rows = reader.records().map(Result::unwrap).take(count);
            let field = |row: &csv::StringRecord, index: usize| row.get(index).unwrap_or_default().to_owned();
            return rows
                .map(|r| PreferencePair {
                    prompt: field(&r, 0),
                    wanted: field(&r, 1),
                    opposite: field(&r, 2),
                    ..PreferencePair::default()
                })
                .collect();
        }
        let text = std::fs::read_to_string(path).unwrap();
        let rows =
            text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()).take(count);
        let field = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().to_owned();
        rows.map(|r| PreferencePair {
            prompt: field(&r, "prompt"),
            wanted: field(&r, "wanted"),
            opposite: field(&r, "opposite"),
            ..PreferencePair::default()
        })
        .collect()
    }
}

/// Makes the vector size · sin(i), which the reference scripts use with size 0.05.
fn wave(model: &Model, layer: usize, size: f64) -> SteeringVector {
    let values = (0..model.facts().hidden_size).map(|i| (size * (i as f64).sin()) as f32).collect();
    SteeringVector { layer, values }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn main() {
    let mut words = std::env::args().skip(1);
    let what = words.next().unwrap_or_default();
    let options = Options(words.collect());
    if let Some(threads) = options.text("threads") {
        rayon::ThreadPoolBuilder::new().num_threads(threads.parse().unwrap()).build_global().unwrap();
    }
    let mut report = match what.as_str() {
        _ if options.text("precision") == Some("bf16") && !MatmulPrecision::Bf16.is_available() => {
            println!("{}", serde_json::json!({"what": what, "missing": "AVX512-BF16"}));
            return;
        }
        "peak" => machine::peak(&options),
        "train" => training::steps(&options),
        "prepare" => training::prepare(&options),
        "decode" => generating::decode(&options),
        "sweep" => generating::sweep(&options),
        _ => panic!("measure what? peak, train, prepare, decode or sweep"),
    };
    report["what"] = what.into();
    report["device"] = options.device().to_string().into();
    report["threads"] = rayon::current_num_threads().into();
    report["peak_memory_mb"] = machine::peak_memory_mb().into();
    println!("{report}");
}

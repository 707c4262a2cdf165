//! Measures the peak throughput of the machine, and the peak memory of the process.

use std::time::Instant;

use serde_json::{Value, json};

use crate::{Options, median};

/// Measures the rate of the f32 matrix product in GFLOP/s, on a large square and on the model's own shapes.
pub(crate) fn peak(options: &Options) -> Value {
    let repeats = options.number("repeats", 9);
    let shapes =
        [(2048, 2048, 2048), (721, 576, 3072), (721, 1536, 576), (721, 3072, 576), (400, 576, 49152)];
    let speeds: Vec<Value> = shapes
        .iter()
        .map(|(m, k, n)| json!({"m": m, "k": k, "n": n, "gflops": product(*m, *k, *n, repeats)}))
        .collect();
    json!({"gflops": speeds[0]["gflops"], "shapes": speeds})
}

fn product(m: usize, k: usize, n: usize, repeats: usize) -> f64 {
    let numbers = |count: usize| (0..count).map(|i| (i % 17) as f32 * 0.1).collect::<Vec<f32>>();
    let device = candle_core::Device::Cpu;
    let left = candle_core::Tensor::from_vec(numbers(m * k), (m, k), &device).unwrap();
    let right = candle_core::Tensor::from_vec(numbers(k * n), (k, n), &device).unwrap();
    let seconds: Vec<f64> = (0..repeats)
        .map(|_| {
            let began = Instant::now();
            let _ = left.matmul(&right).unwrap();
            began.elapsed().as_secs_f64()
        })
        .collect();
    2.0 * (m * k * n) as f64 / seconds.iter().copied().fold(median(&seconds), f64::min) / 1e9
}

/// Returns the peak memory of the process in MB on Linux, and 0 elsewhere.
pub(crate) fn peak_memory_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) * 1024.0 / 1e6
}

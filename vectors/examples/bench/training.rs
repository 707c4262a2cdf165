//! Measures training steps and their preparation.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use vectors::model::Model;
use vectors::pairs::EncodedPair;
use vectors::train::{OffloadLimit, TrainSettings, Training};

use crate::{Options, SYSTEM, median};

/// The maximum number of tokens of a pair in the reference scripts.
const LONGEST: usize = 512;

/// Returns the first pairs of the file. With `--tokens`, makes up pairs whose prompt and two answers have that many tokens.
fn encoded(options: &Options, model: &Model, count: usize) -> Vec<EncodedPair> {
    let tokens = options.number("tokens", 0);
    if tokens > 0 {
        let some = |pair: usize, from: usize, to: usize| {
            (from..to).map(|place| 100 + (pair * 7919 + place * 104_729) as u32 % 40_000).collect()
        };
        let pair = |pair| EncodedPair {
            prompt: some(pair, 0, tokens / 2),
            wanted: some(pair, tokens / 2, tokens * 3 / 4),
            opposite: some(pair, tokens * 3 / 4, tokens),
        };
        return (0..count).map(pair).collect();
    }
    let pairs = options.pairs(4 * count);
    let encoded = pairs.iter().map(|pair| model.encode_pair(SYSTEM, pair).unwrap());
    let fits = |pair: &EncodedPair| pair.prompt.len() + pair.wanted.len().max(pair.opposite.len()) <= LONGEST;
    encoded.filter(fits).take(count).collect()
}

fn settings(options: &Options, batch_pairs: usize) -> TrainSettings {
    let layers = options.text("layer").unwrap_or("14").split(',').map(|layer| layer.parse().unwrap());
    TrainSettings {
        layers: layers.collect(),
        epochs: 1,
        learning_rate: 5e-4,
        warmup_steps: 0,
        batch_pairs: batch_pairs as u32,
        seed: 1,
        ..TrainSettings::default()
    }
}

fn offload(options: &Options) -> OffloadLimit {
    let bytes = options.number("kept-mb", OffloadLimit::default().bytes / 1_000_000) * 1_000_000;
    OffloadLimit { bytes, ..OffloadLimit::default() }
}

/// Measures the seconds of a step over the pairs in file order, with `d` alternating from +1: the work of
/// `bipo_pytorch.py frugal`. With more `--pairs` than the steps use, every step is also made, in turn, by a training that
/// has only the pairs of the steps and keeps them in memory.
pub(crate) fn steps(options: &Options) -> Value {
    let (batch, count) = (options.number("batch", 4), options.number("steps", 10));
    let model = options.model();
    let pairs = encoded(options, &model, options.number("pairs", batch * count));
    let settings = settings(options, batch);
    let layer = settings.layers[0];
    let prepare = |pairs: &[EncodedPair], limit: OffloadLimit| {
        Training::new(Arc::clone(&model), pairs, settings.clone()).offload(limit).prepare().unwrap()
    };
    let training = prepare(&pairs, offload(options));
    let few =
        (pairs.len() > batch * count).then(|| prepare(&pairs[..batch * count], OffloadLimit::default()));
    let (mut seconds, mut losses, mut flops, mut tokens) = (vec![], vec![], vec![], vec![]);
    let mut in_memory = vec![];
    for step in 0..count {
        let indices: Vec<usize> = (step * batch..(step + 1) * batch).collect();
        let sign = if step % 2 == 0 { 1 } else { -1 };
        let began = Instant::now();
        let found = training.loss_and_gradient(&indices, sign, &[]).unwrap();
        seconds.push(began.elapsed().as_secs_f64());
        losses.push(found.loss);
        if let Some(few) = &few {
            let began = Instant::now();
            let same = few.loss_and_gradient(&indices, sign, &[]).unwrap();
            in_memory.push(began.elapsed().as_secs_f64());
            assert_eq!(found, same, "where activations are kept changes no bit");
        }
        let batch = &pairs[step * batch..(step + 1) * batch];
        flops.push(products(&model, batch, layer as usize));
        let count = |p: &EncodedPair| 2 * p.prompt.len() + p.wanted.len() + p.opposite.len();
        tokens.push(batch.iter().map(count).sum::<usize>());
    }
    let kept = 2.min(count - 1);
    let work: f64 = flops[kept..].iter().sum();
    let time: f64 = seconds[kept..].iter().sum();
    json!({
        "seconds_per_step_median": median(&seconds[kept..]),
        "seconds_per_step_median_in_memory": in_memory.get(kept..).filter(|s| !s.is_empty()).map(median),
        "seconds": seconds,
        "losses": losses,
        "tokens_per_second": tokens[kept..].iter().sum::<usize>() as f64 / time,
        "gflops": work / time / 1e9,
        "weights_mb": model.weight_bytes() as f64 / 1e6,
    })
}

/// Counts the floating-point operations of a step's matrix products, forward and backward: the weights of the blocks
/// above the layer for every packed row, and the head for every row whose logits are read. Attention's own products are
/// about 5 % and are left out.
fn products(model: &Model, pairs: &[EncodedPair], layer: usize) -> f64 {
    let facts = model.facts();
    let head = (facts.vocabulary * facts.hidden_size) as f64;
    let norms = (2 * facts.blocks + 1) * facts.hidden_size;
    let block = (facts.parameters as f64 - head - norms as f64) / facts.blocks as f64;
    let rows: usize = pairs.iter().map(|p| p.prompt.len() + p.wanted.len() + p.opposite.len() - 2).sum();
    let reads: usize = pairs.iter().map(|p| p.wanted.len() + p.opposite.len()).sum();
    let above = (facts.blocks - layer - 1) as f64;
    4.0 * (rows as f64 * block * above + reads as f64 * head)
}

/// Measures the seconds to prepare a run, which is everything that is computed only once.
pub(crate) fn prepare(options: &Options) -> Value {
    let count = options.number("pairs", 40);
    let model = options.model();
    let pairs = encoded(options, &model, count);
    let began = Instant::now();
    let offload = offload(options);
    let training = Training::new(model, &pairs, settings(options, 4)).offload(offload).prepare().unwrap();
    json!({"seconds": began.elapsed().as_secs_f64(), "pairs": pairs.len(), "steps": training.steps()})
}

//! `tiller-cli vector project`: projects the prompts of a data file on a vector, from which the threshold of a gate is chosen.

use std::path::PathBuf;

use serde::Serialize;
use vectors::score::prompt_projections;

use crate::data::{self, ModelArguments, ReadArguments, SystemArguments};
use crate::halt::Halt;
use crate::output::Lines;
use crate::progress::Bar;
use crate::steering::condition;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// The vector's file: .safetensors, .gguf, .pt (.pth, .bin), .npy, .npz or .json
    #[arg(long, value_name = "FILE")]
    vector: PathBuf,
    /// The block after which the residual stream is projected
    #[arg(long, value_name = "L")]
    layer: u32,
    /// The prompts: a data file of pairs
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    #[command(flatten)]
    read: ReadArguments,
    /// Only the first so many pairs
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    system: SystemArguments,
    /// One JSON object a prompt
    #[arg(long)]
    json: bool,
}

/// The projections of a pair's prompt.
#[derive(Serialize)]
struct Line {
    /// The largest one over its tokens but the first, by which a gate at every token is chosen.
    largest: f64,
    /// The one at its last token, by which a gate at the prompt is decided.
    last: f64,
    prompt_tokens: usize,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Halt> {
    let layer = arguments.layer as usize;
    let direction = condition(&arguments.vector, layer, arguments.model.blocks())?;
    let (rows, report) = data::rows(&arguments.data, arguments.limit, &arguments.read)?;
    let lines = Lines::new(arguments.json, Some(report));
    let model = arguments.model.load()?;
    let pairs = data::encode(&model, &arguments.data, &rows, &arguments.system.system)?;
    let prompts: Vec<Vec<u32>> = pairs.into_iter().map(|pair| pair.prompt).collect();
    let mut bar = Bar::new("Projecting prompts");
    let found = prompt_projections(
        &model,
        &prompts,
        &direction,
        layer,
        Some(&mut |done, total| bar.show(done, total)),
    )?;
    for (place, (one, prompt)) in found.iter().zip(&prompts).enumerate() {
        let line = Line { largest: one.largest, last: one.last, prompt_tokens: prompt.len() };
        lines.line(&line, || {
            format!("{}: largest {:.3}, at the last token {:.3}", place + 1, line.largest, line.last)
        })?;
    }
    Ok(())
}

//! `tiller-cli sweep`: a score over pairs at several multipliers of a vector.

use std::path::PathBuf;

use serde::Serialize;
use vectors::score::bootstrap_interval;

use crate::data::{self, ModelArguments, SystemArguments, VectorArguments};
use crate::halt::Halt;
use crate::{logprobs, output};

/// Seeds the bootstrap: the same scores always get the same interval. The window's sweeps use it too.
const BOOTSTRAP_SEED: u64 = 11;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// The pairs: BiPO's CSV, TRL's JSON lines, and others
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// The vector's file: .safetensors, .gguf, .pt, .npy or .json
    #[arg(long, value_name = "FILE")]
    vector: PathBuf,
    /// The vector's layer, where its file does not say it
    #[arg(long, value_name = "N")]
    layer: Option<usize>,
    /// The vector's strengths, separated by commas
    #[arg(long, value_name = "M,M..", value_delimiter = ',', allow_hyphen_values = true, required = true)]
    multipliers: Vec<f64>,
    /// What is measured
    #[arg(long, value_enum, default_value_t = Score::Preference)]
    score: Score,
    /// Only the first so many pairs
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    system: SystemArguments,
    /// One JSON object a multiplier
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Score {
    /// Mean log-probability of the matching answer less that of the other, in nats
    Preference,
}

#[derive(Serialize)]
struct Point {
    multiplier: f64,
    score: f64,
    n: usize,
    low: f64,
    high: f64,
}

impl Point {
    fn of(multiplier: f64, margins: &[f64]) -> Self {
        let (low, high) = bootstrap_interval(margins, BOOTSTRAP_SEED);
        let score = margins.iter().sum::<f64>() / margins.len() as f64;
        Self { multiplier, score, n: margins.len(), low, high }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Halt> {
    if let Some(odd) = arguments.multipliers.iter().find(|multiplier| !multiplier.is_finite()) {
        return Err(Halt::Usage(format!("the multiplier {odd} is no number.")));
    }
    let Score::Preference = arguments.score;
    let file = VectorArguments { vector: Some(arguments.vector.clone()), layer: arguments.layer };
    let vector = file.read()?;
    let rows = data::rows(&arguments.data, arguments.limit)?;
    let model = arguments.model.load()?;
    let pairs = data::encode(&model, &rows, &arguments.system.system)?;
    let mut margins = vec![Vec::new(); arguments.multipliers.len()];
    let scored = logprobs::score(
        &model,
        &pairs,
        vector.as_ref(),
        &arguments.multipliers,
        &mut |place, _, log_probs| {
            margins[place].push(log_probs.margin());
            Ok(())
        },
    );
    // After a stop the points so far are kept: `n` says over how many pairs they are.
    let done = margins.first().map_or(0, Vec::len);
    if matches!(scored, Ok(()) | Err(Halt::Stopped(_))) && done > 0 {
        for (multiplier, margins) in arguments.multipliers.iter().zip(&margins) {
            let point = Point::of(*multiplier, margins);
            output::line(arguments.json, &point, || {
                format!(
                    "{:>6}: {:>8.3} nats ({:.3} to {:.3}), {} pairs",
                    point.multiplier, point.score, point.low, point.high, point.n
                )
            })?;
        }
    }
    match scored {
        Err(Halt::Stopped(_)) => Err(Halt::Stopped(format!("stopped after {done} of {} pairs", pairs.len()))),
        other => other,
    }
}

//! `tiller-cli logprobs`: prints the log-probabilities of both answers of every pair under the model, steered or not.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use vectors::model::{Model, ModelError};
use vectors::pairs::EncodedPair;
use vectors::score::{PairLogProbs, Scorer};

use crate::data::{self, ModelArguments, ReadArguments, SystemArguments, VectorArguments};
use crate::halt::Halt;
use crate::output::Lines;
use crate::progress::Bar;
use crate::steering::Steering;
use crate::stop;

/// The number of pairs that are scored together; their lines are printed before the next ones are begun.
const PAIRS_AT_ONCE: usize = 8;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// The pairs: BiPO's CSV, TRL's JSON lines, and others
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    #[command(flatten)]
    read: ReadArguments,
    /// Only the first so many pairs
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    vector: VectorArguments,
    /// The vector's strength
    #[arg(long, value_name = "M", default_value_t = 1.0, allow_negative_numbers = true)]
    multiplier: f64,
    #[command(flatten)]
    system: SystemArguments,
    /// One JSON object a pair
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line {
    matching: f64,
    not_matching: f64,
    matching_tokens: usize,
    not_matching_tokens: usize,
    prompt_tokens: usize,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Halt> {
    let vector = arguments.vector.read(arguments.model.blocks())?;
    let steering = Steering::new(vector.into_iter().collect(), None)?;
    let (rows, report) = data::rows(&arguments.data, arguments.limit, &arguments.read)?;
    let lines = Lines::new(arguments.json, Some(report));
    let model = arguments.model.load()?;
    let pairs = data::encode(&model, &arguments.data, &rows, &arguments.system.system)?;
    let mut done = 0;
    let scored = score(&model, &pairs, &steering, &[arguments.multiplier], &mut |_, pair, log_probs| {
        done += 1;
        let line = Line {
            matching: log_probs.wanted,
            not_matching: log_probs.opposite,
            matching_tokens: pair.wanted.len(),
            not_matching_tokens: pair.opposite.len(),
            prompt_tokens: pair.prompt.len(),
        };
        lines.line(&line, || {
            format!(
                "{done}: matching {:.3}, not matching {:.3}, margin {:.3}",
                line.matching,
                line.not_matching,
                log_probs.margin()
            )
        })
    });
    match scored {
        Err(Halt::Stopped(_)) => Err(Halt::Stopped(format!("stopped after {done} of {} pairs", pairs.len()))),
        other => other,
    }
}

/// Receives the index of a multiplier, a pair, and the pair's log-probabilities at that multiplier.
pub(crate) type OnScored<'a> = &'a mut dyn FnMut(usize, &EncodedPair, PairLogProbs) -> Result<(), Halt>;

/// Scores pairs at several multipliers, [`PAIRS_AT_ONCE`] pairs at a time. The blocks below the vectors are computed once
/// for all multipliers.
pub(crate) fn score(
    model: &Arc<Model>,
    pairs: &[EncodedPair],
    steering: &Steering,
    multipliers: &[f64],
    on_scored: OnScored<'_>,
) -> Result<(), Halt> {
    let mut bar = Bar::new("Scoring");
    let prefix = steering.prefix(model.facts().blocks);
    let mut go = |_: usize, _: usize| stop::flow();
    for (index, chunk) in pairs.chunks(PAIRS_AT_ONCE).enumerate() {
        if bar.show(index * PAIRS_AT_ONCE, pairs.len()) == ControlFlow::Break(()) {
            return Err(ModelError::Interrupted.into());
        }
        let scorer = Scorer::prepare(Arc::clone(model), chunk, prefix, Some(&mut go))
            .map_err(|error| Halt::score(error, 0.0, index * PAIRS_AT_ONCE))?;
        let mut all = Vec::with_capacity(multipliers.len());
        for multiplier in multipliers {
            let scored = scorer.log_probs(&steering.terms(*multiplier), Some(&mut go));
            all.push(scored.map_err(|error| Halt::score(error, *multiplier, index * PAIRS_AT_ONCE))?);
        }
        // The scores are reported only when these pairs are scored at all multipliers: after a stop every multiplier has
        // the same pairs.
        for (place, log_probs) in all.iter().enumerate() {
            for (pair, log_probs) in chunk.iter().zip(log_probs) {
                on_scored(place, pair, *log_probs)?;
            }
        }
    }
    Ok(())
}

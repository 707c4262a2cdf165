//! Scores of steered models.
//!
//! Scores that need no generated text start from cached activations: the blocks that no steering changes run once for all
//! multipliers. [`Scorer`] computes the log-probabilities of pairs, [`OptionScorer`] those of any number of answers to a
//! prompt, [`TextScorer`] the perplexity of plain text, [`DivergenceScorer`] how far steering moves the predictions.
//! [`answers`] scores generated text. [`prompt_projections`] is what the threshold of a gate is chosen from,
//! [`projection_percentiles`] what those of caps are; [`turn_projections`] says how a conversation drifts.

pub mod answers;
mod blocks;
mod bootstrap;
mod divergence;
mod dose_slope;
mod drift;
mod kappa;
mod options;
mod paired;
mod pairs;
mod percentiles;
mod projections;
mod texts;

pub use bootstrap::{Interval, Ratio, mean_interval, ratio_interval};
pub use divergence::DivergenceScorer;
pub use dose_slope::{Dose, dose_slope};
pub use drift::{Dialogue, TurnProjection, turn_projections};
pub use kappa::{RatingPair, weighted_kappa};
pub use options::{EncodedOptions, OptionLogProbs, OptionScorer, choice};
pub use paired::paired_interval;
pub use pairs::{PairLogProbs, Scorer};
pub use percentiles::{LayerPercentiles, projection_percentiles};
pub use projections::{PromptProjection, prompt_projections};
pub use texts::{TextScorer, TextScores};

/// The number of rows in one forward pass: enough for efficient matrix products, few enough that activations stay small.
const ROWS_AT_ONCE: usize = 768;

/// Raises the tiny negative number that rounding can leave of a sum that is not negative. NaN stays NaN, which `f64::max`
/// would turn into 0.
fn not_negative(sum: f64) -> f64 {
    if sum < 0.0 { 0.0 } else { sum }
}

//! Scores of steered models.
//!
//! Scores that need no generated text are read from activations that are kept after the lowest steered block: what lies
//! below is computed once for all multipliers. [`Scorer`] gives pairs their log-probabilities, [`OptionScorer`] gives any
//! number of answers theirs (letters of a choice, digits of a verdict, answers of a questionnaire), [`TextScorer`]
//! measures plain text: perplexity, and divergence from the unsteered model. [`answers`] looks at generated text.

pub mod answers;
mod bootstrap;
mod kappa;
mod options;
mod pairs;
mod slopes;
mod texts;

pub use bootstrap::{Interval, bootstrap_interval, mean_interval, ratio_interval};
pub use kappa::weighted_kappa;
pub use options::{EncodedOptions, OptionScorer, choice};
pub use pairs::{PairLogProbs, Scorer};
pub use slopes::slope;
pub use texts::{TextScorer, TextScores};

/// Rows that are run together: products are efficient, memory stays small.
const ROWS_AT_ONCE: usize = 768;

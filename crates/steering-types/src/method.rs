//! The methods that make a steering vector, or the adapter that it is compared with.

use serde::{Deserialize, Serialize};

/// The method that makes a vector or an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum Method {
    /// Bi-directional preference optimisation (Cao et al. 2024).
    ///
    /// One sign d in {-1, +1} is drawn for each batch, as the authors' program does.
    Bipo,
    /// The same with both signs in every batch.
    ///
    /// The expected gradient is the same and has less noise; a step costs twice as much.
    BipoBoth,
    /// Its uni-directional ablation.
    ///
    /// The sign d is always +1.
    BipoUni,
    /// `BiPO` on mean log-probabilities of a token.
    ///
    /// Means replace sums, so that an answer's length has no weight.
    BipoNormed,
    /// Reference-free preference steering (Wu et al. 2025).
    Reps,
    /// Mean activation difference at the letter of a two-way choice (Rimsky et al. 2024).
    ///
    /// This is contrastive activation addition. It takes no gradient steps and reads its training pairs as two-way choices.
    Caa,
    /// Mean activation difference over the answers' tokens.
    ///
    /// [`AnswerPosition`](crate::AnswerPosition) chooses the tokens. It takes no gradient steps.
    Freeform,
    /// Direct preference optimisation of a low-rank adapter on queries and values: no vector.
    ///
    /// Rafailov et al. 2023, arXiv 2305.18290: the baseline of the `BiPO` paper's figure 8. The adapter acts in every block,
    /// so the run's layers have no effect.
    DpoLora,
    /// First principal component of the activation differences, as repeng has it.
    ///
    /// The differences are read at the answers' last tokens. The vector has norm 1; there are no gradient steps.
    Pca,
}

impl Method {
    /// Every method, in the order in which the window lists them.
    pub const ALL: [Self; 9] = [
        Self::Bipo,
        Self::BipoBoth,
        Self::BipoUni,
        Self::BipoNormed,
        Self::Reps,
        Self::DpoLora,
        Self::Caa,
        Self::Freeform,
        Self::Pca,
    ];

    /// Returns whether the method takes optimizer steps.
    #[must_use]
    pub fn has_steps(self) -> bool {
        !matches!(self, Self::Caa | Self::Freeform | Self::Pca)
    }

    /// Returns whether the method makes an adapter, which acts in every block, and not a vector.
    #[must_use]
    pub fn makes_adapter(self) -> bool {
        self == Self::DpoLora
    }

    /// Returns the number of forward and backward passes over a batch in one optimizer step.
    #[must_use]
    pub fn passes(self) -> u32 {
        if matches!(self, Self::BipoBoth | Self::Reps) { 2 } else { 1 }
    }

    /// Returns the peak learning rate that suits what the method trains. `docs/defaults.md` says how it was measured.
    #[must_use]
    pub fn usual_learning_rate(self) -> f64 {
        if self.makes_adapter() { 5e-4 } else { 0.05 }
    }

    /// Returns the beta that suits the method's loss. Where the loss takes means over an answer's tokens and not sums,
    /// log-probabilities are smaller by about the answer's length, and beta is larger.
    #[must_use]
    pub fn usual_beta(self) -> f64 {
        match self {
            Self::BipoNormed => 2.0,
            Self::Reps => 1.0,
            _ => 0.1,
        }
    }
}

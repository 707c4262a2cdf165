//! Steering of a forward pass: edits of the residual stream after blocks, and adapters on the weights.

mod caps;
mod edits;
mod plan;
mod rows;

use std::sync::Arc;

pub use caps::{CapsError, capped};
pub(crate) use edits::covers;
pub(crate) use plan::SteeringPlan;
pub(crate) use rows::{Openings, Roles, RowPart, apply_to_packed, apply_to_rows, part_adapters};
pub use steering_types::{CapSide, Caps, Intervention, InterventionOp, Positions};

use crate::adapter::Adapter;
pub use crate::gate::{Gate, GateAt, GateError, TermGate};
use crate::layer::PrefixBlocks;

/// A steering vector, which acts on the output of decoder block `layer`.
#[derive(Debug, Clone, PartialEq)]
pub struct SteeringVector {
    /// The 0-based block.
    pub layer: usize,
    /// One number for each dimension of the residual stream: `[hidden_size]`.
    pub values: Arc<[f32]>,
}

impl SteeringVector {
    /// Computes the L2 norm.
    #[must_use]
    pub fn norm(&self) -> f64 {
        edits::norm(&self.values)
    }
}

/// One vector, or one adapter, at one multiplier.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A vector, after its block.
    Vector {
        /// The vector.
        vector: SteeringVector,
        /// The multiplier. At 0 the model is the unsteered model to the bit.
        multiplier: f32,
        /// The operation and its positions. The default adds the vector at every token.
        intervention: Intervention,
        /// The condition under which it acts; `None` is always.
        gate: Option<Arc<TermGate>>,
    },
    /// An adapter, in every block and at every token.
    Adapter {
        /// The adapter.
        adapter: Arc<Adapter>,
        /// The multiplier. At 0 the model is the unsteered model to the bit.
        multiplier: f32,
    },
}

/// Puts the vectors of some terms under a gate. Adapters have none.
#[must_use]
pub fn gated(mut terms: Vec<Term>, gate: Option<&Arc<TermGate>>) -> Vec<Term> {
    for term in &mut terms {
        if let (Term::Vector { gate: of_term, .. }, Some(gate)) = (term, gate) {
            *of_term = Some(Arc::clone(gate));
        }
    }
    terms
}

impl Term {
    /// Adds multiplier times the vector at every token.
    #[must_use]
    pub fn new(vector: &SteeringVector, multiplier: f32) -> Self {
        Self::Vector { vector: vector.clone(), multiplier, intervention: Intervention::default(), gate: None }
    }

    /// Returns the blocks that this term leaves unchanged at any multiplier: those up to its layer and to that of its gate,
    /// none for an adapter.
    #[must_use]
    pub fn prefix(&self) -> PrefixBlocks {
        match self {
            Self::Vector { vector, gate, .. } => {
                let gate = gate.as_ref().map_or(vector.layer, |gate| gate.layer());
                PrefixBlocks(vector.layer.min(gate) + 1)
            }
            Self::Adapter { .. } => PrefixBlocks::NONE,
        }
    }

    /// Returns the multiplier.
    #[must_use]
    pub fn multiplier(&self) -> f32 {
        match self {
            Self::Vector { multiplier, .. } | Self::Adapter { multiplier, .. } => *multiplier,
        }
    }
}

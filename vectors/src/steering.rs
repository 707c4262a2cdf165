//! What is added to the residual stream.

use std::sync::Arc;

/// A steering vector: added to the output of decoder block `layer` at every token position.
#[derive(Debug, Clone, PartialEq)]
pub struct SteeringVector {
    /// The 0-based block.
    pub layer: usize,
    /// One number for each dimension of the residual stream.
    pub values: Arc<[f32]>,
}

impl SteeringVector {
    /// The L2 norm.
    #[must_use]
    pub fn norm(&self) -> f64 {
        self.values.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt()
    }
}

/// One vector at one strength: `multiplier * vector` is added.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The vector.
    pub vector: SteeringVector,
    /// Its strength; 0 is exactly the plain model.
    pub multiplier: f32,
}

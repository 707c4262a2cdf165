//! Adds up several vectors and reports which of them conflict.

use std::collections::BTreeMap;

use ipc::command::ReadVectorSum;
use ipc::derive::{Added, CONFLICT, Conflict, VectorSum};
use ipc::steering::InterventionOp;
use store::vectors as vector_rows;
use vectors::algebra::{cosine_similarity, linear_combination, norm, scale};
use vectors::steering::SteeringVector;

use super::App;
use crate::Error;

/// A vector's part at one layer, times its weight.
struct WeightedVector {
    name: String,
    vector: SteeringVector,
}

impl App {
    /// Finds conflicts among vectors and measures their sum at each layer. Only vectors that are added count, because a
    /// projection has no norm of its own.
    ///
    /// # Errors
    /// Returns an error if a vector does not exist or the vectors are for different models.
    pub async fn read_vector_sum(&self, request: ReadVectorSum) -> Result<VectorSum, Error> {
        let mut by_layer: BTreeMap<usize, Vec<WeightedVector>> = BTreeMap::new();
        let mut model = None;
        for term in &request.terms {
            let row = vector_rows::find(self.state.store.read(), term.vector).await?;
            if *model.get_or_insert(row.model) != row.model {
                return Err(Error::invalid(
                    "These vectors were made for different models.",
                    "Choose vectors of one model.",
                ));
            }
            if row.intervention.op != InterventionOp::Add || term.weight == 0.0 || !term.weight.is_finite() {
                continue;
            }
            let parts = vector_rows::steering(self.state.store.read(), term.vector).await?.parts;
            for vector in scale(&parts, term.weight) {
                by_layer
                    .entry(vector.layer)
                    .or_default()
                    .push(WeightedVector { name: row.name.clone(), vector });
            }
        }
        let residual = match model {
            Some(model) => self.residual(model).await?,
            None => None,
        };
        Ok(sum_by_layer(&by_layer, residual.as_deref()))
    }
}

fn sum_by_layer(by_layer: &BTreeMap<usize, Vec<WeightedVector>>, residual: Option<&[f64]>) -> VectorSum {
    let mut conflicts = Vec::new();
    let mut layers = Vec::new();
    for (layer, vectors) in by_layer {
        for (at, one) in vectors.iter().enumerate() {
            for other in &vectors[at + 1..] {
                let angle =
                    cosine_similarity(std::slice::from_ref(&one.vector), std::slice::from_ref(&other.vector));
                if let Some(cosine) = angle.filter(|cosine| *cosine < CONFLICT) {
                    let (one, other) = (one.name.clone(), other.name.clone());
                    conflicts.push(Conflict { one, other, layer: *layer as u32, cosine });
                }
            }
        }
        let all = vectors.iter().map(|weighted| std::slice::from_ref(&weighted.vector));
        let sum = all
            .clone()
            .map(<[_]>::to_vec)
            .reduce(|v, w| linear_combination(&v, 1.0, &w, 1.0))
            .unwrap_or_default();
        layers.push(Added {
            layer: *layer as u32,
            count: vectors.len() as u32,
            norm: norm(&sum),
            apart: all.map(norm).sum(),
            residual: residual.and_then(|norms| norms.get(*layer)).copied(),
        });
    }
    VectorSum { conflicts, layers }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_that_pull_apart_are_named_and_their_sum_is_measured() {
        let vector = |name: &str, layer: usize, values: [f32; 2]| WeightedVector {
            name: name.into(),
            vector: SteeringVector { layer, values: values.into() },
        };
        let by_layer = BTreeMap::from([
            (3, vec![vector("a", 3, [4.0, 0.0]), vector("b", 3, [-4.0, 3.0]), vector("c", 3, [0.0, 3.0])]),
            (5, vec![vector("d", 5, [1.0, 0.0])]),
        ]);
        let sum = sum_by_layer(&by_layer, Some(&[0.0, 0.0, 0.0, 60.0]));
        let found: Vec<_> = sum.conflicts.iter().map(|c| (c.one.as_str(), c.other.as_str())).collect();
        assert_eq!(found, [("a", "b")]);
        assert!((sum.conflicts[0].cosine + 0.8).abs() < 1e-12);
        let at = sum.layers[0];
        assert_eq!((at.count, at.norm, at.apart, at.residual), (3, 6.0, 12.0, Some(60.0)));
        assert_eq!(sum.layers[1].residual, None);
    }
}

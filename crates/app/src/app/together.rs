//! What several vectors come to together.

use std::collections::BTreeMap;

use ipc::command::ReadTogether;
use ipc::derive::{Added, CONFLICT, Conflict, Together};
use ipc::steering::InterventionOp;
use store::vectors as vector_rows;
use vectors::algebra::{cosine_similarity, linear_combination, norm, scale};
use vectors::steering::SteeringVector;

use super::App;
use crate::Error;

/// A vector's part at a layer, times its weight.
struct Part {
    name: String,
    vector: SteeringVector,
}

impl App {
    /// Conflicts among vectors, and what is added at each layer. Only vectors that are added count: a projection has no
    /// norm of its own.
    ///
    /// # Errors
    /// Where a vector does not exist, or they are for different models.
    pub async fn read_together(&self, request: ReadTogether) -> Result<Together, Error> {
        let mut by_layer: BTreeMap<usize, Vec<Part>> = BTreeMap::new();
        let mut model = None;
        for term in &request.terms {
            let row = vector_rows::find(self.state.store.read(), term.vector).await?;
            if *model.get_or_insert(row.model) != row.model {
                return Err(Error::invalid(
                    "These vectors were made for different models.",
                    "Choose vectors of one model.",
                ));
            }
            if row.acts.op != InterventionOp::Add || term.weight == 0.0 || !term.weight.is_finite() {
                continue;
            }
            let parts = vector_rows::steering(self.state.store.read(), term.vector).await?.parts;
            for vector in scale(&parts, term.weight) {
                by_layer.entry(vector.layer).or_default().push(Part { name: row.name.clone(), vector });
            }
        }
        let residual = match model {
            Some(model) => self.residual(model).await?,
            None => None,
        };
        Ok(of_layers(&by_layer, residual.as_deref()))
    }
}

fn of_layers(by_layer: &BTreeMap<usize, Vec<Part>>, residual: Option<&[f64]>) -> Together {
    let mut conflicts = Vec::new();
    let mut layers = Vec::new();
    for (layer, parts) in by_layer {
        for (at, one) in parts.iter().enumerate() {
            for other in &parts[at + 1..] {
                let angle =
                    cosine_similarity(std::slice::from_ref(&one.vector), std::slice::from_ref(&other.vector));
                if let Some(cosine) = angle.filter(|cosine| *cosine < CONFLICT) {
                    let (one, other) = (one.name.clone(), other.name.clone());
                    conflicts.push(Conflict { one, other, layer: *layer as u32, cosine });
                }
            }
        }
        let all = parts.iter().map(|part| std::slice::from_ref(&part.vector));
        let together = all
            .clone()
            .map(<[_]>::to_vec)
            .reduce(|v, w| linear_combination(&v, 1.0, &w, 1.0))
            .unwrap_or_default();
        layers.push(Added {
            layer: *layer as u32,
            count: parts.len() as u32,
            norm: norm(&together),
            apart: all.map(norm).sum(),
            residual: residual.and_then(|norms| norms.get(*layer)).copied(),
        });
    }
    Together { conflicts, layers }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_that_pull_apart_are_named_and_their_sum_is_measured() {
        let part = |name: &str, layer: usize, values: [f32; 2]| Part {
            name: name.into(),
            vector: SteeringVector { layer, values: values.into() },
        };
        let by_layer = BTreeMap::from([
            (3, vec![part("a", 3, [4.0, 0.0]), part("b", 3, [-4.0, 3.0]), part("c", 3, [0.0, 3.0])]),
            (5, vec![part("d", 5, [1.0, 0.0])]),
        ]);
        let together = of_layers(&by_layer, Some(&[0.0, 0.0, 0.0, 60.0]));
        let found: Vec<_> = together.conflicts.iter().map(|c| (c.one.as_str(), c.other.as_str())).collect();
        assert_eq!(found, [("a", "b")]);
        assert!((together.conflicts[0].cosine + 0.8).abs() < 1e-12);
        let at = together.layers[0];
        assert_eq!((at.count, at.norm, at.apart, at.residual), (3, 6.0, 12.0, Some(60.0)));
        assert_eq!(together.layers[1].residual, None);
    }
}

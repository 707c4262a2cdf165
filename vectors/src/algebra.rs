//! Linear algebra of steering vectors: scaling, linear combination, projection and cosine similarity.
//!
//! Sums are computed in f64 in the order of the numbers, and each new number is rounded to f32 once. A steering vector can
//! have a part for each of several layers.

use std::sync::Arc;

use crate::steering::SteeringVector;

/// `Σ_i x_i y_i`.
#[must_use]
pub fn dot(x: &[f32], y: &[f32]) -> f64 {
    x.iter().zip(y).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum()
}

/// Returns the L2 norm of the concatenation of all parts.
#[must_use]
pub fn norm(parts: &[SteeringVector]) -> f64 {
    parts.iter().map(|part| dot(&part.values, &part.values)).sum::<f64>().sqrt()
}

/// factor × v, part by part.
#[must_use]
pub fn scale(parts: &[SteeringVector], factor: f64) -> Vec<SteeringVector> {
    parts.iter().map(|part| map_values(part, |_, x| factor * x)).collect()
}

/// a × v + b × w, part by part.
///
/// Both must have the same layers and sizes; a part of v at a layer that w lacks is only scaled.
///
/// # Panics
/// Panics if a part of w is shorter than that of v at the same layer.
#[must_use]
pub fn linear_combination(v: &[SteeringVector], a: f64, w: &[SteeringVector], b: f64) -> Vec<SteeringVector> {
    let other = |layer: usize| w.iter().find(|part| part.layer == layer);
    let one = |part: &SteeringVector| match other(part.layer) {
        Some(w) => map_values(part, |at, x| a * x + b * f64::from(w.values[at])),
        None => map_values(part, |_, x| a * x),
    };
    v.iter().map(one).collect()
}

/// Projects w out of v: v − (v·w / w·w) w, at each layer separately. At a layer where w has no part or a zero part, v is
/// unchanged.
///
/// # Panics
/// Panics if a part of w is shorter than that of v at the same layer.
#[must_use]
pub fn project_out(v: &[SteeringVector], w: &[SteeringVector]) -> Vec<SteeringVector> {
    let one = |part: &SteeringVector| {
        let projection = w.iter().find(|other| other.layer == part.layer).map(|other| {
            let coefficient = dot(&part.values, &other.values) / dot(&other.values, &other.values);
            (&other.values, coefficient)
        });
        match projection.filter(|(_, coefficient)| coefficient.is_finite()) {
            Some((w, coefficient)) => map_values(part, |at, x| x - coefficient * f64::from(w[at])),
            None => part.clone(),
        }
    };
    v.iter().map(one).collect()
}

/// Returns the cosine similarity of two vectors, -1 to 1. Two vectors with one layer each are compared even where the
/// layers differ; otherwise the concatenated parts of all common layers are compared. `None` where there is no common
/// layer, or one of the vectors is zero there.
#[must_use]
pub fn cosine_similarity(v: &[SteeringVector], w: &[SteeringVector]) -> Option<f64> {
    let other = |layer: usize| w.iter().find(|part| part.layer == layer);
    let pairs: Vec<(&[f32], &[f32])> = if let ([v], [w]) = (v, w) {
        vec![(&v.values, &w.values)]
    } else {
        v.iter().filter_map(|part| Some((&*part.values, &*other(part.layer)?.values))).collect()
    };
    let (mut dot_product, mut v_square, mut w_square) = (0.0, 0.0, 0.0);
    for (v, w) in pairs {
        dot_product += dot(v, w);
        v_square += dot(v, v);
        w_square += dot(w, w);
    }
    let product = v_square.sqrt() * w_square.sqrt();
    // Rounding must not lead outside [-1, 1].
    (product > 0.0).then(|| (dot_product / product).clamp(-1.0, 1.0))
}

/// Returns a part with `number(index, value)` in place of each value.
fn map_values(part: &SteeringVector, number: impl Fn(usize, f64) -> f64) -> SteeringVector {
    let values: Arc<[f32]> =
        part.values.iter().enumerate().map(|(at, x)| number(at, f64::from(*x)) as f32).collect();
    SteeringVector { layer: part.layer, values }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn part(layer: usize, values: &[f32]) -> SteeringVector {
        SteeringVector { layer, values: values.into() }
    }

    #[test]
    fn sums_and_factors_are_part_by_part() {
        let (v, w) =
            ([part(1, &[1.0, 2.0]), part(3, &[3.0, 4.0])], [part(3, &[1.0, 0.0]), part(1, &[0.0, 1.0])]);
        assert_eq!(linear_combination(&v, 2.0, &w, -1.0), [part(1, &[2.0, 3.0]), part(3, &[5.0, 8.0])]);
        assert_eq!(scale(&v, -0.5)[1], part(3, &[-1.5, -2.0]));
        assert!((norm(&v) - 30.0_f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn a_cosine_similarity_uses_the_common_layers() {
        let one = |layer, values: [f32; 2]| vec![part(layer, &values)];
        assert_eq!(
            cosine_similarity(&one(3, [1.0, 0.0]), &one(9, [-2.0, 0.0])),
            Some(-1.0),
            "each has one layer"
        );
        let several = vec![part(3, &[1.0, 0.0]), part(4, &[0.0, 5.0])];
        assert_eq!(cosine_similarity(&several, &one(3, [0.0, 1.0])), Some(0.0));
        assert_eq!(cosine_similarity(&several, &one(9, [0.0, 1.0])), None, "no layer is shared");
        assert_eq!(
            cosine_similarity(&one(3, [0.0, 0.0]), &one(3, [0.0, 1.0])),
            None,
            "zero has no direction"
        );
    }

    proptest! {
        #[test]
        fn the_result_of_project_out_is_orthogonal(v in prop::array::uniform8(-9.0_f32..9.0), w in prop::array::uniform8(-9.0_f32..9.0)) {
            prop_assume!(dot(&w, &w) > 0.1);
            let (v, w) = ([part(2, &v)], [part(2, &w)]);
            let left = project_out(&v, &w);
            // An f32 is right to 6e-8 of its size.
            prop_assert!(dot(&left[0].values, &w[0].values).abs() <= 1e-6 * (1.0 + norm(&v)) * norm(&w));
            // The rest and the removed part add up to v.
            let share = dot(&v[0].values, &w[0].values) / dot(&w[0].values, &w[0].values);
            let again = linear_combination(&left, 1.0, &w, share);
            prop_assert!(again[0].values.iter().zip(&*v[0].values).all(|(a, b)| (a - b).abs() < 1e-4));
        }
    }
}

//! Caps of a vector at all of its layers, after the assistant axis (arXiv 2601.10387).

use std::sync::Arc;

use steering_types::{CapSide, Caps, InterventionOp};

use super::Term;

/// The reason why caps cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CapsError {
    /// There are not as many thresholds as layers.
    #[error("there are {found} thresholds, and the vector has {expected} layers: measure the caps again")]
    Count {
        /// The number of the vector's layers.
        expected: usize,
        /// The number of thresholds.
        found: usize,
    },
    /// A threshold is no number.
    #[error("the threshold {threshold} of the caps is no number: measure them again")]
    Threshold {
        /// The threshold.
        threshold: f64,
    },
    /// An adapter has no direction that could be capped.
    #[error("an adapter has no direction, so that nothing can be capped: leave out the caps")]
    Adapter,
}

/// Replaces the operation of all vectors of one steering by caps: the terms are those of its layers, in their order. A lower bound
/// is the upper bound of the opposite direction.
///
/// # Errors
/// Where a term is an adapter, the thresholds are not as many as the terms, or one is no number.
pub fn capped(mut terms: Vec<Term>, caps: Option<&Caps>) -> Result<Vec<Term>, CapsError> {
    let Some(caps) = caps else { return Ok(terms) };
    let (expected, found) = (terms.len(), caps.thresholds.len());
    if terms.iter().any(|term| matches!(term, Term::Adapter { .. })) {
        return Err(CapsError::Adapter);
    }
    if expected != found {
        return Err(CapsError::Count { expected, found });
    }
    for (term, threshold) in terms.iter_mut().zip(&caps.thresholds) {
        if !threshold.is_finite() {
            return Err(CapsError::Threshold { threshold: *threshold });
        }
        if let Term::Vector { vector, intervention, .. } = term {
            let at = match caps.side {
                CapSide::AtMost => *threshold,
                CapSide::AtLeast => {
                    vector.values = vector.values.iter().map(|x| -x).collect::<Arc<[f32]>>();
                    -threshold
                }
            };
            intervention.op = InterventionOp::Cap { at };
        }
    }
    Ok(terms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packing::Segment;
    use crate::steering::{Positions, SteeringPlan, SteeringVector};

    fn caps(side: CapSide, thresholds: &[f64]) -> Caps {
        Caps { percentile: 25, side, over: String::new(), thresholds: thresholds.to_vec() }
    }

    fn terms(multiplier: f32) -> Vec<Term> {
        let vector = |layer, values: [f32; 2]| SteeringVector { layer, values: values.into() };
        let mut terms =
            [vector(1, [3.0, 4.0]), vector(4, [0.0, 2.0])].map(|vector| Term::new(&vector, multiplier));
        if let Term::Vector { intervention, .. } = &mut terms[1] {
            intervention.positions = Positions::Answer;
        }
        terms.into()
    }

    fn after(caps: &Caps, multiplier: f32, block: usize, mut row: [f32; 2]) -> [f32; 2] {
        let plan = SteeringPlan::new(&capped(terms(multiplier), Some(caps)).unwrap());
        plan.apply_to_row(block, Segment::Answer, &mut row, |_| 1.0);
        row
    }

    #[test]
    fn each_layer_has_its_own_threshold() {
        let close = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).abs() < 1e-6 && (a[1] - b[1]).abs() < 1e-6;
        let most = caps(CapSide::AtMost, &[2.0, 1.0]);
        // The projection of (3, 4) on (0.6, 0.8) is 5, of which 3 is too much.
        assert!(close(after(&most, 1.0, 1, [3.0, 4.0]), [1.2, 1.6]));
        assert!(close(after(&most, 0.5, 1, [3.0, 4.0]), [2.1, 2.8]));
        assert!(close(after(&most, 1.0, 4, [7.0, 3.0]), [7.0, 1.0]));
        let least = caps(CapSide::AtLeast, &[2.0, 1.0]);
        // The projection of (-3, -4) is -5, so that 7 lacks.
        assert!(close(after(&least, 1.0, 1, [-3.0, -4.0]), [1.2, 1.6]));
        assert!(close(after(&least, 1.0, 4, [7.0, -3.0]), [7.0, 1.0]));
    }

    #[test]
    fn a_row_within_its_caps_stays_as_it_is_to_the_bit() {
        let (most, least) = (caps(CapSide::AtMost, &[2.0, 1.0]), caps(CapSide::AtLeast, &[2.0, 1.0]));
        for (caps, row) in [(&most, [0.3, 0.1]), (&most, [-30.1, 7.3]), (&least, [3.3, 4.1])] {
            assert_eq!(after(caps, 1.0, 1, row).map(f32::to_bits), row.map(f32::to_bits));
        }
    }

    #[test]
    fn caps_that_do_not_fit_are_refused_and_positions_stay() {
        assert_eq!(capped(terms(1.0), None), Ok(terms(1.0)));
        let count = caps(CapSide::AtMost, &[1.0]);
        assert_eq!(capped(terms(1.0), Some(&count)), Err(CapsError::Count { expected: 2, found: 1 }));
        let odd = caps(CapSide::AtMost, &[1.0, f64::INFINITY]);
        assert!(matches!(capped(terms(1.0), Some(&odd)), Err(CapsError::Threshold { .. })));
        let fits = capped(terms(1.0), Some(&caps(CapSide::AtMost, &[1.0, 2.0]))).unwrap();
        let Term::Vector { intervention, .. } = &fits[1] else { panic!("a vector") };
        assert_eq!(
            (intervention.positions, intervention.op),
            (Positions::Answer, InterventionOp::Cap { at: 2.0 })
        );
    }
}

//! Logit soft-capping: y = c tanh(x / c), which keeps small numbers and limits large ones to c (Gemma 2; arXiv
//! 2408.00118). Its derivative, in terms of y, is 1 - (y / c)².

use super::simd::{tanh, vectorized};

vectorized! {
    /// Caps numbers in place.
    pub(crate) fn softcap<'a>(values: &'a mut [f32], cap: f32) -> () {
        let inverse = 1.0 / cap;
        for value in values.iter_mut() {
            *value = cap * tanh(*value * inverse);
        }
    }
}

/// Returns the derivative where the capped number is `y`; `inverse` is 1 / c.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be inlined to be compiled for the dispatched instruction set")]
pub(crate) fn softcap_derivative(y: f32, inverse: f32) -> f32 {
    let share = y * inverse;
    1.0 - share * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capped_numbers_and_slopes_are_those_of_the_formula() {
        for cap in [5.0_f32, 50.0] {
            for i in -300..300_i32 {
                let x = f64::from(i);
                let mut capped = [x as f32];
                softcap(&mut capped, cap);
                let share = (x / f64::from(cap)).tanh();
                assert!((f64::from(capped[0]) - f64::from(cap) * share).abs() < 2e-5, "{x} at {cap}");
                assert!(
                    (f64::from(softcap_derivative(capped[0], 1.0 / cap)) - (1.0 - share * share)).abs()
                        < 1e-5
                );
            }
        }
    }
}

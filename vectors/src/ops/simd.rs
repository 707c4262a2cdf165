//! Inner loops that are compiled for several instruction sets and run with the widest that the machine has.
#![expect(
    clippy::inline_always,
    reason = "must be inlined to be compiled for the dispatched instruction set"
)]

/// The lanes over which sums are spread: enough to hide the latency of an addition on every current processor.
pub(crate) const LANES: usize = 32;

/// Defines a function whose body is compiled for every instruction set and run with the machine's widest. The choice
/// is made once per process, so results do not change between calls.
///
/// All functions that the body calls must be `#[inline(always)]`, and none may be a long closure: code that is not
/// inlined is compiled without those instructions. The body can use the constant `FUSED`, for [`multiply_add`].
macro_rules! vectorized {
    ($(#[$meta:meta])* $vis:vis fn $name:ident<$life:lifetime>($($arg:ident: $type:ty),* $(,)?) -> $output:ty $body:block) => {
        $(#[$meta])*
        $vis fn $name<$life>($($arg: $type),*) -> $output {
            struct Arguments<$life, const FUSED: bool> {
                $($arg: $type,)*
                lifetime: std::marker::PhantomData<&$life ()>,
            }
            impl<$life, const FUSED: bool> pulp::NullaryFnOnce for Arguments<$life, FUSED> {
                type Output = $output;

                #[inline(always)]
                fn call(self) -> $output {
                    let Self { $($arg,)* .. } = self;
                    $body
                }
            }
            let lifetime = std::marker::PhantomData;
            if $crate::ops::simd::has_fused() {
                pulp::Arch::new().dispatch(Arguments::<true> { $($arg,)* lifetime })
            } else {
                pulp::Arch::new().dispatch(Arguments::<false> { $($arg,)* lifetime })
            }
        }
    };
}
pub(crate) use vectorized;

/// Returns whether the machine has fused multiply-add instructions. On x86 they come with AVX2.
#[inline]
pub(crate) fn has_fused() -> bool {
    #[cfg(target_arch = "x86_64")]
    return pulp::x86::V3::is_available();
    #[cfg(not(target_arch = "x86_64"))]
    return cfg!(target_arch = "aarch64");
}

/// Computes `a * b + c`, rounded once where `FUSED`. Without the instruction, a fused product would be a slow
/// function call.
#[inline(always)]
pub(crate) fn multiply_add<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// Computes e^x to within 2 units in the last place, without a branch. Below -87.3 it returns the smallest normal
/// number.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    // Adding 1.5 * 2^23 leaves the nearest integer in the low bits of the mantissa.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.3, 88.3);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let power = shifted - ROUND;
    let r = x - power * LN_2_HIGH - power * LN_2_LOW;
    // Minimax coefficients of the Cephes library's expf.
    let mut p = 1.987_569_1e-4;
    p = p * r + 1.398_199_9e-3;
    p = p * r + 8.333_452e-3;
    p = p * r + 4.166_579_6e-2;
    p = p * r + 1.666_666_5e-1;
    p = p * r + 0.5;
    let value = p * r * r + r + 1.0;
    let scale = f32::from_bits(shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23);
    value * scale
}

/// Computes the hyperbolic tangent to within 2e-7, without a branch.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / (1.0 + exp(2.0 * x))
}

/// Returns the dot product.
#[inline(always)]
pub(crate) fn dot<const FUSED: bool>(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (x, y) in a.iter().zip(b) {
        for lane in 0..LANES {
            lanes[lane] = multiply_add::<FUSED>(x[lane], y[lane], lanes[lane]);
        }
    }
    let mut sum = 0.0;
    for (x, y) in a_rest.iter().zip(b_rest) {
        sum += x * y;
    }
    sum + sum_of_lanes(lanes)
}

/// Returns the sum of the lanes, eight at a time: one after the other would take longer than the loop over a short
/// row.
#[inline(always)]
pub(crate) fn sum_of_lanes(lanes: [f32; LANES]) -> f32 {
    // The lanes go through memory: otherwise the compiler shapes the loop that made them after this short sum, with
    // vectors of half the width.
    let lanes = std::hint::black_box(lanes);
    let mut eight = [0.0; 8];
    for part in lanes.as_chunks::<8>().0 {
        for lane in 0..8 {
            eight[lane] += part[lane];
        }
    }
    let mut sum = 0.0;
    for lane in eight {
        sum += lane;
    }
    sum
}

/// Returns the sum.
#[inline(always)]
pub(crate) fn sum(values: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    let (chunks, rest) = values.as_chunks::<LANES>();
    for x in chunks {
        for lane in 0..LANES {
            lanes[lane] += x[lane];
        }
    }
    let mut sum = 0.0;
    for x in rest {
        sum += x;
    }
    sum + sum_of_lanes(lanes)
}

/// Returns the largest value.
#[inline(always)]
pub(crate) fn max_of(values: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            lanes[lane] = if chunk[lane] > lanes[lane] { chunk[lane] } else { lanes[lane] };
        }
    }
    let mut max = f32::NEG_INFINITY;
    for x in rest {
        max = max.max(*x);
    }
    for lane in lanes {
        max = max.max(lane);
    }
    max
}

/// Replaces every number by e^(number - max); returns the maximum and the sum.
#[inline(always)]
pub(crate) fn exponentials(values: &mut [f32]) -> (f32, f32) {
    let max = max_of(values);
    for value in values.iter_mut() {
        *value = exp(*value - max);
    }
    (max, sum(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_agrees_with_double_precision() {
        for i in -8_700..8_800_i32 {
            let x = i as f32 * 0.01 + 0.003;
            if !(-87.3..88.3).contains(&x) {
                continue;
            }
            let (ours, exact) = (f64::from(exp(x)), f64::from(x).exp());
            assert!((ours / exact - 1.0).abs() < 2.5e-7, "exp({x}) = {ours}, not {exact}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert!(exp(-1e30) < 1.3e-38 && exp(-1e30) >= 0.0);
    }

    #[test]
    fn tanh_agrees_with_double_precision() {
        for i in -2_000..2_000_i32 {
            let x = i as f32 * 0.013;
            assert!((f64::from(tanh(x)) - f64::from(x).tanh()).abs() < 2e-7, "tanh({x}) = {}", tanh(x));
        }
        assert_eq!((tanh(1e30), tanh(-1e30)), (1.0, -1.0));
    }

    #[test]
    fn sums_and_maxima_take_every_element() {
        let values: Vec<f32> = (0..101).map(|i| (i * 37 % 101) as f32).collect();
        assert_eq!(dot::<false>(&values, &vec![1.0; 101]), 5050.0);
        assert_eq!(max_of(&values), 100.0);
    }
}

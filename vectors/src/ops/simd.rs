//! Inner loops that the compiler turns into the widest vector instructions of the machine it runs on.

/// The lanes over which sums are spread: enough to hide the latency of an addition on every current processor.
const LANES: usize = 32;

/// Runs a loop with the machine's widest instructions. The choice is made once per process, so results do not change
/// between calls; `body` must be inlined, which closures with `#[inline(always)]` callees are.
#[inline]
pub(crate) fn vectorized<R>(body: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(body)
}

/// e^x to within 2 units in the last place, without a branch. Below -87.3 it stays at the smallest normal number.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be inlined to be compiled for the dispatched instruction set")]
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

/// The sum of `term(a[i], b[i])`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be inlined to be compiled for the dispatched instruction set")]
pub(crate) fn sum_of(a: &[f32], b: &[f32], term: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(x, y)| term(*x, *y)).sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for lane in 0..LANES {
            lanes[lane] += term(x[lane], y[lane]);
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// The scalar product.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be inlined to be compiled for the dispatched instruction set")]
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    sum_of(a, b, |x, y| x * y)
}

/// The largest value.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be inlined to be compiled for the dispatched instruction set")]
pub(crate) fn max_of(values: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest = chunks.remainder().iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for chunk in chunks {
        for lane in 0..LANES {
            lanes[lane] = if chunk[lane] > lanes[lane] { chunk[lane] } else { lanes[lane] };
        }
    }
    lanes.iter().copied().fold(rest, f32::max)
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
    fn sums_and_maxima_take_every_element() {
        let values: Vec<f32> = (0..101).map(|i| (i * 37 % 101) as f32).collect();
        assert_eq!(dot(&values, &vec![1.0; 101]), 5050.0);
        assert_eq!(max_of(&values), 100.0);
    }
}

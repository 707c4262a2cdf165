//! Dequantizes the block formats of GGUF files (`Q4_1`, `Q6_K`, ...): one function each, from a block's bytes to f32.
//!
//! Every formula multiplies and adds in the order of ggml's reference implementation, so that a weight has the same
//! bits whoever dequantizes it. The loops have fixed lengths and no branches: inlined into
//! [`vectorized`](crate::ops::simd) they become vector instructions.
#![expect(
    clippy::inline_always,
    reason = "must be inlined to be compiled for the dispatched instruction set"
)]

/// A format whose blocks of `B` bytes hold `N` weights. Each format is a type of its own, so that a loop over blocks
/// is compiled once for each, with its function inlined.
pub(super) trait Dequantize<const B: usize, const N: usize> {
    fn dequantize(block: &[u8; B], weights: &mut [f32; N]);
}

macro_rules! formats {
    ($($name:ident: $dequantize:ident, $bytes:literal, $weights:literal;)*) => {
        $(
            pub(super) struct $name;

            impl Dequantize<$bytes, $weights> for $name {
                #[inline(always)]
                fn dequantize(block: &[u8; $bytes], weights: &mut [f32; $weights]) {
                    $dequantize(block, weights);
                }
            }
        )*
    };
}

formats! {
    F32: f32s, 32, 8;
    F16: f16, 16, 8;
    Bf16: bf16, 16, 8;
    Q4_0: q4_0, 18, 32;
    Q4_1: q4_1, 20, 32;
    Q5_0: q5_0, 22, 32;
    Q5_1: q5_1, 24, 32;
    Q8_0: q8_0, 34, 32;
    Q2K: q2_k, 84, 256;
    Q3K: q3_k, 110, 256;
    Q4K: q4_k, 144, 256;
    Q5K: q5_k, 176, 256;
    Q6K: q6_k, 210, 256;
}

/// Converts an f16 to f32 in few instructions, since every block of 32 weights has up to two. The bits' exponent is 112
/// too small in f32; a multiplication corrects it, for subnormal numbers too. Infinities and NaNs stay what they are: a
/// weight that overflowed when somebody converted the model must not become a number.
#[inline(always)]
fn half(bits: [u8; 2]) -> f32 {
    const TWO_TO_112: f32 = f32::from_bits((127 + 112) << 23);
    const INFINITE: u32 = 0x7c00 << 13;
    // The shift spreads the sign over the bits above the exponent; the mask keeps the topmost.
    let bits = (i32::from(i16::from_le_bytes(bits)) << 13) as u32 & 0x8fff_e000;
    // The largest exponent stays the largest one.
    let added = if bits & INFINITE == INFINITE { 0x7f80_0000 } else { 0 };
    f32::from_bits((f32::from_bits(bits) * TWO_TO_112).to_bits() | added)
}

#[inline(always)]
pub(super) fn half_at<const B: usize>(block: &[u8; B], at: usize) -> f32 {
    half([block[at], block[at + 1]])
}

#[inline(always)]
fn f32s(block: &[u8; 32], weights: &mut [f32; 8]) {
    for (weight, bytes) in weights.iter_mut().zip(block.as_chunks().0) {
        *weight = f32::from_le_bytes(*bytes);
    }
}

#[inline(always)]
fn f16(block: &[u8; 16], weights: &mut [f32; 8]) {
    for (weight, bytes) in weights.iter_mut().zip(block.as_chunks().0) {
        *weight = half(*bytes);
    }
}

#[inline(always)]
fn bf16(block: &[u8; 16], weights: &mut [f32; 8]) {
    for (weight, bytes) in weights.iter_mut().zip(block.as_chunks().0) {
        *weight = f32::from_bits(u32::from(u16::from_le_bytes(*bytes)) << 16);
    }
}

/// w = d (q - 8), with two 4-bit q in a byte, the lower one first.
#[inline(always)]
fn q4_0(block: &[u8; 18], weights: &mut [f32; 32]) {
    let d = half_at(block, 0);
    for i in 0..16 {
        let q = i32::from(block[2 + i]);
        weights[i] = ((q & 15) - 8) as f32 * d;
        weights[i + 16] = ((q >> 4) - 8) as f32 * d;
    }
}

/// w = d q + m, with two 4-bit q in a byte.
#[inline(always)]
fn q4_1(block: &[u8; 20], weights: &mut [f32; 32]) {
    let (d, m) = (half_at(block, 0), half_at(block, 2));
    for i in 0..16 {
        let q = i32::from(block[4 + i]);
        weights[i] = (q & 15) as f32 * d + m;
        weights[i + 16] = (q >> 4) as f32 * d + m;
    }
}

/// Returns the fifth bit of each of 32 weights, as bit 4.
#[inline(always)]
fn fifth_bits<const B: usize>(block: &[u8; B], at: usize) -> impl Fn(usize) -> i32 {
    let bits = u32::from_le_bytes([block[at], block[at + 1], block[at + 2], block[at + 3]]);
    move |index| (((bits >> index) & 1) << 4) as i32
}

/// w = d (q - 16). Each q has four bits in a byte and its fifth bit in a separate word.
#[inline(always)]
fn q5_0(block: &[u8; 22], weights: &mut [f32; 32]) {
    let (d, fifth) = (half_at(block, 0), fifth_bits(block, 2));
    for i in 0..16 {
        let q = i32::from(block[6 + i]);
        weights[i] = ((q & 15 | fifth(i)) - 16) as f32 * d;
        weights[i + 16] = ((q >> 4 | fifth(i + 16)) - 16) as f32 * d;
    }
}

/// w = d q + m. Each q has four bits in a byte and its fifth bit in a separate word.
#[inline(always)]
fn q5_1(block: &[u8; 24], weights: &mut [f32; 32]) {
    let (d, m, fifth) = (half_at(block, 0), half_at(block, 2), fifth_bits(block, 4));
    for i in 0..16 {
        let q = i32::from(block[8 + i]);
        weights[i] = (q & 15 | fifth(i)) as f32 * d + m;
        weights[i + 16] = (q >> 4 | fifth(i + 16)) as f32 * d + m;
    }
}

/// w = d q, with q in a signed byte.
#[inline(always)]
fn q8_0(block: &[u8; 34], weights: &mut [f32; 32]) {
    let d = half_at(block, 0);
    for i in 0..32 {
        weights[i] = f32::from(block[2 + i] as i8) * d;
    }
}

/// 16 groups of 16 weights: w = d scale q - dmin minimum. A block has 16 bytes of 4-bit scales and minima, 64 bytes
/// of 2-bit q, d and dmin.
#[inline(always)]
fn q2_k(block: &[u8; 84], weights: &mut [f32; 256]) {
    let (d, d_min) = (half_at(block, 80), half_at(block, 82));
    for group in 0..16 {
        let (scale, minimum) = (d * f32::from(block[group] & 15), d_min * f32::from(block[group] >> 4));
        let (from, shift) = (16 + group / 8 * 32 + group % 2 * 16, group % 8 / 2 * 2);
        for i in 0..16 {
            let q = i32::from(block[from + i]) >> shift & 3;
            weights[group * 16 + i] = scale * q as f32 - minimum;
        }
    }
}

/// 16 groups of 16 weights: w = d (scale - 32) q, where q is 4 less if its third bit is 0. A block has the third
/// bits, 64 bytes of the lower two bits, 16 6-bit scales in 12 bytes, and d.
#[inline(always)]
fn q3_k(block: &[u8; 110], weights: &mut [f32; 256]) {
    let d = half_at(block, 108);
    for group in 0..16 {
        let low = block[96 + group % 8] >> (group / 8 * 4) & 15;
        let high = block[104 + group % 4] >> (group / 4 * 2) & 3;
        let scale = d * (i32::from(low | high << 4) - 32) as f32;
        let (from, shift) = (32 + group / 8 * 32 + group % 2 * 16, group % 8 / 2 * 2);
        for i in 0..16 {
            let q = i32::from(block[from + i]) >> shift & 3;
            let third = i32::from(block[group % 2 * 16 + i]) >> (group / 2) & 1;
            weights[group * 16 + i] = scale * (q + third * 4 - 4) as f32;
        }
    }
}

/// Returns the 6-bit scale and minimum of a group of 32 weights of `Q4_K` and `Q5_K`, from 12 bytes.
#[inline(always)]
fn scale_and_minimum<const B: usize>(block: &[u8; B], group: usize) -> (f32, f32) {
    let s = |index: usize| block[4 + index];
    let (scale, minimum) = if group < 4 {
        (s(group) & 63, s(group + 4) & 63)
    } else {
        let shared = s(group + 4);
        (shared & 15 | (s(group - 4) >> 6) << 4, shared >> 4 | (s(group) >> 6) << 4)
    };
    (f32::from(scale), f32::from(minimum))
}

/// Eight groups of 32 weights: w = d scale q - dmin minimum. Two groups share 32 bytes; the first has the lower four
/// bits.
#[inline(always)]
fn q4_k(block: &[u8; 144], weights: &mut [f32; 256]) {
    let (d, d_min) = (half_at(block, 0), half_at(block, 2));
    for group in 0..8 {
        let (scale, minimum) = scale_and_minimum(block, group);
        let (scale, minimum) = (d * scale, d_min * minimum);
        let (from, shift) = (16 + group / 2 * 32, group % 2 * 4);
        for i in 0..32 {
            let q = i32::from(block[from + i]) >> shift & 15;
            weights[group * 32 + i] = scale * q as f32 - minimum;
        }
    }
}

/// As `Q4_K`, with the fifth bits in 32 more bytes: bit g of byte i belongs to weight i of group g.
#[inline(always)]
fn q5_k(block: &[u8; 176], weights: &mut [f32; 256]) {
    let (d, d_min) = (half_at(block, 0), half_at(block, 2));
    for group in 0..8 {
        let (scale, minimum) = scale_and_minimum(block, group);
        let (scale, minimum) = (d * scale, d_min * minimum);
        let (from, shift) = (48 + group / 2 * 32, group % 2 * 4);
        for i in 0..32 {
            let fifth = (i32::from(block[16 + i]) >> group & 1) << 4;
            let q = i32::from(block[from + i]) >> shift & 15 | fifth;
            weights[group * 32 + i] = scale * q as f32 - minimum;
        }
    }
}

/// 16 groups of 16 weights: w = d scale (q - 32). A block has 128 bytes of the lower four bits, 64 bytes of the upper
/// two, 16 signed scales, and d.
#[inline(always)]
fn q6_k(block: &[u8; 210], weights: &mut [f32; 256]) {
    let d = half_at(block, 208);
    for half in 0..2 {
        for quarter in 0..4 {
            let (low, high) = (half * 64 + quarter % 2 * 32, 128 + half * 32);
            let (low_shift, high_shift) = (quarter / 2 * 4, quarter * 2);
            for group in 0..2 {
                let scale = d * f32::from(block[192 + half * 8 + quarter * 2 + group] as i8);
                for i in group * 16..group * 16 + 16 {
                    let low = i32::from(block[low + i]) >> low_shift & 15;
                    let high = (i32::from(block[high + i]) >> high_shift & 3) << 4;
                    weights[half * 128 + quarter * 32 + i] = scale * ((low | high) - 32) as f32;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_precision_number_is_read() {
        for bits in 0..=u16::MAX {
            let (ours, theirs) = (half(bits.to_le_bytes()), half::f16::from_bits(bits).to_f32());
            let is_same = ours.to_bits() == theirs.to_bits() || ours.is_nan() && theirs.is_nan();
            assert!(is_same, "{bits:#06x}: {ours}, not {theirs}");
        }
    }
}

//! The precision of products of many rows: f32, or operands rounded to bf16 with sums in f32. Processors with
//! AVX512-BF16 multiply pairs of bf16 numbers in one instruction, at twice the f32 rate.

#[cfg(target_arch = "x86_64")]
mod x86;

use super::gemm::{Matrix, MatrixMut, Threads, multiply as exact};
#[cfg(target_arch = "x86_64")]
use x86::multiply;

/// The precision of products of many rows, as training and scoring compute them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MatmulPrecision {
    /// Operands and sums in f32.
    #[default]
    F32,
    /// Operands rounded to bf16, sums in f32. Needs a processor with AVX512-BF16.
    Bf16,
}

impl MatmulPrecision {
    /// Returns whether this machine computes products in this precision.
    #[must_use]
    pub fn is_available(self) -> bool {
        self == Self::F32 || is_available()
    }

    /// Computes `target = left * right` on rayon's pool, or adds it to `target` where `add` is set.
    pub(crate) fn multiply(self, target: MatrixMut<'_>, add: bool, left: Matrix<'_>, right: Matrix<'_>) {
        match self {
            Self::F32 => exact(target, add, 1.0, left, right, Threads::All),
            Self::Bf16 => multiply(target, add, left, right),
        }
    }
}

/// Returns whether the processor has AVX512-BF16.
fn is_available() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512bf16");
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

/// Is never called: [`is_available`] returns false on this architecture.
#[cfg(not(target_arch = "x86_64"))]
fn multiply(_: MatrixMut<'_>, _: bool, _: Matrix<'_>, _: Matrix<'_>) {
    unreachable!("the processor has no products of bf16 numbers");
}

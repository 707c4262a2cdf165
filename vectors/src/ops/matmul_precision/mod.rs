//! How the products of many rows are computed: in f32, or of operands rounded to bf16, with sums in f32, on processors that
//! multiply pairs of bf16 in one instruction (AVX512-BF16): twice the f32 rate.

#[cfg(target_arch = "x86_64")]
mod x86;

use super::gemm::{Matrix, MatrixMut, Threads, multiply as exact};
#[cfg(target_arch = "x86_64")]
use x86::multiply;

/// How the products of many rows are computed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MatmulPrecision {
    /// In f32.
    #[default]
    F32,
    /// Of operands rounded to bf16, with sums in f32: on processors with AVX512-BF16 only.
    Bf16,
}

impl MatmulPrecision {
    /// Whether this machine computes them so.
    #[must_use]
    pub fn is_available(self) -> bool {
        self == Self::F32 || is_available()
    }

    /// `target = left * right`, or `target += ...` where `add` is set, on rayon's pool.
    pub(crate) fn multiply(self, target: MatrixMut<'_>, add: bool, left: Matrix<'_>, right: Matrix<'_>) {
        match self {
            Self::F32 => exact(target, add, 1.0, left, right, Threads::All),
            Self::Bf16 => multiply(target, add, left, right),
        }
    }
}

/// Whether this machine has the instructions.
fn is_available() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512bf16");
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

/// Never asked for: [`is_available`] is false here.
#[cfg(not(target_arch = "x86_64"))]
fn multiply(_: MatrixMut<'_>, _: bool, _: Matrix<'_>, _: Matrix<'_>) {
    unreachable!("the processor has no products of bf16 numbers");
}

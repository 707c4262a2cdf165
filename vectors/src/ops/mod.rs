//! The operations that a decoder block is made of. Every operation has its backward pass beside it, which finite
//! differences test. Weights are frozen, so only the matrices of `lora` have gradients of their own.
//!
//! The kernels run on the CPU over contiguous f32 rows. They take and return candle tensors; devices and loading stay
//! candle's. candle's fused softmax, norm and rotary embedding drop the gradient without an error, so none of them is
//! used here.

pub(crate) mod attention;
pub(crate) mod gemm;
pub(crate) mod glu;
pub(crate) mod linear;
pub(crate) mod log_probs;
pub(crate) mod lora;
pub(crate) mod matmul_precision;
pub(crate) mod qk_norm;
pub(crate) mod rms_norm;
pub(crate) mod rope;
pub(crate) mod rows;
pub(crate) mod simd;
pub(crate) mod small_batch_gemm;
pub(crate) mod softcap;
pub(crate) mod weight;

/// Runs work made of many small parallel loops on a thread of rayon's pool. From another thread every loop would wake
/// the pool and wait to be woken again, which on a busy machine takes longer than many of the loops.
pub(crate) fn on_pool<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    rayon::scope(|_| work())
}

#[cfg(test)]
pub(crate) mod testing;

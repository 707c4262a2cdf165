//! What a decoder block is made of. Every operation stands beside its derivative with respect to its input (the
//! weights are frozen, so theirs is never computed but for the pairs in `lora`), and every derivative is tested
//! against finite differences.
//!
//! The kernels run on the CPU over contiguous f32 rows. They take and give candle tensors so that matrix products,
//! devices and loading stay candle's. candle's own fused norm, softmax and rotary embedding pass no gradient and say
//! nothing, which is why none of them is used here.

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
pub(crate) mod spin_pool;
pub(crate) mod weight;

/// Runs work made of many small parallel loops on a thread of the pool: from outside, every loop would have to wake the
/// pool and wait to be woken again, which costs more than many loops themselves on a busy machine.
pub(crate) fn on_pool<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    rayon::scope(|_| work())
}

#[cfg(test)]
pub(crate) mod testing;

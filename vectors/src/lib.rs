//! Tiller's engine: language models whose residual stream can be steered, and steering vectors trained by BiPO
//! (Cao et al., `NeurIPS` 2024, arXiv 2406.00045).
//!
//! The crate contains models, training, scores, generation and file formats; windows, jobs and databases belong to other
//! crates. A suggested reading order: [`model`] (the decoder and its blocks), `ops` (the operations of a block with their
//! derivatives), [`layer`] and `prefix` (the cache of activations that steering does not change), [`train`], [`score`],
//! [`generate`]. [`files`] reads and writes the vector files of several programs, [`algebra`] combines vectors,
//! [`logit_lens`] lists the tokens that a vector promotes, [`transfer`] maps a vector to another model. [`adapter`] is the
//! baseline to compare with: low-rank weights in place of a vector.

#![cfg_attr(test, allow(clippy::float_cmp, reason = "these numbers must be equal bit for bit"))]

pub mod adapter;
pub mod algebra;
mod device;
pub mod files;
pub mod generate;
pub mod layer;
pub mod logit_lens;
pub mod model;
mod ops;
mod packing;
pub mod pairs;
mod prefix;
pub mod score;
pub mod steering;
pub mod tokens;
pub mod train;
pub mod transfer;

/// The progress callback of a long computation: it receives (done, total) between two units of work, and stops the
/// computation by returning `Break`.
pub type Progress<'a> = &'a mut dyn FnMut(usize, usize) -> std::ops::ControlFlow<()>;

/// The progress callback of a caller who neither shows progress nor stops: `&mut no_progress`.
#[must_use]
pub fn no_progress(_done: usize, _total: usize) -> std::ops::ControlFlow<()> {
    std::ops::ControlFlow::Continue(())
}

//! Tiller's engine: language models whose residual stream can be steered, and steering vectors trained by BiPO
//! (Cao et al., `NeurIPS` 2024, arXiv 2406.00045).
//!
//! The engine knows models, pairs, vectors and numbers; windows, jobs and databases are other crates' business.
//! Reading order: [`model`] (a decoder as explicit blocks), `ops` (what a block is made of, each with its derivative),
//! `kept` (what stays the same during a run), [`train`], [`score`], [`strength`],
//! [`generate`]; beside them [`files`], vectors as other programs' files, [`algebra`], vectors made of vectors, and
//! [`lens`], the words that a vector points to, and [`transfer`], vectors carried to another model by a learned linear map.
//! [`adapter`] is the baseline that is no vector: low-rank weights.

#![cfg_attr(test, allow(clippy::float_cmp, reason = "numbers that must be equal to the bit"))]

pub mod adapter;
pub mod algebra;
mod device;
pub mod files;
pub mod generate;
pub mod layer;
pub mod lens;
pub mod model;
mod ops;
mod packing;
pub mod pairs;
mod prefix;
pub mod score;
pub mod steering;
pub mod strength;
pub mod tokens;
pub mod train;
pub mod transfer;

/// What a long computation calls between two pieces of work with (done, total): `Break` ends it early.
pub type Progress<'a> = &'a mut dyn FnMut(usize, usize) -> std::ops::ControlFlow<()>;

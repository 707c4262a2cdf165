//! Tiller's engine: language models whose residual stream can be steered, and steering vectors trained by BiPO
//! (Cao et al., `NeurIPS` 2024, arXiv 2406.00045).
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/oracles/families/llama.gguf");
//! use std::sync::Arc;
//! use vectors::generate::{Sampling, generate_text};
//! use vectors::train::{TrainSettings, Training};
//! use vectors::{layer::Layer, model::Model, pairs::PreferencePair};
//! use vectors::{score::Scorer, steering::Term, tokens::Message};
//!
//! let model = Arc::new(Model::open(path).load()?);
//! let pair = PreferencePair::new("What is money for?", "To have more of it.", "To be shared.");
//! let pairs = [model.encode_pair("", &pair)?];
//! let mut training = Training::new(Arc::clone(&model), &pairs, TrainSettings::bipo(0)).prepare()?;
//! while training.done() < training.steps() {
//!     println!("loss {}", training.step()?.loss);
//! }
//! let steering = [Term::new(&training.vectors()[0], 1.0)];
//! let scorer = Scorer::prepare(Arc::clone(&model), &pairs, Layer(0).prefix(), None)?;
//! let plain = scorer.log_probs(&[], None)?;
//! let steered = scorer.log_probs(&steering, None)?;
//! assert!(steered[0].margin() > plain[0].margin(), "the wanted answer became more likely");
//! let question = [Message::user("What is money for?")];
//! println!("{}", generate_text(&model, &question, &steering, Sampling::default(), 20)?);
//! # Ok(())
//! # }
//! ```
//!
//! `examples/train.rs`, `examples/sweep.rs` and `examples/chat.rs` do the same with a real model.
//!
//! The crate contains models, training, scores, generation and file formats; windows, jobs and databases belong to other
//! crates. A suggested reading order: [`model`] (the decoder and its blocks), `ops` (the operations of a block with their
//! derivatives), [`layer`] and `prefix` (the cache of activations that steering does not change), [`train`], [`score`],
//! [`generate`]. [`files`] reads and writes the vector files of several programs, [`algebra`] combines vectors,
//! [`logit_lens`] lists the tokens that a vector promotes, [`transfer`] maps a vector to another model. [`bake`] puts a
//! vector into a model's files, [`distil`] trains an adapter to compute what a steered model does, and [`prove`] compares the
//! result with the steered model. [`passport`] packs a vector with what makes it trustworthy. [`adapter`] is the baseline to
//! compare with: low-rank weights in place of a vector.

#![cfg_attr(test, allow(clippy::float_cmp, reason = "these numbers must be equal bit for bit"))]

pub mod adapter;
pub mod algebra;
pub mod bake;
mod device;
pub mod distil;
pub mod files;
mod gate;
pub mod generate;
pub mod layer;
pub mod logit_lens;
pub mod memory;
pub mod model;
mod ops;
mod packing;
pub mod pairs;
pub mod passport;
mod prefix;
mod progress;
pub mod prove;
pub mod score;
pub mod steering;
pub mod tokens;
pub mod train;
pub mod transfer;

pub use progress::Progress;

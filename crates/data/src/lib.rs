//! Reads, writes, checks, splits and searches data files of preference pairs.
//!
//! The crate knows neither the store nor the engine nor the window. [`data_files`] reads and writes files,
//! [`quality`] looks for faults in a data set, [`split`] holds pairs out, [`choices`] reads pairs that are
//! choices between (A) and (B), [`pair_index`] searches the pairs of one data set in memory, [`benchmarks`]
//! has the questions and texts of the scores, and [`content`] hashes all of it.

pub mod benchmarks;
pub mod choices;
pub mod content;
pub mod data_files;
pub mod pair_index;
pub mod quality;
pub mod split;

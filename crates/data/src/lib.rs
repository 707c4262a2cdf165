//! Data files of preference pairs: how they are read and written, checked, split and searched.
//!
//! Nothing here knows the store, the engine or the window. [`data_files`] reads and writes files, [`quality`] looks for
//! what is wrong with a data set, [`split`] holds pairs out, [`choices`] reads pairs that are choices between (A) and (B),
//! [`pair_index`] searches the pairs of one data set in memory, [`benchmarks`] has the questions and texts of the scores, and
//! [`content`] hashes all of it.

pub mod benchmarks;
pub mod choices;
pub mod content;
pub mod data_files;
pub mod pair_index;
pub mod quality;
pub mod split;

//! Formats values as texts, and parses typed texts.

mod numbers;
mod typed;
mod vectors;

pub use numbers::{
    bytes, count, date, day, duration, in_percent, megabytes, multiplier, number, percent, rate, signed,
    time_left, true_minus, whole,
};
pub use typed::{range, read_multipliers, read_number};
pub use vectors::{intervention_mismatch, layers, layers_of, made_by, method, method_key, positions_name};

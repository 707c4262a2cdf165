//! Tests that measure how quickly the window responds. `cargo xtask test` finds them by this module's name and runs nothing
//! else at the same time.

mod clicks;
mod long_conversation;
mod long_haul;
mod long_text;
mod many_pairs;

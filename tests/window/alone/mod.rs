//! Tests that measure how soon the window answers. `cargo xtask test` knows them by this module's name and runs nothing
//! beside them.

mod many_pairs;
mod walk;

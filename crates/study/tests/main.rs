//! Tests studies through the public functions of the crate.

mod controls;
mod halves;
mod plans;

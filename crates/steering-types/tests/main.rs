//! Tests the shared types: what is refused, in which words, and how they are stored.

mod check;
mod projections;
mod serialized;

//! The screens, and what several of them offer.

pub mod chat;
pub mod data;
pub mod models;
pub mod next_steps;
pub mod start;
pub mod sweep;
pub mod train;
pub mod vectors;

//! The six screens.

pub mod chat;
pub mod data;
pub mod models;
pub mod sweep;
pub mod train;
pub mod vectors;

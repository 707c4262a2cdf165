//! Tiller, the application: what a person's window asks of the engine and of the store.
//!
//! [`App`] is the whole of it and knows no window: it opens the store, owns the engine's threads and has one method for
//! each command of the `ipc` crate. [`defaults`] knows nothing of it: the command line, `tiller-cli`, uses it without a
//! store.

mod app;
mod app_state;
mod atomic_write;
mod chart_export;
mod choices;
mod clock;
pub mod defaults;
mod differences;
mod directory;
mod download;
mod engine;
mod error;
mod event_bus;
mod failure;
mod library;
mod memory;
mod report;
mod starter;

pub use app::{App, Places};
pub use directory::DATA_DIR;
pub use engine::encode::preference;
pub use engine::sweep::summary as score_summary;
pub use engine::transfer::learned_map;
pub use error::Error;
pub use event_bus::Subscriber;
pub use starter::starter_model;

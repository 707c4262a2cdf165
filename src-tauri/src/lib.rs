//! Tiller, the application: what a person's window asks of the engine and of the store.
//!
//! [`App`] is the whole of it and knows no window: it opens the store, owns the engine's threads and has one method for
//! each command of the `ipc` crate. [`window`] (feature `window`) puts it behind Tauri's commands and one channel.
//! [`data_files`] and [`defaults`] know nothing of it: the command line, `tiller-cli`, uses them without a store.

mod app;
mod app_state;
pub mod benchmarks;
mod choices;
mod clock;
mod content;
pub mod data_files;
pub mod defaults;
mod differences;
mod directory;
mod download;
mod endpoint;
mod engine;
mod error;
mod event_bus;
mod library;
mod listing;
mod memory;
mod paper;
mod quality;
mod report;
mod secrets;
mod split;
mod starter;
mod store;
mod whole_file;
#[cfg(feature = "window")]
pub mod window;

pub use app::{App, Places};
pub use content::data_hash;
pub use download::{HubError, HubPlaces};
pub use endpoint::EndpointError;
pub use engine::acts::content_hash as vector_hash;
pub use engine::encode::preference;
pub use engine::sweep::summary as score_summary;
pub use engine::transfer::learned_map;
pub use error::Error;
pub use event_bus::Subscriber;
pub use starter::starter_model;

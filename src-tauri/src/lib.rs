//! Tiller, the application: what a person's window, and later the command line, asks of the engine and of the store.
//!
//! [`App`] is the whole of it and knows no window: it opens the store, owns the engine's threads and has one method for
//! each command of the `ipc` crate. [`window`] (feature `window`) puts it behind Tauri's commands and one channel.

mod app;
mod clock;
mod content;
mod core;
mod defaults;
mod directory;
mod engine;
mod error;
mod hub;
mod memory;
mod starter;
mod store;
#[cfg(feature = "window")]
pub mod window;

pub use app::{App, Places};
pub use error::Error;
pub use hub::Subscriber;

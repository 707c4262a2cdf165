//! The local socket of the process that runs the engine: over it another process of the same person sends the requests of
//! [`ipc::command`], and receives answers and events.
//!
//! The lock in the data folder says that an engine runs, `engine.json` beside it says who runs it and where the socket is. A
//! file of a process that is gone means nothing: whoever holds the lock replaces it.

mod client;
#[cfg(unix)]
mod connection;
mod dispatch;
mod engine;
mod frames;
mod guest;
#[cfg(not(unix))]
mod no_server;
#[cfg(unix)]
mod server;
#[cfg(unix)]
mod socket;

pub use client::{Client, ClientError};
pub use dispatch::dispatch;
pub use engine::Engine;
pub use frames::{FromEngine, LONGEST, PROTOCOL, ToEngine};
pub use guest::Guest;
#[cfg(not(unix))]
pub(crate) use no_server::Door;
#[cfg(unix)]
pub(crate) use server::Door;

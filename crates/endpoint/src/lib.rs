//! A client for servers that speak `OpenAI`'s chat completions, and the store of their keys.
//!
//! An [`Endpoint`] is an address with a model's name. A [`Client`] sends text there, waits where the server asks for it,
//! retries where that can help, and drops all requests under way on a stop. [`ask_all`] sends several requests at the
//! same time. Keys are kept in the system's keyring ([`crate::secrets`]) and appear in no error, no log and no stored
//! row.

mod address;
mod chat;
mod client;
mod error;
mod many;
mod retry;
pub mod secrets;
mod tally;
#[cfg(test)]
pub mod testing;

pub use address::{Endpoint, plain_address, shown_address, stays_here};
pub use chat::{ChatReply, ChatRequest, Finish};
pub use client::{Client, Limits};
pub use error::EndpointError;
pub use many::ask_all;
pub use tally::Tally;

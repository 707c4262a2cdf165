//! Models behind an address: a client for servers that speak `OpenAI`'s chat completions.
//!
//! [`Endpoint`] is where text goes and [`Client`] sends it there: it waits where the server asks for it, tries again
//! where that can help, and lets go of everything under way when it is stopped. [`ask_all`] keeps several requests in
//! flight. A key lives in the system's keyring ([`crate::secrets`]) and shows up in no error, no log and no stored row.

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

pub use address::{Endpoint, plain_address, stays_here};
pub use chat::{ChatReply, ChatRequest, Finish};
pub use client::{Client, Limits};
pub use error::EndpointError;
pub use many::ask_all;
pub use tally::Tally;

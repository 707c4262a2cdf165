//! Downloads from the Hugging Face hub, or from a mirror that speaks the same protocol, into the cache that programs
//! share.
//!
//! [`address`] reads what a person pasted, [`listing`] asks which files there are, [`choices`] says which of them make a
//! model, [`fetch`] brings one file, however often the connection breaks, [`place`] is where it lies, [`token`] is who
//! asks. [`hub_cache`] knows the cache that is there, and [`files`] which of its files make a model.

mod address;
mod choices;
mod endpoint;
mod error;
pub mod fetch;
pub mod files;
pub mod hub_cache;
mod listing;
pub mod place;
pub mod request;
mod token;

#[cfg(test)]
mod tests;

pub use self::endpoint::{Endpoint, HubPlaces};
pub use address::Address;
pub use error::HubError;
pub use fetch::RemoteFile;
pub use listing::Listing;
pub use place::Place;
pub use request::agent;
pub use token::Tokens;

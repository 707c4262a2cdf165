//! Downloads from the Hugging Face hub, or from a mirror that speaks the same protocol, into the cache that programs
//! share.
//!
//! [`address`] reads what a person pasted, [`listing`] asks which files there are, [`choices`] says which of them make a
//! model, [`fetch`] brings one file, however often the connection breaks, [`place`] is where it lies, [`token`] is who
//! asks. What runs it as a job is [`job`].

mod address;
mod choices;
mod endpoint;
mod error;
mod fetch;
mod job;
mod listing;
mod place;
mod request;
mod state;
mod token;

#[cfg(test)]
#[path = "../../../tests/support/hub.rs"]
mod testing;
#[cfg(test)]
mod tests;

pub(crate) use address::Address;
pub(crate) use endpoint::Endpoint;
pub use endpoint::HubPlaces;
pub use error::HubError;
pub(crate) use job::DownloadJob;
pub(crate) use listing::Listing;
pub(crate) use place::Place;
pub(crate) use request::agent;
pub(crate) use state::Downloads;
pub(crate) use token::Tokens;

//! Downloads models from the Hugging Face hub, or a mirror with the same protocol, into the cache that programs share, and
//! uploads to it.
//!
//! [`address`] reads what a person pasted, [`search()`] asks for models by words, [`listing`] for a repository's files,
//! [`choices`] finds the files that make a model, [`fetch`] fetches one file, [`repository_cache`] reads and writes a
//! repository's folder in the cache, and [`token`] finds the access token. [`upload`] publishes files as a commit.
//! [`hub_cache`] finds the models in the cache, [`ollama_store`] names those of Ollama's store, and [`files`] tells which
//! files make a model.

mod address;
mod choices;
mod endpoint;
mod error;
pub mod fetch;
pub mod files;
pub mod hub_cache;
mod listing;
pub mod ollama_store;
pub mod repository_cache;
pub mod request;
mod search;
#[cfg(test)]
mod search_tests;
mod token;
pub mod upload;

#[cfg(test)]
mod tests;

pub use self::endpoint::{Endpoint, HubEnvironment};
pub use address::Address;
pub use error::HubError;
pub use fetch::RemoteFile;
pub use listing::Listing;
pub use repository_cache::RepositoryCache;
pub use request::agent;
pub use search::search;
pub use token::Tokens;

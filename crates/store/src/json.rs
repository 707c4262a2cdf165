//! Reads and writes JSON in columns.

use data::content;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StoreError;

/// Writes a value as the JSON that a column keeps.
pub(crate) fn to_json<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    Ok(content::to_json(what, value)?)
}

/// Reads a value from the JSON that a column keeps.
pub(crate) fn from_json<T: DeserializeOwned>(what: &'static str, json: &str) -> Result<T, StoreError> {
    Ok(content::from_json(what, json)?)
}

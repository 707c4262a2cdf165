//! JSON in columns.

use data::content;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StoreError;

/// A value as the JSON that a column keeps.
pub(crate) fn to_json<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    Ok(content::to_json(what, value)?)
}

/// The value that a column keeps as JSON.
pub(crate) fn from_json<T: DeserializeOwned>(what: &'static str, json: &str) -> Result<T, StoreError> {
    Ok(content::from_json(what, json)?)
}

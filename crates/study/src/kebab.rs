//! Writes the values of shared enums as the command line does, with hyphens: `prompt-end`, `bipo-uni`.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes an optional value; `None` is left out by the field's own attribute.
#[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
pub(crate) fn serialize<T: Serialize, S: Serializer>(value: &Option<T>, to: S) -> Result<S::Ok, S::Error> {
    let json = serde_json::to_value(value).map_err(serde::ser::Error::custom)?;
    match json.as_str() {
        Some(text) => to.serialize_str(&text.replace('_', "-")),
        None => to.serialize_none(),
    }
}

/// Reads a value that is there.
pub(crate) fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(from)?;
    let json = serde_json::Value::String(text.replace('-', "_"));
    let read = serde_json::from_value(json);
    read.map(Some).map_err(|error| D::Error::custom(error.to_string().replace('_', "-")))
}

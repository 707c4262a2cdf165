//! JSON files: `{"layer": 14, "vector": [0.25, ...]}`, or a list of these.

use serde::{Deserialize, Serialize};

use super::error::damaged;
use super::{FileError, Provenance, VectorFile};
use crate::steering::SteeringVector;

const FORMAT: &str = "JSON vector";

/// One vector in the file. Numbers are written as f64 with all digits, so that rounding them to f32 gives the same bits.
#[derive(Serialize, Deserialize)]
struct Entry {
    layer: usize,
    vector: Vec<f64>,
    #[serde(flatten)]
    provenance: Provenance,
}

/// Parses the bytes of a file.
///
/// # Errors
/// Where the bytes are not JSON of this form.
pub fn parse(bytes: &[u8]) -> Result<VectorFile, FileError> {
    let entries = if bytes.trim_ascii_start().starts_with(b"[") {
        serde_json::from_slice(bytes)
    } else {
        serde_json::from_slice(bytes).map(|entry| vec![entry])
    };
    let entries: Vec<Entry> = entries.map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let detail =
            format!("{error}; it must be {{\"layer\": 14, \"vector\": [0.25, ...]}} or a list of these");
        damaged(FORMAT, place, detail)
    })?;
    let provenance = entries.first().map(|entry| entry.provenance.clone()).unwrap_or_default();
    let vector = |entry: Entry| SteeringVector {
        layer: entry.layer,
        values: entry.vector.iter().map(|value| *value as f32).collect(),
    };
    VectorFile::new(entries.into_iter().map(vector).collect(), provenance)
}

/// Returns the bytes of the file.
///
/// # Errors
/// Never for a [`VectorFile`] made by [`VectorFile::new`]: all its numbers are finite.
pub fn write(file: &VectorFile) -> Result<Vec<u8>, FileError> {
    let entry = |vector: &SteeringVector| Entry {
        layer: vector.layer,
        vector: vector.values.iter().map(|value| f64::from(*value)).collect(),
        provenance: file.provenance.clone(),
    };
    let entries: Vec<Entry> = file.vectors.iter().map(entry).collect();
    let written = match entries.as_slice() {
        [one] => serde_json::to_vec(one),
        several => serde_json::to_vec(several),
    };
    let mut bytes =
        written.map_err(|error| FileError::Inexpressible { format: "JSON", detail: error.to_string() })?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_form_is_read() {
        let file = parse(br#"{"layer": 14, "vector": [0.25, -1]}"#).unwrap();
        assert_eq!(file.vectors, [SteeringVector { layer: 14, values: [0.25, -1.0].into() }]);
        let file = parse(br#"[{"layer":2,"vector":[1]},{"layer":1,"vector":[3]}]"#).unwrap();
        assert_eq!(file.vectors.iter().map(|v| v.layer).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let message = |text: &str| parse(text.as_bytes()).unwrap_err().to_string();
        assert!(
            message("{\"layer\": 1,\n oops}").contains("line 2"),
            "{}",
            message("{\"layer\": 1,\n oops}")
        );
        assert!(message("[1, 2]").contains("\"layer\""));
        assert!(message(r#"{"layer": 1, "vector": []}"#).contains("no numbers"));
        assert!(message(r#"{"layer": 1, "vector": [1e39]}"#).contains("number 0"));
        assert!(message(r#"{"layer": -1, "vector": [1]}"#).contains("it must be"));
        assert!(message(r#"{"layer": 5000, "vector": [1]}"#).contains("no layer 5000"));
    }
}

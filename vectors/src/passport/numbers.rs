//! Hashes of a vector's numbers and of files.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::steering::SteeringVector;

/// Returns the SHA-256 of a vector's layers (u32) and numbers (f32), part by part, little-endian, in hexadecimal.
#[must_use]
pub fn content_hash(parts: &[SteeringVector]) -> String {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend((part.layer as u32).to_le_bytes());
        bytes.extend(part.values.iter().flat_map(|value| value.to_le_bytes()));
    }
    sha256(&bytes)
}

/// Returns the SHA-256 of some bytes in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

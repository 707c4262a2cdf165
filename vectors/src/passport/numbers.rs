//! Hashes of the numbers of vectors and adapters, and of files.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::adapter::{Adapter, Projections};
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

/// Returns the SHA-256 of an adapter's sizes (u64), alpha (f32) and numbers (f32), little-endian, in hexadecimal.
#[must_use]
pub fn adapter_hash(adapter: &Adapter) -> String {
    let shape = adapter.shape();
    let sizes = [shape.blocks, shape.rank, shape.inputs, shape.queries, shape.values];
    let mut bytes = b"adapter".to_vec();
    bytes.extend(sizes.iter().flat_map(|size| (*size as u64).to_le_bytes()));
    // What acts on queries and values alone has the hash of versions in which nothing else could be.
    if shape.on != Projections::default() {
        bytes.extend((shape.feed_forward as u64).to_le_bytes());
        bytes.extend(shape.on.iter().flat_map(|projection| projection.name().bytes()));
    }
    bytes.extend(adapter.alpha().to_le_bytes());
    bytes.extend(adapter.values().iter().flat_map(|value| value.to_le_bytes()));
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

//! The bytes of stored weights: owned, or in a memory-mapped file.

use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::model::MappedFile;

/// Read-only bytes.
pub(crate) enum WeightBytes {
    Owned(Vec<u8>),
    /// A range of a mapped file, inside its length.
    Mapped {
        file: Arc<MappedFile>,
        range: Range<usize>,
    },
}

impl Deref for WeightBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Owned(bytes) => bytes,
            Self::Mapped { file, range } => &file[range.clone()],
        }
    }
}

impl From<Vec<u8>> for WeightBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Owned(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::{Format, QuantizedBlocks};
    use super::*;

    #[test]
    fn weights_in_a_mapped_file_are_those_in_memory() {
        let stored: Vec<u8> = (0..64_u32).flat_map(|i| (i as f32 * 0.5).to_le_bytes()).collect();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"header..").unwrap();
        file.write_all(&stored).unwrap();
        let file = Arc::new(MappedFile::open(file.path()).unwrap());
        let mapped = WeightBytes::Mapped { file, range: 8..8 + stored.len() };
        let [ours, theirs] = [mapped, WeightBytes::from(stored)].map(|bytes| {
            let blocks = QuantizedBlocks::new(Format::F32, bytes, 16).unwrap();
            let (mut weights, mut products) = (vec![0.0; 32], vec![0.0; 2]);
            blocks.dequantize(1..3, &mut weights);
            blocks.dot(2..4, &[1.0; 16], &mut products);
            (weights, products)
        });
        assert_eq!(ours, theirs);
        assert_eq!(ours.0[0], 8.0);
    }
}

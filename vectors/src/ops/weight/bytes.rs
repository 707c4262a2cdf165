//! Bytes of weights: in memory of our own, or where the file is mapped.

use std::ops::{Deref, Range};
use std::sync::Arc;

use memmap2::Mmap;

/// Bytes that are only read.
pub(crate) enum Bytes {
    Owned(Vec<u8>),
    /// A part of a mapped file, which lies inside it.
    Mapped {
        file: Arc<Mmap>,
        range: Range<usize>,
    },
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Owned(bytes) => bytes,
            Self::Mapped { file, range } => &file[range.clone()],
        }
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Owned(bytes)
    }
}

//! Reads numbers from untrusted bytes, with every access checked.

use super::FileError;
use super::error::damaged;

/// A cursor over the bytes of a file; no read goes beyond their end.
pub(super) struct Cursor<'a> {
    format: &'static str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(format: &'static str, bytes: &'a [u8]) -> Self {
        Self { format, bytes, at: 0 }
    }

    /// Returns the number of bytes left.
    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// Returns an error with the current offset.
    pub(super) fn refuse(&self, detail: impl std::fmt::Display) -> FileError {
        damaged(self.format, format!("at byte {}", self.at), detail)
    }

    /// Returns the next `count` bytes.
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], FileError> {
        if count > self.left() {
            return Err(self.refuse(format!("it ends where {count} more bytes are promised")));
        }
        let taken = &self.bytes[self.at..self.at + count];
        self.at += count;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], FileError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn u8(&mut self) -> Result<u8, FileError> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16, FileError> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, FileError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, FileError> {
        self.array().map(u64::from_le_bytes)
    }

    /// Returns the text up to the next line feed, which is consumed and not returned.
    pub(super) fn line(&mut self) -> Result<&'a str, FileError> {
        let rest = &self.bytes[self.at..];
        let Some(length) = rest.iter().position(|byte| *byte == b'\n') else {
            return Err(self.refuse("a line does not end"));
        };
        let line = self.text(length)?;
        self.at += 1;
        Ok(line)
    }

    /// Returns the next `count` bytes as UTF-8.
    pub(super) fn text(&mut self, count: usize) -> Result<&'a str, FileError> {
        let bytes = self.take(count)?;
        std::str::from_utf8(bytes).map_err(|_| self.refuse("text that is not UTF-8"))
    }
}

/// The floating-point type of stored numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FloatType {
    F16,
    Bf16,
    F32,
    F64,
}

impl FloatType {
    /// Returns the bytes of one number.
    pub(super) fn size(self) -> usize {
        match self {
            Self::F16 | Self::Bf16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// Converts numbers in either order of bytes.
    pub(super) fn read_ordered(self, bytes: &[u8], is_big: bool) -> Vec<f32> {
        if !is_big {
            return self.read(bytes);
        }
        let mut turned = bytes.to_vec();
        for number in turned.chunks_exact_mut(self.size()) {
            number.reverse();
        }
        self.read(&turned)
    }

    /// Converts little-endian numbers to f32: F16 and BF16 exactly, F64 rounded to nearest.
    pub(super) fn read(self, bytes: &[u8]) -> Vec<f32> {
        match self {
            Self::F16 => chunks(bytes).map(|b| half::f16::from_le_bytes(b).to_f32()).collect(),
            Self::Bf16 => chunks(bytes).map(|b| half::bf16::from_le_bytes(b).to_f32()).collect(),
            Self::F32 => chunks(bytes).map(f32::from_le_bytes).collect(),
            Self::F64 => chunks(bytes).map(|b| f64::from_le_bytes(b) as f32).collect(),
        }
    }
}

fn chunks<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> {
    bytes.as_chunks::<N>().0.iter().copied()
}

/// Numbers as little-endian bytes.
pub(super) fn to_bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_behind_the_end() {
        let mut cursor = Cursor::new("test", &[1, 0, 0, 0, 9]);
        assert_eq!(cursor.u32().unwrap(), 1);
        assert!(cursor.u16().is_err());
        assert!(cursor.take(usize::MAX).is_err());
        assert_eq!((cursor.u8().unwrap(), cursor.left()), (9, 0));
    }

    #[test]
    fn every_float_type_is_read() {
        assert_eq!(FloatType::F16.read(&half::f16::from_f32(-1.5).to_le_bytes()), [-1.5]);
        assert_eq!(FloatType::Bf16.read(&half::bf16::from_f32(0.25).to_le_bytes()), [0.25]);
        assert_eq!(FloatType::F64.read(&0.1_f64.to_le_bytes()), [0.1]);
        assert_eq!(FloatType::F64.read_ordered(&0.1_f64.to_be_bytes(), true), [0.1]);
        assert_eq!(FloatType::F32.read(&to_bytes(&[1.0, -0.0])), [1.0, -0.0]);
    }
}

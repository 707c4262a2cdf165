//! Reads bytes that are being sent, counts them, and stops where the caller says so.

use std::io::{self, Read};
use std::ops::ControlFlow;

/// The most bytes that are handed over at a time.
const PIECE: usize = 64 << 10;

/// The bytes of a file with a callback.
pub(super) struct Counted<'a> {
    bytes: &'a [u8],
    at: usize,
    count: &'a mut dyn FnMut(u64) -> ControlFlow<()>,
    /// Whether the callback said to stop.
    pub(super) is_stopped: bool,
}

impl<'a> Counted<'a> {
    pub(super) fn new(bytes: &'a [u8], count: &'a mut dyn FnMut(u64) -> ControlFlow<()>) -> Self {
        Self { bytes, at: 0, count, is_stopped: false }
    }
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if (self.count)(self.at as u64).is_break() {
            self.is_stopped = true;
            // Not `Interrupted`, which readers try again.
            return Err(io::Error::other("stopped"));
        }
        let rest = &self.bytes[self.at..];
        let size = rest.len().min(buffer.len()).min(PIECE);
        buffer[..size].copy_from_slice(&rest[..size]);
        self.at += size;
        Ok(size)
    }
}

//! Copies a file piece by piece while some of its tensors change in place.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::ops::Range;

use super::BakeError;
use super::project_out::Projected;
use crate::model::ModelError;
use crate::progress::{Progress, tell};

/// The bytes that are in memory at a time.
const PIECE: usize = 1 << 20;

/// Counts the bytes of a copy for a progress callback.
pub(super) struct Meter<'a> {
    progress: Progress<'a>,
    done: usize,
    total: usize,
}

impl<'a> Meter<'a> {
    pub(super) fn new(progress: Progress<'a>, done: usize, total: usize) -> Self {
        Self { progress, done, total }
    }

    /// Counts bytes, and stops the copy where the callback says so.
    pub(super) fn count(&mut self, bytes: usize) -> Result<(), BakeError> {
        self.done = (self.done + bytes).min(self.total);
        match tell(&mut self.progress, self.done, self.total) {
            flow if flow.is_break() => Err(ModelError::Interrupted.into()),
            _ => Ok(()),
        }
    }
}

/// A tensor that changes in place: its bytes in the source, and what is written for them, which has as many bytes.
pub(super) struct Patch {
    pub(super) range: Range<usize>,
    pub(super) with: With,
}

pub(super) enum With {
    Bytes(Vec<u8>),
    Projected(Projected),
}

/// Copies a range of a file with its patches, which lie in it, in ascending order.
pub(super) fn copy(
    from: &mut File,
    range: Range<usize>,
    patches: &[Patch],
    out: &mut dyn Write,
    meter: &mut Meter<'_>,
) -> Result<(), BakeError> {
    let mut at = range.start;
    for patch in patches {
        copy_plain(from, at..patch.range.start, out, meter)?;
        match &patch.with {
            With::Bytes(bytes) => {
                out.write_all(bytes)?;
                meter.count(bytes.len())?;
            }
            With::Projected(projected) => projected.write(from, patch.range.clone(), out, meter)?,
        }
        at = patch.range.end;
    }
    copy_plain(from, at..range.end, out, meter)
}

fn copy_plain(
    from: &mut File,
    range: Range<usize>,
    out: &mut dyn Write,
    meter: &mut Meter<'_>,
) -> Result<(), BakeError> {
    let mut piece = vec![0; PIECE.min(range.len())];
    from.seek(SeekFrom::Start(range.start as u64))?;
    let mut left = range.len();
    while left > 0 {
        let part = &mut piece[..left.min(PIECE)];
        from.read_exact(part)?;
        out.write_all(part)?;
        left -= part.len();
        meter.count(part.len())?;
    }
    Ok(())
}

/// Reads some bytes of a file.
pub(super) fn read(from: &mut File, range: Range<usize>) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; range.len()];
    from.seek(SeekFrom::Start(range.start as u64))?;
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

//! Takes a direction u out of everything that writes to the residual stream: W ← W − α u uᵀ W (Arditi et al. 2024, arXiv
//! 2406.11717).
//!
//! The rows of the embedding, and the outputs of attention and of the MLP in every block, lose α times their component along
//! u. With α = 1 nothing ever writes along u, so the residual stream has no component along it anywhere. Steering by *project
//! out* takes the component out of the residual stream after the vector's block alone, where it acts on what earlier blocks
//! have read, too: the two are near each other and not equal. The head of a model that shares the embedding's weights keeps
//! them as they were, in a tensor of its own.

use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

use super::patched_copy::{Meter, Patch, With, read};
use super::{BakeError, numbers};
use crate::model::{Source, TensorPlace};
use crate::ops::weight::Format;
use crate::steering::Term;

/// The rows' bytes that are in memory at a time.
const PIECE: usize = 4 << 20;

/// The direction, and how much of the component is taken out.
#[derive(Clone)]
pub(super) struct Direction {
    unit: Arc<[f64]>,
    alpha: f64,
}

impl Direction {
    /// The direction of a vector, with its multiplier as α.
    pub(super) fn new(term: &Term) -> Result<Self, BakeError> {
        let Term::Vector { vector, multiplier, .. } = term else { return Err(BakeError::Adapter) };
        let norm = vector.norm();
        if norm == 0.0 {
            return Err(BakeError::OneDirection(
                "a vector of zeros has no direction that could be taken out",
            ));
        }
        let unit = vector.values.iter().map(|x| f64::from(*x) / norm).collect();
        Ok(Self { unit, alpha: f64::from(*multiplier) })
    }

    /// Takes the direction out of one row along the residual stream.
    fn take_out_of_row(&self, row: &mut [f32]) {
        let along: f64 = row.iter().zip(&*self.unit).map(|(x, u)| f64::from(*x) * u).sum();
        row.iter_mut()
            .zip(&*self.unit)
            .for_each(|(x, u)| *x = (f64::from(*x) - self.alpha * along * u) as f32);
    }
}

/// A tensor out of which the direction is taken while it is copied.
pub(super) struct Projected {
    direction: Direction,
    name: String,
    format: Format,
    /// The numbers in a row as it is stored.
    width: usize,
    /// Whether a row lies along the residual stream: those of the embedding, and a bias. The rows of other matrices are one
    /// number of the residual stream each.
    is_along: bool,
}

impl Projected {
    /// Reads a tensor piece by piece, and writes it without the direction.
    pub(super) fn write(
        &self,
        from: &mut File,
        range: Range<usize>,
        out: &mut dyn Write,
        meter: &mut Meter<'_>,
    ) -> Result<(), BakeError> {
        let row_bytes = self.row_bytes();
        let pieces = || {
            let rows = (PIECE / row_bytes).max(1);
            range.clone().step_by(rows * row_bytes).map(move |start| start..start + rows * row_bytes)
        };
        let within = |piece: Range<usize>| piece.start..piece.end.min(range.end);
        let mut along = vec![0.0; if self.is_along { 0 } else { self.width }];
        if !self.is_along {
            // uᵀ W
            let mut units = self.direction.unit.iter();
            for piece in pieces().map(within) {
                let rows = numbers::decode(self.format, &read(from, piece)?, self.width)?;
                for (row, u) in rows.chunks_exact(self.width).zip(&mut units) {
                    along.iter_mut().zip(row).for_each(|(sum, x)| *sum += u * f64::from(*x));
                }
            }
        }
        let mut units = self.direction.unit.iter();
        for piece in pieces().map(within) {
            let bytes = piece.len();
            let mut rows = numbers::decode(self.format, &read(from, piece)?, self.width)?;
            for row in rows.chunks_exact_mut(self.width) {
                if self.is_along {
                    self.direction.take_out_of_row(row);
                } else if let Some(u) = units.next() {
                    let factor = self.direction.alpha * u;
                    row.iter_mut()
                        .zip(&along)
                        .for_each(|(x, along)| *x = (f64::from(*x) - factor * along) as f32);
                }
            }
            out.write_all(&numbers::encode(self.format, &rows, &self.name)?)?;
            meter.count(bytes)?;
        }
        Ok(())
    }

    fn row_bytes(&self) -> usize {
        match self.format.bytes_per_number() {
            Some(bytes) => bytes * self.width,
            None => self.format.row_bytes(self.width).unwrap_or(1),
        }
    }
}

/// Returns the patches of every tensor that writes to the residual stream, with the index of its file.
pub(super) fn patches(source: &Source, direction: &Direction) -> Result<Vec<(usize, Patch)>, BakeError> {
    let mut names = vec![("token_embd.weight".to_owned(), true)];
    for block in 0..source.config.blocks {
        for part in ["attn_output", "ffn_down"] {
            names.push((format!("blk.{block}.{part}.weight"), false));
            names.push((format!("blk.{block}.{part}.bias"), true));
        }
    }
    let mut patches = Vec::new();
    for (name, is_along) in names {
        let Some(TensorPlace { shape, format, file, range }) = source.tensors.place(&name) else { continue };
        if !numbers::is_written(format) {
            return Err(BakeError::Format { name, format: format.name() });
        }
        let width = shape.last().copied().unwrap_or(1);
        let projected = Projected { direction: direction.clone(), name, format, width, is_along };
        patches.push((file, Patch { range, with: With::Projected(projected) }));
    }
    Ok(patches)
}

/// Returns the embedding where the head shares its weights. The head keeps them.
pub(super) fn shared_head(source: &Source) -> Option<TensorPlace> {
    let is_shared = source.config.tie_word_embeddings.unwrap_or_else(|| !source.tensors.has("output.weight"));
    source.tensors.place("token_embd.weight").filter(|_| is_shared)
}

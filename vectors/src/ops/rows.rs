//! Reads candle tensors as contiguous rows of f32, and makes tensors of rows.

use std::ops::Deref;

use candle_core::{DType, Device, Error, Result, Storage, Tensor};
use rayon::prelude::*;

/// The numbers that one task adds.
const NUMBERS_PER_TASK: usize = 1 << 16;

/// An f32 tensor as rows: borrowed where the tensor is in main memory, else copied from its device. `G` is the guard
/// of the tensor's storage.
pub(crate) struct RowView<G> {
    storage: RowStorage<G>,
    start: usize,
    end: usize,
    /// The numbers in a row: the tensor's last dimension.
    pub(crate) width: usize,
}

enum RowStorage<G> {
    Borrowed(G),
    /// Copied from a device.
    Copied(Vec<f32>),
}

/// Borrows a tensor as rows, or copies it from its device. Refuses a tensor that is not contiguous f32.
pub(crate) fn read(tensor: &Tensor) -> Result<RowView<impl Deref<Target = Storage> + Sync>> {
    let (storage, layout) = tensor.storage_and_layout();
    let Some((start, end)) = layout.contiguous_offsets() else {
        return Err(Error::Msg("the rows are not contiguous".into()));
    };
    if tensor.dtype() != DType::F32 {
        return Err(Error::Msg("the kernels work on f32".into()));
    }
    let width = layout.dims().last().copied().unwrap_or(1);
    if matches!(&*storage, Storage::Cpu(_)) {
        return Ok(RowView { storage: RowStorage::Borrowed(storage), start, end, width });
    }
    drop(storage);
    let values: Vec<f32> = tensor.flatten_all()?.to_vec1()?;
    Ok(RowView { start: 0, end: values.len(), storage: RowStorage::Copied(values), width })
}

impl<G: Deref<Target = Storage>> RowView<G> {
    pub(crate) fn all(&self) -> &[f32] {
        match &self.storage {
            RowStorage::Copied(values) => values,
            RowStorage::Borrowed(storage) => match &**storage {
                Storage::Cpu(cpu) => cpu.as_slice::<f32>().map_or(&[], |all| &all[self.start..self.end]),
                _ => &[],
            },
        }
    }

    pub(crate) fn count(&self) -> usize {
        (self.end - self.start) / self.width.max(1)
    }

    pub(crate) fn row(&self, index: usize) -> &[f32] {
        &self.all()[index * self.width..(index + 1) * self.width]
    }
}

/// Makes a tensor `[values.len() / width, width]` of rows, without a copy.
pub(crate) fn tensor(values: Vec<f32>, width: usize) -> Result<Tensor> {
    let rows = values.len() / width;
    Tensor::from_vec(values, (rows, width), &Device::Cpu)
}

/// Returns the rows with these indices, in the order of the indices (torch: `index_select`).
pub(crate) fn gather(from: &Tensor, indices: impl Iterator<Item = usize>) -> Result<Tensor> {
    if !from.device().is_cpu() {
        let indices: Vec<u32> = indices.map(|index| index as u32).collect();
        return from.index_select(&Tensor::new(indices, from.device())?, 0);
    }
    let rows = read(from)?;
    let mut picked = Vec::new();
    for index in indices {
        picked.extend_from_slice(rows.row(index));
    }
    tensor(picked, rows.width)
}

/// Adds the same row to every row.
pub(crate) fn add_row(to: &Tensor, row: &[f32]) -> Result<Tensor> {
    let to = read(to)?;
    let mut sum = to.all().to_vec();
    for values in sum.chunks_exact_mut(to.width) {
        values.iter_mut().zip(row).for_each(|(x, added)| *x += added);
    }
    tensor(sum, to.width)
}

/// Adds `scale` times a matrix to one of the same shape.
pub(crate) fn add_scaled(a: &Tensor, b: &Tensor, scale: f32) -> Result<Tensor> {
    let (a, b) = (read(a)?, read(b)?);
    let mut sum = a.all().to_vec();
    sum.par_chunks_mut(NUMBERS_PER_TASK).zip(b.all().par_chunks(NUMBERS_PER_TASK)).for_each(|(sum, b)| {
        // A factor of 1 changes no bit.
        sum.iter_mut().zip(b).for_each(|(sum, b)| *sum += scale * b);
    });
    tensor(sum, a.width)
}

/// Multiplies every number by `scale`; with 1 it is the same tensor.
pub(crate) fn scale(rows: &Tensor, scale: f32) -> Result<Tensor> {
    let is_one = (scale - 1.0).abs() <= 0.0;
    if is_one { Ok(rows.clone()) } else { rows.affine(f64::from(scale), 0.0) }
}

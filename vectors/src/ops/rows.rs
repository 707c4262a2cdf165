//! candle tensors seen as plain rows of f32.

use std::ops::Deref;

use candle_core::{DType, Device, Error, Result, Storage, Tensor};
use rayon::prelude::*;

/// Numbers that one task adds.
const PART: usize = 1 << 16;

/// A borrowed look at a contiguous f32 tensor in main memory. `G` is the guard of the tensor's storage.
pub(crate) struct Rows<G> {
    storage: G,
    start: usize,
    end: usize,
    /// Numbers in a row: the tensor's last dimension.
    pub(crate) width: usize,
}

/// Borrows a tensor as rows; refuses one that is not contiguous f32 in main memory.
pub(crate) fn read(tensor: &Tensor) -> Result<Rows<impl Deref<Target = Storage> + Sync>> {
    let (storage, layout) = tensor.storage_and_layout();
    let Some((start, end)) = layout.contiguous_offsets() else {
        return Err(Error::Msg("the rows are not contiguous".into()));
    };
    if tensor.dtype() != DType::F32 || !matches!(&*storage, Storage::Cpu(_)) {
        return Err(Error::Msg("the kernels work on f32 in main memory".into()));
    }
    let width = layout.dims().last().copied().unwrap_or(1);
    Ok(Rows { storage, start, end, width })
}

impl<G: Deref<Target = Storage>> Rows<G> {
    pub(crate) fn all(&self) -> &[f32] {
        match &*self.storage {
            Storage::Cpu(cpu) => cpu.as_slice::<f32>().map_or(&[], |all| &all[self.start..self.end]),
            _ => &[],
        }
    }

    pub(crate) fn count(&self) -> usize {
        (self.end - self.start) / self.width.max(1)
    }

    pub(crate) fn row(&self, index: usize) -> &[f32] {
        &self.all()[index * self.width..(index + 1) * self.width]
    }
}

/// Rows as a tensor, without a copy.
pub(crate) fn tensor(values: Vec<f32>, width: usize) -> Result<Tensor> {
    let rows = values.len() / width;
    Tensor::from_vec(values, (rows, width), &Device::Cpu)
}

/// The rows named, in their order.
pub(crate) fn gather(from: &Tensor, indices: impl Iterator<Item = usize>) -> Result<Tensor> {
    let rows = read(from)?;
    let mut picked = Vec::new();
    for index in indices {
        picked.extend_from_slice(rows.row(index));
    }
    tensor(picked, rows.width)
}

/// The sum of all rows.
pub(crate) fn sum(of: &Tensor) -> Result<Vec<f32>> {
    let rows = read(of)?;
    let mut sum = vec![0.0_f64; rows.width];
    for row in rows.all().chunks_exact(rows.width) {
        sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += f64::from(*x));
    }
    Ok(sum.into_iter().map(|x| x as f32).collect())
}

/// The same row added to every row.
pub(crate) fn add_row(to: &Tensor, row: &[f32]) -> Result<Tensor> {
    let to = read(to)?;
    let mut sum = to.all().to_vec();
    for values in sum.chunks_exact_mut(to.width) {
        values.iter_mut().zip(row).for_each(|(x, added)| *x += added);
    }
    tensor(sum, to.width)
}

/// The sum of two matrices of the same shape.
pub(crate) fn add(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let (a, b) = (read(a)?, read(b)?);
    let mut sum = a.all().to_vec();
    sum.par_chunks_mut(PART).zip(b.all().par_chunks(PART)).for_each(|(sum, b)| {
        sum.iter_mut().zip(b).for_each(|(sum, b)| *sum += b);
    });
    tensor(sum, a.width)
}

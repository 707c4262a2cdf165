//! Writes an adapter as a GGUF file.

use std::path::Path;

use super::{ALPHA, FusedMatrix, GgufTarget, KEY_PREFIX, inexpressible};
use crate::adapter::{Adapter, Projection};
use crate::files::adapter::AdapterFile;
use crate::files::bytes::to_bytes;
use crate::files::{FileError, MAX_LAYERS, atomic_write};
use crate::ops::lora::LoraPair;

/// GGUF type codes of metadata values, and the ggml type code of F32.
const FLOAT32: u32 = 6;
const STRING: u32 = 8;
const F32: u32 = 0;
/// The alignment of the data section and of each tensor, in bytes.
const ALIGNMENT: usize = 32;

/// A matrix of the file.
struct Tensor {
    name: String,
    /// Rows first.
    shape: [usize; 2],
    values: Vec<f32>,
}

impl AdapterFile {
    /// Returns the bytes of the adapter as a GGUF file for a model.
    ///
    /// # Errors
    /// Where the adapter's sizes are not the model's.
    pub fn to_gguf(&self, target: &GgufTarget) -> Result<Vec<u8>, FileError> {
        let adapter = &self.adapter;
        check(adapter, target)?;
        let mut tensors = Vec::new();
        for block in 0..adapter.shape().blocks {
            let pairs = adapter.pairs(block);
            for matrix in target.matrices() {
                tensors.extend(of_matrix(&matrix, block, &pairs, adapter, target).into_iter().flatten());
            }
        }
        Ok(serialize(&self.texts(target), adapter.alpha(), &tensors))
    }

    /// Writes [`AdapterFile::to_gguf`], as a whole or not at all. A file that is there is replaced with `replace`.
    ///
    /// # Errors
    /// As [`AdapterFile::to_gguf`], or where the file cannot be written.
    pub fn write_gguf(&self, path: &Path, target: &GgufTarget, replace: bool) -> Result<(), FileError> {
        atomic_write(path, &self.to_gguf(target)?, replace).map_err(FileError::Unwritable)
    }

    /// Returns the metadata that are texts.
    fn texts(&self, target: &GgufTarget) -> Vec<(String, String)> {
        let text = |key: &str, text: &str| (key.to_owned(), text.to_owned());
        let mut texts = vec![
            text("general.architecture", &target.architecture),
            text("general.type", "adapter"),
            text("adapter.type", "lora"),
        ];
        texts.extend(self.provenance.name.iter().map(|name| text("general.name", name)));
        let own = self.provenance.to_texts().into_iter();
        texts.extend(own.map(|(key, text)| (format!("{KEY_PREFIX}{key}"), text)));
        texts
    }
}

/// Refuses an adapter of another model, and an alpha that llama.cpp would read as another scale.
fn check(adapter: &Adapter, target: &GgufTarget) -> Result<(), FileError> {
    let shape = adapter.shape();
    if shape.blocks != target.blocks || shape.blocks > MAX_LAYERS {
        let (ours, theirs) = (shape.blocks, target.blocks);
        return Err(inexpressible(format!("it is for {ours} blocks, and the model has {theirs}")));
    }
    for projection in shape.on.iter() {
        let (found, expected) = (shape.sizes(projection)[1], target.outputs(projection, shape.inputs));
        if found != expected {
            let name = projection.name();
            return Err(inexpressible(format!("its {name} has {found} outputs, and the model's {expected}")));
        }
    }
    // llama.cpp takes an alpha of 0 as a scale of 1.
    if adapter.alpha() == 0.0 || !adapter.alpha().is_finite() {
        return Err(inexpressible("its alpha is 0 or no number"));
    }
    Ok(())
}

/// Returns A and B of a matrix in a block; `None` where the adapter acts on none of its projections.
fn of_matrix(
    matrix: &FusedMatrix,
    block: usize,
    pairs: &[(Projection, LoraPair<'_>)],
    adapter: &Adapter,
    target: &GgufTarget,
) -> Option<[Tensor; 2]> {
    let (shape, rank) = (adapter.shape(), adapter.shape().rank);
    let acting: Vec<_> = pairs.iter().filter(|(on, _)| matrix.projections.contains(on)).collect();
    let inputs = shape.sizes(acting.first()?.0)[0];
    // Several pairs in one matrix lie side by side in A and in the diagonal of B. Their rank is the sum of theirs, by which
    // llama.cpp divides alpha, so B takes the difference.
    let count = acting.len();
    let width = count * rank;
    let outputs = matrix.projections.iter().map(|on| target.outputs(*on, shape.inputs)).sum::<usize>();
    let a: Vec<f32> = acting.iter().flat_map(|(_, pair)| pair.a).copied().collect();
    let mut b = vec![0.0; outputs * width];
    let mut start = 0;
    for on in matrix.projections {
        let size = target.outputs(*on, shape.inputs);
        if let Some((place, (_, pair))) = acting.iter().enumerate().find(|(_, (acts, _))| acts == on) {
            for (row, from) in target.rows(*on, size).into_iter().zip(pair.b.chunks_exact(rank)) {
                let to = &mut b[(start + row) * width + place * rank..][..rank];
                to.iter_mut().zip(from).for_each(|(to, from)| *to = from * count as f32);
            }
        }
        start += size;
    }
    let name = |letter: &str| format!("blk.{block}.{}.weight.lora_{letter}", matrix.name);
    Some([
        Tensor { name: name("a"), shape: [width, inputs], values: a },
        Tensor { name: name("b"), shape: [outputs, width], values: b },
    ])
}

fn serialize(texts: &[(String, String)], alpha: f32, tensors: &[Tensor]) -> Vec<u8> {
    let mut bytes = b"GGUF".to_vec();
    bytes.extend(3_u32.to_le_bytes());
    bytes.extend((tensors.len() as u64).to_le_bytes());
    bytes.extend((texts.len() as u64 + 1).to_le_bytes());
    for (key, text) in texts {
        push_text(&mut bytes, key);
        bytes.extend(STRING.to_le_bytes());
        push_text(&mut bytes, text);
    }
    push_text(&mut bytes, ALPHA);
    bytes.extend(FLOAT32.to_le_bytes());
    bytes.extend(alpha.to_le_bytes());
    let mut offset = 0_usize;
    for tensor in tensors {
        push_text(&mut bytes, &tensor.name);
        bytes.extend(2_u32.to_le_bytes());
        // GGUF names the size of a row first.
        tensor.shape.iter().rev().for_each(|size| bytes.extend((*size as u64).to_le_bytes()));
        bytes.extend(F32.to_le_bytes());
        bytes.extend((offset as u64).to_le_bytes());
        offset += (4 * tensor.values.len()).next_multiple_of(ALIGNMENT);
    }
    for tensor in tensors {
        bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
        bytes.extend(to_bytes(&tensor.values));
    }
    bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
    bytes
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(text.as_bytes());
}

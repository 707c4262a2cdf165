//! Reads an adapter from a GGUF file.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::{ALPHA, FORMAT, FusedMatrix, GgufTarget, KEY_PREFIX};
use crate::adapter::{Projection, Projections};
use crate::files::adapter::config::Config;
use crate::files::adapter::joined::{self, Modules, Scaled};
use crate::files::adapter::tensors::Matrix;
use crate::files::adapter::{AdapterFile, MAX_ADAPTER_BYTES, unusable};
use crate::files::bytes::FloatType;
use crate::files::error::damaged;
use crate::files::{FileError, Provenance, read_bounded};
use crate::model::{GgufHeader, TensorInfo, extent};
use crate::ops::weight::Format;

/// Both matrices of one of the model's matrices.
#[derive(Default)]
struct Pair {
    a: Option<Matrix>,
    b: Option<Matrix>,
}

impl AdapterFile {
    /// Reads a GGUF file for a model.
    ///
    /// # Errors
    /// As [`AdapterFile::parse_gguf`], or where the file is missing or too large.
    pub fn read_gguf(path: &Path, target: &GgufTarget) -> Result<Self, FileError> {
        Self::parse_gguf(&read_bounded(path, MAX_ADAPTER_BYTES)?, target)
    }

    /// Reads the bytes of a GGUF file for a model.
    ///
    /// # Errors
    /// Where the file is damaged, is no adapter, or is one for another model.
    pub fn parse_gguf(bytes: &[u8], target: &GgufTarget) -> Result<Self, FileError> {
        let header = GgufHeader::parse(bytes).map_err(|error| damaged(FORMAT, "in its header", error))?;
        let alpha = check(&header, target)?;
        let mut pairs: BTreeMap<&str, Pair> = BTreeMap::new();
        for tensor in &header.tensors {
            let name = tensor.name.as_str();
            let pair = |end: &str| name.strip_suffix(end);
            let (name, is_a) = match (pair(".lora_a"), pair(".lora_b")) {
                (Some(name), _) => (name, true),
                (_, Some(name)) => (name, false),
                _ => return Err(unusable(format!("{name:?} is no matrix of a low-rank pair"))),
            };
            let pair = pairs.entry(name).or_default();
            let place = if is_a { &mut pair.a } else { &mut pair.b };
            if place.replace(matrix(&header, tensor, bytes)?).is_some() {
                return Err(unusable(format!("{:?} is there twice", tensor.name)));
            }
        }
        let mut modules = Modules::new();
        for block in 0..target.blocks {
            for matrix in target.matrices() {
                if let Some(pair) = pairs.remove(format!("blk.{block}.{}.weight", matrix.name).as_str()) {
                    split(&matrix, block, pair, alpha, target, &mut modules)?;
                }
            }
        }
        if let Some(name) = pairs.keys().next() {
            return Err(unusable(format!("{name:?} is no matrix of the model's blocks")));
        }
        let on: Projections = modules.keys().map(|(_, projection)| *projection).collect();
        let shape = joined::shape(&modules, on, target.blocks)?;
        let mut notes = Vec::new();
        let config = Config::of_alpha(alpha);
        let adapter = Arc::new(joined::join(modules, shape, &config, &mut notes)?);
        let text = |key: &str| header.text(&format!("{KEY_PREFIX}{key}")).map(str::to_owned);
        Ok(Self { adapter, provenance: Provenance::from_texts(text), notes })
    }
}

/// Refuses what is no adapter for the model. Returns alpha.
fn check(header: &GgufHeader, target: &GgufTarget) -> Result<f64, FileError> {
    let text = |key: &str| header.text(key).unwrap_or_default();
    let expected = [
        ("general.type", "adapter"),
        ("adapter.type", "lora"),
        ("general.architecture", target.architecture.as_str()),
    ];
    for (key, expected) in expected {
        if text(key) != expected {
            return Err(unusable(format!("its {key} is {:?}, not {expected:?}", text(key))));
        }
    }
    if header.has("adapter.alora.invocation_tokens") {
        return Err(unusable("it acts from certain words on (adapter.alora.invocation_tokens)"));
    }
    let alpha = header.number(ALPHA).map_or(0.0, |alpha| f64::from(alpha.real()));
    if alpha.is_finite() && alpha > 0.0 {
        return Ok(alpha);
    }
    Err(unusable(format!("its {ALPHA} is {alpha}")))
}

/// Reads the numbers of a tensor.
fn matrix(header: &GgufHeader, tensor: &TensorInfo, bytes: &[u8]) -> Result<Matrix, FileError> {
    let name = &tensor.name;
    let kind = match tensor.format {
        Format::F32 => FloatType::F32,
        Format::F16 => FloatType::F16,
        Format::Bf16 => FloatType::Bf16,
        format => return Err(unusable(format!("{name:?} is stored as {}", format.name()))),
    };
    let shape = <[usize; 2]>::try_from(tensor.shape.as_slice());
    let shape = shape.map_err(|_| unusable(format!("{name:?} is {:?}, not a matrix", tensor.shape)))?;
    let start = header.data.checked_add(tensor.offset);
    let range = start.and_then(|start| extent(start, &tensor.shape, tensor.format));
    let stored = range.and_then(|range| bytes.get(range));
    let stored = stored.ok_or_else(|| damaged(FORMAT, name, "it lies behind the file's end"))?;
    let values = kind.read(stored);
    if values.iter().any(|x| !x.is_finite()) {
        return Err(unusable(format!("{name:?} has a number that is not finite")));
    }
    Ok(Matrix { shape, values })
}

/// Splits a pair into those of the projections that lie side by side in the model's matrix, with rows in the order of Hugging
/// Face's weights. A projection to which B adds nothing gets none.
fn split(
    matrix: &FusedMatrix,
    block: usize,
    pair: Pair,
    alpha: f64,
    target: &GgufTarget,
    modules: &mut Modules,
) -> Result<(), FileError> {
    let name = format!("blk.{block}.{}", matrix.name);
    let missing = |letter: &str| unusable(format!("lora_{letter} of {name} is missing"));
    let (a, b) = (pair.a.ok_or_else(|| missing("a"))?, pair.b.ok_or_else(|| missing("b"))?);
    let [rank, outputs] = [a.shape[0], b.shape[0]];
    let of = |projection: &Projection| target.outputs(*projection, outputs);
    let expected: usize = matrix.projections.iter().map(of).sum();
    if rank == 0 || b.shape[1] != rank || outputs != expected {
        let detail = format!("lora_a of {name} is {:?} and lora_b {:?}, which do not fit", a.shape, b.shape);
        return Err(unusable(detail));
    }
    let mut start = 0;
    for projection in matrix.projections {
        let size = of(projection);
        let of_projection = &b.values[start * rank..(start + size) * rank];
        start += size;
        if matrix.projections.len() > 1 && of_projection.iter().all(|x| *x == 0.0) {
            continue;
        }
        let row = |row: usize| &of_projection[row * rank..(row + 1) * rank];
        let values = target.rows(*projection, size).into_iter().flat_map(row).copied().collect();
        let scaled = Scaled {
            a: Matrix { shape: a.shape, values: a.values.clone() },
            b: Matrix { shape: [size, rank], values },
            alpha,
            scale: alpha / rank as f64,
        };
        modules.insert((block, *projection), scaled);
    }
    Ok(())
}

//! The tensors of a model's files, read by name.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use half::{bf16, f16};
use safetensors::{Dtype, SafeTensors};

use super::foreign::foreign;
use super::gguf_header::extent;
use super::gguf_shards::{GgufShard, in_shard};
use super::tensor_names::EMBEDDING;
use super::{MappedFile, TensorNames, map};
use crate::memory;
use crate::model::{ModelError, Precision};
use crate::ops::weight::{Format, QuantizedBlocks, Weight, WeightBytes};

/// Files up to this size in total are copied into memory, where huge pages make reading faster. Larger files stay
/// mapped, so that the system can drop and read again their pages.
pub const MAX_COPIED_BYTES: u64 = 1 << 30;

/// The tensors of one or more open files.
pub(crate) struct Tensors {
    files: Vec<Arc<MappedFile>>,
    locations: BTreeMap<String, TensorLocation>,
    tensor_names: TensorNames,
    /// The names of tensors that were read.
    read: RefCell<BTreeSet<String>>,
}

/// What a tensor's bytes are, and where they lie.
pub(crate) struct TensorPlace {
    /// The dimensions, rows first.
    pub(crate) shape: Vec<usize>,
    pub(crate) format: Format,
    /// The index of the file.
    pub(crate) file: usize,
    /// The bytes in the file.
    pub(crate) range: Range<usize>,
}

/// A tensor's shape, format and place in the files.
struct TensorLocation {
    shape: Vec<usize>,
    format: Format,
    file: usize,
    range: Range<usize>,
}

impl Tensors {
    /// Lists the tensors of a GGUF file or its shards. All must be inside their file and must not overlap.
    pub(super) fn from_gguf(shards: &[GgufShard]) -> Result<Self, ModelError> {
        let mut locations = BTreeMap::new();
        for (file, shard) in shards.iter().enumerate() {
            let in_its_shard = |error| match &shard.name {
                Some(name) => in_shard(name, error),
                None => error,
            };
            for (name, location) in tensor_locations(shard, file).map_err(in_its_shard)? {
                if locations.insert(name.clone(), location).is_some() {
                    return Err(ModelError::Header { detail: format!("the tensor {name} is there twice") });
                }
            }
        }
        let files = shards.iter().map(|shard| Arc::clone(&shard.file)).collect();
        Ok(Self { files, locations, tensor_names: TensorNames::Gguf, read: RefCell::default() })
    }

    /// Lists the tensors of safetensors files. The library refuses false headers and overlapping tensors.
    pub(super) fn from_safetensors(paths: &[PathBuf], has_post_norms: bool) -> Result<Self, ModelError> {
        let (mut files, mut locations) = (Vec::new(), BTreeMap::new());
        for (place, path) in paths.iter().enumerate() {
            let name = || path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let file = map(path).map_err(|error| match error {
                ModelError::Missing | ModelError::NotGguf => ModelError::MissingFile { name: name() },
                special @ ModelError::Special(_) => {
                    ModelError::InShard { name: name(), source: Box::new(special) }
                }
                other => other,
            })?;
            let (header, metadata) = SafeTensors::read_metadata(&file).map_err(|e| match foreign(&file) {
                Some(ModelError::Foreign { kind: "a safetensors file", .. }) | None => {
                    ModelError::Header { detail: format!("{}: {e}", name()) }
                }
                Some(foreign) => in_shard(&name(), foreign),
            })?;
            for (tensor, info) in metadata.tensors() {
                let format = match info.dtype {
                    Dtype::F32 => Format::F32,
                    Dtype::F16 => Format::F16,
                    Dtype::BF16 => Format::Bf16,
                    // Tensors of integers are skipped: no decoder multiplies with them, and one that is asked for
                    // counts as missing.
                    _ => continue,
                };
                let (start, end) = info.data_offsets;
                let range = header + 8 + start..header + 8 + end;
                let location = TensorLocation { shape: info.shape.clone(), format, file: place, range };
                if locations.insert(tensor.clone(), location).is_some() {
                    return Err(ModelError::Header { detail: format!("the tensor {tensor} is there twice") });
                }
            }
            files.push(file);
        }
        let prefixes = locations.keys().filter_map(|name| name.strip_suffix(EMBEDDING));
        let prefix = prefixes.min_by_key(|prefix| prefix.len());
        let prefix =
            prefix.ok_or_else(|| ModelError::NoTensor { name: format!("model.{EMBEDDING}") })?.to_owned();
        let tensor_names = TensorNames::HuggingFace { prefix, has_post_norms };
        Ok(Self { files, locations, tensor_names, read: RefCell::default() })
    }

    /// Returns the open files.
    pub(crate) fn files(&self) -> &[Arc<MappedFile>] {
        &self.files
    }

    /// Returns the bytes of all files.
    pub(super) fn file_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.len() as u64).sum()
    }

    /// Returns the format of every tensor, the number of its weights, and their bytes.
    pub(super) fn sizes(&self) -> impl Iterator<Item = (Format, u64, u64)> {
        self.locations.values().map(|location| {
            (location.format, location.shape.iter().product::<usize>() as u64, location.range.len() as u64)
        })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.locations.contains_key(&self.tensor_names.in_file(name))
    }

    /// Returns where a tensor lies; `None` where it is missing.
    pub(crate) fn place(&self, name: &str) -> Option<TensorPlace> {
        let TensorLocation { shape, format, file, range } =
            self.locations.get(&self.tensor_names.in_file(name))?;
        Some(TensorPlace { shape: shape.clone(), format: *format, file: *file, range: range.clone() })
    }

    /// Returns the file's name of the tensor that GGUF calls `name`.
    pub(crate) fn name_in_file(&self, name: &str) -> String {
        self.tensor_names.in_file(name)
    }

    /// Returns the shape of a tensor; empty where it is missing.
    pub(crate) fn shape(&self, name: &str) -> &[usize] {
        self.locations.get(&self.tensor_names.in_file(name)).map_or(&[], |location| location.shape.as_slice())
    }

    fn location(&self, name: &str, shape: &[usize]) -> Result<&TensorLocation, ModelError> {
        let name = self.tensor_names.in_file(name);
        let Some(location) = self.locations.get(&name) else { return Err(ModelError::NoTensor { name }) };
        if location.shape != shape {
            return Err(ModelError::Shape { name, expected: shape.to_vec(), found: location.shape.clone() });
        }
        self.read.borrow_mut().insert(name);
        Ok(location)
    }

    fn bytes(&self, location: &TensorLocation) -> &[u8] {
        &self.files[location.file][location.range.clone()]
    }

    /// Reads a tensor as f32. Refuses a missing tensor and another shape.
    pub(crate) fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        let location = self.location(name, shape)?;
        let bytes = self.bytes(location);
        let mut values = memory::with_room(shape.iter().product())?;
        match location.format {
            Format::F32 => values.extend(bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b))),
            Format::F16 => values.extend(bytes.as_chunks().0.iter().map(|b| f16::from_le_bytes(*b).to_f32())),
            Format::Bf16 => {
                values.extend(bytes.as_chunks().0.iter().map(|b| bf16::from_le_bytes(*b).to_f32()));
            }
            format => {
                let width = shape.last().copied().unwrap_or(1);
                let blocks = whole(QuantizedBlocks::new(format, memory::copy(bytes)?, width), name)?;
                values.resize(shape.iter().product(), 0.0);
                blocks.dequantize(0..blocks.outputs(), &mut values);
            }
        }
        Ok(values)
    }

    /// Reads a weight matrix `[outputs, inputs]`. Only one tensor at a time is in memory twice.
    pub(crate) fn weight(
        &self,
        name: &str,
        shape: [usize; 2],
        precision: Precision,
    ) -> Result<Weight, ModelError> {
        let [outputs, inputs] = shape;
        let location = self.location(name, &shape)?;
        let is_plain = location.format.bytes_per_number().is_some();
        if precision == Precision::Q8 && is_plain && inputs.is_multiple_of(32) {
            let values = Tensor::from_vec(self.values(name, &shape)?, &shape, &Device::Cpu)?;
            let stored = QTensor::quantize(&values, GgmlDType::Q8_0)?.data()?.into_owned();
            return whole(QuantizedBlocks::new(Format::Q8_0, stored, inputs), name).map(Weight::Quantized);
        }
        // Formats without blocks can have rows of any width.
        if location.format == Format::F32 || location.format.row_bytes(inputs).is_none() {
            return Ok(Weight::dense(self.values(name, &shape)?, inputs));
        }
        let blocks =
            whole(QuantizedBlocks::new(location.format, self.stored_bytes(location)?, inputs), name)?;
        if precision != Precision::F32 {
            return Ok(Weight::Quantized(blocks));
        }
        let mut values = memory::zeros(outputs * inputs)?;
        blocks.dequantize(0..outputs, &mut values);
        Ok(Weight::dense(values, inputs))
    }

    fn stored_bytes(&self, location: &TensorLocation) -> Result<WeightBytes, ModelError> {
        let file = &self.files[location.file];
        if self.file_bytes() <= MAX_COPIED_BYTES {
            return memory::copy(self.bytes(location)).map(WeightBytes::Owned);
        }
        Ok(WeightBytes::Mapped { file: Arc::clone(file), range: location.range.clone() })
    }

    /// Refuses a file with tensors that the decoder did not read: the model computes something that the decoder does
    /// not.
    pub(crate) fn check_all_read(&self) -> Result<(), ModelError> {
        let read = self.read.borrow();
        match self
            .locations
            .keys()
            .find(|name| !read.contains(*name) && !self.tensor_names.may_stay_unread(name))
        {
            None => Ok(()),
            Some(name) => {
                let what = format!("the tensor {name}, which its architecture does not have");
                Err(ModelError::Unsupported { what })
            }
        }
    }
}

/// Returns where the tensors of one GGUF file are.
fn tensor_locations(shard: &GgufShard, file: usize) -> Result<Vec<(String, TensorLocation)>, ModelError> {
    let mut locations = Vec::with_capacity(shard.header.tensors.len());
    for info in &shard.header.tensors {
        let start = shard.header.data.checked_add(info.offset);
        let range = start.and_then(|start| extent(start, &info.shape, info.format));
        let range = range.ok_or_else(|| ModelError::Header {
            detail: format!("the size of {} makes no sense", info.name),
        })?;
        locations.push((
            info.name.clone(),
            TensorLocation { shape: info.shape.clone(), format: info.format, file, range },
        ));
    }
    // A broken-off download is the most common damage.
    let expected =
        locations.iter().map(|(_, location)| location.range.end).max().unwrap_or(shard.header.data);
    if expected > shard.file.len() {
        return Err(ModelError::CutOff { expected: expected as u64, found: shard.file.len() as u64 });
    }
    let mut paths: Vec<(&Range<usize>, &String)> =
        locations.iter().map(|(name, location)| (&location.range, name)).collect();
    paths.sort_by_key(|(range, _)| (range.start, range.end));
    for pair in paths.windows(2) {
        if pair[1].0.start < pair[0].0.end {
            let detail = format!("the tensors {} and {} lie over each other", pair[0].1, pair[1].1);
            return Err(ModelError::Header { detail });
        }
    }
    Ok(locations)
}

fn whole(blocks: Option<QuantizedBlocks>, name: &str) -> Result<QuantizedBlocks, ModelError> {
    blocks.ok_or_else(|| ModelError::Header { detail: format!("{name} is not made of whole blocks") })
}

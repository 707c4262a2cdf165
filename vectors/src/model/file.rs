//! A GGUF file, checked before anything in it is believed.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;

use candle_core::quantized::gguf_file::{Content, TensorInfo, Value};
use candle_core::{DType, Device, Tensor};
use sha2::{Digest, Sha256};

use super::{Config, Facts, ModelError, Precision};
use crate::ops::weight::{Blocks, Format, Weight};

/// An open GGUF file whose header was read and whose tensors all lie inside it.
pub(crate) struct ModelFile {
    reader: BufReader<File>,
    pub(crate) header: Content,
    bytes: u64,
}

impl ModelFile {
    pub(crate) fn open(path: &Path) -> Result<Self, ModelError> {
        let file = File::open(path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => ModelError::Missing,
            _ => ModelError::Unreadable(e),
        })?;
        let metadata = file.metadata().map_err(ModelError::Unreadable)?;
        if !metadata.is_file() {
            return Err(ModelError::NotGguf);
        }
        let mut reader = BufReader::with_capacity(1 << 20, file);
        let mut magic = [0; 4];
        let read = reader.read_exact(&mut magic);
        if read.is_err() || &magic != b"GGUF" {
            return Err(ModelError::NotGguf);
        }
        reader.seek(SeekFrom::Start(0)).map_err(ModelError::Unreadable)?;
        let header = Content::read(&mut reader)
            .map_err(|e| ModelError::Header { detail: first_line(&e.to_string()) })?;
        let file = Self { reader, header, bytes: metadata.len() };
        file.check_extent()?;
        Ok(file)
    }

    /// Every tensor must lie inside the file: a download that broke off is the commonest damage.
    fn check_extent(&self) -> Result<(), ModelError> {
        let mut expected = self.header.tensor_data_offset;
        for (name, info) in &self.header.tensor_infos {
            let elements = info.shape.dims().iter().try_fold(1_u64, |n, d| n.checked_mul(*d as u64));
            let size = elements
                .map(|n| n.div_ceil(info.ggml_dtype.block_size() as u64))
                .and_then(|blocks| blocks.checked_mul(info.ggml_dtype.type_size() as u64));
            let end = size
                .and_then(|size| size.checked_add(info.offset)?.checked_add(self.header.tensor_data_offset));
            let end = end
                .ok_or_else(|| ModelError::Header { detail: format!("the size of {name} makes no sense") })?;
            expected = expected.max(end);
        }
        if expected > self.bytes {
            return Err(ModelError::CutOff { expected, found: self.bytes });
        }
        Ok(())
    }

    fn info(&self, name: &str, shape: &[usize]) -> Result<&TensorInfo, ModelError> {
        let info = self
            .header
            .tensor_infos
            .get(name)
            .ok_or_else(|| ModelError::NoTensor { name: name.to_owned() })?;
        if info.shape.dims() != shape {
            let found = info.shape.dims().to_vec();
            return Err(ModelError::Shape { name: name.to_owned(), expected: shape.to_vec(), found });
        }
        Ok(info)
    }

    /// Reads a tensor as f32; a missing one or another shape is refused.
    pub(crate) fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<Tensor, ModelError> {
        self.info(name, shape)?;
        let info = &self.header.tensor_infos[name];
        let stored = info.read(&mut self.reader, self.header.tensor_data_offset, &Device::Cpu)?;
        Ok(stored.dequantize(&Device::Cpu)?.to_dtype(DType::F32)?)
    }

    /// Reads a matrix of weights `[outputs, inputs]`. Formats that are not read from their blocks become f32 whatever
    /// is asked for.
    pub(crate) fn weight(
        &mut self,
        name: &str,
        shape: [usize; 2],
        precision: Precision,
    ) -> Result<Weight, ModelError> {
        let [outputs, inputs] = shape;
        let info = self.info(name, &shape)?;
        let start = self.header.tensor_data_offset + info.offset;
        let format = Format::of(info.ggml_dtype);
        let Some((format, row)) = format.and_then(|format| Some((format, format.row_bytes(inputs)?))) else {
            let values = self.tensor(name, &shape)?.flatten_all()?.to_vec1()?;
            return Ok(Weight::dense(values, inputs));
        };
        // `check_extent` has shown that so many bytes are there.
        let mut bytes = vec![0; outputs * row];
        self.reader.seek(SeekFrom::Start(start)).map_err(ModelError::Unreadable)?;
        self.reader.read_exact(&mut bytes).map_err(ModelError::Unreadable)?;
        let blocks = Blocks::new(format, bytes, inputs)
            .ok_or_else(|| ModelError::Header { detail: format!("{name} is not made of whole blocks") })?;
        if precision == Precision::Quantized && format != Format::F32 {
            return Ok(Weight::Blocks(blocks));
        }
        let mut values = vec![0.0; outputs * inputs];
        blocks.unpack(0..outputs, &mut values);
        Ok(Weight::dense(values, inputs))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.header.tensor_infos.contains_key(name)
    }

    pub(crate) fn facts(&self, path: &Path, config: &Config) -> Facts {
        let elements = |info: &TensorInfo| info.shape.elem_count() as u64;
        let tensors = || self.header.tensor_infos.values();
        let mut kinds: Vec<(String, u64)> = Vec::new();
        for info in tensors() {
            let kind = format!("{:?}", info.ggml_dtype);
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, sum)) => *sum += elements(info),
                None => kinds.push((kind, elements(info))),
            }
        }
        let most = kinds.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
        let stem = || path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let name = match self.header.metadata.get("general.name") {
            Some(Value::String(name)) if !name.trim().is_empty() => name.trim().to_owned(),
            _ => stem(),
        };
        Facts {
            name,
            architecture: config.architecture.clone(),
            quantization: most.map_or_else(String::new, |(kind, _)| kind),
            blocks: config.blocks,
            hidden_size: config.hidden_size,
            vocabulary: self.header.tensor_infos.get("token_embd.weight").map_or(0, |t| t.shape.dims()[0]),
            context_length: config.context_length,
            parameters: tensors().map(elements).sum(),
            file_bytes: self.bytes,
        }
    }
}

/// candle appends its backtrace to an error's text; a person needs the first line.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}

/// What a model file's header says, without loading the weights.
///
/// # Errors
/// As [`super::Model::load`].
pub fn read_facts(path: &Path) -> Result<Facts, ModelError> {
    let file = ModelFile::open(path)?;
    let config = Config::from_gguf(&file.header)?;
    Ok(file.facts(path, &config))
}

/// The SHA-256 of a file, in hexadecimal. `progress` is called with the share that is done, 0 to 1.
///
/// # Errors
/// Where the file cannot be read, or `progress` says stop.
pub fn fingerprint(
    path: &Path,
    progress: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<String, ModelError> {
    let mut file = File::open(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => ModelError::Missing,
        _ => ModelError::Unreadable(e),
    })?;
    let bytes = file.metadata().map_err(ModelError::Unreadable)?.len().max(1);
    let (mut hash, mut buffer, mut done) = (Sha256::new(), vec![0; 1 << 20], 0_u64);
    loop {
        let read = file.read(&mut buffer).map_err(ModelError::Unreadable)?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
        done += read as u64;
        if progress(done as f64 / bytes as f64).is_break() {
            return Err(ModelError::Stopped);
        }
    }
    let digits =
        |byte: &u8| [byte >> 4, byte & 15].map(|half| char::from_digit(half.into(), 16).unwrap_or('0'));
    Ok(hash.finalize().iter().flat_map(digits).collect())
}

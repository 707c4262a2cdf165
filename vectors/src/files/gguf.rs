//! GGUF control vectors, as llama.cpp and repeng read and write them.
//!
//! `general.architecture` is `controlvector`; a tensor `direction.N` (F32, one dimension) is added to the output of the
//! 0-based block N. llama.cpp reads no `direction.0`, so a vector for block 0 cannot be represented. It reads the tensors only;
//! the provenance is in keys of our own, beside `controlvector.model_hint` and `controlvector.layer_count`.

use std::ops::Range;

use super::bytes::{FloatType, to_bytes};
use super::contents::{Contents, Holds};
use super::error::damaged;
use super::{FileError, MAX_LAYERS, Provenance, VectorFile};
use crate::model::{GgufHeader, ModelError, TensorInfo, extent};
use crate::ops::weight::Format;
use crate::steering::SteeringVector;

const FORMAT: &str = "GGUF";
const ARCHITECTURE: &str = "controlvector";
const MODEL_HINT: &str = "controlvector.model_hint";
/// The prefix of our own metadata keys.
const KEY_PREFIX: &str = "tiller.";

/// GGUF type codes of metadata values.
const UINT32: u32 = 4;
const STRING: u32 = 8;
/// The ggml type code of F32.
const F32: u32 = 0;

/// The alignment of the data section and of each tensor, in bytes.
const ALIGNMENT: usize = 32;

/// Parses the bytes of a file.
///
/// # Errors
/// Where the file is truncated or damaged, is not a control vector, or has a vector for block 0.
pub fn parse(bytes: &[u8]) -> Result<Contents, FileError> {
    if let [b'G', b'G', b'U', b'F', 0, 0, 0, 1..=3, ..] = bytes {
        return Err(damaged(
            FORMAT,
            "at byte 4",
            "its numbers have their highest byte first (big-endian), which is not read",
        ));
    }
    let header = GgufHeader::parse_where(bytes, check).map_err(|Refused(error)| error)?;
    let mut ranges = Vec::new();
    let vector = |tensor: &TensorInfo| -> Result<SteeringVector, FileError> {
        let layer = layer(tensor)?;
        let range =
            header.data.checked_add(tensor.offset).and_then(|from| extent(from, &tensor.shape, Format::F32));
        let behind = || damaged(FORMAT, &tensor.name, "it lies behind the file's end");
        let range = range.filter(|range| range.end <= bytes.len()).ok_or_else(behind)?;
        let numbers = bytes.get(range.clone()).ok_or_else(behind)?;
        // Each vector has bytes of its own, so that no more is read than there is.
        if ranges.iter().any(|other: &Range<usize>| other.start < range.end && range.start < other.end) {
            return Err(damaged(FORMAT, &tensor.name, "it lies over another tensor"));
        }
        ranges.push(range);
        Ok(SteeringVector { layer, values: FloatType::F32.read(numbers).into() })
    };
    let vectors: Vec<SteeringVector> = header.tensors.iter().map(vector).collect::<Result<_, _>>()?;
    let mut provenance =
        Provenance::from_texts(|key| header.text(&format!("{KEY_PREFIX}{key}")).map(str::to_owned));
    if provenance.architecture.is_none() {
        // llama.cpp's own generator pads the hint with blanks.
        let hint = header.text(MODEL_HINT).map(str::trim).filter(|hint| !hint.is_empty());
        provenance.architecture = hint.map(str::to_owned);
    }
    Ok(Contents::new(Holds::Layers(vectors), provenance))
}

/// The error of a header that is not a control vector's.
struct Refused(FileError);

impl From<ModelError> for Refused {
    fn from(error: ModelError) -> Self {
        Self(match error {
            // Which formats a model may have is no step for a vector.
            ModelError::Stored { what, .. } => {
                let detail = format!("it has {what}, and a control vector in GGUF is stored as F32");
                FileError::NotAVector { detail }
            }
            ModelError::NotGguf => damaged(FORMAT, "at byte 0", "it does not begin with GGUF"),
            ModelError::Header { detail } => damaged(FORMAT, "in its header", detail),
            error => damaged(FORMAT, "in its header", error),
        })
    }
}

/// Refuses an adapter and a whole model before the tensors are read.
fn check(header: &GgufHeader, tensors: u64) -> Result<(), Refused> {
    let refuse = |detail| Err(Refused(FileError::NotAVector { detail }));
    if header.text("general.type") == Some("adapter") {
        return Err(Refused(FileError::Foreign {
            kind: "an adapter for llama.cpp",
            next: "make peft's folder of it with `tiller-cli adapter export`",
        }));
    }
    if tensors > MAX_LAYERS as u64 {
        return refuse(format!("it has {tensors} tensors: it may be a whole model"));
    }
    let architecture = header.text("general.architecture").unwrap_or_default();
    if architecture != ARCHITECTURE {
        return refuse(format!(
            "its architecture is {architecture:?}, a control vector's is {ARCHITECTURE:?}"
        ));
    }
    Ok(())
}

/// Returns the layer that a tensor's name gives.
fn layer(tensor: &TensorInfo) -> Result<usize, FileError> {
    let TensorInfo { name, shape, format, .. } = tensor;
    let refuse = |detail| Err(FileError::NotAVector { detail });
    if shape.iter().filter(|size| **size != 1).count() > 1 {
        return refuse(format!("the tensor {name:?} has the shape {shape:?}, not [size]"));
    }
    if *format != Format::F32 {
        return refuse(format!("the tensor {name:?} is not stored as F32"));
    }
    match name.strip_prefix("direction.").and_then(|number| number.parse().ok()) {
        Some(layer) if layer > 0 => Ok(layer),
        _ => refuse(format!("the tensor {name:?} is none of direction.1, direction.2, ...")),
    }
}

/// Returns the bytes of the file.
///
/// # Errors
/// Where a vector is for block 0.
pub fn write(file: &VectorFile) -> Result<Vec<u8>, FileError> {
    if file.vectors.iter().any(|vector| vector.layer == 0) {
        let detail = "llama.cpp adds nothing after block 0, so a vector for layer 0 cannot be said".into();
        return Err(FileError::Inexpressible { format: "a GGUF control vector", detail });
    }
    let hint = file.provenance.architecture.clone().unwrap_or_default();
    let mut texts =
        vec![("general.architecture".to_owned(), ARCHITECTURE.to_owned()), (MODEL_HINT.to_owned(), hint)];
    texts.extend(file.provenance.name.iter().map(|name| ("general.name".to_owned(), name.clone())));
    texts.extend(
        file.provenance.to_texts().into_iter().map(|(key, text)| (format!("{KEY_PREFIX}{key}"), text)),
    );

    let mut bytes = b"GGUF".to_vec();
    bytes.extend(3_u32.to_le_bytes());
    bytes.extend((file.vectors.len() as u64).to_le_bytes());
    bytes.extend((texts.len() as u64 + 1).to_le_bytes());
    for (key, value) in &texts {
        push_text(&mut bytes, key);
        bytes.extend(STRING.to_le_bytes());
        push_text(&mut bytes, value);
    }
    push_text(&mut bytes, "controlvector.layer_count");
    bytes.extend(UINT32.to_le_bytes());
    bytes.extend((file.vectors.len() as u32).to_le_bytes());
    let numbers_size = (4 * file.size()).next_multiple_of(ALIGNMENT);
    for (index, vector) in file.vectors.iter().enumerate() {
        push_text(&mut bytes, &format!("direction.{}", vector.layer));
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend((vector.values.len() as u64).to_le_bytes());
        bytes.extend(F32.to_le_bytes());
        bytes.extend(((index * numbers_size) as u64).to_le_bytes());
    }
    for vector in &file.vectors {
        bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
        bytes.extend(to_bytes(&vector.values));
    }
    bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
    Ok(bytes)
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GGUF's number for lists.
    const ARRAY: u32 = 9;

    fn one(layer: usize) -> VectorFile {
        let vector = SteeringVector { layer, values: [1.0, -2.5, 3.0].into() };
        VectorFile::new(vec![vector], Provenance::default()).unwrap()
    }

    #[test]
    fn block_0_cannot_be_represented() {
        assert!(matches!(write(&one(0)), Err(FileError::Inexpressible { .. })));
    }

    #[test]
    fn every_cut_is_refused() {
        let bytes = write(&one(3)).unwrap();
        assert_eq!(parse(&bytes).unwrap().vectors(None, None).unwrap(), one(3));
        // The last vector is padded: up to its last number every byte is needed.
        let needed = bytes.len() - (ALIGNMENT - 12);
        for length in 0..needed {
            assert!(parse(&bytes[..length]).is_err(), "{length} of {needed} bytes");
        }
    }

    #[test]
    fn a_model_is_recognized_by_its_architecture_before_its_tensors_are_read() {
        let mut model = b"GGUF".to_vec();
        model.extend(3_u32.to_le_bytes());
        // The header announces one tensor and one key.
        model.extend([1_u64.to_le_bytes(), 1_u64.to_le_bytes()].concat());
        push_text(&mut model, "general.architecture");
        model.extend(STRING.to_le_bytes());
        push_text(&mut model, "llama");
        let refused = parse(&model).unwrap_err();
        assert!(
            matches!(&refused, FileError::NotAVector { detail } if detail.contains("llama")),
            "{refused}"
        );
        let mut adapter = model[..16].to_vec();
        adapter.extend(1_u64.to_le_bytes());
        push_text(&mut adapter, "general.type");
        adapter.extend(STRING.to_le_bytes());
        push_text(&mut adapter, "adapter");
        assert!(parse(&adapter).unwrap_err().to_string().contains("an adapter for llama.cpp"));
        model[8..16].copy_from_slice(&2_000_u64.to_le_bytes());
        assert!(parse(&model).unwrap_err().to_string().contains("a whole model"));
        assert!(matches!(parse(b"GGML").unwrap_err(), FileError::Damaged { .. }));
    }

    #[test]
    fn vectors_over_each_other_and_the_other_order_of_bytes_are_refused() {
        let vectors = [3, 5].map(|layer| SteeringVector { layer, values: [1.0; 8].into() });
        let mut bytes = write(&VectorFile::new(vectors.to_vec(), Provenance::default()).unwrap()).unwrap();
        assert!(parse(&bytes).is_ok());
        // The second one's offset, 32, is the last number of the header.
        let at = bytes.windows(8).rposition(|window| window == 32_u64.to_le_bytes()).unwrap();
        bytes[at] = 0;
        assert!(parse(&bytes).unwrap_err().to_string().contains("lies over another"));
        bytes[4..8].copy_from_slice(&3_u32.to_be_bytes());
        assert!(parse(&bytes).unwrap_err().to_string().contains("big-endian"));
    }

    #[test]
    fn false_lengths_allocate_no_memory() {
        let mut bytes = write(&one(3)).unwrap();
        // The number of keys, then of tensors.
        bytes[16..24].copy_from_slice(&u64::MAX.to_le_bytes());
        assert!(parse(&bytes).is_err());
        bytes[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
        assert!(parse(&bytes).is_err());
    }

    #[test]
    fn metadata_of_every_type_is_skipped() {
        let mut head = b"GGUF".to_vec();
        head.extend(3_u32.to_le_bytes());
        head.extend(0_u64.to_le_bytes());
        head.extend(1_u64.to_le_bytes());
        push_text(&mut head, "general.tags");
        let with = |value: &[u8]| parse(&[head.as_slice(), value].concat()).unwrap_err().to_string();
        let words = [ARRAY, STRING].map(u32::to_le_bytes).concat();
        let mut list = words.clone();
        list.extend(1_u64.to_le_bytes());
        push_text(&mut list, "steering");
        assert!(with(&list).contains("architecture"), "{}", with(&list));
        let mut false_length = words;
        false_length.extend(u64::MAX.to_le_bytes());
        assert!(with(&false_length).contains("promised"));
        let nested: Vec<u8> =
            std::iter::repeat_n([ARRAY.to_le_bytes().to_vec(), 1_u64.to_le_bytes().to_vec()], 90)
                .flatten()
                .flatten()
                .collect();
        assert!(
            with(&[&ARRAY.to_le_bytes(), nested.as_slice()].concat()).contains("type"),
            "{}",
            with(&nested)
        );
        assert!(with(&99_u32.to_le_bytes()).contains("type 99"));
    }
}

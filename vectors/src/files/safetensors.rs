//! safetensors files: a tensor `layer.N` for each layer N, and the provenance as metadata.

use std::fmt::Write as _;

use safetensors::{Dtype, SafeTensors};
use serde_json::{Map, Value, json};

use super::beside::{self, with_layers};
use super::bytes::{self, FloatType};
use super::contents::{Contents, Count, Tensor, is_main, layer_of};
use super::error::damaged;
use super::{FileError, MAX_LAYERS, Provenance, VectorFile};
use crate::steering::SteeringVector;

const FORMAT: &str = "safetensors";

/// The longest header that is read, in bytes: 10,000 tensors of an adapter take 2 MB.
const MAX_HEADER_BYTES: u64 = 8 << 20;

/// Parses the bytes of a file.
///
/// # Errors
/// Where the file is truncated or damaged, or a tensor is not a vector of floats.
pub fn parse(bytes: &[u8]) -> Result<Contents, FileError> {
    let refuse = |error| damaged(FORMAT, "its header", error);
    check_header(bytes)?;
    // The library refuses tensors that lie over each other, so that no more is read than there is.
    let tensors = SafeTensors::deserialize(bytes).map_err(refuse)?;
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(refuse)?;
    let texts = header.metadata().as_ref();
    let provenance = Provenance::from_texts(|key| texts.and_then(|texts| texts.get(key)).cloned());
    if tensors.len() > MAX_LAYERS {
        let detail = format!("it has {} tensors: it may be a whole model", tensors.len());
        return Err(FileError::NotAVector { detail });
    }
    let (mut all, mut others, mut count) = (Vec::new(), Vec::new(), Count::default());
    for (name, tensor) in tensors.iter() {
        let Some(kind) = float_type(tensor.dtype()) else {
            // Beside the vector there may be its layer, a count or a mask.
            let size = whole_numbers(tensor.dtype()).filter(|_| tensors.len() > 1);
            if let Some((size, is_signed)) = size.filter(|_| layer_of(name).is_none() && !is_main(name)) {
                let numbers = beside::layers(tensor.data(), size, is_signed, false);
                others.push((name.to_owned(), numbers));
                continue;
            }
            let detail = format!("the tensor {name:?} is stored as {:?}", tensor.dtype());
            return Err(FileError::NotAVector { detail });
        };
        count.add(tensor.shape())?;
        let values = kind.read(tensor.data());
        all.push(Tensor { name: name.to_owned(), shape: tensor.shape().to_vec(), values });
    }
    // The library keeps them in no order.
    all.sort_by(|one: &Tensor, other| one.name.cmp(&other.name));
    others.sort_by(|one, other| one.0.cmp(&other.0));
    with_layers(Contents::of_tensors(all, provenance)?, others)
}

/// The bytes of a whole number of this type, and whether it has a sign; `None` where the type is another one.
fn whole_numbers(stored: Dtype) -> Option<(usize, bool)> {
    match stored {
        Dtype::I8 => Some((1, true)),
        Dtype::U8 | Dtype::BOOL => Some((1, false)),
        Dtype::I16 => Some((2, true)),
        Dtype::U16 => Some((2, false)),
        Dtype::I32 => Some((4, true)),
        Dtype::U32 => Some((4, false)),
        Dtype::I64 => Some((8, true)),
        Dtype::U64 => Some((8, false)),
        _ => None,
    }
}

/// Refuses a header that is longer than [`MAX_HEADER_BYTES`] before it is parsed.
pub(super) fn check_header(bytes: &[u8]) -> Result<(), FileError> {
    let length = bytes.first_chunk::<8>().map_or(0, |length| u64::from_le_bytes(*length));
    // What is longer than the file is refused by the library, and so is what is no length at all.
    if length > MAX_HEADER_BYTES && length < bytes.len() as u64 {
        return Err(damaged(
            FORMAT,
            "its header",
            format!("it has {length} bytes, at most {MAX_HEADER_BYTES} are read"),
        ));
    }
    Ok(())
}

/// Returns the float type of a tensor; `None` where it is not a float.
pub(super) fn float_type(stored: Dtype) -> Option<FloatType> {
    match stored {
        Dtype::F16 => Some(FloatType::F16),
        Dtype::BF16 => Some(FloatType::Bf16),
        Dtype::F32 => Some(FloatType::F32),
        Dtype::F64 => Some(FloatType::F64),
        _ => None,
    }
}

/// Returns the file's bytes; the same for the same content.
///
/// # Errors
/// Never: the format can represent every [`VectorFile`].
pub fn write(file: &VectorFile) -> Result<Vec<u8>, FileError> {
    let tensor = |vector: &SteeringVector| {
        (format!("layer.{}", vector.layer), vec![vector.values.len()], bytes::to_bytes(&vector.values))
    };
    Ok(serialize(file.provenance.to_texts(), file.vectors.iter().map(tensor)))
}

/// Serializes a file of f32 tensors (name, shape, bytes), with `texts` as its metadata.
pub(super) fn serialize(
    texts: Vec<(&'static str, String)>,
    tensors: impl Iterator<Item = (String, Vec<usize>, Vec<u8>)>,
) -> Vec<u8> {
    let (mut header, mut data) = (Map::new(), Vec::new());
    let texts = texts.into_iter().map(|(key, text)| (key.to_owned(), Value::String(text)));
    header.insert("__metadata__".into(), Value::Object(texts.collect()));
    for (name, shape, bytes) in tensors {
        let start = data.len();
        data.extend(bytes);
        header.insert(name, json!({"dtype": "F32", "shape": shape, "data_offsets": [start, data.len()]}));
    }
    let mut header = Value::Object(header).to_string();
    // The numbers begin at a multiple of 8 bytes.
    let padding = header.len().next_multiple_of(8) - header.len();
    // Writing to a String does not fail.
    let _ = write!(header, "{:padding$}", "");
    let mut all = (header.len() as u64).to_le_bytes().to_vec();
    all.extend(header.into_bytes());
    all.extend(data);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
    }

    #[test]
    fn one_foreign_tensor_is_read_with_a_layer() {
        let header = r#"{"steer":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]}}"#;
        let bytes = file(header, &[0, 0x3c, 0, 0xc0]);
        assert!(matches!(parse(&bytes).unwrap().vectors(None, None), Err(FileError::NoLayer { .. })));
        let read = parse(&bytes).unwrap().vectors(Some(7), None).unwrap();
        assert_eq!(read.vectors, [SteeringVector { layer: 7, values: [1.0, -2.0].into() }]);
    }

    #[test]
    fn a_layer_beside_the_vector_is_read_whatever_whole_number_it_is() {
        let beside = |name: &str, dtype: &str, shape: &str, layer: &[u8]| {
            let end = 8 + layer.len();
            let header = format!(
                r#"{{"vector":{{"dtype":"F32","shape":[2],"data_offsets":[0,8]}},"{name}":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[8,{end}]}}}}"#
            );
            let data = [&1.0_f32.to_le_bytes()[..], &2.0_f32.to_le_bytes(), layer].concat();
            let file = parse(&file(&header, &data))?.vectors(None, None)?;
            Ok::<_, FileError>((file.vectors[0].layer, file.notes))
        };
        for (name, dtype, shape, bytes) in [
            ("layer", "I64", "[]", &14_i64.to_le_bytes()[..]),
            ("layer", "I32", "[1]", &14_i32.to_le_bytes()[..]),
            ("layer_idx", "U8", "[]", &[14][..]),
            ("Layer", "I16", "[1]", &14_i16.to_le_bytes()[..]),
        ] {
            assert_eq!(beside(name, dtype, shape, bytes).unwrap(), (14, vec![]), "{name} {dtype} {shape}");
        }
        // A count is no layer, and neither is a negative number.
        for (name, number) in [("n", 14_i64), ("layer", -1)] {
            let refused = beside(name, "I64", "[]", &number.to_le_bytes());
            assert!(matches!(refused, Err(FileError::NoLayer { .. })), "{name}: {refused:?}");
        }
    }

    #[test]
    fn other_tensors_are_refused_by_name() {
        let message = |header: &str, data: &[u8]| parse(&file(header, data)).unwrap_err().to_string();
        let integers = r#"{"layer.1":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}"#;
        assert!(message(integers, &[0; 4]).contains("I32"));
        let matrix = r#"{"layer.1":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}"#;
        assert!(message(matrix, &[0; 16]).contains("[2, 2]"));
        let outside = r#"{"layer.1":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}}"#;
        assert!(message(outside, &[0; 4]).contains("header"));
        let two = r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"layer.2":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#;
        let several = parse(&file(two, &[0; 8])).unwrap().vectors(None, None).unwrap_err();
        assert!(matches!(&several, FileError::Several { names } if names.contains("\"a\"")), "{several}");
        let over = r#"{"1":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"2":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
        assert!(message(over, &[0; 4]).contains("header"));
        assert!(parse(&[255; 8]).is_err());
        let long =
            [&(MAX_HEADER_BYTES + 1).to_le_bytes()[..], &vec![b' '; MAX_HEADER_BYTES as usize + 1]].concat();
        assert!(parse(&long).unwrap_err().to_string().contains("at most"));
    }
}

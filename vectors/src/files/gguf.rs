//! GGUF control vectors, as llama.cpp and repeng read and write them.
//!
//! `general.architecture` is `controlvector`; a tensor `direction.N` (F32, one dimension) is added to the output of the
//! 0-based block N. llama.cpp reads no `direction.0`, so a vector for block 0 cannot be represented. It reads the tensors only;
//! the provenance is in keys of our own, beside `controlvector.model_hint` and `controlvector.layer_count`.

use std::collections::BTreeMap;

use super::bytes::{Cursor, FloatType, to_bytes};
use super::{FileError, MAX_LAYERS, Provenance, VectorFile};
use crate::steering::SteeringVector;

const FORMAT: &str = "GGUF";
const ARCHITECTURE: &str = "controlvector";
const MODEL_HINT: &str = "controlvector.model_hint";
/// The prefix of our own metadata keys.
const KEY_PREFIX: &str = "tiller.";

/// GGUF type codes of metadata values.
const UINT32: u32 = 4;
const STRING: u32 = 8;
const ARRAY: u32 = 9;
/// The ggml type code of F32.
const F32: u32 = 0;

/// The default alignment of the data section and of each tensor, in bytes.
const ALIGNMENT: usize = 32;
/// The deepest nesting of arrays that is skipped.
const MAX_DEPTH: usize = 8;

/// Parses the bytes of a file.
///
/// # Errors
/// Where the file is truncated or damaged, is not a control vector, or has a vector for block 0.
pub fn parse(bytes: &[u8]) -> Result<VectorFile, FileError> {
    let mut cursor = Cursor::new(FORMAT, bytes);
    if cursor.take(4)? != b"GGUF" {
        return Err(cursor.refuse("it does not begin with GGUF"));
    }
    let version = cursor.u32()?;
    if !(2..=3).contains(&version) {
        return Err(cursor.refuse(format!("version {version} is not known")));
    }
    let (tensors, keys) = (cursor.length()?, cursor.length()?);
    if tensors > MAX_LAYERS {
        return Err(FileError::NotAVector {
            detail: format!("it has {tensors} tensors: it may be a whole model"),
        });
    }
    let (mut texts, mut alignment) = (BTreeMap::new(), ALIGNMENT);
    for _ in 0..keys {
        let key = text(&mut cursor)?.to_owned();
        match cursor.u32()? {
            STRING => drop(texts.insert(key, text(&mut cursor)?.to_owned())),
            UINT32 if key == "general.alignment" => alignment = cursor.u32()? as usize,
            kind => skip(&mut cursor, kind, 0)?,
        }
    }
    if !alignment.is_power_of_two() {
        return Err(cursor.refuse(format!("numbers aligned to {alignment} bytes make no sense")));
    }
    let architecture = texts.get("general.architecture").map_or("", String::as_str);
    if architecture != ARCHITECTURE {
        let detail = format!("its architecture is {architecture:?}, a control vector's is {ARCHITECTURE:?}");
        return Err(FileError::NotAVector { detail });
    }
    let mut directions = Vec::with_capacity(tensors);
    for _ in 0..tensors {
        directions.push(direction(&mut cursor)?);
    }
    let start = cursor.at().next_multiple_of(alignment);
    let vector = |direction: Direction| -> Result<SteeringVector, FileError> {
        let from = start.checked_add(direction.offset).filter(|from| *from <= bytes.len());
        let mut numbers = Cursor::new(FORMAT, bytes);
        numbers.take(from.ok_or_else(|| numbers.refuse("a direction lies behind the file's end"))?)?;
        let size = direction
            .size
            .checked_mul(4)
            .ok_or_else(|| numbers.refuse("a direction's size makes no sense"))?;
        Ok(SteeringVector { layer: direction.layer, values: FloatType::F32.read(numbers.take(size)?).into() })
    };
    let vectors: Vec<SteeringVector> = directions.into_iter().map(vector).collect::<Result<_, _>>()?;
    let mut provenance = Provenance::from_texts(|key| texts.get(&format!("{KEY_PREFIX}{key}")).cloned());
    if provenance.architecture.is_none() {
        // llama.cpp's own generator pads the hint with blanks.
        let hint = texts.get(MODEL_HINT).map(|hint| hint.trim()).filter(|hint| !hint.is_empty());
        provenance.architecture = hint.map(str::to_owned);
    }
    VectorFile::new(vectors, provenance)
}

/// The header entry of a tensor.
struct Direction {
    layer: usize,
    size: usize,
    offset: usize,
}

fn direction(cursor: &mut Cursor<'_>) -> Result<Direction, FileError> {
    let name = text(cursor)?.to_owned();
    let dimensions = cursor.u32()?;
    if dimensions != 1 {
        return Err(FileError::NotAVector {
            detail: format!("the tensor {name:?} has {dimensions} dimensions, not 1"),
        });
    }
    let (size, kind, offset) = (cursor.length()?, cursor.u32()?, cursor.length()?);
    if kind != F32 {
        return Err(FileError::NotAVector { detail: format!("the tensor {name:?} is not stored as F32") });
    }
    let layer =
        name.strip_prefix("direction.").and_then(|number| number.parse().ok()).filter(|layer| *layer > 0);
    let layer = layer.ok_or_else(|| FileError::NotAVector {
        detail: format!("the tensor {name:?} is none of direction.1, direction.2, ..."),
    })?;
    Ok(Direction { layer, size, offset })
}

fn text<'a>(cursor: &mut Cursor<'a>) -> Result<&'a str, FileError> {
    let length = cursor.length()?;
    cursor.text(length)
}

/// Skips a metadata value without allocating memory for it.
fn skip(cursor: &mut Cursor<'_>, kind: u32, depth: usize) -> Result<(), FileError> {
    if let Some(size) = fixed_size(kind) {
        return cursor.take(size).map(drop);
    }
    match kind {
        STRING => text(cursor).map(drop),
        ARRAY if depth < MAX_DEPTH => {
            let (kind, count) = (cursor.u32()?, cursor.length()?);
            match fixed_size(kind) {
                Some(size) => {
                    let bytes = count.checked_mul(size);
                    cursor
                        .take(bytes.ok_or_else(|| cursor.refuse("an array's length makes no sense"))?)
                        .map(drop)
                }
                // Every element takes bytes, so a false length fails at the end of the file.
                None => (0..count).try_for_each(|_| skip(cursor, kind, depth + 1)),
            }
        }
        other => Err(cursor.refuse(format!("a value of type {other} is not known"))),
    }
}

/// The size of a value of a fixed-size type, in bytes.
fn fixed_size(kind: u32) -> Option<usize> {
    match kind {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}

/// The bytes of the file.
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
        assert_eq!(parse(&bytes).unwrap(), one(3));
        // The last vector is padded: up to its last number every byte is needed.
        let needed = bytes.len() - (ALIGNMENT - 12);
        for length in 0..needed {
            assert!(parse(&bytes[..length]).is_err(), "{length} of {needed} bytes");
        }
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

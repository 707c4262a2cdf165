//! Copies a GGUF file with other metadata, changed tensors and added ones. The bytes of every other tensor stay, and so do
//! their order and offsets; what is added stands behind them.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::ops::Range;
use std::path::Path;

use super::patched_copy::{self, Meter, Patch, With};
use super::project_out;
use super::recipe::{Change, Label};
use super::{BakeError, numbers};
use crate::model::{GgufHeader, ModelError, Source, TensorInfo, TensorPlace, extent};
use crate::ops::weight::Format;

const NAME: &str = "general.name";
/// The prefix of what a baked model says about itself.
pub(super) const OWN: &str = "tiller.baked.";
/// GGUF's type number of texts.
const TEXT: u32 = 8;

/// A GGUF file as it will be written.
pub(super) struct Edited {
    /// The header, with its padding.
    head: Vec<u8>,
    /// The tensors' data in the source.
    data: Range<usize>,
    patches: Vec<Patch>,
    added: Vec<Added>,
    alignment: usize,
}

/// A tensor that the source does not have.
struct Added {
    name: String,
    /// Rows first.
    shape: Vec<usize>,
    format: Format,
    content: Content,
}

enum Content {
    Bytes(Vec<u8>),
    /// The bytes of the source's file at this place.
    Copied(Range<usize>),
}

impl Content {
    fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Copied(range) => range.len(),
        }
    }
}

impl Edited {
    pub(super) fn new(
        source: &Source,
        header: &GgufHeader,
        change: &Change,
        label: &Label,
    ) -> Result<Self, BakeError> {
        let (mut patches, mut added) = (Vec::new(), Vec::new());
        match change {
            Change::Bias(biases) => {
                for (block, sum) in biases {
                    let name = format!("blk.{block}.ffn_down.bias");
                    match source.tensors.place(&name) {
                        Some(place) => patches.push(add_to(source, place, &name, sum)?),
                        None => added.push(Added {
                            shape: vec![sum.len()],
                            format: Format::F32,
                            content: Content::Bytes(numbers::encode(Format::F32, sum, &name)?),
                            name,
                        }),
                    }
                }
            }
            Change::TakeOut(direction) => {
                patches.extend(project_out::patches(source, direction)?.into_iter().map(|(_, patch)| patch));
                added.extend(project_out::shared_head(source).map(|place| Added {
                    name: "output.weight".to_owned(),
                    shape: place.shape,
                    format: place.format,
                    content: Content::Copied(place.range),
                }));
            }
        }
        patches.sort_by_key(|patch| patch.range.start);
        let data = header.data..end_of_data(header)?;
        let alignment = header.layout.alignment;
        let from = (data.len()).next_multiple_of(alignment);
        let head = write_header(&source.tensors.files()[0], header, &added, label, from);
        Ok(Self { head, data, patches, added, alignment })
    }

    pub(super) fn write(
        &self,
        source: &Path,
        out: &mut File,
        meter: &mut Meter<'_>,
    ) -> Result<(), BakeError> {
        let (mut from, _) = regular_file::open(source).map_err(ModelError::from)?;
        let mut out = BufWriter::with_capacity(1 << 20, out);
        out.write_all(&self.head)?;
        meter.count(self.data.start)?;
        patched_copy::copy(&mut from, self.data.clone(), &self.patches, &mut out, meter)?;
        let pad = |out: &mut BufWriter<&mut File>, length: usize| {
            out.write_all(&vec![0; length.next_multiple_of(self.alignment) - length])
        };
        pad(&mut out, self.data.len())?;
        for tensor in &self.added {
            match &tensor.content {
                Content::Bytes(bytes) => out.write_all(bytes)?,
                Content::Copied(range) => {
                    patched_copy::copy(&mut from, range.clone(), &[], &mut out, meter)?;
                }
            }
            pad(&mut out, tensor.content.len())?;
        }
        out.flush()?;
        Ok(())
    }
}

/// Returns a tensor of numbers with a sum added to it, in its own format.
fn add_to(source: &Source, place: TensorPlace, name: &str, sum: &[f32]) -> Result<Patch, BakeError> {
    if place.shape != [sum.len()] {
        let (expected, found) = (vec![sum.len()], place.shape);
        return Err(ModelError::Shape { name: name.to_owned(), expected, found }.into());
    }
    let stored = &source.tensors.files()[place.file][place.range.clone()];
    let bytes = numbers::with_sum(stored, place.format, name, sum)?;
    Ok(Patch { range: place.range, with: With::Bytes(bytes) })
}

/// Returns where the last tensor's data end in the file.
fn end_of_data(header: &GgufHeader) -> Result<usize, BakeError> {
    let end = |info: &TensorInfo| {
        let start = header.data.checked_add(info.offset)?;
        extent(start, &info.shape, info.format).map(|range| range.end)
    };
    let ends: Option<Vec<usize>> = header.tensors.iter().map(end).collect();
    let ends =
        ends.ok_or_else(|| ModelError::Header { detail: "the size of a tensor makes no sense".into() })?;
    Ok(ends.into_iter().max().unwrap_or(header.data))
}

/// Writes the header: the source's entries in their order and as they are, but for the name and for what an earlier baked
/// model said about itself; then ours; then the table of tensors with those that are added.
fn write_header(source: &[u8], header: &GgufHeader, added: &[Added], label: &Label, from: usize) -> Vec<u8> {
    let layout = &header.layout;
    let is_kept = |key: &str| key != NAME && !key.starts_with(OWN);
    let kept: Vec<&Range<usize>> =
        layout.keys.iter().filter(|(key, _)| is_kept(key)).map(|(_, range)| range).collect();
    let mut head = b"GGUF".to_vec();
    head.extend(layout.version.to_le_bytes());
    head.extend(((header.tensors.len() + added.len()) as u64).to_le_bytes());
    head.extend(((kept.len() + 1 + label.texts.len()) as u64).to_le_bytes());
    for range in kept {
        head.extend(&source[range.clone()]);
    }
    push_entry(&mut head, NAME, &label.name);
    for (key, text) in &label.texts {
        push_entry(&mut head, &format!("{OWN}{key}"), text);
    }
    head.extend(&source[layout.tensors.clone()]);
    let mut offset = from;
    for tensor in added {
        push_text(&mut head, &tensor.name);
        head.extend((tensor.shape.len() as u32).to_le_bytes());
        for size in tensor.shape.iter().rev() {
            head.extend((*size as u64).to_le_bytes());
        }
        head.extend(tensor.format.to_ggml().to_le_bytes());
        head.extend((offset as u64).to_le_bytes());
        offset += tensor.content.len().next_multiple_of(layout.alignment);
    }
    head.resize(head.len().next_multiple_of(layout.alignment), 0);
    head
}

fn push_entry(bytes: &mut Vec<u8>, key: &str, text: &str) {
    push_text(bytes, key);
    bytes.extend(TEXT.to_le_bytes());
    push_text(bytes, text);
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(text.as_bytes());
}

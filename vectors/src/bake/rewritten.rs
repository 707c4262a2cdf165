//! Writes the tests' GGUF files once more in other formats.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use super::numbers;
use crate::model::{GgufHeader, TensorInfo, extent};
use crate::ops::weight::Format;

/// Writes a GGUF file once more with its matrices in another format and all else in F32; as a file of another architecture
/// with the same tensors, where one is given.
pub(super) fn rewrite(source: &Path, format: Format, architecture: Option<&str>, target: &Path) {
    let bytes = fs::read(source).unwrap();
    let header = GgufHeader::parse(&bytes).unwrap();
    let mut out = std::io::BufWriter::new(fs::File::create(target).unwrap());
    let text = |text: &str| [(text.len() as u64).to_le_bytes().as_slice(), text.as_bytes()].concat();
    let mut head = [b"GGUF".as_slice(), &3_u32.to_le_bytes()].concat();
    head.extend((header.tensors.len() as u64).to_le_bytes());
    head.extend((header.layout.keys.len() as u64).to_le_bytes());
    let before = header.text("general.architecture").unwrap();
    for (key, range) in &header.layout.keys {
        let own = key.strip_prefix(before).filter(|rest| rest.starts_with('.'));
        match (architecture, own) {
            (Some(after), Some(own)) => {
                head.extend(text(&format!("{after}{own}")));
                head.extend(&bytes[range.clone()][8 + key.len()..]);
            }
            (Some(after), None) if key == "general.architecture" => {
                head.extend(&bytes[range.clone()][..8 + key.len() + 4]);
                head.extend(text(after));
            }
            _ => head.extend(&bytes[range.clone()]),
        }
    }
    let format = |info: &TensorInfo| if info.shape.len() > 1 { format } else { Format::F32 };
    let mut offset = 0_u64;
    for info in &header.tensors {
        head.extend(text(&info.name));
        head.extend((info.shape.len() as u32).to_le_bytes());
        info.shape.iter().rev().for_each(|size| head.extend((*size as u64).to_le_bytes()));
        head.extend(format(info).to_ggml().to_le_bytes());
        head.extend(offset.to_le_bytes());
        let bytes = extent(0, &info.shape, format(info)).unwrap().len();
        offset += (bytes as u64).next_multiple_of(32);
    }
    head.resize(head.len().next_multiple_of(32), 0);
    out.write_all(&head).unwrap();
    for info in &header.tensors {
        let range = extent(header.data + info.offset, &info.shape, info.format).unwrap();
        let values = numbers::decode(info.format, &bytes[range], *info.shape.last().unwrap()).unwrap();
        let stored = numbers::encode(format(info), &values, &info.name).unwrap();
        out.write_all(&stored).unwrap();
        out.write_all(&vec![0; stored.len().next_multiple_of(32) - stored.len()]).unwrap();
    }
    out.flush().unwrap();
}

//! The files of a folder as they are written: weights with patches and added tensors, and copies of the others.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::BakeError;
use super::patched_copy::{self, Meter, Patch};
use crate::model::ModelError;
use crate::ops::weight::Format;

/// The endings of other programs' weights, which a baked folder would contradict.
const OTHER_WEIGHTS: [&str; 10] =
    ["safetensors", "bin", "pt", "pth", "gguf", "h5", "msgpack", "onnx", "ot", "ckpt"];

/// A tensor that the source does not have.
pub(super) struct Added {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    pub(super) format: Format,
    pub(super) content: Content,
}

pub(super) enum Content {
    Bytes(Vec<u8>),
    /// A part of one of the source's files.
    Copied {
        file: usize,
        range: Range<usize>,
    },
}

impl Content {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Copied { range, .. } => range.len(),
        }
    }
}

/// A file of weights as it will be written.
pub(super) struct WeightFile {
    /// The file in the source, or the name of a file that is new.
    pub(super) path: PathBuf,
    is_new: bool,
    pub(super) patches: Vec<Patch>,
    pub(super) added: Vec<Added>,
}

impl WeightFile {
    pub(super) fn copy_of(path: PathBuf) -> Self {
        Self { path, is_new: false, patches: Vec::new(), added: Vec::new() }
    }

    pub(super) fn of_added(path: PathBuf, added: Vec<Added>) -> Self {
        Self { path, is_new: true, patches: Vec::new(), added }
    }

    /// Writes the file to a folder. `sources` are the files that content is copied from.
    pub(super) fn write(
        &self,
        out: &Path,
        sources: &[&Path],
        meter: &mut Meter<'_>,
    ) -> Result<(), BakeError> {
        let name = self.path.file_name().unwrap_or(OsStr::new("model.safetensors"));
        let mut out = BufWriter::with_capacity(1 << 20, File::create_new(out.join(name))?);
        if self.is_new {
            let header = header(Map::new(), 0, &self.added);
            out.write_all(&header)?;
        } else {
            let (mut from, bytes) = regular_file::open(&self.path).map_err(ModelError::from)?;
            let mut start = 0;
            if !self.added.is_empty() {
                let length = patched_copy::read(&mut from, 0..8)?;
                let length = u64::from_le_bytes(length.try_into().unwrap_or_default()) as usize;
                let entries = patched_copy::read(&mut from, 8..8 + length)?;
                let entries: Map<String, Value> = serde_json::from_slice(&entries).map_err(|error| {
                    BakeError::Folder(format!("the header of {} is no JSON: {error}", name.display()))
                })?;
                start = 8 + length;
                out.write_all(&header(entries, bytes as usize - start, &self.added))?;
                meter.count(start)?;
            }
            patched_copy::copy(&mut from, start..bytes as usize, &self.patches, &mut out, meter)?;
        }
        for tensor in &self.added {
            match &tensor.content {
                Content::Bytes(bytes) => out.write_all(bytes)?,
                Content::Copied { file, range } => {
                    let (mut from, _) = regular_file::open(sources[*file]).map_err(ModelError::from)?;
                    patched_copy::copy(&mut from, range.clone(), &[], &mut out, meter)?;
                }
            }
        }
        out.flush()?;
        Ok(())
    }
}

/// Writes a header with the added tensors behind `data` bytes, padded with blanks to whole words as the library does.
fn header(mut entries: Map<String, Value>, data: usize, added: &[Added]) -> Vec<u8> {
    let mut offset = data;
    for tensor in added {
        let end = offset + tensor.content.len();
        let dtype = tensor.format.name();
        entries.insert(
            tensor.name.clone(),
            json!({"dtype": dtype, "shape": tensor.shape, "data_offsets": [offset, end]}),
        );
        offset = end;
    }
    let mut text = Value::Object(entries).to_string().into_bytes();
    text.resize(text.len().next_multiple_of(8), b' ');
    [(text.len() as u64).to_le_bytes().as_slice(), &text].concat()
}

/// Lists the files of a folder that are copied as they are: all but hidden ones, weights, and those that are written anew.
pub(super) fn copied_files(folder: &Path, written: &[&str]) -> Result<Vec<PathBuf>, BakeError> {
    let is_copied = |path: &Path| {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_lowercase();
        let is_index = name.ends_with(".index.json");
        path.is_file()
            && !name.starts_with('.')
            && !written.contains(&name)
            && !is_index
            && !OTHER_WEIGHTS.contains(&ending.as_str())
    };
    let mut files = Vec::new();
    for file in fs::read_dir(folder)? {
        files.push(file?.path());
    }
    files.retain(|path| is_copied(path));
    files.sort();
    Ok(files)
}

/// Copies a file into a folder. Links are followed, as those of the hub's cache are.
pub(super) fn write_copy(path: &Path, out: &Path) -> Result<(), BakeError> {
    let (mut from, _) = regular_file::open(path).map_err(ModelError::from)?;
    let name = path.file_name().unwrap_or_default();
    let mut to = File::create_new(out.join(name))?;
    std::io::copy(&mut from, &mut to)?;
    Ok(())
}

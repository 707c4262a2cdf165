//! PyTorch files (`.pt`, `.pth`, `.bin`): a zip archive with a pickle that describes tensors, and their storages. The BiPO
//! authors' program saves one tensor; others save a parameter, a list, or a dictionary by layers or by names. The pickle is
//! parsed, never executed.

mod nested;

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::rc::Rc;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::contents::{Contents, Count, Tensor};
use super::error::damaged;
use super::pickle::{self, Description, Saved};
use super::{FileError, MAX_FILE_BYTES, Provenance, Table, bytes};

const FORMAT: &str = "PyTorch";

/// The largest pickle, in bytes; one tensor takes about 200.
const MAX_PICKLE_BYTES: u64 = 512 << 10;

/// The folder in the archive; PyTorch accepts any name.
const FOLDER: &str = "vector";

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Parses the bytes of a file.
///
/// # Errors
/// Where the file is truncated or damaged, contains something other than tensors of floats, or refers to code.
pub fn parse(bytes: &[u8]) -> Result<Contents, FileError> {
    if !bytes.starts_with(b"PK") {
        let detail = match bytes.first() {
            Some(0x80) => {
                "it was saved in PyTorch's old form; torch.save(torch.load(...), ...) makes a new one"
            }
            _ => "it is no zip archive",
        };
        return Err(damaged(FORMAT, "its beginning", detail));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes))
        .map_err(|error| damaged(FORMAT, "its table of contents", error))?;
    let pickle = archive.file_names().filter_map(Result::ok).find(|name| name.ends_with("/data.pkl"));
    let pickle =
        pickle.ok_or_else(|| damaged(FORMAT, "its table of contents", "there is no data.pkl"))?.into_owned();
    let folder = pickle.trim_end_matches("data.pkl").to_owned();
    let saved = pickle::describe(&content(&mut archive, &pickle, MAX_PICKLE_BYTES)?)?;
    let is_big = match content(&mut archive, &format!("{folder}byteorder"), 16) {
        Ok(order) if order == b"big" => true,
        Ok(order) if order != b"little" => {
            return Err(FileError::NotAVector { detail: "the order of its bytes is not known".into() });
        }
        _ => false,
    };
    Storages { archive, folder, is_big, read: BTreeMap::new(), bytes: 0, count: Count::default() }
        .contents(saved)
}

/// One storage: its numbers, and which of them a tensor has already.
struct Storage {
    numbers: Vec<f32>,
    is_taken: Vec<bool>,
}

/// The storages of a file, which are read when a tensor refers to them.
struct Storages<'a> {
    archive: Archive<'a>,
    folder: String,
    is_big: bool,
    read: BTreeMap<Rc<str>, Storage>,
    bytes: u64,
    count: Count,
}

impl Storages<'_> {
    /// The content of what the pickle describes.
    fn contents(&mut self, saved: Saved) -> Result<Contents, FileError> {
        let no_vector = |detail: String| FileError::NotAVector { detail };
        match saved {
            Saved::Tensor(description) => {
                let tensor = self.tensor(String::new(), &description)?;
                Contents::of_tensors(vec![tensor], Provenance::default())
            }
            Saved::List(items) => self.of_list(items),
            Saved::Dict(entries) => self.of_dictionary(entries),
            Saved::Integer(_) | Saved::Other => {
                Err(no_vector("its pickle describes something other than tensors".into()))
            }
        }
    }

    fn tensor(&mut self, name: String, description: &Description) -> Result<Tensor, FileError> {
        self.count.add(&description.shape)?;
        let storage = match self.read.remove(&description.key) {
            Some(storage) => storage,
            None => self.storage(description)?,
        };
        let storage = self.read.entry(Rc::clone(&description.key)).or_insert(storage);
        let values = view(description, storage)?;
        Ok(Tensor { name, shape: description.shape.clone(), values })
    }

    fn storage(&mut self, description: &Description) -> Result<Storage, FileError> {
        let name = format!("{}data/{}", self.folder, description.key);
        let stored = content(&mut self.archive, &name, MAX_FILE_BYTES)?;
        // Files of an archive may lie over each other; their sum is that of an archive where they do not.
        self.bytes += stored.len() as u64;
        if self.bytes > MAX_FILE_BYTES {
            return Err(FileError::TooLarge { bytes: self.bytes, limit: MAX_FILE_BYTES });
        }
        let numbers = description.kind.read_ordered(&stored, self.is_big);
        Ok(Storage { is_taken: vec![false; numbers.len()], numbers })
    }
}

/// Reads a file of the archive. PyTorch does not compress; a compressed file is refused, so none is larger than the archive.
fn content(archive: &mut Archive<'_>, name: &str, limit: u64) -> Result<Vec<u8>, FileError> {
    let refuse = |detail: String| damaged(FORMAT, name, detail);
    let file = archive.by_name(name).map_err(|error| refuse(error.to_string()))?;
    if file.compression() != CompressionMethod::Stored {
        return Err(refuse("it is compressed, which PyTorch does not do".into()));
    }
    if file.size() > limit {
        return Err(refuse(format!("it has {} bytes, at most {limit} are read", file.size())));
    }
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes).map_err(|error| refuse(error.to_string()))?;
    Ok(bytes)
}

/// The numbers of a tensor in C order, read from its storage. A number that is taken twice, by a stride of 0 or by two
/// tensors, is refused: no file grows by being read.
fn view(description: &Description, storage: &mut Storage) -> Result<Vec<f32>, FileError> {
    let refuse = |detail| damaged(FORMAT, "its pickle", detail);
    let too_large = || refuse("the tensor is larger than its storage");
    let Description { shape, strides, offset, .. } = description;
    let count = shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size));
    let count = count.filter(|count| *count <= storage.numbers.len()).ok_or_else(too_large)?;
    let place = |index: usize| {
        let (mut rest, mut place) = (index, *offset);
        for (size, stride) in shape.iter().zip(strides).rev() {
            place = place.checked_add((rest % size).checked_mul(*stride)?)?;
            rest /= size;
        }
        (place < storage.numbers.len()).then_some(place)
    };
    let paths: Vec<usize> = (0..count).map(place).collect::<Option<_>>().ok_or_else(too_large)?;
    for place in &paths {
        if std::mem::replace(&mut storage.is_taken[*place], true) {
            return Err(refuse("its tensors lie over each other"));
        }
    }
    Ok(paths.into_iter().map(|place| storage.numbers[place]).collect())
}

/// The bytes of the file; `torch.load(..., weights_only=True)` reads them.
///
/// # Errors
/// Where the zip writer fails, which does not happen in memory.
pub fn write(table: &Table) -> Result<Vec<u8>, FileError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // PyTorch maps a storage into memory where it begins at a multiple of 64 bytes.
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Stored).with_alignment(64);
    let numbers = bytes::to_bytes(&table.values);
    let files: [(&str, &[u8]); 4] = [
        ("data.pkl", &pickle::write(&table.shape())),
        ("byteorder", b"little"),
        ("data/0", &numbers),
        ("version", b"3\n"),
    ];
    let failed = |error: &dyn std::fmt::Display| damaged(FORMAT, "writing", error);
    for (name, content) in files {
        archive.start_file(format!("{FOLDER}/{name}"), options).map_err(|error| failed(&error))?;
        archive.write_all(content).map_err(|error| failed(&error))?;
    }
    Ok(archive.finish().map_err(|error| failed(&error))?.into_inner())
}

#[cfg(test)]
mod tests;

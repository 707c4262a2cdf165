//! PyTorch files (`.pt`, `.pth`, `.bin`): a zip archive with a pickle that describes tensors, and their storages, or the
//! same without an archive. The BiPO authors' program saves one tensor; others save a parameter, a list, or a dictionary by
//! layers or by names. The pickle is parsed, never executed.

mod legacy;
mod nested;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::rc::Rc;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::contents::{Contents, Count, Tensor};
use super::error::damaged;
use super::pickle::{self, Description, Saved, Stored};
use super::{FileError, MAX_FILE_BYTES, MAX_LAYERS, Provenance, Table, bytes};

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
    let File { saved, source, is_big } =
        if bytes.starts_with(b"PK") { in_archive(bytes)? } else { legacy::read(bytes)? };
    Storages { source, is_big, read: BTreeMap::new(), bytes: 0, count: Count::default() }.contents(saved)
}

/// What a file holds: the description of its tensors, and where their numbers are.
struct File<'a> {
    saved: Saved,
    source: Source<'a>,
    /// Whether numbers have their highest byte first.
    is_big: bool,
}

/// Where the storages of a file are.
enum Source<'a> {
    /// In a folder of an archive.
    Archive(Archive<'a>, String),
    /// In the file itself, by their keys.
    Inside(BTreeMap<Rc<str>, &'a [u8]>),
}

/// Opens the archive of a file, and describes its pickle.
fn in_archive(bytes: &[u8]) -> Result<File<'_>, FileError> {
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
    Ok(File { saved, source: Source::Archive(archive, folder), is_big })
}

/// One storage: its numbers, and which of them a tensor has already.
struct Storage {
    numbers: Vec<f32>,
    is_taken: Vec<bool>,
}

/// The storages of a file, which are read when a tensor refers to them.
struct Storages<'a> {
    source: Source<'a>,
    is_big: bool,
    read: BTreeMap<Rc<str>, Storage>,
    bytes: u64,
    count: Count,
}

impl<'a> Storages<'a> {
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
            Saved::Integer(_) | Saved::Text(_) | Saved::Other => {
                Err(no_vector("its pickle describes something other than tensors".into()))
            }
        }
    }

    fn tensor(&mut self, name: String, description: &Description) -> Result<Tensor, FileError> {
        let kind = description.kind.floats()?;
        self.count.add(&description.shape)?;
        let storage = if let Some(storage) = self.read.remove(&description.key) {
            storage
        } else {
            let stored = self.stored(&description.key)?;
            let numbers = kind.read_ordered(&stored, self.is_big);
            Storage { is_taken: vec![false; numbers.len()], numbers }
        };
        let storage = self.read.entry(Rc::clone(&description.key)).or_insert(storage);
        let values = view(description, storage)?;
        Ok(Tensor { name, shape: description.shape.clone(), values })
    }

    /// The numbers of a tensor of whole numbers, as programs keep the layers of vectors; `None` of another tensor, and where it
    /// has none or one that is no layer.
    fn whole_numbers(&mut self, description: &Description) -> Result<Option<Vec<usize>>, FileError> {
        let Stored::Whole(_, size) = description.kind else { return Ok(None) };
        let count = description.shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size));
        if !count.is_some_and(|count| (1..=MAX_LAYERS).contains(&count)) {
            return Ok(None);
        }
        let stored = self.stored(&description.key)?;
        let places = places(description, stored.len() / size).ok_or_else(too_large)?;
        let number = |place: usize| {
            let bytes = &stored[place * size..][..size];
            let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
            let number =
                if self.is_big { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) };
            usize::try_from(number).ok().filter(|layer| *layer < MAX_LAYERS)
        };
        Ok(places.into_iter().map(number).collect())
    }

    /// The bytes of a storage.
    fn stored(&mut self, key: &str) -> Result<Cow<'a, [u8]>, FileError> {
        let stored: Cow<'a, [u8]> = match &mut self.source {
            Source::Archive(archive, folder) => {
                content(archive, &format!("{folder}data/{key}"), MAX_FILE_BYTES)?.into()
            }
            Source::Inside(storages) => {
                let inside = storages.get(key).copied();
                inside
                    .ok_or_else(|| damaged(FORMAT, "its pickle", "it names a storage that is not there"))?
                    .into()
            }
        };
        // Files of an archive may lie over each other; their sum is that of an archive where they do not.
        self.bytes += stored.len() as u64;
        if self.bytes > MAX_FILE_BYTES {
            return Err(FileError::TooLarge { bytes: self.bytes, limit: MAX_FILE_BYTES });
        }
        Ok(stored)
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
    let places = places(description, storage.numbers.len()).ok_or_else(too_large)?;
    for place in &places {
        if std::mem::replace(&mut storage.is_taken[*place], true) {
            return Err(damaged(FORMAT, "its pickle", "its tensors lie over each other"));
        }
    }
    Ok(places.into_iter().map(|place| storage.numbers[place]).collect())
}

fn too_large() -> FileError {
    damaged(FORMAT, "its pickle", "the tensor is larger than its storage")
}

/// The places of a tensor's numbers in a storage of so many, in C order; `None` where one lies outside.
fn places(description: &Description, numbers: usize) -> Option<Vec<usize>> {
    let Description { shape, strides, offset, .. } = description;
    let count = shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size));
    let count = count.filter(|count| *count <= numbers)?;
    let place = |index: usize| {
        let (mut rest, mut place) = (index, *offset);
        for (size, stride) in shape.iter().zip(strides).rev() {
            place = place.checked_add((rest % size).checked_mul(*stride)?)?;
            rest /= size;
        }
        (place < numbers).then_some(place)
    };
    (0..count).map(place).collect()
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

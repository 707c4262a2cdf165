//! PyTorch `.pt` files, as the BiPO authors' program saves a vector: a zip archive with a pickle that describes one tensor,
//! and the tensor's storage. The pickle is parsed, never executed.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::error::damaged;
use super::pickle::{self, Description};
use super::{FileError, MAX_FILE_BYTES, Table, bytes};

const FORMAT: &str = "PyTorch";

/// The largest pickle, in bytes; that of one tensor has about 200.
const MAX_PICKLE_BYTES: u64 = 64 << 10;

/// The folder in the archive; PyTorch accepts any name.
const FOLDER: &str = "vector";

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Parses the bytes of a file.
///
/// # Errors
/// Where the file is truncated or damaged, contains something other than one tensor of floats, or refers to code.
pub fn parse(bytes: &[u8]) -> Result<Table, FileError> {
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
    let description = pickle::describe(&content(&mut archive, &pickle, MAX_PICKLE_BYTES)?)?;
    if let Ok(order) = content(&mut archive, &format!("{folder}byteorder"), 16)
        && order != b"little"
    {
        return Err(FileError::NotAVector { detail: "its numbers are not stored little-endian".into() });
    }
    let name = format!("{folder}data/{}", description.key);
    let storage = description.kind.read(&content(&mut archive, &name, MAX_FILE_BYTES)?);
    Table::from_shape(&description.shape, view(&description, &storage)?)
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

/// Returns the numbers of the tensor in C order, read from its storage.
fn view(description: &Description, storage: &[f32]) -> Result<Vec<f32>, FileError> {
    let refuse = || damaged(FORMAT, "its pickle", "the tensor is larger than its storage");
    let Description { shape, strides, offset, .. } = description;
    let count = shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size));
    // A stride of 0 repeats one number, so a vector larger than its storage is refused.
    let count = count.filter(|count| *count <= storage.len()).ok_or_else(refuse)?;
    let number = |index: usize| {
        let (mut rest, mut place) = (index, *offset);
        for (size, stride) in shape.iter().zip(strides).rev() {
            place = place.checked_add((rest % size).checked_mul(*stride)?)?;
            rest /= size;
        }
        storage.get(place).copied()
    };
    (0..count).map(|index| number(index).ok_or_else(refuse)).collect()
}

/// Returns the bytes of the file; `torch.load(..., weights_only=True)` reads them.
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
mod tests {
    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        for (name, content) in files {
            archive.start_file(*name, options).unwrap();
            archive.write_all(content).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    fn message(files: &[(&str, &[u8])]) -> String {
        parse(&archive(files)).unwrap_err().to_string()
    }

    #[test]
    fn what_is_not_one_tensor_is_refused() {
        let pickle = pickle::write(&[2]);
        assert!(parse(&archive(&[("a/data.pkl", &pickle), ("a/data/0", &[0; 8])])).is_ok());
        assert!(message(&[("a/data.pkl", &pickle)]).contains("a/data/0"));
        assert!(
            message(&[("a/data.pkl", &pickle), ("a/data/0", &[0; 4])]).contains("larger than its storage")
        );
        assert!(
            message(&[("a/data.pkl", &pickle), ("a/data/0", &[0; 8]), ("a/byteorder", b"big")])
                .contains("little")
        );
        assert!(message(&[("a/data.pkl", &vec![b'N'; 70_000])]).contains("70000 bytes"));
        assert!(message(&[("a/data.pkl", b"cos\nsystem\n.")]).contains("os.system"));
        assert!(message(&[("readme", b"")]).contains("data.pkl"));
        assert!(
            parse(b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.")
                .unwrap_err()
                .to_string()
                .contains("old form")
        );
    }

    #[test]
    fn a_view_stays_in_its_storage() {
        let description = |shape: &[usize], strides: &[usize], offset| Description {
            kind: bytes::FloatType::F32,
            key: "0".into(),
            offset,
            shape: shape.to_vec(),
            strides: strides.to_vec(),
        };
        let storage = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
        assert_eq!(view(&description(&[3], &[2], 1), &storage).unwrap(), [1.0, 3.0, 5.0]);
        assert_eq!(
            view(&description(&[2, 3], &[1, 2], 0), &storage).unwrap(),
            [0.0, 2.0, 4.0, 1.0, 3.0, 5.0]
        );
        assert!(view(&description(&[3], &[2], 2), &storage).is_err());
        assert!(view(&description(&[usize::MAX, usize::MAX], &[0, 0], 0), &storage).is_err());
        assert!(view(&description(&[7], &[0], 0), &storage).is_err());
        assert!(view(&description(&[2], &[usize::MAX], usize::MAX), &storage).is_err());
    }
}

//! Recognises the kind of a file by its first bytes: text, compressed text, a binary table, or another kind that is
//! refused by name.

use std::borrow::Cow;
use std::io::Read;

use super::budget::LARGEST_TEXT;
use super::{DataFileError, parquet};

/// The content of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text in some encoding.
    Text,
    /// A Parquet file.
    Parquet,
    /// An Arrow file or stream, which `datasets` writes with `save_to_disk`.
    Arrow,
    /// An Excel workbook.
    Workbook,
}

/// The compression of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Zstd,
}

impl Packing {
    /// Returns its name for a person.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "compressed with gzip",
            Self::Zstd => "compressed with Zstandard",
        }
    }
}

/// The result of [`open`]: the bytes without compression, the compression, and the content.
type Opened<'a> = (Cow<'a, [u8]>, Option<Packing>, Kind);

/// Removes a file's compression, and returns the bytes, the compression and the kind of content.
///
/// # Errors
/// Where the first bytes tell something that is no data, and where a compressed file is damaged or too large.
pub(super) fn open(bytes: Cow<'_, [u8]>) -> Result<Opened<'_>, DataFileError> {
    let packing = match *bytes {
        [0x1f, 0x8b, ..] => Some(Packing::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Packing::Zstd),
        _ => None,
    };
    let bytes = match packing {
        Some(packing) => unpack(&bytes, packing)?.into(),
        None => bytes,
    };
    let kind = kind(&bytes)?;
    Ok((bytes, packing, kind))
}

/// The most bytes at the beginning of a file that tell whether it is in binary form.
pub(super) const LONGEST_MARK: u64 = 8;

/// Returns whether the first bytes are those of compressed data, of Parquet, of Arrow, or of a zip archive, which a workbook
/// is.
pub(super) fn is_binary(start: &[u8]) -> bool {
    let packed = matches!(start, [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] | [b'P', b'K', ..]);
    packed
        || start.starts_with(parquet::MAGIC)
        || start.starts_with(b"ARROW1")
        || start.starts_with(&[0xff; 4])
}

fn unpack(bytes: &[u8], packing: Packing) -> Result<Vec<u8>, DataFileError> {
    let damaged =
        |error: std::io::Error| DataFileError::Packed { kind: packing.name(), detail: error.to_string() };
    let reader: Box<dyn Read + '_> = match packing {
        Packing::Gzip => Box::new(flate2::read::MultiGzDecoder::new(bytes)),
        Packing::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(bytes).map_err(damaged)?),
    };
    let mut unpacked = Vec::new();
    reader.take(LARGEST_TEXT + 1).read_to_end(&mut unpacked).map_err(damaged)?;
    if unpacked.len() as u64 > LARGEST_TEXT {
        return Err(DataFileError::UnpacksTooLarge);
    }
    Ok(unpacked)
}

fn kind(bytes: &[u8]) -> Result<Kind, DataFileError> {
    const EXPORT: &str = "export its rows as CSV, JSON lines or Parquet";
    let foreign = |kind, next| Err(DataFileError::Foreign { kind, next });
    match bytes {
        [b'P', b'K', 3, 4, ..] if is_workbook(bytes) => return Ok(Kind::Workbook),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => {
            return foreign("a zip archive", "unpack it and choose the file inside");
        }
        [0xd0, 0xcf, 0x11, 0xe0, ..] => {
            return foreign("an old Excel workbook (.xls)", "save it as .xlsx or as CSV UTF-8");
        }
        [b'B', b'Z', b'h', ..] => return foreign("compressed with bzip2", "unpack it first"),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => return foreign("compressed with xz", "unpack it first"),
        [0x04, 0x22, 0x4d, 0x18, ..] => return foreign("compressed with LZ4", "unpack it first"),
        [b'7', b'z', 0xbc, 0xaf, ..] => {
            return foreign("a 7-Zip archive", "unpack it and choose the file inside");
        }
        [b'%', b'P', b'D', b'F', ..] => return foreign("a PDF", EXPORT),
        [b'S', b'Q', b'L', b'i', b't', b'e', ..] => return foreign("a SQLite database", EXPORT),
        [b'G', b'G', b'U', b'F', ..] => {
            return foreign("a GGUF model or vector", "add it under Models or Vectors");
        }
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => return foreign("a NumPy array", EXPORT),
        _ if bytes.starts_with(parquet::MAGIC) => return Ok(Kind::Parquet),
        _ if bytes.starts_with(b"ARROW1\0\0") || bytes.starts_with(&[0xff; 4]) => return Ok(Kind::Arrow),
        _ if bytes.starts_with(b"FEA1") => {
            return foreign("Feather of version 1", "write it again with a current pyarrow, or as Parquet");
        }
        _ => {}
    }
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(256)]).trim_start().to_ascii_lowercase();
    if start.starts_with("version https://git-lfs") {
        return foreign("a Git LFS pointer", "fetch the content itself with `git lfs pull`");
    }
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return foreign(
            "a web page",
            "download the file itself: the page may ask to sign in, or show the file instead of giving it",
        );
    }
    Ok(Kind::Text)
}

/// Returns whether a zip archive is a workbook: it names one of a workbook's parts, at its beginning or in the index at its end.
fn is_workbook(bytes: &[u8]) -> bool {
    const PLACES: usize = 1 << 20;
    let (start, end) = (&bytes[..bytes.len().min(PLACES)], &bytes[bytes.len().saturating_sub(PLACES)..]);
    [start, end].iter().any(|place| place.windows(3).any(|part| part == b"xl/"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn compressed_text_is_unpacked_within_bounds() {
        let text = b"question,matching,not_matching\n";
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text).expect("in memory");
        let gzip = gzip.finish().expect("in memory");
        let zstd = zstd::encode_all(text.as_slice(), 1).expect("in memory");
        for (packed, packing) in [(gzip, Packing::Gzip), (zstd, Packing::Zstd)] {
            let (unpacked, found, kind) = open(packed.as_slice().into()).expect("text");
            assert_eq!((unpacked.as_ref(), found, kind), (text.as_slice(), Some(packing), Kind::Text));
            assert!(matches!(open((&packed[..packed.len() - 9]).into()), Err(DataFileError::Packed { .. })));
        }
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let mut zstd = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("in memory");
        let (block, mut left) = (vec![b' '; 1 << 20], LARGEST_TEXT + 1);
        while left > 0 {
            let size = left.min(block.len() as u64);
            zstd.write_all(&block[..size as usize]).expect("in memory");
            left -= size;
        }
        let packed = zstd.finish().expect("in memory");
        assert!(packed.len() < 1 << 20);
        assert!(matches!(open(packed.into()), Err(DataFileError::UnpacksTooLarge)));
    }

    #[test]
    fn binary_formats_are_known_by_the_first_bytes() {
        for start in [
            &b"PAR1"[..],
            b"ARROW1\0\0",
            &[0xff; 8],
            b"PK\x03\x04",
            &[0x1f, 0x8b, 8],
            &[0x28, 0xb5, 0x2f, 0xfd],
        ] {
            assert!(is_binary(start), "{start:?}");
        }
        for start in [&b""[..], b"question,", b"{\"prompt\"", &[0xff, 0xfe, b'q', 0], &[0xef, 0xbb, 0xbf]] {
            assert!(!is_binary(start), "{start:?}");
        }
    }

    #[test]
    fn what_is_no_data_is_refused_by_name() {
        for (bytes, name) in [
            (b"version https://git-lfs.github.com/spec/v1\noid".as_slice(), "Git LFS"),
            (b"\n<!DOCTYPE html><html>", "web page"),
            (b"PK\x03\x04abc", "zip archive"),
            (b"%PDF-1.7", "PDF"),
            (b"GGUF\x03", "GGUF"),
        ] {
            let message = open(bytes.into()).expect_err("a refusal").to_string();
            assert!(message.contains(name), "{message}");
        }
    }
}

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

/// Every compression that is read.
#[cfg(test)]
pub(super) const PACKINGS: [Packing; 2] = [Packing::Gzip, Packing::Zstd];

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
    let packing = packing(&bytes);
    let bytes = match packing {
        Some(packing) => unpack(&bytes, packing)?.into(),
        None => bytes,
    };
    let kind = kind(&bytes)?;
    Ok((bytes, packing, kind))
}

/// The compression that the first bytes tell.
fn packing(bytes: &[u8]) -> Option<Packing> {
    match bytes {
        [0x1f, 0x8b, ..] => Some(Packing::Gzip),
        // Some programs put a frame that is passed over before the first one.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Packing::Zstd),
        _ => None,
    }
}

/// The most bytes at the beginning of a file that tell whether it is in binary form.
pub(super) const LONGEST_MARK: u64 = 8;

/// Returns whether the first bytes are those of compressed data, of Parquet, of Arrow, or of a zip archive, which a workbook
/// is.
pub(super) fn is_binary(start: &[u8]) -> bool {
    packing(start).is_some()
        || start.starts_with(b"PK")
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

/// The next step with a file of another program.
const EXPORT: &str = "export its rows as CSV, JSON lines or Parquet";
/// The next step with an archive.
const UNPACK: &str = "unpack it and choose the file inside";

/// Kinds of binary files that are refused by name: how each begins, what it is, and the next step.
pub(super) const FOREIGN: [(&[u8], &str, &str); 18] = [
    // What is packed has been unpacked once.
    (b"\x1f\x8b", "compressed twice", "unpack it once"),
    (b"\x28\xb5\x2f\xfd", "compressed twice", "unpack it once"),
    (b"PK\x03\x04", "a zip archive", UNPACK),
    (b"PK\x05\x06", "a zip archive", UNPACK),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)", "save it as .xlsx or as CSV UTF-8"),
    (b"BZh", "compressed with bzip2", "unpack it first"),
    (b"\xfd7zXZ", "compressed with xz", "unpack it first"),
    (b"\x04\x22\x4d\x18", "compressed with LZ4", "unpack it first"),
    (b"7z\xbc\xaf", "a 7-Zip archive", UNPACK),
    (b"%PDF", "a PDF", EXPORT),
    (b"SQLite", "a SQLite database", EXPORT),
    (b"GGUF", "a GGUF model or vector", "add it under Models or Vectors"),
    (b"\x93NUMPY", "a NumPy array", EXPORT),
    (b"FEA1", "Feather of version 1", "write it again with a current pyarrow, or as Parquet"),
    (b"Obj\x01", "an Avro file", EXPORT),
    (b"\x89HDF", "an HDF5 file", EXPORT),
    (b"\x80\x04\x95", "a Python pickle", EXPORT),
    (b"\x80\x05\x95", "a Python pickle", EXPORT),
];
/// A tar archive, whose mark does not stand at its beginning.
pub(super) const TAR: (&str, &str) = ("a tar archive", UNPACK);
const TAR_MARK: std::ops::Range<usize> = 257..262;
/// A workbook of `LibreOffice`: a zip archive whose first file tells its kind.
pub(super) const OPEN_DOCUMENT: (&str, &str) =
    ("an OpenDocument workbook (.ods)", "save it as .xlsx or as CSV UTF-8");
const OPEN_DOCUMENT_MARK: &[u8] = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet";
const OPEN_DOCUMENT_AT: usize = 30;
/// A file whose first line is no text.
pub(super) const BINARY: (&str, &str) = ("a binary file of another kind", EXPORT);

/// Kinds of text files that are refused by name, in small letters.
pub(super) const FOREIGN_TEXT: [(&str, &str, &str); 13] = [
    ("version https://git-lfs", "a Git LFS pointer", LFS),
    ("version https://hawser", "a Git LFS pointer", LFS),
    ("<!doctype", "a web page", WEB_PAGE),
    ("<html", "a web page", WEB_PAGE),
    ("<head", "a web page", WEB_PAGE),
    ("<body", "a web page", WEB_PAGE),
    ("<table", "a web page", WEB_PAGE),
    ("<!--", "a web page", WEB_PAGE),
    ("<?xml", "an XML document", EXPORT),
    ("entry not found", SERVER, WEB_PAGE),
    ("404: not found", SERVER, WEB_PAGE),
    ("invalid username or password", SERVER, WEB_PAGE),
    ("access to dataset", SERVER, WEB_PAGE),
];
const LFS: &str = "fetch the content itself with `git lfs pull`";
const SERVER: &str = "an error message of a server";
const WEB_PAGE: &str =
    "download the file itself: the page may ask to sign in, or show the file instead of giving it";

fn kind(bytes: &[u8]) -> Result<Kind, DataFileError> {
    if bytes.starts_with(b"PK\x03\x04") && is_workbook(bytes) {
        return Ok(Kind::Workbook);
    }
    if bytes.get(OPEN_DOCUMENT_AT..).is_some_and(|bytes| bytes.starts_with(OPEN_DOCUMENT_MARK)) {
        let (kind, next) = OPEN_DOCUMENT;
        return Err(DataFileError::Foreign { kind, next });
    }
    if bytes.starts_with(parquet::MAGIC) {
        return Ok(Kind::Parquet);
    }
    if bytes.starts_with(b"ARROW1\0\0") || bytes.starts_with(&[0xff; 4]) {
        return Ok(Kind::Arrow);
    }
    if let Some((_, kind, next)) = FOREIGN.into_iter().find(|(mark, ..)| bytes.starts_with(mark)) {
        return Err(DataFileError::Foreign { kind, next });
    }
    if bytes.get(TAR_MARK) == Some(b"ustar".as_slice()) {
        let (kind, next) = TAR;
        return Err(DataFileError::Foreign { kind, next });
    }
    check_text(&String::from_utf8_lossy(&bytes[..bytes.len().min(BEGINNING)])).map(|()| Kind::Text)
}

/// The bytes of a text that tell what it is.
const BEGINNING: usize = 256;

/// Refuses text that is no data by its beginning.
pub(super) fn check_text(text: &str) -> Result<(), DataFileError> {
    let start = &text[..text.floor_char_boundary(BEGINNING)];
    let is_before = |letter: char| letter.is_whitespace() || letter == '\u{feff}';
    let start = start.trim_start_matches(is_before).to_ascii_lowercase();
    match FOREIGN_TEXT.into_iter().find(|(mark, ..)| start.starts_with(mark)) {
        Some((_, kind, next)) => Err(DataFileError::Foreign { kind, next }),
        None => Ok(()),
    }
}

/// Refuses a table of text whose first line has characters that no text has.
pub(super) fn check_first_line(text: &str) -> Result<(), DataFileError> {
    let start = &text[..text.floor_char_boundary(1 << 12)];
    let line = start.split(['\r', '\n']).next().unwrap_or_default();
    if line.chars().any(|letter| letter.is_control() && letter != '\t') {
        let (kind, next) = BINARY;
        return Err(DataFileError::Foreign { kind, next });
    }
    Ok(())
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
            (b"\xef\xbb\xbf<!DOCTYPE html>", "web page"),
            (b"<!-- a page --><html>", "web page"),
            (b"<?xml version=\"1.0\"?><Error>", "XML"),
            (b"\xef\xbb\xbfversion https://git-lfs.github.com/spec/v1", "Git LFS"),
            (b"Entry not found", "error message of a server"),
            (b"\x80\x04\x95abc", "pickle"),
        ] {
            let message = open(bytes.into()).expect_err("a refusal").to_string();
            assert!(message.contains(name), "{message}");
        }
        let mut tar = vec![b'a'; 512];
        tar[TAR_MARK].copy_from_slice(b"ustar");
        assert!(open(tar.into()).expect_err("a refusal").to_string().contains("a tar archive"));
        let workbook = [b"PK\x03\x04".as_slice(), &[0; 26], OPEN_DOCUMENT_MARK, b"PK\x03\x04"].concat();
        let refused = open(workbook.into()).expect_err("a refusal").to_string();
        assert!(refused.contains("(.ods)") && refused.contains("save it as .xlsx"), "{refused}");
        assert!(check_text("\u{feff} <HTML>").is_err() && check_text("question,A\n<html>,b\n").is_ok());
        assert!(check_first_line("a\u{1}b,c\n").is_err() && check_first_line("a\tb\nc\u{1}\n").is_ok());
    }

    #[test]
    fn a_frame_that_is_passed_over_may_come_first_and_two_packings_are_refused() {
        let packed = zstd::encode_all(b"question".as_slice(), 1).expect("in memory");
        let framed = [b"\x50\x2a\x4d\x18\x02\0\0\0ab", packed.as_slice()].concat();
        let (unpacked, found, _) = open(framed.as_slice().into()).expect("text");
        assert_eq!((unpacked.as_ref(), found), (b"question".as_slice(), Some(Packing::Zstd)));
        let twice = zstd::encode_all(packed.as_slice(), 1).expect("in memory");
        assert!(open(twice.into()).expect_err("a refusal").to_string().contains("compressed twice"));
    }
}

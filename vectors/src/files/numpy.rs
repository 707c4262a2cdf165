//! NumPy `.npy` files, versions 1 to 3: f16, f32 or f64 in either order of bytes and of dimensions, `[size]` or
//! `[layers, size]`.

use super::beside;
use super::bytes::{Cursor, FloatType, to_bytes};
use super::contents::{Contents, Count, Tensor};
use super::{FileError, Provenance, Table};

const FORMAT: &str = "NumPy";
const MAGIC: &[u8] = b"\x93NUMPY";

/// The largest header, in bytes; NumPy itself refuses longer ones.
const MAX_HEADER_BYTES: usize = 10_000;

/// Parses the bytes of a file.
///
/// # Errors
/// Where the file is truncated or damaged, or its numbers have another type.
pub fn parse(bytes: &[u8]) -> Result<Contents, FileError> {
    let tensor = tensor(String::new(), bytes, &mut Count::default())?;
    Contents::of_tensors(vec![tensor], Provenance::default())
}

/// Parses an array; its numbers are added to `count`.
pub(super) fn tensor(name: String, bytes: &[u8], count: &mut Count) -> Result<Tensor, FileError> {
    let mut cursor = Cursor::new(FORMAT, bytes);
    let header = header(&mut cursor)?;
    let (is_big, kind) = number_type(header.described)?;
    let (shape, is_fortran) = (header.shape, header.is_fortran);
    let size = shape.iter().try_fold(kind.size(), |count, size| count.checked_mul(*size));
    if size != Some(cursor.left()) {
        return Err(cursor
            .refuse(format!("the shape {shape:?} and the {} bytes behind it do not agree", cursor.left())));
    }
    count.add(&shape)?;
    let stored = kind.read_ordered(cursor.take(cursor.left())?, is_big);
    let values = if is_fortran { from_fortran(&shape, &stored) } else { stored };
    Ok(Tensor { name, shape, values })
}

/// The numbers of an array of whole numbers, as programs keep the layers of vectors; `None` where it is none, or has one that
/// is no layer.
pub(super) fn layers(bytes: &[u8]) -> Option<Vec<usize>> {
    let mut cursor = Cursor::new(FORMAT, bytes);
    let described = header(&mut cursor).ok()?.described;
    let size = match described.trim_start_matches(['<', '>', '|']) {
        "i1" | "u1" => 1,
        "i2" | "u2" => 2,
        "i4" | "u4" => 4,
        "i8" | "u8" => 8,
        _ => return None,
    };
    let bytes = cursor.take(cursor.left()).ok()?;
    beside::layers(bytes, size, described.contains('i'), described.starts_with('>'))
}

/// What the header of an array says.
struct Header<'a> {
    /// The type of its numbers.
    described: &'a str,
    shape: Vec<usize>,
    /// Whether the first dimension runs fastest.
    is_fortran: bool,
}

/// Reads a file up to its numbers.
fn header<'a>(cursor: &mut Cursor<'a>) -> Result<Header<'a>, FileError> {
    if cursor.take(MAGIC.len())? != MAGIC {
        return Err(cursor.refuse("it does not begin with \\x93NUMPY"));
    }
    let [major, minor] = cursor.array()?;
    let length = match major {
        1 => cursor.u16()? as usize,
        2 | 3 => cursor.u32()? as usize,
        _ => return Err(cursor.refuse(format!("version {major}.{minor} is not known"))),
    };
    if length > MAX_HEADER_BYTES {
        return Err(cursor.refuse(format!("a header of {length} bytes is too long")));
    }
    let header = cursor.text(length)?;
    let described = entry(header, "descr").ok_or_else(|| cursor.refuse("its header has no 'descr'"))?;
    let described = described.trim_matches(['\'', '"']);
    let shape =
        entry(header, "shape").and_then(shape).ok_or_else(|| cursor.refuse("its header has no 'shape'"))?;
    let is_fortran = match entry(header, "fortran_order") {
        Some("False") => false,
        Some("True") => true,
        _ => return Err(cursor.refuse("its header has no 'fortran_order'")),
    };
    Ok(Header { described, shape, is_fortran })
}

/// Whether numbers have their highest byte first, and their type.
fn number_type(described: &str) -> Result<(bool, FloatType), FileError> {
    let is_big = described.starts_with('>');
    let kind = match described.strip_prefix(['<', '>']) {
        Some("f2") => FloatType::F16,
        Some("f4") => FloatType::F32,
        Some("f8") => FloatType::F64,
        _ => {
            let detail = format!("its numbers are stored as {described:?}; read are f2, f4 and f8");
            return Err(FileError::NotAVector { detail });
        }
    };
    Ok((is_big, kind))
}

/// The numbers in C order of an array that is stored with its first dimension running fastest.
fn from_fortran(shape: &[usize], stored: &[f32]) -> Vec<f32> {
    let number = |index: usize| {
        let (mut rest, mut place, mut stride) = (index, 0, stored.len());
        for size in shape.iter().rev() {
            stride /= size;
            place += rest % size * stride;
            rest /= size;
        }
        stored[place]
    };
    (0..stored.len()).map(number).collect()
}

/// Returns the text of a value in the header, a Python dictionary of three literals.
fn entry<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let quoted = [format!("'{key}'"), format!("\"{key}\"")];
    let start = quoted.iter().find_map(|quoted| Some(header.find(quoted.as_str())? + quoted.len()))?;
    let value = header[start..].trim_start().strip_prefix(':')?.trim_start();
    let end = if value.starts_with('(') { value.find(')')? + 1 } else { value.find([',', '}'])? };
    Some(value[..end].trim())
}

/// Parses a shape: `(576,)`, `(30, 576)` or `(576L,)`.
fn shape(text: &str) -> Option<Vec<usize>> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    let sizes = inner.split(',').map(str::trim).filter(|size| !size.is_empty());
    // Python 2 marks long numbers.
    sizes.map(|size| size.strip_suffix('L').unwrap_or(size).parse().ok()).collect()
}

/// Returns the bytes of the file: version 1.0, f32.
#[must_use]
pub fn write(table: &Table) -> Vec<u8> {
    let shape: Vec<String> = table.shape().iter().map(usize::to_string).collect();
    let shape = if shape.len() == 1 { format!("({},)", shape[0]) } else { format!("({})", shape.join(", ")) };
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
    // Magic, version and length take 10 bytes; the numbers begin at a multiple of 64, behind a line feed.
    let begin = 10 + header.len() + 1;
    header.extend(std::iter::repeat_n(' ', begin.next_multiple_of(64) - begin));
    header.push('\n');
    let mut bytes = [MAGIC, &[1, 0], &(header.len() as u16).to_le_bytes()].concat();
    bytes.extend(header.into_bytes());
    bytes.extend(to_bytes(&table.values));
    bytes
}

#[cfg(test)]
mod tests {
    use super::super::contents::Holds;
    use super::*;

    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        [MAGIC, &[2, 0], &(header.len() as u32).to_le_bytes(), header.as_bytes(), data].concat()
    }

    #[test]
    fn other_types_and_orders_are_named() {
        let message = |header: &str, data: &[u8]| parse(&file(header, data)).unwrap_err().to_string();
        let plain = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
        let values = |header: &str, data: &[f32]| {
            let bytes = file(header, &to_bytes(data));
            tensor(String::new(), &bytes, &mut Count::default()).unwrap().values
        };
        assert_eq!(values(plain, &[0.5, -1.0]), [0.5, -1.0]);
        assert_eq!(values(&plain.replace("(2,)", "(2L,)"), &[0.5, -1.0]), [0.5, -1.0]);
        let turned = plain.replace("(2,)", "(2, 3)").replace("False", "True");
        assert_eq!(values(&turned, &[1.0, 4.0, 2.0, 5.0, 3.0, 6.0]), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let big = file(&plain.replace("<f4", ">f4"), &[0x3f, 0, 0, 0, 0xbf, 0x80, 0, 0]);
        assert_eq!(tensor(String::new(), &big, &mut Count::default()).unwrap().values, [0.5, -1.0]);
        assert!(message(plain, &[0; 7]).contains("do not agree"));
        assert!(message(&plain.replace("<f4", "|O"), &[0; 8]).contains("|O"));
        assert!(
            message(&plain.replace("(2,)", "(18446744073709551615, 4)"), &[0; 8]).contains("do not agree")
        );
        assert!(message(&plain.replace("(2,)", "()"), &[0; 4]).contains("single number"));
        assert!(message("{}", &[]).contains("descr"));
        assert!(parse(b"\x93NUMPY\x01\x00\xff\xff").is_err());
    }

    #[test]
    fn whole_numbers_are_layers() {
        let array = |kind: &str, data: &[u8]| {
            file(&format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': (2,), }}"), data)
        };
        assert_eq!(layers(&array("<i4", &[10, 0, 0, 0, 12, 0, 0, 0])), Some(vec![10, 12]));
        assert_eq!(layers(&array(">i2", &[0, 10, 1, 0])), Some(vec![10, 256]));
        assert_eq!(layers(&array("|u1", &[3])), Some(vec![3]));
        assert_eq!(layers(&array("<i4", &[255; 4])), None);
        assert_eq!((layers(&array("<f4", &[0; 8])), layers(b"PK")), (None, None));
    }

    #[test]
    fn numbers_begin_at_a_multiple_of_64() {
        let bytes = write(&Table { rows: Some(3), values: vec![1.5; 6] });
        assert_eq!((bytes.len() - 24) % 64, 0);
        let read = Holds::Table(Table { rows: Some(3), values: vec![1.5; 6] });
        assert_eq!(parse(&bytes).unwrap().holds, read);
    }
}

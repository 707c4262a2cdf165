//! Reads a GGUF file's header without trusting it: every length is checked against the bytes that are left before
//! memory is allocated.

use std::collections::BTreeMap;
use std::ops::Range;

use super::foreign::foreign;
use crate::model::ModelError;
use crate::ops::weight::Format;

/// The most keys and tensors. Real files have some dozens of keys and some hundreds of tensors.
const MOST_KEYS: u64 = 1 << 14;
const MOST_TENSORS: u64 = 1 << 16;
/// The longest name. The format's limits are 64 KiB for keys and 64 bytes for tensors' names.
const LONGEST_NAME: usize = 1 << 16;
/// The longest text: a chat template.
const LONGEST_TEXT: usize = 1 << 24;
/// The longest list: a vocabulary.
const LONGEST_LIST: usize = 1 << 22;
/// The most items of all lists together, and the most bytes of the header.
const MOST_ITEMS: usize = 1 << 23;
const LONGEST_HEADER: usize = 1 << 28;
/// The deepest nesting of lists.
const DEEPEST: usize = 4;

/// GGUF's type numbers of values.
const TEXT: u32 = 8;
const LIST: u32 = 9;

/// The keys and values of a header, and its table of tensors.
pub(crate) struct GgufHeader {
    values: BTreeMap<String, Value>,
    /// The tensors in the order of the file, and the offset in the file where their data begins.
    pub(crate) tensors: Vec<TensorInfo>,
    pub(crate) data: usize,
    pub(crate) layout: HeaderLayout,
}

/// Where the parts of a header stand, for those who write it anew.
#[derive(Default)]
pub(crate) struct HeaderLayout {
    /// The format's version.
    pub(crate) version: u32,
    /// Every key with the bytes of its entry, in the order of the file.
    pub(crate) keys: Vec<(String, Range<usize>)>,
    /// The bytes of the table of tensors.
    pub(crate) tensors: Range<usize>,
    /// The alignment of tensors' data, in bytes.
    pub(crate) alignment: usize,
}

/// A tensor's entry in the header.
pub(crate) struct TensorInfo {
    pub(crate) name: String,
    /// The dimensions, rows first. The file lists them in reverse.
    pub(crate) shape: Vec<usize>,
    pub(crate) format: Format,
    /// The offset of its bytes from the beginning of all tensors' data.
    pub(crate) offset: usize,
}

enum Value {
    Text(String),
    Number(Number),
    Flag(bool),
    Texts(Vec<String>),
    Numbers(Vec<Number>),
    /// A list of a type that is never read.
    Other,
}

/// A number in a header.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Whole(u64),
    Negative(i64),
    Real(f32),
}

impl Number {
    pub(crate) fn is_zero(self) -> bool {
        self == Self::Whole(0) || self == Self::Real(0.0)
    }

    pub(crate) fn whole(self) -> Option<u64> {
        match self {
            Self::Whole(number) => Some(number),
            _ => None,
        }
    }

    pub(crate) fn real(self) -> f32 {
        match self {
            Self::Whole(number) => number as f32,
            Self::Negative(number) => number as f32,
            Self::Real(number) => number,
        }
    }
}

impl GgufHeader {
    /// Parses the header at the beginning of a file's bytes.
    ///
    /// # Errors
    /// Where they are not a GGUF file, are cut off, or contradict themselves.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, ModelError> {
        Self::parse_where(bytes, |_, _| Ok(()))
    }

    /// Parses as [`GgufHeader::parse`] does. Before any tensor is read, `check` sees the keys and the number of tensors, and may
    /// refuse the file.
    pub(crate) fn parse_where<E: From<ModelError>>(
        bytes: &[u8],
        check: impl FnOnce(&Self, u64) -> Result<(), E>,
    ) -> Result<Self, E> {
        let (mut header, mut cursor, tensors) = Self::keys(bytes)?;
        check(&header, tensors)?;
        header.read_tensors(&mut cursor, tensors)?;
        Ok(header)
    }

    /// Parses the keys. Returns a cursor at the table of tensors, and the number of tensors.
    fn keys(bytes: &[u8]) -> Result<(Self, Cursor<'_>, u64), ModelError> {
        if bytes.get(..4) != Some(b"GGUF") {
            return Err(foreign(bytes).unwrap_or(ModelError::NotGguf));
        }
        let bytes = &bytes[..bytes.len().min(LONGEST_HEADER)];
        let mut cursor = Cursor { bytes, at: 4, items: 0 };
        let version = cursor.u32()?;
        if (1..=3).contains(&version.swap_bytes()) {
            return Err(ModelError::Foreign {
                kind: "a GGUF file for big-endian machines",
                next: "take the model's usual file, or convert it with llama.cpp's gguf_convert_endian.py",
            });
        }
        if !(2..=3).contains(&version) {
            return Err(damaged(format!("version {version} of the format is not known")));
        }
        let (tensor_count, key_count) = (cursor.u64()?, cursor.u64()?);
        if tensor_count > MOST_TENSORS || key_count > MOST_KEYS {
            return Err(damaged(format!("{tensor_count} tensors and {key_count} keys make no sense")));
        }
        let (mut values, mut keys) = (BTreeMap::new(), Vec::new());
        for _ in 0..key_count {
            let start = cursor.at;
            let key = cursor.text(LONGEST_NAME)?.to_owned();
            let kind = cursor.u32()?;
            let value = cursor.value(kind)?;
            if values.insert(key.clone(), value).is_some() {
                return Err(damaged(format!("the key {key} stands there twice")));
            }
            keys.push((key, start..cursor.at));
        }
        let layout = HeaderLayout { version, keys, ..HeaderLayout::default() };
        Ok((Self { values, tensors: Vec::new(), data: 0, layout }, cursor, tensor_count))
    }

    fn read_tensors(&mut self, cursor: &mut Cursor<'_>, count: u64) -> Result<(), ModelError> {
        let start = cursor.at;
        for _ in 0..count {
            self.tensors.push(cursor.tensor()?);
        }
        self.layout.tensors = start..cursor.at;
        let alignment = self.number("general.alignment").and_then(Number::whole).unwrap_or(32);
        if !alignment.is_power_of_two() || alignment > 1 << 20 {
            return Err(damaged(format!("tensors aligned to {alignment} bytes make no sense")));
        }
        self.layout.alignment = alignment as usize;
        self.data = cursor.at.next_multiple_of(alignment as usize);
        Ok(())
    }

    /// Returns the keys that begin with a text, in the order of the alphabet.
    pub(crate) fn keys_with<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.values.keys().map(String::as_str).filter(move |key| key.starts_with(prefix))
    }

    /// Writes a value for people; a list by its length.
    pub(crate) fn shown(&self, key: &str) -> String {
        match self.values.get(key) {
            Some(Value::Text(text)) => format!("{text:?}"),
            Some(Value::Number(Number::Whole(number))) => number.to_string(),
            Some(Value::Number(Number::Negative(number))) => number.to_string(),
            Some(Value::Number(Number::Real(number))) => number.to_string(),
            Some(Value::Flag(flag)) => flag.to_string(),
            Some(Value::Texts(texts)) => format!("a list of {}", texts.len()),
            Some(Value::Numbers(numbers)) => format!("a list of {}", numbers.len()),
            Some(Value::Other) | None => "a list".to_owned(),
        }
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match self.values.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn number(&self, key: &str) -> Option<Number> {
        match self.values.get(key) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        match self.values.get(key) {
            Some(Value::Flag(flag)) => Some(*flag),
            _ => None,
        }
    }

    pub(crate) fn texts(&self, key: &str) -> Option<&[String]> {
        match self.values.get(key) {
            Some(Value::Texts(texts)) => Some(texts),
            _ => None,
        }
    }

    pub(crate) fn numbers(&self, key: &str) -> Option<&[Number]> {
        match self.values.get(key) {
            Some(Value::Numbers(numbers)) => Some(numbers),
            _ => None,
        }
    }
}

/// A position in unchecked bytes.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The items of all lists so far.
    items: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ModelError> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
        let Some(end) = end else {
            let left = self.bytes.len() - self.at;
            return Err(damaged(format!("at byte {}, {count} more are promised and {left} left", self.at)));
        };
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn u32(&mut self) -> Result<u32, ModelError> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, ModelError> {
        self.array().map(u64::from_le_bytes)
    }

    fn length(&mut self) -> Result<usize, ModelError> {
        let length = self.u64()?;
        usize::try_from(length).map_err(|_| damaged(format!("a length of {length} makes no sense")))
    }

    fn text(&mut self, longest: usize) -> Result<&'a str, ModelError> {
        let length = self.length()?;
        if length > longest {
            return Err(damaged(format!("a text of {length} bytes makes no sense at byte {}", self.at)));
        }
        std::str::from_utf8(self.take(length)?).map_err(|_| damaged("a text is not UTF-8"))
    }

    fn value(&mut self, kind: u32) -> Result<Value, ModelError> {
        Ok(match kind {
            TEXT => Value::Text(self.text(LONGEST_TEXT)?.to_owned()),
            7 => Value::Flag(self.array::<1>()? != [0]),
            LIST => self.list()?,
            _ => Value::Number(self.number(kind)?),
        })
    }

    fn number(&mut self, kind: u32) -> Result<Number, ModelError> {
        let signed = |number: i64| u64::try_from(number).map_or(Number::Negative(number), Number::Whole);
        Ok(match kind {
            0 => Number::Whole(self.array::<1>()?[0].into()),
            1 => signed(i8::from_le_bytes(self.array()?).into()),
            2 => Number::Whole(u16::from_le_bytes(self.array()?).into()),
            3 => signed(i16::from_le_bytes(self.array()?).into()),
            4 => Number::Whole(self.u32()?.into()),
            5 => signed(i32::from_le_bytes(self.array()?).into()),
            6 => Number::Real(f32::from_le_bytes(self.array()?)),
            10 => Number::Whole(self.u64()?),
            11 => signed(i64::from_le_bytes(self.array()?)),
            12 => Number::Real(f64::from_le_bytes(self.array()?) as f32),
            other => return Err(damaged(format!("a value of type {other} is not known"))),
        })
    }

    fn list(&mut self) -> Result<Value, ModelError> {
        let (kind, count) = (self.u32()?, self.length()?);
        self.items = self.items.saturating_add(count);
        if count > LONGEST_LIST || self.items > MOST_ITEMS {
            return Err(damaged(format!("a list of {count} items is promised, which makes no sense")));
        }
        match kind {
            TEXT => {
                let texts = (0..count).map(|_| self.text(LONGEST_NAME).map(str::to_owned));
                Ok(Value::Texts(texts.collect::<Result<_, _>>()?))
            }
            7 => self.take(count).map(|_| Value::Other),
            LIST => {
                self.skip_lists(count, 1)?;
                Ok(Value::Other)
            }
            _ => Ok(Value::Numbers((0..count).map(|_| self.number(kind)).collect::<Result<_, _>>()?)),
        }
    }

    fn skip_lists(&mut self, count: usize, depth: usize) -> Result<(), ModelError> {
        if depth > DEEPEST {
            return Err(damaged("lists of lists of lists are a type that makes no sense"));
        }
        for _ in 0..count {
            let (kind, count) = (self.u32()?, self.length()?);
            match kind {
                LIST => self.skip_lists(count, depth + 1)?,
                // Every item takes bytes, so a false length ends at the end of the file.
                _ => (0..count).try_for_each(|_| self.value(kind).map(drop))?,
            }
        }
        Ok(())
    }

    fn tensor(&mut self) -> Result<TensorInfo, ModelError> {
        let name = self.text(LONGEST_NAME)?.to_owned();
        let dimensions = self.u32()?;
        if !(1..=4).contains(&dimensions) {
            return Err(damaged(format!("the tensor {name} has {dimensions} dimensions")));
        }
        let mut shape = (0..dimensions).map(|_| self.length()).collect::<Result<Vec<_>, _>>()?;
        shape.reverse();
        let (code, offset) = (self.u32()?, self.length()?);
        let Some(format) = Format::from_ggml(code) else {
            let next = "take a file in F32, F16, BF16, Q8_0, Q4_0 to Q5_1 or Q2_K to Q6_K";
            return Err(ModelError::Stored {
                what: format!("the tensor {name} in ggml's format {code}"),
                next,
            });
        };
        Ok(TensorInfo { name, shape, format, offset })
    }
}

/// Returns the range in the file of a tensor's bytes; `None` where its size overflows or is not whole blocks.
pub(crate) fn extent(start: usize, shape: &[usize], format: Format) -> Option<Range<usize>> {
    let width = *shape.last()?;
    let rows = shape[..shape.len() - 1].iter().try_fold(1_usize, |n, d| n.checked_mul(*d))?;
    let row = match format.bytes_per_number() {
        Some(bytes) => width.checked_mul(bytes)?,
        None => format.row_bytes(width)?,
    };
    Some(start..start.checked_add(rows.checked_mul(row)?)?)
}

fn damaged(detail: impl Into<String>) -> ModelError {
    ModelError::Header { detail: detail.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(keys: u64, rest: &[&[u8]]) -> Vec<u8> {
        let head = [b"GGUF".as_slice(), &3_u32.to_le_bytes(), &1_u64.to_le_bytes(), &keys.to_le_bytes()];
        [head.concat(), rest.concat()].concat()
    }

    fn text(text: &str) -> Vec<u8> {
        [(text.len() as u64).to_le_bytes().as_slice(), text.as_bytes()].concat()
    }

    fn tensor(dimensions: &[u64], code: u32, offset: u64) -> Vec<u8> {
        let sizes: Vec<u8> = dimensions.iter().flat_map(|d| d.to_le_bytes()).collect();
        let count = (dimensions.len() as u32).to_le_bytes();
        [text("a").as_slice(), &count, &sizes, &code.to_le_bytes(), &offset.to_le_bytes()].concat()
    }

    #[test]
    fn keys_and_tensors_are_read() {
        let list = [text("list"), 9_u32.to_le_bytes().to_vec(), 5_u32.to_le_bytes().to_vec()].concat();
        let list = [list, 2_u64.to_le_bytes().to_vec(), 7_i32.to_le_bytes().to_vec()].concat();
        let list = [list, (-7_i32).to_le_bytes().to_vec()].concat();
        let header = GgufHeader::parse(&bytes(1, &[&list, &tensor(&[64, 3], 8, 128)])).unwrap();
        assert_eq!(header.numbers("list"), Some([Number::Whole(7), Number::Negative(-7)].as_slice()));
        let tensor = &header.tensors[0];
        assert_eq!(
            (tensor.name.as_str(), tensor.shape.as_slice(), tensor.offset),
            ("a", [3, 64].as_slice(), 128)
        );
        assert_eq!(extent(10, &tensor.shape, tensor.format), Some(10..10 + 3 * 68));
        assert_eq!(header.data % 32, 0);
    }

    #[test]
    fn lies_are_refused_before_memory_is_taken() {
        let refused = |bytes: &[u8]| GgufHeader::parse(bytes).err().map(|error| error.to_string());
        let long = [text("key"), TEXT.to_le_bytes().to_vec(), u64::MAX.to_le_bytes().to_vec()].concat();
        let list = |count: u64| {
            let list = [text("key"), LIST.to_le_bytes().to_vec(), TEXT.to_le_bytes().to_vec()].concat();
            [list, count.to_le_bytes().to_vec()].concat()
        };
        let twice = [text("key"), 4_u32.to_le_bytes().to_vec(), 4_u32.to_le_bytes().to_vec()].concat();
        for (bytes, words) in [
            (b"GGML".to_vec(), "not a GGUF file"),
            (b"GG".to_vec(), "not a GGUF file"),
            (bytes(u64::MAX, &[]), "make no sense"),
            (bytes(1, &[&long]), "makes no sense"),
            (bytes(1, &[&list(1 << 40)]), "makes no sense"),
            (bytes(1, &[&list(1 << 20)]), "are promised"),
            (bytes(2, &[&twice, &twice]), "twice"),
            (bytes(0, &[&tensor(&[1; 5], 0, 0)]), "5 dimensions"),
            (bytes(0, &[&tensor(&[64], 16, 0)]), "format 16"),
        ] {
            let refusal = refused(&bytes).unwrap();
            assert!(refusal.contains(words), "{refusal}");
        }
        assert_eq!(extent(0, &[usize::MAX, 64], Format::F32), None);
        assert_eq!(extent(0, &[3, 40], Format::Q4_1), None);
    }
}

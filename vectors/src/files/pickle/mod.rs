//! Parses the pickle of a PyTorch file as the description of tensors: one, or lists and dictionaries of them.
//!
//! A Python pickle is a program that may call any function. This parser accepts only the operations of saved tensors: it
//! knows `_rebuild_tensor_v2`, `_rebuild_parameter`, the storages of numbers, `OrderedDict` and the names of number types,
//! calls none of them, and refuses every other name and operation. Memory is linear in the length of the pickle: values are in one
//! list and refer to each other by index, so a small program cannot build a large structure.

mod global;
mod unpickler;
mod write;

use std::collections::BTreeMap;
use std::rc::Rc;

use super::FileError;
use super::bytes::FloatType;

use unpickler::Unpickler;
pub(in crate::files) use write::write;

/// What a pickle describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::files) enum Saved {
    Tensor(Description),
    List(Vec<Saved>),
    /// The entries with names or numbers as their keys.
    Dict(Vec<(String, Saved)>),
    /// A whole number.
    Integer(usize),
    Text(Rc<str>),
    /// Anything else: fractions, nothing.
    Other,
}

/// The type of the numbers of a storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::files) enum Stored {
    Floats(FloatType),
    /// Whole numbers of this name in Python, and the bytes of one.
    Whole(&'static str, usize),
    /// Numbers that are neither: truth values and complex numbers.
    Other(&'static str, usize),
}

impl Stored {
    /// Returns the type of that name.
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "FloatStorage" => Self::Floats(FloatType::F32),
            "DoubleStorage" => Self::Floats(FloatType::F64),
            "HalfStorage" => Self::Floats(FloatType::F16),
            "BFloat16Storage" => Self::Floats(FloatType::Bf16),
            "LongStorage" => Self::Whole("LongStorage", 8),
            "IntStorage" => Self::Whole("IntStorage", 4),
            "ShortStorage" => Self::Whole("ShortStorage", 2),
            "CharStorage" => Self::Whole("CharStorage", 1),
            "ByteStorage" => Self::Whole("ByteStorage", 1),
            "BoolStorage" => Self::Other("BoolStorage", 1),
            "ComplexFloatStorage" => Self::Other("ComplexFloatStorage", 8),
            "ComplexDoubleStorage" => Self::Other("ComplexDoubleStorage", 16),
            _ => return None,
        })
    }

    /// Returns the bytes of one number.
    pub(in crate::files) fn size(self) -> usize {
        match self {
            Self::Floats(kind) => kind.size(),
            Self::Whole(_, size) | Self::Other(_, size) => size,
        }
    }

    /// Returns the type of floats; refuses other numbers.
    pub(in crate::files) fn floats(self) -> Result<FloatType, FileError> {
        match self {
            Self::Floats(kind) => Ok(kind),
            Self::Whole(name, _) | Self::Other(name, _) => Err(not_floats(name)),
        }
    }
}

/// The refusal of numbers that are no floats.
fn not_floats(name: &str) -> FileError {
    FileError::NotAVector { detail: format!("its numbers are stored as {name}, floats are read") }
}

/// The tensor that the pickle describes: a view of a storage, which is a file of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::files) struct Description {
    /// The type of the storage's numbers.
    pub(in crate::files) kind: Stored,
    /// The file name of the storage.
    pub(in crate::files) key: Rc<str>,
    /// The offset of the tensor in the storage, in numbers.
    pub(in crate::files) offset: usize,
    pub(in crate::files) shape: Vec<usize>,
    /// The stride of each dimension, in numbers.
    pub(in crate::files) strides: Vec<usize>,
}

/// What a pickle describes, and what stands behind it.
pub(in crate::files) struct Described<'a> {
    pub(in crate::files) saved: Saved,
    /// The storages that it refers to, also where no tensor that is described lies in them.
    pub(in crate::files) storages: BTreeMap<Rc<str>, Stored>,
    pub(in crate::files) behind: &'a [u8],
}

/// Parses a pickle.
pub(in crate::files) fn describe(bytes: &[u8]) -> Result<Saved, FileError> {
    describe_first(bytes, bytes.len()).map(|first| first.saved)
}

/// Parses the pickle at the beginning of some bytes, which has at most `limit` of them.
pub(in crate::files) fn describe_first(bytes: &[u8], limit: usize) -> Result<Described<'_>, FileError> {
    let (saved, storages, length) = Unpickler::new(&bytes[..bytes.len().min(limit)]).run()?;
    Ok(Described { saved, storages, behind: &bytes[length..] })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8]) -> String {
        describe(bytes).unwrap_err().to_string()
    }

    #[test]
    fn our_own_pickle_is_read() {
        let read = describe(&write(&[3, 576])).unwrap();
        let expected = Description {
            kind: Stored::Floats(FloatType::F32),
            key: "0".into(),
            offset: 0,
            shape: vec![3, 576],
            strides: vec![576, 1],
        };
        assert_eq!(read, Saved::Tensor(expected));
    }

    #[test]
    fn every_cut_and_every_changed_byte_ends_well() {
        let whole = write(&[576]);
        for length in 0..whole.len() {
            assert!(describe(&whole[..length]).is_err());
        }
        for place in 0..whole.len() {
            for byte in 0..=255 {
                let mut changed = whole.clone();
                changed[place] = byte;
                let _ = describe(&changed);
            }
        }
    }

    /// The output of `pickle.dumps` for an object whose `__reduce__` is `(os.system, ("true",))`, protocols 0, 2 and 4,
    /// and older ways to call.
    #[test]
    fn nothing_else_is_called_and_its_name_is_reported() {
        assert!(message(b"cposix\nsystem\np0\n(Vtrue\np1\ntp2\nRp3\n.").contains("posix.system"));
        assert!(
            message(b"\x80\x02cposix\nsystem\nq\x00X\x04\x00\x00\x00trueq\x01\x85q\x02Rq\x03.")
                .contains("posix.system")
        );
        let four = b"\x80\x04\x95\x1f\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x04true\x94\x85\x94R\x94.";
        assert!(message(four).contains("posix.system"));
        assert!(message(b"(S'true'\nios\nsystem\n.").contains("0x53"));
        assert!(message(b"(ios\nsystem\n.").contains("os.system"));
        assert!(message(b"cbuiltins\neval\n(X\x01\x00\x00\x001tR.").contains("builtins.eval"));
        assert!(message(b"ctorch._utils\n_rebuild_qtensor\n.").contains("_rebuild_qtensor"));
        assert!(message(b"ctorch._utils\n_rebuild_parameter\nK\x01\x85R.").contains("without a tensor"));
        assert!(message(b"ctorch\nQInt8Storage\n.").contains("stored as QInt8Storage"));
        assert!(message(b"c__builtin__\n\x1b[2J\n.").contains("\\u{1b}"));
        // The names that are known cannot be called in another way.
        assert!(message(b"ctorch\nFloatStorage\n)R.").contains("not called"));
        assert!(message(b"ccollections\nOrderedDict\n)\x81.").contains("0x81"));
        assert!(message(b"}K\x01a.").contains("without a list"));
        assert!(message(b"](K\x01K\x02u.").contains("without a dictionary"));
        assert!(message(b"K\x01}b.").contains("attributes"));
    }

    #[test]
    fn a_doubling_program_stays_small() {
        // Each step makes a pair of the last pair with itself: 2^5000 leaves if they were copied.
        let mut bytes = b")q\x00".to_vec();
        for _ in 0..5_000 {
            bytes.extend(b"h\x00h\x00\x86q\x00");
        }
        bytes.push(b'.');
        let leaf = |saved: Saved| Saved::List(vec![saved.clone(), saved]);
        let described = leaf(leaf(leaf(leaf(Saved::Other))));
        assert_eq!(describe(&bytes).unwrap(), described);
        // The same as a list that lies in itself.
        let inside = (0..4).fold(Saved::Other, |saved, _| Saved::List(vec![saved]));
        assert_eq!(describe(b"]q\x00h\x00a.").unwrap(), inside);
        // A list of a list, again and again, which is large and not deep.
        let row = [b"(".as_slice(), &b"h\x00".repeat(300), b"tq\x00"].concat();
        let wide = [b")q\x00".as_slice(), &row.repeat(4), b"."].concat();
        assert!(message(&wide).contains("more than 65536 values"));
    }

    #[test]
    fn what_stands_behind_a_pickle_is_left_and_its_storages_are_told() {
        let whole = [write(&[3]), b"behind".to_vec()].concat();
        let first = describe_first(&whole, whole.len()).unwrap();
        assert_eq!(first.behind, b"behind");
        assert_eq!(first.storages.get("0"), Some(&Stored::Floats(FloatType::F32)));
        assert!(describe_first(&whole, whole.len() - 7).is_err(), "its end lies behind the limit");
    }

    #[test]
    fn lists_and_dictionaries_are_described() {
        let read = |bytes: &[u8]| describe(bytes).unwrap();
        assert_eq!(read(b"]."), Saved::List(vec![]));
        assert_eq!(
            read(b"}(X\x05\0\0\0layerK\x0aX\x01\0\0\0aG\0\0\0\0\0\0\0\0K\x07Nu."),
            Saved::Dict(vec![
                ("layer".into(), Saved::Integer(10)),
                ("a".into(), Saved::Other),
                ("7".into(), Saved::Other)
            ])
        );
        assert_eq!(read(b"](X\x01\0\0\0aNe."), Saved::List(vec![Saved::Text("a".into()), Saved::Other]));
        assert_eq!(read(b"ccollections\nOrderedDict\n)RX\x01\0\0\0aK\x02s}b."), {
            Saved::Dict(vec![("a".into(), Saved::Integer(2))])
        });
    }
}

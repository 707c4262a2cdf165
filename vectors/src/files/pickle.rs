//! Parses the pickle of a PyTorch file as the description of tensors: one, or lists and dictionaries of them.
//!
//! A Python pickle is a program that may call any function. This parser accepts only the operations of saved tensors: it
//! knows `_rebuild_tensor_v2`, `_rebuild_parameter`, four storages, `OrderedDict` and the names of number types, calls none
//! of them, and refuses every other name and operation. Memory is linear in the length of the pickle: values are in one
//! list and refer to each other by index, so a small program cannot build a large structure.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::bytes::{Cursor, FloatType};
use super::{FileError, MAX_LAYERS};

const FORMAT: &str = "PyTorch";

/// The most values that are looked at in lists and dictionaries, however often one refers to another.
const MOST_VALUES: usize = 8 * MAX_LAYERS;
/// How deep lists and dictionaries may lie in each other.
const DEEPEST: usize = 4;

/// What a pickle describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Saved {
    Tensor(Description),
    List(Vec<Saved>),
    /// The entries with names or numbers as their keys.
    Dict(Vec<(String, Saved)>),
    /// A whole number.
    Integer(usize),
    /// Anything else: texts, fractions, nothing.
    Other,
}

/// The tensor that the pickle describes: a view of a storage, which is a file of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Description {
    /// The float type of the storage.
    pub(super) kind: FloatType,
    /// The file name of the storage.
    pub(super) key: Rc<str>,
    /// The offset of the tensor in the storage, in numbers.
    pub(super) offset: usize,
    pub(super) shape: Vec<usize>,
    /// The stride of each dimension, in numbers.
    pub(super) strides: Vec<usize>,
}

/// The globals that saved tensors refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Global {
    RebuildTensor,
    RebuildParameter,
    OrderedDict,
    /// The type of numbers, which a dictionary may name.
    NumberType,
    Storage(FloatType),
}

impl Global {
    fn new(module: &str, name: &str) -> Result<Self, FileError> {
        Ok(match (module, name) {
            ("torch._utils", "_rebuild_tensor_v2") => Self::RebuildTensor,
            ("torch._utils", "_rebuild_parameter") => Self::RebuildParameter,
            ("torch", "float16" | "bfloat16" | "float32" | "float64") => Self::NumberType,
            ("collections", "OrderedDict") => Self::OrderedDict,
            ("torch", "FloatStorage") => Self::Storage(FloatType::F32),
            ("torch", "DoubleStorage") => Self::Storage(FloatType::F64),
            ("torch", "HalfStorage") => Self::Storage(FloatType::F16),
            ("torch", "BFloat16Storage") => Self::Storage(FloatType::Bf16),
            ("torch", other) if other.ends_with("Storage") => {
                let detail = format!("its numbers are stored as {}, floats are read", printable(other));
                return Err(FileError::NotAVector { detail });
            }
            _ => return Err(FileError::Forbidden { name: printable(&format!("{module}.{name}")) }),
        })
    }
}

/// Returns a name with its control characters escaped, since an attacker may have chosen it.
fn printable(name: &str) -> String {
    name.chars().take(80).flat_map(char::escape_debug).collect()
}

/// The index of a value in [`Unpickler::values`].
type ValueId = usize;

#[derive(Debug)]
enum Value {
    /// None, True, False, fractions and negative numbers, whose values do not matter.
    Nothing,
    Integer(usize),
    Text(Rc<str>),
    Tuple(Vec<ValueId>),
    List(Vec<ValueId>),
    Dict(Vec<(ValueId, ValueId)>),
    Global(Global),
    Storage {
        kind: FloatType,
        key: Rc<str>,
    },
    Tensor(Description),
}

/// The stack unpickler that runs the pickle.
struct Unpickler<'a> {
    cursor: Cursor<'a>,
    values: Vec<Value>,
    stack: Vec<ValueId>,
    marks: Vec<usize>,
    memo: BTreeMap<u32, ValueId>,
}

/// Parses a pickle.
pub(super) fn describe(bytes: &[u8]) -> Result<Saved, FileError> {
    let mut unpickler = Unpickler {
        cursor: Cursor::new(FORMAT, bytes),
        values: Vec::new(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: BTreeMap::new(),
    };
    while unpickler.step()? {}
    let top = unpickler.pop()?;
    let mut left = MOST_VALUES;
    unpickler.saved(top, DEEPEST, &mut left).ok_or_else(|| FileError::NotAVector {
        detail: format!("its pickle holds more than {MOST_VALUES} values, or lists in lists in lists"),
    })
}

impl Unpickler<'_> {
    /// Runs one operation; returns `false` after the last one.
    fn step(&mut self) -> Result<bool, FileError> {
        let operation = self.cursor.u8()?;
        match operation {
            b'.' => return Ok(false),
            // The protocol number and the length of a frame do not matter.
            0x80 => drop(self.cursor.u8()?),
            0x95 => drop(self.cursor.u64()?),
            b'(' => self.marks.push(self.stack.len()),
            b'N' | 0x88 | 0x89 => self.push(Value::Nothing),
            b'K' => {
                let value = self.cursor.u8()?;
                self.push(Value::Integer(value.into()));
            }
            b'M' => {
                let value = self.cursor.u16()?;
                self.push(Value::Integer(value.into()));
            }
            b'J' => {
                let value = self.cursor.u32()?;
                let value = usize::try_from(i32::from_le_bytes(value.to_le_bytes()));
                self.push(value.map_or(Value::Nothing, Value::Integer));
            }
            b'G' => {
                self.cursor.u64()?;
                self.push(Value::Nothing);
            }
            0x8a => self.long()?,
            b'X' => {
                let length = self.cursor.u32()? as usize;
                self.text(length)?;
            }
            0x8c => {
                let length = self.cursor.u8()?.into();
                self.text(length)?;
            }
            b'c' => {
                let (module, name) = (self.cursor.line()?, self.cursor.line()?);
                let name = Global::new(module, name)?;
                self.push(Value::Global(name));
            }
            // INST names a class and calls it, which is never part of a tensor.
            b'i' => {
                let (module, name) = (self.cursor.line()?, self.cursor.line()?);
                return Err(FileError::Forbidden { name: printable(&format!("{module}.{name}")) });
            }
            0x93 => self.stack_name()?,
            b'q' => {
                let index = self.cursor.u8()?.into();
                self.remember(index)?;
            }
            b'r' => {
                let index = self.cursor.u32()?;
                self.remember(index)?;
            }
            0x94 => self.remember(self.memo.len() as u32)?,
            b'h' => {
                let index = self.cursor.u8()?.into();
                self.recall(index)?;
            }
            b'j' => {
                let index = self.cursor.u32()?;
                self.recall(index)?;
            }
            b')' => self.push(Value::Tuple(Vec::new())),
            0x85..=0x87 => self.tuple(usize::from(operation - 0x84))?,
            b't' => {
                let items = self.marked()?;
                self.push(Value::Tuple(items));
            }
            b'Q' => self.storage()?,
            b'R' => self.reduce()?,
            b'}' => self.push(Value::Dict(Vec::new())),
            b']' => self.push(Value::List(Vec::new())),
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.set(&[key, value])?;
            }
            b'u' => {
                let items = self.marked()?;
                self.set(&items)?;
            }
            b'a' => {
                let item = self.pop()?;
                self.append(&[item])?;
            }
            b'e' => {
                let items = self.marked()?;
                self.append(&items)?;
            }
            // The attributes of an OrderedDict do not matter.
            b'b' => {
                self.pop()?;
                if !matches!(self.top()?, Value::Dict(_)) {
                    return Err(self.cursor.refuse("attributes of something that has none"));
                }
            }
            other => {
                return Err(self
                    .cursor
                    .refuse(format!("pickle operation 0x{other:02x}, which no tensor needs")));
            }
        }
        Ok(true)
    }

    fn push(&mut self, value: Value) {
        self.stack.push(self.values.len());
        self.values.push(value);
    }

    fn pop(&mut self) -> Result<ValueId, FileError> {
        self.stack.pop().ok_or_else(|| self.cursor.refuse("a value is missing"))
    }

    /// The values since the last mark.
    fn marked(&mut self) -> Result<Vec<ValueId>, FileError> {
        let mark = self.marks.pop().filter(|mark| *mark <= self.stack.len());
        let mark = mark.ok_or_else(|| self.cursor.refuse("an end without a beginning"))?;
        Ok(self.stack.split_off(mark))
    }

    fn top(&mut self) -> Result<&mut Value, FileError> {
        match self.stack.last() {
            Some(top) => Ok(&mut self.values[*top]),
            None => Err(self.cursor.refuse("a value is missing")),
        }
    }

    /// Adds keys and values, one behind the other, to the dictionary on the stack.
    fn set(&mut self, items: &[ValueId]) -> Result<(), FileError> {
        let (pairs, rest) = items.as_chunks::<2>();
        match self.top()? {
            Value::Dict(entries) if rest.is_empty() => {
                entries.extend(pairs.iter().map(|[key, value]| (*key, *value)));
                Ok(())
            }
            _ => Err(self.cursor.refuse("entries without a dictionary")),
        }
    }

    fn append(&mut self, items: &[ValueId]) -> Result<(), FileError> {
        match self.top()? {
            Value::List(list) => {
                list.extend(items);
                Ok(())
            }
            _ => Err(self.cursor.refuse("items without a list")),
        }
    }

    /// What a value describes; `None` where it is too large or too deep.
    fn saved(&self, value: ValueId, depth: usize, left: &mut usize) -> Option<Saved> {
        *left = left.checked_sub(1)?;
        Some(match &self.values[value] {
            Value::Tensor(description) => Saved::Tensor(description.clone()),
            Value::Integer(value) => Saved::Integer(*value),
            Value::List(items) | Value::Tuple(items) => {
                let depth = depth.checked_sub(1)?;
                Saved::List(items.iter().map(|item| self.saved(*item, depth, left)).collect::<Option<_>>()?)
            }
            Value::Dict(entries) => {
                let depth = depth.checked_sub(1)?;
                let mut found = Vec::new();
                for (key, value) in entries {
                    let key = match &self.values[*key] {
                        Value::Text(name) => printable(name),
                        Value::Integer(number) => number.to_string(),
                        _ => "(a key that is no name)".to_owned(),
                    };
                    found.push((key, self.saved(*value, depth, left)?));
                }
                Saved::Dict(found)
            }
            Value::Nothing | Value::Text(_) | Value::Global(_) | Value::Storage { .. } => Saved::Other,
        })
    }

    fn text(&mut self, length: usize) -> Result<(), FileError> {
        let text = self.cursor.text(length)?.into();
        self.push(Value::Text(text));
        Ok(())
    }

    /// Reads an integer of up to 8 bytes.
    fn long(&mut self) -> Result<(), FileError> {
        let length = self.cursor.u8()?.into();
        let bytes = self.cursor.take(length)?;
        if bytes.last().is_some_and(|last| *last >= 0x80) {
            self.push(Value::Nothing);
            return Ok(());
        }
        let is_fit = bytes.len() <= 8;
        let value = bytes.iter().rev().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        match usize::try_from(value) {
            Ok(value) if is_fit => self.push(Value::Integer(value)),
            _ => return Err(self.cursor.refuse("a number that makes no sense")),
        }
        Ok(())
    }

    fn remember(&mut self, index: u32) -> Result<(), FileError> {
        let top = *self.stack.last().ok_or_else(|| self.cursor.refuse("a value is missing"))?;
        self.memo.insert(index, top);
        Ok(())
    }

    fn recall(&mut self, index: u32) -> Result<(), FileError> {
        let place = self.memo.get(&index).ok_or_else(|| self.cursor.refuse("a value that was never kept"))?;
        self.stack.push(*place);
        Ok(())
    }

    fn tuple(&mut self, size: usize) -> Result<(), FileError> {
        let start =
            self.stack.len().checked_sub(size).ok_or_else(|| self.cursor.refuse("a value is missing"))?;
        let items = self.stack.split_off(start);
        self.push(Value::Tuple(items));
        Ok(())
    }

    /// Reads a global whose module and name are on the stack.
    fn stack_name(&mut self) -> Result<(), FileError> {
        let (name, module) = (self.pop()?, self.pop()?);
        let (Value::Text(module), Value::Text(name)) = (&self.values[module], &self.values[name]) else {
            return Err(self.cursor.refuse("a name that is no text"));
        };
        let name = Global::new(module, name)?;
        self.push(Value::Global(name));
        Ok(())
    }

    /// `("storage", torch.FloatStorage, key, device, numbers)` refers to a storage. The device is ignored.
    fn storage(&mut self) -> Result<(), FileError> {
        let top = self.pop()?;
        let refuse =
            |unpickler: &Self| unpickler.cursor.refuse("a reference to something other than a storage");
        let Value::Tuple(parts) = &self.values[top] else { return Err(refuse(self)) };
        let [word, kind, key, _device, _numbers] = parts.as_slice() else { return Err(refuse(self)) };
        match (&self.values[*word], &self.values[*kind], &self.values[*key]) {
            (Value::Text(word), Value::Global(Global::Storage(kind)), Value::Text(key))
                if **word == *"storage" =>
            {
                let (kind, key) = (*kind, Rc::clone(key));
                self.push(Value::Storage { kind, key });
                Ok(())
            }
            _ => Err(refuse(self)),
        }
    }

    /// Interprets the calls of saved tensors, `_rebuild_tensor_v2`, `_rebuild_parameter` around one and an empty
    /// `OrderedDict`, without calling anything.
    fn reduce(&mut self) -> Result<(), FileError> {
        let (arguments, callee) = (self.pop()?, self.pop()?);
        let Value::Tuple(arguments) = &self.values[arguments] else {
            return Err(self.cursor.refuse("a call without arguments"));
        };
        let value = match &self.values[callee] {
            Value::Global(Global::OrderedDict) if arguments.is_empty() => Value::Dict(Vec::new()),
            Value::Global(Global::RebuildParameter) => {
                match arguments.first().map(|data| &self.values[*data]) {
                    Some(Value::Tensor(description)) => Value::Tensor(description.clone()),
                    _ => return Err(self.cursor.refuse("a parameter without a tensor")),
                }
            }
            Value::Global(Global::RebuildTensor) => Value::Tensor(self.tensor(arguments)?),
            _ => return Err(self.cursor.refuse("a call of something that is not called in a tensor")),
        };
        self.push(value);
        Ok(())
    }

    /// Returns a tensor from the arguments `(storage, offset, shape, strides, requires_grad, hooks)`.
    fn tensor(&self, arguments: &[ValueId]) -> Result<Description, FileError> {
        let refuse = || self.cursor.refuse("a tensor's arguments make no sense");
        let [storage, offset, shape, strides, ..] = arguments else { return Err(refuse()) };
        let (Value::Storage { kind, key }, Value::Integer(offset)) =
            (&self.values[*storage], &self.values[*offset])
        else {
            return Err(refuse());
        };
        let numbers = |place: &ValueId| match &self.values[*place] {
            Value::Tuple(items) if items.len() <= 8 => items.iter().map(|item| self.integer(*item)).collect(),
            _ => None,
        };
        let (shape, strides): (Vec<usize>, Vec<usize>) =
            numbers(shape).zip(numbers(strides)).ok_or_else(refuse)?;
        if shape.len() != strides.len() {
            return Err(refuse());
        }
        Ok(Description { kind: *kind, key: Rc::clone(key), offset: *offset, shape, strides })
    }

    fn integer(&self, place: ValueId) -> Option<usize> {
        match self.values[place] {
            Value::Integer(value) => Some(value),
            _ => None,
        }
    }
}

/// Returns the pickle of an f32 tensor in C order whose storage is named `0`, as `torch.save` writes it.
pub(super) fn write(shape: &[usize]) -> Vec<u8> {
    let mut bytes = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\nq\x00((".to_vec();
    push_text(&mut bytes, "storage");
    bytes.extend(b"ctorch\nFloatStorage\n");
    push_text(&mut bytes, "0");
    push_text(&mut bytes, "cpu");
    push_integer(&mut bytes, shape.iter().product());
    bytes.extend(b"tQK\x00(");
    for size in shape {
        push_integer(&mut bytes, *size);
    }
    bytes.extend(b"t(");
    for place in 0..shape.len() {
        push_integer(&mut bytes, shape[place + 1..].iter().product());
    }
    bytes.extend(b"t\x89ccollections\nOrderedDict\n)RtR.");
    bytes
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(b'X');
    bytes.extend((text.len() as u32).to_le_bytes());
    bytes.extend(text.as_bytes());
}

/// Pushes an integer in the four-byte form (BININT); the size of a vector always fits.
fn push_integer(bytes: &mut Vec<u8>, value: usize) {
    bytes.push(b'J');
    bytes.extend((value as u32).to_le_bytes());
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
            kind: FloatType::F32,
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
        assert!(message(b"ctorch\nLongStorage\n.").contains("stored as LongStorage"));
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
        assert!(message(&bytes).contains("lists in lists"));
        // The same as a list that lies in itself.
        assert!(message(b"]q\x00h\x00a.").contains("lists in lists"));
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
        assert_eq!(read(b"ccollections\nOrderedDict\n)RX\x01\0\0\0aK\x02s}b."), {
            Saved::Dict(vec![("a".into(), Saved::Integer(2))])
        });
    }
}

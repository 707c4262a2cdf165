//! Parses the pickle of a PyTorch file as the description of one tensor.
//!
//! A Python pickle is a program that may call any function. This parser accepts only the operations of a saved tensor: it
//! knows `_rebuild_tensor_v2`, four storages and `OrderedDict`, calls none of them, and refuses every other name and
//! operation. Memory is linear in the length of the pickle: values are in one list and refer to each other by index, so a
//! small program cannot build a large structure.

use std::collections::BTreeMap;

use super::FileError;
use super::bytes::{Cursor, FloatType};

const FORMAT: &str = "PyTorch";

/// The tensor that the pickle describes: a view of a storage, which is a file of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Description {
    /// The float type of the storage.
    pub(super) kind: FloatType,
    /// The file name of the storage.
    pub(super) key: String,
    /// The offset of the tensor in the storage, in numbers.
    pub(super) offset: usize,
    pub(super) shape: Vec<usize>,
    /// The stride of each dimension, in numbers.
    pub(super) strides: Vec<usize>,
}

/// The globals that a saved tensor refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Global {
    RebuildTensor,
    OrderedDict,
    Storage(FloatType),
}

impl Global {
    fn new(module: &str, name: &str) -> Result<Self, FileError> {
        Ok(match (module, name) {
            ("torch._utils", "_rebuild_tensor_v2") => Self::RebuildTensor,
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
    /// None, True, False and the empty dictionary of hooks, whose values do not matter.
    Nothing,
    Integer(usize),
    Text(String),
    Tuple(Vec<ValueId>),
    Global(Global),
    Storage {
        kind: FloatType,
        key: String,
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
pub(super) fn describe(bytes: &[u8]) -> Result<Description, FileError> {
    let mut unpickler = Unpickler {
        cursor: Cursor::new(FORMAT, bytes),
        values: Vec::new(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: BTreeMap::new(),
    };
    while unpickler.step()? {}
    let top = unpickler.pop()?;
    match unpickler.values.swap_remove(top) {
        Value::Tensor(description) => Ok(description),
        _ => Err(FileError::NotAVector {
            detail: "its pickle describes something other than one tensor".into(),
        }),
    }
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
                let value = i32::from_le_bytes(value.to_le_bytes());
                let value = usize::try_from(value).map_err(|_| self.cursor.refuse("a negative number"))?;
                self.push(Value::Integer(value));
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
                let mark = self.marks.pop().filter(|mark| *mark <= self.stack.len());
                let mark = mark.ok_or_else(|| self.cursor.refuse("a tuple without a beginning"))?;
                self.tuple(self.stack.len() - mark)?;
            }
            b'Q' => self.storage()?,
            b'R' => self.reduce()?,
            b'}' | b']' => {
                let detail = "it holds a dictionary or a list; save the one tensor in it by itself".into();
                return Err(FileError::NotAVector { detail });
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

    fn text(&mut self, length: usize) -> Result<(), FileError> {
        let text = self.cursor.text(length)?.to_owned();
        self.push(Value::Text(text));
        Ok(())
    }

    /// Reads an integer of up to 8 bytes.
    fn long(&mut self) -> Result<(), FileError> {
        let length = self.cursor.u8()?.into();
        let bytes = self.cursor.take(length)?;
        let is_fit = bytes.len() <= 8 && bytes.last().is_none_or(|last| *last < 0x80);
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
                if word == "storage" =>
            {
                let (kind, key) = (*kind, key.clone());
                self.push(Value::Storage { kind, key });
                Ok(())
            }
            _ => Err(refuse(self)),
        }
    }

    /// Interprets the two calls of a saved tensor, `_rebuild_tensor_v2` and an empty `OrderedDict` of hooks, without calling
    /// anything.
    fn reduce(&mut self) -> Result<(), FileError> {
        let (arguments, callee) = (self.pop()?, self.pop()?);
        let Value::Tuple(arguments) = &self.values[arguments] else {
            return Err(self.cursor.refuse("a call without arguments"));
        };
        let value = match &self.values[callee] {
            Value::Global(Global::OrderedDict) if arguments.is_empty() => Value::Nothing,
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
        Ok(Description { kind: *kind, key: key.clone(), offset: *offset, shape, strides })
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
        assert_eq!(read, expected);
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
        assert!(message(b"ctorch._utils\n_rebuild_parameter\n.").contains("_rebuild_parameter"));
        assert!(message(b"ctorch\nLongStorage\n.").contains("stored as LongStorage"));
        assert!(message(b"c__builtin__\n\x1b[2J\n.").contains("\\u{1b}"));
        // The names that are known cannot be called in another way.
        assert!(message(b"ctorch\nFloatStorage\n)R.").contains("not called"));
        assert!(message(b"ccollections\nOrderedDict\n)\x81.").contains("0x81"));
        assert!(message(b"}q\x00.").contains("dictionary"));
        assert!(message(b"K\x01.").contains("other than one tensor"));
    }

    #[test]
    fn a_doubling_program_stays_small() {
        // Each step makes a pair of the last pair with itself: 2^5000 leaves if they were copied.
        let mut bytes = b")q\x00".to_vec();
        for _ in 0..5_000 {
            bytes.extend(b"h\x00h\x00\x86q\x00");
        }
        bytes.push(b'.');
        assert!(message(&bytes).contains("other than one tensor"));
    }
}

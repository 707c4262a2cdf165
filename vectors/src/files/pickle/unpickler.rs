//! The stack machine that runs a pickle's operations on descriptions of values.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::bytes::Cursor;
use super::super::{FileError, MAX_LAYERS};
use super::global::{Global, printable};
use super::{Description, Saved, Stored};

const FORMAT: &str = "PyTorch";

/// The most values that are looked at in lists and dictionaries, however often one refers to another.
const MOST_VALUES: usize = 64 * MAX_LAYERS;
/// How deep in lists and dictionaries a vector may lie.
const DEEPEST: usize = 4;

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
        kind: Stored,
        key: Rc<str>,
    },
    Tensor(Description),
}

/// What the pickle describes, the storages that it refers to, and its length.
type Ended = (Saved, BTreeMap<Rc<str>, Stored>, usize);

/// The stack unpickler that runs the pickle.
pub(super) struct Unpickler<'a> {
    cursor: Cursor<'a>,
    values: Vec<Value>,
    stack: Vec<ValueId>,
    marks: Vec<usize>,
    memo: BTreeMap<u32, ValueId>,
}

impl<'a> Unpickler<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            cursor: Cursor::new(FORMAT, bytes),
            values: Vec::new(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: BTreeMap::new(),
        }
    }

    /// Runs the pickle, and returns what its last value describes, the storages that it refers to, and its length.
    pub(super) fn run(mut self) -> Result<Ended, FileError> {
        let whole = self.cursor.left();
        while self.step()? {}
        let length = whole - self.cursor.left();
        let top = self.pop()?;
        let mut left = MOST_VALUES;
        let saved = self.saved(top, DEEPEST, &mut left).ok_or_else(|| FileError::NotAVector {
            detail: format!("its pickle holds more than {MOST_VALUES} values"),
        })?;
        let storages = self.values.iter().filter_map(|value| match value {
            Value::Storage { kind, key } => Some((Rc::clone(key), *kind)),
            _ => None,
        });
        Ok((saved, storages.collect(), length))
    }

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

    /// What a value describes; `None` where it is too large. What lies too deep for a vector is described no further.
    fn saved(&self, value: ValueId, depth: usize, left: &mut usize) -> Option<Saved> {
        *left = left.checked_sub(1)?;
        Some(match &self.values[value] {
            Value::Tensor(description) => Saved::Tensor(description.clone()),
            Value::Integer(value) => Saved::Integer(*value),
            Value::Text(text) => Saved::Text(Rc::clone(text)),
            Value::List(_) | Value::Tuple(_) | Value::Dict(_) if depth == 0 => Saved::Other,
            Value::List(items) | Value::Tuple(items) => {
                let depth = depth - 1;
                Saved::List(items.iter().map(|item| self.saved(*item, depth, left)).collect::<Option<_>>()?)
            }
            Value::Dict(entries) => {
                let depth = depth - 1;
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
            Value::Nothing | Value::Global(_) | Value::Storage { .. } => Saved::Other,
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

    /// `("storage", torch.FloatStorage, key, device, numbers)` refers to a storage. The device is ignored. The old form has
    /// the place of a view in another storage behind these, which is `None` in what programs of the last years wrote.
    fn storage(&mut self) -> Result<(), FileError> {
        let top = self.pop()?;
        let refuse =
            |unpickler: &Self| unpickler.cursor.refuse("a reference to something other than a storage");
        let Value::Tuple(parts) = &self.values[top] else { return Err(refuse(self)) };
        let [word, kind, key, _device, _numbers, view @ ..] = parts.as_slice() else {
            return Err(refuse(self));
        };
        let is_whole = match view {
            [] => true,
            [view] => matches!(self.values[*view], Value::Nothing),
            _ => false,
        };
        match (&self.values[*word], &self.values[*kind], &self.values[*key]) {
            (Value::Text(word), Value::Global(Global::Storage(kind)), Value::Text(key))
                if is_whole && **word == *"storage" =>
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

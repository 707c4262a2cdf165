//! The names of code that saved tensors refer to. They are recognised, and never looked up or called.

use super::super::FileError;
use super::{Stored, not_floats};

/// The names of number types.
const NUMBER_TYPES: [&str; 12] = [
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "bool",
    "complex64",
    "complex128",
];

/// The globals that saved tensors refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Global {
    RebuildTensor,
    RebuildParameter,
    OrderedDict,
    /// The type of numbers, which a dictionary may name.
    NumberType,
    Storage(Stored),
}

impl Global {
    pub(super) fn new(module: &str, name: &str) -> Result<Self, FileError> {
        Ok(match (module, name) {
            ("torch._utils", "_rebuild_tensor_v2") => Self::RebuildTensor,
            ("torch._utils", "_rebuild_parameter") => Self::RebuildParameter,
            ("torch", name) if NUMBER_TYPES.contains(&name) => Self::NumberType,
            ("collections", "OrderedDict") => Self::OrderedDict,
            ("torch", name) if name.ends_with("Storage") => match Stored::named(name) {
                Some(kind) => Self::Storage(kind),
                None => return Err(not_floats(&printable(name))),
            },
            _ => return Err(FileError::Forbidden { name: printable(&format!("{module}.{name}")) }),
        })
    }
}

/// Returns a name with its control characters escaped, since an attacker may have chosen it.
pub(super) fn printable(name: &str) -> String {
    name.chars().take(80).flat_map(char::escape_debug).collect()
}

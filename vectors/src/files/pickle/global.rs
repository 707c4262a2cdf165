//! The names of code that saved tensors refer to. They are recognised, and never looked up or called.

use super::super::FileError;
use super::super::bytes::FloatType;

/// The globals that saved tensors refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Global {
    RebuildTensor,
    RebuildParameter,
    OrderedDict,
    /// The type of numbers, which a dictionary may name.
    NumberType,
    Storage(FloatType),
}

impl Global {
    pub(super) fn new(module: &str, name: &str) -> Result<Self, FileError> {
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
pub(super) fn printable(name: &str) -> String {
    name.chars().take(80).flat_map(char::escape_debug).collect()
}

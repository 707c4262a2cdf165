//! The values of a message's variables.

use fluent_bundle::FluentValue;

/// A value for a variable of a message. Fluent's own type is large, and made at every use of a message it made the page slow to
/// compile.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// It stands in the message as it is.
    Text(String),
    /// It chooses between singular and plural, and stands in plain digits.
    Number(f64),
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

macro_rules! numbers {
    ($($kind:ty)+) => {
        $(impl From<$kind> for Argument {
            fn from(number: $kind) -> Self {
                Self::Number(f64::from(number))
            }
        })+
    };
}

macro_rules! counts {
    ($($kind:ty)+) => {
        $(impl From<$kind> for Argument {
            fn from(count: $kind) -> Self {
                Self::Number(count as f64)
            }
        })+
    };
}

numbers!(u8 u16 u32 i32 f64);
counts!(u64 usize i64);

impl<'a> From<&'a Argument> for FluentValue<'a> {
    fn from(value: &'a Argument) -> Self {
        match value {
            Argument::Text(text) => FluentValue::from(text.as_str()),
            Argument::Number(number) => FluentValue::from(*number),
        }
    }
}

//! Writes messages of Fluent files in a person's language: those of the page, and those of what the window shows around it. Each
//! of the two has files of its own in `ui/locales`, and carries no others.

mod argument;
mod language;
mod messages;

pub use argument::Argument;
pub use language::Language;
pub use messages::Messages;

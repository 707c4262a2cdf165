//! Reads the cells that all formats share: texts, roles and the messages before the prompt.

use ipc::data::Role;
use serde_json::Value;

use super::json::kind;
use super::{Cells, messages};

/// The most turns before a prompt.
pub(super) const MOST_TURNS: usize = 1000;

/// The column in which exports to foreign formats keep the messages before the prompt.
pub(super) const BEFORE: &str = "before";

/// Reads a cell that must be text.
pub(super) fn text(cells: &Cells, name: &str) -> Result<String, String> {
    match cells.get(name) {
        Some(Value::String(text)) => match messages::messages_in_text(name, text)? {
            None => Ok(text.clone()),
            Some(_) => Err(format!("its \"{name}\" is a list of messages, and text is read there")),
        },
        None | Some(Value::Null) => Err(format!("its \"{name}\" is missing")),
        Some(other) => Err(format!("its \"{name}\" is {}, not text", kind(other))),
    }
}

/// Reads a text cell that may be missing.
pub(super) fn optional(cells: &Cells, name: &str) -> Result<Option<String>, String> {
    match cells.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => text(cells, name).map(Some),
    }
}

/// Returns the role of that name.
pub(super) fn role_named(name: &str) -> Option<Role> {
    match name {
        "user" => Some(Role::User),
        "assistant" => Some(Role::Assistant),
        _ => None,
    }
}

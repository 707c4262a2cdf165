//! Cells of a row as every format reads them: text, roles, what is said before the prompt.

use ipc::data::Role;
use serde_json::Value;

use super::Cells;
use super::json::kind;

/// The most turns before a prompt.
pub(super) const MOST_TURNS: usize = 1000;

/// The column of other formats that holds what is said before the prompt.
pub(super) const BEFORE: &str = "before";

/// A cell that must be text.
pub(super) fn text(cells: &Cells, name: &str) -> Result<String, String> {
    match cells.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        None | Some(Value::Null) => Err(format!("its \"{name}\" is missing")),
        Some(other) => Err(format!("its \"{name}\" is {}, not text", kind(other))),
    }
}

/// A cell that may be missing.
pub(super) fn optional(cells: &Cells, name: &str) -> Result<Option<String>, String> {
    match cells.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => text(cells, name).map(Some),
    }
}

/// The role of that name.
pub(super) fn role_named(name: &str) -> Option<Role> {
    match name {
        "user" => Some(Role::User),
        "assistant" => Some(Role::Assistant),
        _ => None,
    }
}

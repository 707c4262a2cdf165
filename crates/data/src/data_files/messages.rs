//! Reads messages of a conversation in the shapes in which programs of this field write them.

use ipc::data::{Role, Turn};
use serde_json::Value;

use super::Cells;
use super::cells::{MOST_TURNS, role_named};
use super::json::kind;

/// A message: its speaker and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) role: String,
    pub(super) content: String,
}

/// The content of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TextOrMessages {
    /// Plain text.
    Text(String),
    /// Messages, and whether they stood as JSON in a cell of text.
    Messages(Vec<Message>, bool),
}

/// Reads a cell's text or messages; `None` where the cell is missing or null.
pub(super) fn text_or_messages(cells: &Cells, name: &str) -> Result<Option<TextOrMessages>, String> {
    match cells.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => match messages_in_text(name, text)? {
            Some(value) => Ok(Some(TextOrMessages::Messages(parse_messages(&value, name)?, true))),
            None => Ok(Some(TextOrMessages::Text(text.clone()))),
        },
        Some(value @ (Value::Array(_) | Value::Object(_))) => {
            Ok(Some(TextOrMessages::Messages(parse_messages(value, name)?, false)))
        }
        Some(other) => Err(format!("its \"{name}\" is {}, not text", kind(other))),
    }
}

/// Parses messages that stand as JSON in a cell of text. Messages as Python prints them are refused by name, because
/// their quotation marks and line breaks cannot be distinguished from the text's own.
pub(super) fn messages_in_text(name: &str, text: &str) -> Result<Option<Value>, String> {
    let trimmed = text.trim();
    let inside = trimmed.strip_prefix('[').map_or(trimmed, str::trim_start);
    let Some(first) = inside.strip_prefix('{').map(str::trim_start) else { return Ok(None) };
    let is_key = |mark: char| {
        let key = first.strip_prefix(mark);
        ["role", "content", "from", "value"]
            .iter()
            .any(|word| key.and_then(|key| key.strip_prefix(word)).is_some_and(|rest| rest.starts_with(mark)))
    };
    if is_key('\'') {
        return Err(format!(
            "its \"{name}\" is a list of messages as Python prints it; write it as JSON (json.dumps) instead"
        ));
    }
    if !is_key('"') {
        return Ok(None);
    }
    serde_json::from_str(trimmed)
        .map(Some)
        .map_err(|_| format!("its \"{name}\" begins like a list of messages, but is not JSON"))
}

/// Reads the messages of a JSON value: a list of them, or one.
fn parse_messages(value: &Value, name: &str) -> Result<Vec<Message>, String> {
    match value {
        Value::Array(items) => items.iter().map(|item| message(item, name)).collect(),
        one => message(one, name).map(|message| vec![message]),
    }
}

/// Reads one message: `role` and `content` as `OpenAI` and TRL have them, or `from` and `value` as `ShareGPT` does.
fn message(item: &Value, name: &str) -> Result<Message, String> {
    let strange =
        || format!("its \"{name}\" is a list of something other than messages with role and content");
    let (role, content) = match (item.get("role"), item.get("content")) {
        (Some(role), Some(content)) => (role, content),
        _ => item.get("from").zip(item.get("value")).ok_or_else(strange)?,
    };
    let Value::String(role) = role else { return Err(strange()) };
    if item.get("tool_calls").is_some_and(|calls| !is_empty(calls)) {
        return Err(format!("a message in its \"{name}\" calls tools, which are not read"));
    }
    let role = match role.as_str() {
        "human" => "user",
        "gpt" | "model" | "bot" => "assistant",
        other => other,
    };
    Ok(Message { role: role.to_owned(), content: text_of(content, name)? })
}

/// Reads a message's text: a text, or a list of parts that are all text.
fn text_of(content: &Value, name: &str) -> Result<String, String> {
    match content {
        Value::String(text) => Ok(text.clone()),
        Value::Array(parts) => parts
            .iter()
            .map(|part| match (part.get("type").and_then(Value::as_str), part.get("text")) {
                (Some("text") | None, Some(Value::String(text))) => Ok(text.as_str()),
                (Some(other), _) if other != "text" => Err(format!(
                    "a message in its \"{name}\" has a part of type {other:?}, which is not read"
                )),
                _ => Err(format!("a message in its \"{name}\" has a part that is not text")),
            })
            .collect(),
        other => Err(format!("a message in its \"{name}\" is {}, not text", kind(other))),
    }
}

/// Returns whether a value is empty: null, or a list, object or text without content.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Returns the system message, if there is one, and the turns after it; `None` where a message has another role.
pub(super) fn turns_of(messages: Vec<Message>) -> Option<(Option<String>, Vec<Turn>)> {
    let mut messages = messages.into_iter().peekable();
    let system = messages.next_if(|first| first.role == "system").map(|message| message.content);
    let turn = |message: Message| Some(Turn { role: role_named(&message.role)?, text: message.content });
    Some((system, messages.map(turn).collect::<Option<_>>()?))
}

/// Returns the system message, the earlier turns and the last message, which must be the user's.
pub(super) fn prompt_of(prompt: Vec<Message>) -> Result<(Option<String>, Vec<Turn>, String), String> {
    let roles: Vec<String> = prompt.iter().take(6).map(|message| message.role.clone()).collect();
    let refuse = || {
        format!(
            "its prompt must end in a message of the user, with only turns of user and assistant and perhaps a system message before it; it is {roles:?}"
        )
    };
    // A system message, the earlier turns, and the prompt itself.
    if prompt.len() > MOST_TURNS + 2 {
        return Err(format!("its prompt has {} messages, at most {} are read", prompt.len(), MOST_TURNS + 2));
    }
    let (system, mut turns) = turns_of(prompt).ok_or_else(refuse)?;
    match turns.pop() {
        Some(Turn { role: Role::User, text }) => Ok((system, turns, text)),
        _ => Err(refuse()),
    }
}

/// Reads earlier turns as Alpaca-like data have them: a list of questions with their answers.
pub(super) fn history(cells: &Cells) -> Result<Vec<Turn>, String> {
    let Some(value) = cells.get("history").filter(|value| !is_empty(value)) else { return Ok(vec![]) };
    let refuse = || "its \"history\" is no list of questions with their answers".to_owned();
    let mut turns = Vec::new();
    for item in value.as_array().ok_or_else(refuse)? {
        let Some([Value::String(question), Value::String(answer)]) = item.as_array().map(Vec::as_slice)
        else {
            return Err(refuse());
        };
        turns.push(Turn { role: Role::User, text: question.clone() });
        turns.push(Turn { role: Role::Assistant, text: answer.clone() });
    }
    if turns.len() > MOST_TURNS {
        return Err(format!("it has {} earlier turns, a pair has at most {MOST_TURNS}", turns.len()));
    }
    Ok(turns)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: Value) -> Result<Option<TextOrMessages>, String> {
        text_or_messages(&Cells::from_iter([("chosen".to_owned(), value)]), "chosen")
    }

    #[test]
    fn messages_are_read_in_every_shape() {
        let one = |role: &str, content: &str| Message { role: role.into(), content: content.into() };
        let user = vec![one("user", "Hi")];
        for value in [
            json!([{"role": "user", "content": "Hi"}]),
            json!({"from": "human", "value": "Hi"}),
            json!([{"role": "user", "content": [{"type": "text", "text": "H"}, {"type": "text", "text": "i"}]}]),
        ] {
            assert_eq!(read(value), Ok(Some(TextOrMessages::Messages(user.clone(), false))));
        }
        let text = json!("[{\"role\": \"user\", \"content\": \"Hi\"}]");
        assert_eq!(read(text), Ok(Some(TextOrMessages::Messages(user, true))));
        assert_eq!(read(json!("[a list]")), Ok(Some(TextOrMessages::Text("[a list]".into()))));
        assert_eq!(read(Value::Null), Ok(None));
    }

    #[test]
    fn what_is_not_text_is_refused_by_name() {
        let refused = |value: Value, words: &str| {
            assert!(read(value.clone()).is_err_and(|reason| reason.contains(words)), "{value}");
        };
        refused(json!("[{'role': 'user', 'content': 'Hi'}]"), "as Python prints it");
        refused(json!([{"role": "user", "content": [{"type": "image_url", "image_url": "x"}]}]), "image_url");
        refused(json!([{"role": "user", "content": 7}]), "a number");
        refused(json!([{"role": "assistant", "content": "", "tool_calls": [{}]}]), "tools");
        refused(json!([1]), "something other");
        refused(json!(true), "true or false");
    }

    #[test]
    fn a_history_becomes_earlier_turns() {
        let cells = |value: Value| Cells::from_iter([("history".to_owned(), value)]);
        assert_eq!(history(&cells(json!([["Hi", "Hello"]]))).map(|turns| turns.len()), Ok(2));
        assert_eq!(history(&cells(json!([]))), Ok(vec![]));
        assert!(history(&cells(json!([["Hi"]]))).is_err());
    }
}

//! Reads messages of a conversation in the shapes in which programs of this field write them.

use ipc::data::{Role, Turn};
use serde_json::Value;

use super::Cells;
use super::cells::{MOST_TURNS, role_named};
use super::json::{STRANGE, kind};
use super::report::RowNote;
use super::trl::AddNote;

/// The keys of a message's speaker and text: as `OpenAI` and TRL have them, or as `ShareGPT` does.
const KEYS: [[&str; 2]; 2] = [["role", "content"], ["from", "value"]];
/// The keys of a message that hold what a model would read, and that are not read here.
const CHANGING: [&str; 10] = [
    "function_call",
    "reasoning_content",
    "reasoning",
    "thinking",
    "image",
    "images",
    "audio",
    "audios",
    "video",
    "videos",
];
/// The most letters of a key in a note.
const LONGEST_KEY: usize = 40;

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
pub(super) fn text_or_messages(
    cells: &Cells,
    name: &str,
    done: AddNote<'_>,
) -> Result<Option<TextOrMessages>, String> {
    match cells.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => match messages_in_text(name, text)? {
            Some(value) => Ok(Some(TextOrMessages::Messages(parse_messages(&value, name, done)?, true))),
            None => Ok(Some(TextOrMessages::Text(text.clone()))),
        },
        Some(value @ (Value::Array(_) | Value::Object(_))) if value.get(STRANGE).is_none() => {
            Ok(Some(TextOrMessages::Messages(parse_messages(value, name, done)?, false)))
        }
        Some(other) => Err(format!("its \"{name}\" is {}, not text", kind(other))),
    }
}

/// Parses messages that stand as JSON in a cell of text. Messages as Python prints them are refused by name, because
/// their quotation marks and line breaks cannot be distinguished from the text's own.
pub(super) fn messages_in_text(name: &str, text: &str) -> Result<Option<Value>, String> {
    let trimmed = text.trim();
    let mut inside = trimmed;
    while let Some(rest) = inside.strip_prefix('[').or_else(|| inside.strip_prefix("array(")) {
        inside = rest.trim_start();
    }
    // A message may begin with any of its keys.
    let has_keys = |around: [&str; 2]| {
        let [before, behind] = around;
        KEYS.iter().any(|keys| keys.iter().all(|key| trimmed.contains(&format!("{before}{key}{behind}"))))
    };
    let printed = || {
        Err(format!(
            "its \"{name}\" is a list of messages as Python prints it; write it as JSON (json.dumps) instead"
        ))
    };
    if trimmed.starts_with('[') && is_call(inside) && has_keys(["", "="]) {
        return printed();
    }
    let Some(first) = inside.strip_prefix('{').map(str::trim_start) else { return Ok(None) };
    let begins_with_key = |mark: char| {
        let key = first.strip_prefix(mark);
        let rest = |word: &&str| key.and_then(|key| key.strip_prefix(*word));
        KEYS.as_flattened().iter().any(|word| rest(word).is_some_and(|rest| rest.starts_with(mark)))
    };
    if begins_with_key('\'') || (first.starts_with('\'') && has_keys(["'", "':"])) {
        return printed();
    }
    let is_meant = begins_with_key('"');
    if !(is_meant || first.starts_with('"') && has_keys(["\"", "\""])) {
        return Ok(None);
    }
    match serde_json::from_str(trimmed) {
        Ok(value) => Ok((is_meant || is_message(&value)).then_some(value)),
        Err(_) if is_meant => Err(format!("its \"{name}\" begins like a list of messages, but is not JSON")),
        Err(_) => Ok(None),
    }
}

/// Whether a text begins as Python prints an object of a class: `Message(`.
fn is_call(text: &str) -> bool {
    let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.');
    text.split_once('(').is_some_and(|(word, _)| !word.is_empty() && word.chars().all(is_name))
}

/// Whether a value is a message, or a list that begins with one.
fn is_message(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.first().is_some_and(is_message),
        Value::Object(entries) => KEYS.iter().any(|keys| keys.iter().all(|key| entries.contains_key(*key))),
        _ => false,
    }
}

/// Reads the messages of a JSON value: a list of them, or one.
fn parse_messages(value: &Value, name: &str, done: AddNote<'_>) -> Result<Vec<Message>, String> {
    match value {
        Value::Array(items) => items.iter().map(|item| message(item, name, &mut *done)).collect(),
        one => message(one, name, done).map(|message| vec![message]),
    }
}

/// Reads one message. Its other keys are refused where they hold what a model would read, else they are reported.
fn message(item: &Value, name: &str, done: AddNote<'_>) -> Result<Message, String> {
    let strange =
        || format!("its \"{name}\" is a list of something other than messages with role and content");
    let entries = item.as_object().ok_or_else(strange)?;
    let read = |keys: &&[&str; 2]| keys.iter().all(|key| entries.contains_key(*key));
    let keys = KEYS.iter().find(read).ok_or_else(strange)?;
    let [role, content] = keys.map(|key| &entries[key]);
    let Value::String(role) = role else { return Err(strange()) };
    for (key, _) in entries.iter().filter(|(_, value)| !is_empty(value)) {
        match key.as_str() {
            "tool_calls" => {
                return Err(format!("a message in its \"{name}\" calls tools, which are not read"));
            }
            key if CHANGING.contains(&key) => {
                return Err(format!("a message in its \"{name}\" has {key:?}, which is not read"));
            }
            key if !keys.contains(&key) => {
                done(RowNote::MessageKey(key.chars().take(LONGEST_KEY).collect()));
            }
            _ => {}
        }
    }
    let role = match role.as_str() {
        "human" => "user",
        "gpt" | "model" | "bot" | "chatgpt" => "assistant",
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
        text_or_messages(&Cells::from_iter([("chosen".to_owned(), value)]), "chosen", &mut |_| {})
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
    fn messages_in_a_cell_are_known_whatever_key_comes_first() {
        let text = json!("[{\"id\": 7, \"role\": \"user\", \"content\": \"Hi\"}]");
        let user = vec![Message { role: "user".into(), content: "Hi".into() }];
        assert_eq!(read(text), Ok(Some(TextOrMessages::Messages(user, true))));
        for printed in [
            "[{'id': 7, 'role': 'user', 'content': 'Hi'}]",
            "[[{'role': 'user', 'content': 'Hi'}]]",
            "array([{'content': 'Hi', 'role': 'user'}], dtype=object)",
            "[ChatMessage(id=7, role='user', content='Hi')]",
        ] {
            assert!(
                read(json!(printed)).is_err_and(|reason| reason.contains("as Python prints")),
                "{printed}"
            );
        }
        assert!(read(json!("[[{\"role\": \"user\", \"content\": \"Hi\"}]]")).is_err());
        for text in [
            "{\"id\": 7} has neither \"role\" nor \"content\"",
            "{\"name\": \"Ada\", \"role\": \"queen\"}",
            "[see Message(role, content)]",
        ] {
            assert_eq!(read(json!(text)), Ok(Some(TextOrMessages::Text(text.into()))));
        }
    }

    #[test]
    fn other_keys_of_a_message_are_reported_or_refused() {
        let mut keys = Vec::new();
        let message =
            json!([{"role": "user", "content": "Hi", "name": "Ada", "weight": 0, "images": [], "id": null}]);
        let cells = Cells::from_iter([("chosen".to_owned(), message)]);
        text_or_messages(&cells, "chosen", &mut |note| keys.push(note)).expect("messages");
        assert_eq!(keys, ["name", "weight"].map(|key| RowNote::MessageKey(key.into())));
        for key in ["reasoning_content", "images", "function_call"] {
            let message = json!([{"role": "user", "content": "Hi", key: "x"}]);
            assert!(read(message).is_err_and(|reason| reason.contains(key)), "{key}");
        }
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
        refused(json!({STRANGE: "Date32"}), "of a type that holds no text");
    }

    #[test]
    fn a_history_becomes_earlier_turns() {
        let cells = |value: Value| Cells::from_iter([("history".to_owned(), value)]);
        assert_eq!(history(&cells(json!([["Hi", "Hello"]]))).map(|turns| turns.len()), Ok(2));
        assert_eq!(history(&cells(json!([]))), Ok(vec![]));
        assert!(history(&cells(json!([["Hi"]]))).is_err());
    }
}

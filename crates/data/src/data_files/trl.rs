//! Reads TRL's preference rows: text or messages, with the prompt in a column or as the answers' common beginning.

use ipc::data::{Role, Turn};
use serde_json::Value;

use super::cells::{BEFORE, MOST_TURNS, role_named, text};
use super::json::kind;
use super::{Cells, Row};

/// The mark before an answer in transcripts of people and assistants.
const ANSWER_MARK: &str = "Assistant:";

/// A message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Message {
    role: String,
    content: String,
}

/// Reads a row with `chosen` and `rejected`.
pub(super) fn row(cells: &Cells) -> Result<Row, String> {
    let is_conversation = |name: &str| matches!(cells.get(name), Some(Value::Array(_)));
    let has_prompt = cells.get("prompt").is_some_and(|prompt| !prompt.is_null());
    if ["prompt", "chosen", "rejected"].iter().any(|name| is_conversation(name)) {
        return conversation(cells, has_prompt);
    }
    let (wanted, opposite) = (text(cells, "chosen")?, text(cells, "rejected")?);
    if has_prompt {
        return Ok(Row { prompt: text(cells, "prompt")?, wanted, opposite, ..Row::default() });
    }
    let at = common_prompt(&wanted, &opposite)?;
    let (prompt, wanted) = wanted.split_at(at);
    Ok(Row {
        prompt: prompt.into(),
        wanted: wanted.into(),
        opposite: opposite[at..].into(),
        ..Row::default()
    })
}

/// Returns where the common prompt of both texts ends, in bytes: behind the last [`ANSWER_MARK`], else between two words.
fn common_prompt(chosen: &str, rejected: &str) -> Result<usize, String> {
    let both = chosen.char_indices().zip(rejected.chars());
    let differs = both.clone().find(|((_, a), b)| a != b).map(|((at, _), _)| at);
    let common = differs.unwrap_or(chosen.len().min(rejected.len()));
    let common = &chosen[..common];
    let mark = common.rfind(ANSWER_MARK).map(|at| at + ANSWER_MARK.len());
    let word = || common.rfind(char::is_whitespace).filter(|at| !common[..*at].trim().is_empty());
    mark.or_else(word)
        .ok_or_else(|| "it has no \"prompt\", and chosen and rejected begin differently".to_owned())
}

/// Reads a row of messages: an optional system message, earlier turns, a message of the user, and one answer.
fn conversation(cells: &Cells, has_prompt: bool) -> Result<Row, String> {
    let (mut chosen, mut rejected) =
        (messages(cells, "chosen", "assistant")?, messages(cells, "rejected", "assistant")?);
    let prompt = if has_prompt {
        messages(cells, "prompt", "user")?
    } else {
        let common = chosen.iter().zip(&rejected).take_while(|(a, b)| a == b).count();
        rejected.drain(..common);
        chosen.drain(..common).collect()
    };
    let (system, turns, question) = conversation_of(prompt)?;
    let answer = |which: &str, messages: Vec<Message>| match <[Message; 1]>::try_from(messages) {
        Ok([message]) if message.role == "assistant" => Ok(message.content),
        _ => Err(format!("its \"{which}\" must end in one message of the assistant")),
    };
    Ok(Row {
        prompt: question,
        wanted: answer("chosen", chosen)?,
        opposite: answer("rejected", rejected)?,
        system,
        turns,
        ..Row::default()
    })
}

/// Splits a prompt's messages into the system message, the earlier turns and the last message, which must be the user's.
fn conversation_of(prompt: Vec<Message>) -> Result<(Option<String>, Vec<Turn>, String), String> {
    let roles: Vec<String> = prompt.iter().take(6).map(|message| message.role.clone()).collect();
    let refuse = || {
        format!(
            "its prompt must end in a message of the user, with only turns of user and assistant and perhaps a system message before it; it is {roles:?}"
        )
    };
    // The limit counts a system message, the earlier turns and the prompt itself.
    if prompt.len() > MOST_TURNS + 2 {
        return Err(format!("its prompt has {} messages, at most {} are read", prompt.len(), MOST_TURNS + 2));
    }
    let (system, mut turns) = turns_of(prompt).ok_or_else(refuse)?;
    match turns.pop() {
        Some(Turn { role: Role::User, text }) => Ok((system, turns, text)),
        _ => Err(refuse()),
    }
}

/// Splits messages into an optional system message and the turns; returns `None` where another role speaks.
fn turns_of(messages: Vec<Message>) -> Option<(Option<String>, Vec<Turn>)> {
    let mut messages = messages.into_iter().peekable();
    let system = messages.next_if(|first| first.role == "system").map(|message| message.content);
    let turn = |message: Message| Some(Turn { role: role_named(&message.role)?, text: message.content });
    Some((system, messages.map(turn).collect::<Option<_>>()?))
}

/// Reads the messages before the prompt from the column that the CSV has for them: a list of messages as JSON.
pub(super) fn before(cells: &Cells) -> Result<(Option<String>, Vec<Turn>), String> {
    let list = cells.get(BEFORE).and_then(Value::as_str).filter(|text| text.starts_with('['));
    let Some(list) = list else { return Ok((None, vec![])) };
    let refuse = || format!("its \"{BEFORE}\" is no list of messages with role and content");
    let messages = serde_json::from_str(list).map_err(|_| refuse())?;
    let cells = Cells::from_iter([(BEFORE.to_owned(), messages)]);
    let messages = messages_in(&cells, BEFORE)?;
    if messages.len() > MOST_TURNS + 1 {
        return Err(format!("it has {} earlier turns, a pair has at most {MOST_TURNS}", messages.len()));
    }
    turns_of(messages).ok_or_else(refuse)
}

/// Reads a column's messages; plain text becomes one message of `role`.
fn messages(cells: &Cells, name: &str, role: &str) -> Result<Vec<Message>, String> {
    match cells.get(name) {
        Some(Value::Array(_)) => messages_in(cells, name),
        _ => Ok(vec![Message { role: role.to_owned(), content: text(cells, name)? }]),
    }
}

/// Reads a column's list of messages.
fn messages_in(cells: &Cells, name: &str) -> Result<Vec<Message>, String> {
    let items = cells.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let message = |item: &Value| match (item.get("role"), item.get("content")) {
        (Some(Value::String(role)), Some(Value::String(content))) => {
            Ok(Message { role: role.clone(), content: content.clone() })
        }
        (Some(Value::String(_)), Some(other)) => {
            Err(format!("a message in its \"{name}\" is {}, not text", kind(other)))
        }
        _ => Err(format!("its \"{name}\" is a list of something other than messages with role and content")),
    };
    items.iter().map(message).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<(String, String, String), String> {
        let row = row(&serde_json::from_str(json).expect("JSON"))?;
        Ok((row.prompt, row.wanted, row.opposite))
    }

    #[test]
    fn a_common_beginning_is_the_prompt() {
        let transcript = r#"{"chosen": "\n\nHuman: Hi\n\nAssistant: I am well", "rejected": "\n\nHuman: Hi\n\nAssistant: I am not"}"#;
        let expected = ("\n\nHuman: Hi\n\nAssistant:".into(), " I am well".into(), " I am not".into());
        assert_eq!(read(transcript), Ok(expected));
        let words = r#"{"chosen": "The sky is blue", "rejected": "The sky is black"}"#;
        assert_eq!(read(words), Ok(("The sky is".into(), " blue".into(), " black".into())));
        assert!(
            read(r#"{"chosen": "yes", "rejected": "no"}"#)
                .is_err_and(|reason| reason.contains("begin differently"))
        );
        assert_eq!(
            read(r#"{"chosen": "Ä ä", "rejected": "Ä ö"}"#),
            Ok(("Ä".into(), " ä".into(), " ö".into()))
        );
    }

    #[test]
    fn messages_are_read_with_and_without_a_prompt() {
        let with = r#"{"prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}],
            "chosen": [{"role": "assistant", "content": "a"}], "rejected": [{"role": "assistant", "content": "b"}]}"#;
        assert_eq!(read(with), Ok(("q".into(), "a".into(), "b".into())));
        let without = r#"{"chosen": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}],
            "rejected": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "b"}]}"#;
        assert_eq!(read(without), Ok(("q".into(), "a".into(), "b".into())));
        let earlier = r#"{"role": "user", "content": "s"}, {"role": "assistant", "content": "t"}"#;
        let turns = with.replace(r#"{"role": "system", "content": "s"}"#, earlier);
        let turns = row(&serde_json::from_str(&turns).expect("JSON")).expect("a row").turns;
        assert_eq!(turns.iter().map(|turn| turn.text.as_str()).collect::<Vec<_>>(), ["s", "t"]);
        for wrong in [with.replace("\"system\"", "\"tool\""), with.replace("\"user\"", "\"assistant\"")] {
            assert!(read(&wrong).is_err_and(|reason| reason.contains("message of the user")));
        }
        let number = with.replace("\"a\"", "7");
        assert!(read(&number).is_err_and(|reason| reason.contains("a number")));
    }
}

//! Conversations as JSON lines, one for each column: chat messages as other programs read them, and what Tiller knows of them.

use ipc::conversation::{Column, Desk, ModelTurn, Said, SamplingSettings, Turn};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Talk;
use crate::Error;

/// The most lines of a file.
const MOST_LINES: usize = 100_000;

/// A conversation that was read from a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Imported {
    /// The name, where a person had given it.
    pub(crate) name: Option<String>,
    pub(crate) desk: Desk,
    /// What was said in each column.
    pub(crate) columns: Vec<(u32, Vec<Said>)>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    messages: Vec<Message>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tiller: Option<Facts>,
}

#[derive(Serialize, Deserialize)]
struct Message {
    role: String,
    #[serde(default)]
    content: Value,
}

/// What Tiller knows of a column and its answers.
#[derive(Serialize, Deserialize)]
struct Facts {
    /// Lines with the same value are columns of one conversation.
    conversation: String,
    name: String,
    /// The column's id on the desk.
    column: u32,
    desk: Desk,
    /// The answers without their texts, which are among the messages.
    answers: Vec<ModelTurn>,
}

/// Writes a conversation.
pub(crate) fn write(talk: &Talk) -> Result<String, Error> {
    let conversation = &talk.conversation;
    let key = format!("{} of {}", conversation.id, conversation.created);
    let said = |turns: &Vec<Turn>| turns.iter().map(|turn| turn.said.clone()).collect();
    let columns: Vec<Vec<Said>> = talk.columns.iter().map(said).collect();
    write_columns(&key, &conversation.name, &conversation.desk, &columns)
}

/// Writes what was said in each column of a desk, in the desk's order. Lines with the same key are columns of one conversation. An empty
/// name is that of the first words.
///
/// # Errors
/// Returns an error if a number cannot be written.
pub fn write_columns(key: &str, name: &str, desk: &Desk, columns: &[Vec<Said>]) -> Result<String, Error> {
    let mut text = String::new();
    for (column, said) in desk.columns.iter().zip(columns) {
        let mut messages = Vec::new();
        if !column.system_prompt.is_empty() {
            messages.push(message("system", &column.system_prompt));
        }
        let mut answers = Vec::new();
        for said in said {
            match said {
                Said::Person { text } => messages.push(message("user", text)),
                Said::Model(answer) => {
                    messages.push(message("assistant", &answer.text));
                    answers.push(ModelTurn { text: String::new(), ..ModelTurn::clone(answer) });
                }
            }
        }
        let facts = Facts {
            conversation: key.to_owned(),
            name: name.to_owned(),
            column: column.id,
            desk: desk.clone(),
            answers,
        };
        let line = serde_json::to_string(&Line { messages, tiller: Some(facts) }).map_err(|error| {
            Error::invalid(format!("The conversation cannot be written: {error}."), "Export it as Markdown.")
        })?;
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}

fn message(role: &str, content: &str) -> Message {
    Message { role: role.to_owned(), content: Value::String(content.to_owned()) }
}

/// Reads conversations. A line without what Tiller knows becomes a conversation of one column of the plain model.
pub(crate) fn read(text: &str) -> Result<Vec<Imported>, Error> {
    let mut all: Vec<(Option<String>, Imported)> = Vec::new();
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    for (place, line) in lines {
        let number = place + 1;
        let refuse = |why: String| refused(number, &why);
        if all.len() >= MOST_LINES {
            return Err(refuse(format!("there are more than {MOST_LINES} conversations")));
        }
        let line: Line = serde_json::from_str(line).map_err(|error| refuse(unreadable(&error)))?;
        let (system, said) = said(line.messages).map_err(refuse)?;
        match line.tiller {
            None => all.push((None, plain(system, said))),
            Some(facts) => add(&mut all, facts, said).map_err(refuse)?,
        }
    }
    if all.is_empty() {
        return Err(refused(1, "there is no conversation"));
    }
    Ok(all.into_iter().map(|(_, imported)| imported).collect())
}

/// Says why a line is no JSON of this form. Each is read by itself, so that it would always be the first one.
fn unreadable(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}

fn refused(number: usize, why: &str) -> Error {
    Error::invalid(
        format!("Line {number} is no conversation: {why}."),
        "Choose JSON lines of which each has \u{201c}messages\u{201d} with roles and contents.",
    )
}

/// Returns the system prompt and what was said after it.
fn said(messages: Vec<Message>) -> Result<(String, Vec<Said>), String> {
    let (mut system, mut said) = (String::new(), Vec::new());
    for (place, message) in messages.into_iter().enumerate() {
        let text = content(&message.content).ok_or_else(|| format!("message {} has no text", place + 1))?;
        match message.role.as_str() {
            "system" | "developer" if place == 0 => system = text,
            "user" | "human" => said.push(Said::Person { text }),
            "assistant" | "model" | "gpt" => said.push(Said::Model(Box::new(answer(text)))),
            role => return Err(format!("message {} is of the role {role:?}", place + 1)),
        }
    }
    Ok((system, said))
}

/// Returns the text of a message: a string, or a list of parts that are all texts.
fn content(content: &Value) -> Option<String> {
    match content {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => parts.iter().map(|part| part["text"].as_str()).collect(),
        _ => None,
    }
}

/// Returns an answer of which nothing but its text is known.
fn answer(text: String) -> ModelTurn {
    ModelTurn {
        given: text.len() as u32,
        text,
        tokens: 0,
        left_out: 0,
        end: ipc::answer::AnswerEnd::EndOfTurn,
        sampling: SamplingSettings::default(),
        system_prompt: String::new(),
        steering: vec![],
        observed: vec![],
    }
}

fn plain(system_prompt: String, said: Vec<Said>) -> Imported {
    let column = Column {
        id: 1,
        name: String::new(),
        factors: vec![],
        system_prompt,
        sampling: SamplingSettings::default(),
    };
    let desk = Desk { columns: vec![column], ..Desk::default() };
    Imported { name: None, desk, columns: vec![(1, said)] }
}

/// Adds a column to its conversation, which begins with its first line.
fn add(all: &mut Vec<(Option<String>, Imported)>, facts: Facts, mut said: Vec<Said>) -> Result<(), String> {
    if facts.desk.column(facts.column).is_none() {
        return Err(format!("its desk has no column {}", facts.column));
    }
    let mut answers = facts.answers.into_iter();
    for said in &mut said {
        let Said::Model(answer) = said else { continue };
        let Some(known) = answers.next() else { continue };
        // A text that was changed in the file is a person's own.
        let text = std::mem::take(&mut answer.text);
        let fits = known.given as usize <= text.len() && text.is_char_boundary(known.given as usize);
        **answer = if fits { ModelTurn { text, ..known } } else { self::answer(text) };
    }
    let place = all.iter().position(|(key, _)| key.as_ref() == Some(&facts.conversation));
    let place = place.unwrap_or_else(|| {
        // Nobody has named a conversation that is called by its first words.
        let first = said.iter().find_map(|said| match said {
            Said::Person { text } => Some(store::conversations::first_words(text)),
            Said::Model(_) => None,
        });
        let is_named = !facts.name.is_empty() && first.as_ref() != Some(&facts.name);
        let name = is_named.then_some(facts.name);
        let imported = Imported { name, desk: facts.desk, columns: vec![] };
        all.push((Some(facts.conversation), imported));
        all.len() - 1
    });
    let columns = &mut all[place].1.columns;
    if columns.iter().any(|(column, _)| *column == facts.column) {
        return Err(format!("column {} is there twice", facts.column));
    }
    columns.push((facts.column, said));
    Ok(())
}

//! Reads the lines that a person or a script types into a conversation.

use std::path::PathBuf;

use crate::halt::Halt;

/// The lines that are no messages.
pub(super) const HELP: &str = "Each line is a message to every column. Other lines:
  /system TEXT   the system message of what follows; without TEXT none
  /at M,M..      the columns' strengths, as if from the start
  /again         answer the last message again, with the next seed
  /leave-out     leave out the oldest turns where they are too long, and repeat what was refused for it
  /stop TEXT..   texts that end an answer, with spaces in \"quotes\"; without TEXT none
  /save FILE     the conversation as JSON lines, one for each column
  /help          this list
  //TEXT         a message that begins with /
Ctrl-C stops the answers, a second one ends the program, and so does the end of the input.";

/// What a line asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Input {
    /// The line is empty.
    Nothing,
    /// A message to every column.
    Message(String),
    /// Another system message. Empty for none.
    System(String),
    /// Other strengths.
    At(Vec<f64>),
    /// The last message is answered again.
    Again,
    /// The oldest turns are left out from now on.
    LeaveOut,
    /// Other stop words.
    Stop(Vec<String>),
    /// The conversation is written to a file.
    Save(PathBuf),
    /// The list of commands is shown.
    Help,
}

/// Reads one line.
pub(super) fn parse(line: &str) -> Result<Input, Halt> {
    let line = line.trim();
    if line.is_empty() {
        return Ok(Input::Nothing);
    }
    let Some(command) = line.strip_prefix('/') else { return Ok(Input::Message(line.to_owned())) };
    if command.starts_with('/') {
        return Ok(Input::Message(command.to_owned()));
    }
    let (name, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
    let rest = rest.trim();
    match name {
        "system" => Ok(Input::System(rest.to_owned())),
        "at" => rest.split(',').map(strength).collect::<Result<_, _>>().map(Input::At),
        "again" if rest.is_empty() => Ok(Input::Again),
        "leave-out" if rest.is_empty() => Ok(Input::LeaveOut),
        "again" | "leave-out" => Err(Halt::Usage(format!("/{name} stands alone."))),
        "stop" => words(rest).map(Input::Stop),
        "save" if rest.is_empty() => Err(Halt::Usage("/save needs the name of a file.".into())),
        "save" => Ok(Input::Save(PathBuf::from(rest))),
        "help" => Ok(Input::Help),
        _ => Err(Halt::Usage(format!(
            "/{name} is not known: /help lists what is; a message that begins with / is typed with //."
        ))),
    }
}

fn strength(text: &str) -> Result<f64, Halt> {
    text.trim()
        .parse()
        .map_err(|_| Halt::Usage(format!("\"{text}\" is no number: write strengths as in /at -1,0,1.")))
}

/// Reads words that spaces separate; each may be a JSON string.
fn words(text: &str) -> Result<Vec<String>, Halt> {
    let (mut words, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let (word, after) = if rest.starts_with('"') {
            quoted(rest)?
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            (rest[..end].to_owned(), &rest[end..])
        };
        if word.is_empty() {
            return Err(Halt::Usage("an empty stop word would end every answer at once.".into()));
        }
        words.push(word);
        rest = after.trim_start();
    }
    Ok(words)
}

/// Reads the JSON string at the beginning of a text, and returns what follows it.
fn quoted(text: &str) -> Result<(String, &str), Halt> {
    let mut strings = serde_json::Deserializer::from_str(text).into_iter::<String>();
    match strings.next() {
        Some(Ok(word)) => Ok((word, &text[strings.byte_offset()..])),
        _ => Err(Halt::Usage(format!(
            "the stop word {text} cannot be read: close its quotes, as in /stop END \"the end\" \"\\n\"."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_messages_or_commands() {
        let strings = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        for (line, input) in [
            ("  ", Input::Nothing),
            (" How are you? /x ", Input::Message("How are you? /x".into())),
            ("//etc is a folder", Input::Message("/etc is a folder".into())),
            ("/system Be short.", Input::System("Be short.".into())),
            ("/system", Input::System(String::new())),
            ("/at -1, 0,1.5", Input::At(vec![-1.0, 0.0, 1.5])),
            ("/again", Input::Again),
            (" /leave-out ", Input::LeaveOut),
            ("/stop", Input::Stop(vec![])),
            ("/stop END User:", Input::Stop(strings(&["END", "User:"]))),
            ("/stop \"\\n\\n\" \"the end\"", Input::Stop(strings(&["\n\n", "the end"]))),
            ("/stop END \"the end\"  User:", Input::Stop(strings(&["END", "the end", "User:"]))),
            ("/save my talk.jsonl", Input::Save("my talk.jsonl".into())),
            ("/help", Input::Help),
        ] {
            assert_eq!(parse(line).expect(line), input);
        }
    }

    #[test]
    fn a_line_that_cannot_be_done_is_wrong_usage() {
        for (line, words) in [
            ("/at", "no number"),
            ("/at 1;2", "no number"),
            ("/again please", "alone"),
            ("/leave-out 3", "/leave-out stands alone"),
            ("/save", "file"),
            ("/stop \"\"", "empty"),
            ("/stop \"a", "cannot be read"),
            ("/quit", "/quit is not known"),
        ] {
            match parse(line) {
                Err(Halt::Usage(message)) => assert!(message.contains(words), "{line}: {message}"),
                other => panic!("{line}: {other:?}"),
            }
        }
    }
}

//! Reads preference rows with `chosen` and `rejected` in the shapes of TRL, Orca, Alpaca, `UltraFeedback`, HH and `ShareGPT`.

use ipc::data::Turn;
use serde_json::Value;

use super::cells::{BEFORE, MOST_TURNS, optional};
use super::columns::FURTHER;
use super::messages::{self, Message, TextOrMessages, is_empty, text_or_messages};
use super::report::RowNote;
use super::{Cells, Row};

/// The columns of the answers.
pub(super) const ANSWERS: [&str; 2] = ["chosen", "rejected"];
/// The columns that may hold the prompt, the first that is there wins.
const PROMPTS: [&str; 4] = ["prompt", "question", "instruction", "conversations"];
/// The column whose text follows an instruction, and is the prompt where no other one is.
const INPUT: &str = "input";
/// The columns that are read where they are there.
pub(super) const OPTIONAL: [&str; 6] = [PROMPTS[0], PROMPTS[1], PROMPTS[2], PROMPTS[3], INPUT, "history"];
/// The columns that refuse a row where they say something.
pub(super) const REFUSED: [&str; 4] = ["tools", "images", "videos", "audios"];
/// What begins a line on which an assistant answers.
const ANSWER_MARK: &str = "Assistant:";
/// What begins a line on which a person asks.
const QUESTION_MARK: &str = "Human:";

/// Called with what was done to a row.
pub(super) type AddNote<'a> = &'a mut dyn FnMut(RowNote);

/// A row with `chosen` and `rejected`.
pub(super) fn row(cells: &Cells, done: AddNote<'_>) -> Result<Row, String> {
    for name in REFUSED {
        if cells.get(name).is_some_and(|value| !is_empty(value)) {
            return Err(format!("its \"{name}\" would change what the model reads, and cannot be read here"));
        }
    }
    let missing = |name: &str| format!("its \"{name}\" is missing");
    let chosen = text_or_messages(cells, "chosen", done)?.ok_or_else(|| missing("chosen"))?;
    let rejected = text_or_messages(cells, "rejected", done)?.ok_or_else(|| missing("rejected"))?;
    let prompt = prompt(cells, done)?;
    let is_json_in_text = |content: &&TextOrMessages| matches!(content, TextOrMessages::Messages(_, true));
    if [Some(&chosen), Some(&rejected), prompt.as_ref()]
        .into_iter()
        .flatten()
        .any(|content| is_json_in_text(&content))
    {
        done(RowNote::JsonInText);
    }
    let row = match (prompt, chosen, rejected) {
        (None, TextOrMessages::Text(chosen), TextOrMessages::Text(rejected)) => {
            transcripts(&chosen, &rejected, done)?
        }
        (
            Some(TextOrMessages::Text(prompt)),
            TextOrMessages::Text(wanted),
            TextOrMessages::Text(opposite),
        ) => {
            let (wanted, opposite) = without_prompt(&prompt, wanted, opposite, done);
            Row { prompt, wanted, opposite, ..Row::default() }
        }
        (prompt, chosen, rejected) => conversation(prompt, chosen, rejected, done)?,
    };
    let history = messages::history(cells)?;
    Ok(Row { turns: [history, row.turns].concat(), ..row })
}

/// The prompt, where a column has it. An instruction's input follows it behind a line break, as Alpaca's programs have it.
fn prompt(cells: &Cells, done: AddNote<'_>) -> Result<Option<TextOrMessages>, String> {
    // An empty cell counts where no other one says anything.
    let is_there = |name: &&str| cells.get(*name).is_some_and(|value| !value.is_null());
    let says_something = |name: &&str| cells.get(*name).is_some_and(|value| !is_empty(value));
    let all = || PROMPTS.into_iter().chain([INPUT]);
    let Some(name) = all().find(says_something).or_else(|| all().find(is_there)) else {
        return Ok(None);
    };
    let prompt = text_or_messages(cells, name, done)?;
    done(RowNote::PromptFrom(name));
    if name != "instruction" {
        return Ok(prompt);
    }
    let input = optional(cells, INPUT)?.filter(|input| !input.trim().is_empty());
    Ok(match (prompt, input) {
        (Some(TextOrMessages::Text(prompt)), Some(input)) => {
            done(RowNote::PromptFrom(INPUT));
            Some(TextOrMessages::Text(format!("{prompt}\n{input}")))
        }
        (Some(TextOrMessages::Messages(..)), Some(_)) => {
            return Err(
                "its \"instruction\" is a list of messages, and an \"input\" cannot follow it".to_owned()
            );
        }
        (prompt, _) => prompt,
    })
}

/// Whether a column may hold a prompt or a part of one.
pub(super) fn is_prompt(name: &str) -> bool {
    PROMPTS.contains(&name) || name == INPUT
}

/// Whether a column of a file whose rows have no known prompt may hold one. The common words of two answers are no prompt
/// then.
pub(super) fn may_be_prompt(name: &str) -> bool {
    // pandas writes its index under such names.
    let is_index = name.is_empty() || name.starts_with("Unnamed: ") || name.starts_with("__index_level_");
    let is_other = [ANSWERS.as_slice(), &FURTHER, &REFUSED, &["history"]].concat().contains(&name);
    !is_index && !is_other
}

/// The answers without the prompt that both of them repeat.
fn without_prompt(prompt: &str, wanted: String, opposite: String, done: AddNote<'_>) -> (String, String) {
    let rest =
        |answer: &str| answer.strip_prefix(prompt).filter(|rest| !rest.trim().is_empty()).map(str::to_owned);
    if prompt.trim().is_empty() {
        return (wanted, opposite);
    }
    match (rest(&wanted), rest(&opposite)) {
        (Some(wanted), Some(opposite)) => {
            done(RowNote::PromptCut);
            (wanted, opposite)
        }
        _ => (wanted, opposite),
    }
}

/// A row of two texts that begin with the prompt.
fn transcripts(chosen: &str, rejected: &str, done: AddNote<'_>) -> Result<Row, String> {
    let (at, is_marked) = common_prompt(chosen, rejected)?;
    done(if is_marked { RowNote::CommonText } else { RowNote::CommonWords });
    let (prompt, wanted) = chosen.split_at(at);
    Ok(Row {
        prompt: prompt.into(),
        wanted: wanted.into(),
        opposite: rejected[at..].into(),
        ..Row::default()
    })
}

/// Where the prompt that both texts begin with ends: behind the last mark of an answer that begins a line, else between
/// two words. And whether there is a mark.
fn common_prompt(chosen: &str, rejected: &str) -> Result<(usize, bool), String> {
    let both = chosen.char_indices().zip(rejected.chars());
    let differs = both.clone().find(|((_, a), b)| a != b).map(|((at, _), _)| at);
    let common = differs.unwrap_or(chosen.len().min(rejected.len()));
    let marks = |text: &str, mark: &str| -> Vec<usize> {
        text.match_indices(mark).map(|(at, _)| at).filter(|at| begins_line(text, *at)).collect()
    };
    if let Some(at) = marks(&chosen[..common], ANSWER_MARK).last() {
        let at = at + ANSWER_MARK.len();
        let goes_on = |text: &str| marks(text, QUESTION_MARK).last().is_some_and(|mark| *mark >= at);
        if goes_on(chosen) || goes_on(rejected) {
            return Err("its two conversations part before their last answer".to_owned());
        }
        return Ok((at, true));
    }
    let common = &chosen[..common];
    let word = common.rfind(char::is_whitespace).filter(|at| !common[..*at].trim().is_empty());
    word.map(|at| (at, false))
        .ok_or_else(|| "it has no \"prompt\", and chosen and rejected begin differently".to_owned())
}

/// Whether nothing but blanks stands before a place on its line.
fn begins_line(text: &str, at: usize) -> bool {
    text[..at].rsplit('\n').next().is_none_or(|line| line.trim().is_empty())
}

/// A row in which anything is messages: a system message and earlier turns perhaps, a message of the user, one answer.
fn conversation(
    prompt: Option<TextOrMessages>,
    chosen: TextOrMessages,
    rejected: TextOrMessages,
    done: AddNote<'_>,
) -> Result<Row, String> {
    let (mut chosen, mut rejected) = (as_messages(chosen, "assistant"), as_messages(rejected, "assistant"));
    let common = chosen.iter().zip(&rejected).take_while(|(a, b)| a == b).count();
    let prompt = match prompt {
        // The answers are whole conversations: what both begin with is the prompt, as TRL reads it.
        None => {
            done(RowNote::CommonConversation);
            rejected.drain(..common);
            chosen.drain(..common).collect()
        }
        Some(TextOrMessages::Text(text)) if common > 0 => {
            if !chosen[..common]
                .iter()
                .any(|message| message.role == "user" && message.content.trim() == text.trim())
            {
                return Err(
                    "its prompt is not among the messages that chosen and rejected begin with".to_owned()
                );
            }
            done(RowNote::CommonConversation);
            rejected.drain(..common);
            chosen.drain(..common).collect()
        }
        Some(given) => {
            let prompt = as_messages(given, "user");
            if !prompt.is_empty() && chosen.starts_with(&prompt) && rejected.starts_with(&prompt) {
                done(RowNote::MessagesCut);
                chosen.drain(..prompt.len());
                rejected.drain(..prompt.len());
            }
            prompt
        }
    };
    let (system, turns, question) = messages::prompt_of(prompt)?;
    let answer = |which: &str, messages: Vec<Message>| {
        let roles: Vec<String> = messages.iter().take(6).map(|message| message.role.clone()).collect();
        match <[Message; 1]>::try_from(messages) {
            Ok([message]) if message.role == "assistant" => Ok(message.content),
            _ => Err(format!(
                "its \"{which}\" must end in one message of the assistant; behind the prompt it has {roles:?}"
            )),
        }
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

/// Messages; plain text is one message of `role`.
fn as_messages(content: TextOrMessages, role: &str) -> Vec<Message> {
    match content {
        TextOrMessages::Messages(messages, _) => messages,
        TextOrMessages::Text(content) => vec![Message { role: role.to_owned(), content }],
    }
}

/// What is said before the prompt, in the column that the CSV has for it: a list of messages as JSON.
pub(super) fn before(cells: &Cells, done: AddNote<'_>) -> Result<(Option<String>, Vec<Turn>), String> {
    let value = cells.get(BEFORE).filter(|value| !is_empty(value));
    if value.and_then(Value::as_str).is_none_or(|text| !text.starts_with('[')) {
        if value.is_some() {
            done(RowNote::PassedOver(BEFORE));
        }
        return Ok((None, vec![]));
    }
    let refuse = || format!("its \"{BEFORE}\" is no list of messages with role and content");
    let Some(TextOrMessages::Messages(messages, _)) =
        text_or_messages(cells, BEFORE, done).map_err(|_| refuse())?
    else {
        return Err(refuse());
    };
    if messages.len() > MOST_TURNS + 1 {
        return Err(format!("it has {} earlier turns, a pair has at most {MOST_TURNS}", messages.len()));
    }
    messages::turns_of(messages).ok_or_else(refuse)
}

/// Why a file that has answers of one kind only is not read, where its columns say so.
pub(super) fn one_sided(has: impl Fn(&str) -> bool) -> Option<&'static str> {
    let is_labelled =
        has("label") && ["completion", "response", "messages", "conversations"].into_iter().any(&has);
    if is_labelled || has("kto_tag") {
        return Some("this is KTO's data: single answers with a label, not pairs");
    }
    match (has("chosen"), has("rejected")) {
        (true, false) => return Some("there are only chosen answers: no column is called \"rejected\""),
        (false, true) => return Some("there are only rejected answers: no column is called \"chosen\""),
        _ => {}
    }
    if (has("instruction") || has("prompt")) && (has("output") || has("completion") || has("response")) {
        return Some("this is instruction data: one answer to each prompt, and no opposite one");
    }
    if has("conversations") || has("messages") {
        return Some("these are conversations with one answer each, and no opposite one");
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_row(json: &str) -> Result<Row, String> {
        row(&serde_json::from_str(json).expect("JSON"), &mut |_| {})
    }

    fn read(json: &str) -> Result<(String, String, String), String> {
        let row = read_row(json)?;
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
    fn marks_count_at_the_beginning_of_a_line_and_turns_are_no_answers() {
        let inside = json!({"chosen": "Human: What does \"Assistant:\" mean?\n\nBot: It marks", "rejected": "Human: What does \"Assistant:\" mean?\n\nBot: Nothing"});
        assert_eq!(read(&inside.to_string()).map(|row| row.1), Ok(" It marks".into()));
        let parted = json!({"chosen": "\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Fine\n\nAssistant: Good.", "rejected": "\n\nHuman: Hi\n\nAssistant: Hey."});
        assert!(read(&parted.to_string()).is_err_and(|reason| reason.contains("part before")));
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
        let turns = read_row(&turns).expect("a row").turns;
        assert_eq!(turns.iter().map(|turn| turn.text.as_str()).collect::<Vec<_>>(), ["s", "t"]);
        for wrong in [with.replace("\"system\"", "\"tool\""), with.replace("\"user\"", "\"assistant\"")] {
            assert!(read(&wrong).is_err_and(|reason| reason.contains("message of the user")));
        }
        let number = with.replace("\"a\"", "7");
        assert!(read(&number).is_err_and(|reason| reason.contains("a number")));
    }

    #[test]
    fn a_prompt_beside_whole_conversations_is_what_they_begin_with() {
        let conversation = |answer: &str| json!([{"role": "user", "content": "q"}, {"role": "assistant", "content": answer}]);
        for prompt in [json!("q"), json!([{"role": "user", "content": "q"}])] {
            let row = json!({"prompt": prompt, "chosen": conversation("a"), "rejected": conversation("b")});
            assert_eq!(read(&row.to_string()), Ok(("q".into(), "a".into(), "b".into())));
        }
        let other =
            json!({"prompt": "something else", "chosen": conversation("a"), "rejected": conversation("b")});
        assert!(read(&other.to_string()).is_err());
    }

    #[test]
    fn a_question_an_instruction_and_a_conversation_are_prompts() {
        let with = |prompt: Value| {
            let mut row = json!({"chosen": "a", "rejected": "b"});
            row.as_object_mut().expect("an object").extend(prompt.as_object().expect("an object").clone());
            read(&row.to_string()).map(|row| row.0)
        };
        assert_eq!(with(json!({"question": "q"})), Ok("q".into()));
        assert_eq!(with(json!({"instruction": "q", "input": "x"})), Ok("q\nx".into()));
        assert_eq!(with(json!({"instruction": "q", "input": ""})), Ok("q".into()));
        assert_eq!(with(json!({"conversations": [{"from": "human", "value": "q"}]})), Ok("q".into()));
        assert!(with(json!({"prompt": "q", "images": ["x.png"]})).is_err());
    }

    #[test]
    fn an_answer_that_repeats_the_prompt_loses_it_where_both_do() {
        assert_eq!(
            read(r#"{"prompt": "Why?", "chosen": "Why? So.", "rejected": "Why? Not."}"#),
            Ok(("Why?".into(), " So.".into(), " Not.".into()))
        );
        assert_eq!(
            read(r#"{"prompt": "Why?", "chosen": "Why? So.", "rejected": "Not."}"#).map(|row| row.1),
            Ok("Why? So.".into())
        );
    }
}

//! Turns what was said in a column into the tokens of a prompt.

use ipc::conversation::Said;
use ipc::{Code, Failure};
use store::turns::Line;
use vectors::model::Model;
use vectors::tokens::{Message, Role, TokenError};

use crate::Error;

/// The part of the context, as a divisor, that an answer is given at most where turns are left out for it.
const ROOM_FOR_AN_ANSWER: usize = 4;

/// The tokens of a prompt, and those of the beginning of its answer.
pub(super) struct Prompt {
    pub(super) tokens: Vec<u32>,
    pub(super) given: Vec<u32>,
    /// The number of the oldest turns that are not in the prompt.
    pub(super) left_out: u32,
}

impl Prompt {
    fn length(&self) -> usize {
        self.tokens.len() + self.given.len()
    }
}

/// A prompt in which the oldest turns may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatestPrompt {
    /// Its tokens.
    pub tokens: Vec<u32>,
    /// The number of the oldest turns that are not in it.
    pub left_out: u32,
}

/// Encodes what was said up to a message of a person, as a conversation of the window is that leaves out its oldest turns: as few as
/// make room for an answer of `answer` tokens.
///
/// # Errors
/// Returns an error if the model's template refuses the turns, or the last message alone is longer than the model's context.
pub fn latest_prompt(
    model: &Model,
    system_prompt: &str,
    said: &[Said],
    answer: usize,
) -> Result<LatestPrompt, Failure> {
    let line = |said: &Said| match said {
        Said::Person { text } => Line { is_model: false, text: text.clone() },
        Said::Model(answer) => Line { is_model: true, text: answer.text.clone() },
    };
    let lines: Vec<Line> = said.iter().map(line).collect();
    let Prompt { tokens, left_out, .. } = encode_latest(model, system_prompt, &lines, "", answer)?;
    Ok(LatestPrompt { tokens, left_out })
}

/// Encodes what was said as [`encode`] does. It leaves out as few of the oldest turns as make room for an answer of `answer`
/// tokens.
///
/// # Errors
/// As [`encode`], of the last message alone.
pub(super) fn encode_latest(
    model: &Model,
    system_prompt: &str,
    lines: &[Line],
    given: &str,
    answer: usize,
) -> Result<Prompt, Error> {
    let limit = model.facts().context_length;
    let most = limit - answer.min(limit / ROOM_FOR_AN_ANSWER);
    // A prompt begins with a person's message.
    let starts: Vec<usize> = (0..lines.len()).filter(|at| !lines[*at].is_model).collect();
    let from = |start: usize| unchecked(model, system_prompt, &lines[start..], given);
    // What fits is found from the end on, twice as many messages each time: a long conversation is never encoded as a whole.
    let (mut low, mut high) = (0, starts.len().saturating_sub(1));
    let mut step = 1;
    let mut found = None;
    while low < high {
        let all_fit_so_far = low == 0;
        let at = if all_fit_so_far { high.saturating_sub(step) } else { usize::midpoint(low, high) };
        let prompt = from(starts[at])?;
        if prompt.length() < most {
            found = Some((prompt, starts[at]));
            high = at;
            step *= 2;
        } else {
            low = at + 1;
        }
    }
    let (prompt, left_out) = if let Some(found) = found {
        found
    } else {
        let last = starts.last().copied().unwrap_or(0);
        (encode(model, system_prompt, &lines[last..], given)?, last)
    };
    Ok(Prompt { left_out: left_out as u32, ..prompt })
}

/// Encodes what was said in a column, up to where the answer begins, and the beginning of the answer behind it.
///
/// # Errors
/// Returns an error if the model's template refuses the turns or cannot be continued, or they are longer than the model's
/// context.
pub(super) fn encode(
    model: &Model,
    system_prompt: &str,
    lines: &[Line],
    given: &str,
) -> Result<Prompt, Error> {
    let prompt = unchecked(model, system_prompt, lines, given)?;
    let limit = model.facts().context_length;
    if prompt.length() >= limit {
        return Err(too_long(prompt.length(), limit));
    }
    Ok(prompt)
}

/// Encodes what was said, however long it is.
fn unchecked(model: &Model, system_prompt: &str, lines: &[Line], given: &str) -> Result<Prompt, Error> {
    let system = (!system_prompt.is_empty()).then(|| Message::new(Role::System, system_prompt));
    let said = lines.iter().map(|line| {
        let role = if line.is_model { Role::Assistant } else { Role::User };
        Message::new(role, line.text.as_str())
    });
    let messages: Vec<Message> = system.into_iter().chain(said).collect();
    let prompt = model.encode_messages(&messages).map_err(tokens)?;
    let given = if given.is_empty() { vec![] } else { begin(model, &messages, given)? };
    Ok(Prompt { tokens: prompt, given, left_out: 0 })
}

fn tokens(source: TokenError) -> Error {
    Error::Tokens { pair: None, source }
}

/// Encodes the beginning of an answer. It is refused where the template writes something else between the prompt and an answer
/// than it writes before a new one.
fn begin(model: &Model, messages: &[Message], given: &str) -> Result<Vec<u32>, Error> {
    let template = model.template();
    let prompt = template.render(messages).map_err(tokens)?;
    let answered: Vec<Message> =
        messages.iter().cloned().chain([Message::new(Role::Assistant, given)]).collect();
    let whole = template.render(&answered).map_err(tokens)?;
    let follows = whole.strip_prefix(prompt.as_str()).map(str::trim_start);
    if !follows.is_some_and(|rest| rest.starts_with(given.trim())) {
        return Err(Error::invalid(
            "The model\u{2019}s chat template does not let an answer be continued.",
            "Say it without a beginning of the answer, or answer again from the start.",
        ));
    }
    model.encode_raw(given).map_err(tokens)
}

fn too_long(length: usize, limit: usize) -> Error {
    let message = format!("The conversation takes {length} tokens, and the model reads at most {limit}.");
    let failure = Failure::new(Code::ContextFull, message);
    Error::Failure(
        failure.next("Leave the oldest turns out, shorten the message, or begin a new conversation."),
    )
}

//! Turns what was said in a column into the tokens of a prompt.

use ipc::{Code, Failure};
use store::turns::Line;
use vectors::model::Model;
use vectors::tokens::{Message, Role, TokenError};

use crate::Error;

/// The tokens of a prompt, and those of the beginning of its answer.
pub(super) struct Prompt {
    pub(super) prompt: Vec<u32>,
    pub(super) given: Vec<u32>,
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
    let system = (!system_prompt.is_empty()).then(|| Message::new(Role::System, system_prompt));
    let said = lines.iter().map(|line| {
        let role = if line.is_model { Role::Assistant } else { Role::User };
        Message::new(role, line.text.as_str())
    });
    let messages: Vec<Message> = system.into_iter().chain(said).collect();
    let prompt = model.encode_messages(&messages).map_err(tokens)?;
    let given = if given.is_empty() { vec![] } else { begin(model, &messages, given)? };
    let (length, limit) = (prompt.len() + given.len(), model.facts().context_length);
    if length >= limit {
        return Err(too_long(length, limit));
    }
    Ok(Prompt { prompt, given })
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
    Error::Failure(failure.next("Shorten the message, or begin a new conversation."))
}

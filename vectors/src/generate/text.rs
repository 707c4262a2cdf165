//! Generates one answer as text.

use std::ops::ControlFlow;

use super::{Limits, Request, Sampling, generate};
use crate::model::{Model, ModelError};
use crate::steering::Term;
use crate::tokens::Message;

/// Generates the answer to a conversation, which goes through the model's chat template, and returns its text. The answer has
/// at most `max_new_tokens` tokens. For several answers at once, for token ids, and for tokens as they come, there is
/// [`generate`].
///
/// # Errors
/// Where the template refuses the messages, and as [`generate`].
pub fn generate_text(
    model: &Model,
    messages: &[Message],
    steering: &[Term],
    sampling: Sampling,
    max_new_tokens: usize,
) -> Result<String, ModelError> {
    let prompt = model.encode_messages(messages)?;
    let request = Request { prompt, steering: steering.to_vec(), sampling };
    let limits = Limits { new_tokens: max_new_tokens, rows: 1 };
    let answers = generate(model, &[request], limits, &mut |_| ControlFlow::Continue(()))?;
    Ok(answers.iter().map(|answer| model.decode(&answer.ids)).collect())
}

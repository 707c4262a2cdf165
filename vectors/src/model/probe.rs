//! Uses a model's tokenizer and chat template for the first time, without its weights.

use std::path::Path;

use super::source::Source;
use super::{ModelError, choose_template};
use crate::tokens::{ChatTemplate, Message, Role, TokenError, Tokenizer};

/// The most tokens that are written for display.
const PIECES: usize = 64;
/// The messages of the longest conversation that is rendered.
const LONG: usize = 24;

/// What [`probe`] uses for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeStage {
    /// The files' headers.
    Files,
    /// The tokenizer.
    Tokenizer,
    /// The chat template.
    Template,
}

/// Why a model's tokenizer or chat template cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// They cannot be opened: [`super::ModelBuilder::load`] fails in the same way.
    #[error(transparent)]
    Refused(#[from] ModelError),
    /// They can be opened, but do not do what they are for.
    #[error(transparent)]
    Unusable(TokenError),
}

/// Opens a model's files without reading weights, builds its tokenizer and its chat template, and uses both: renders
/// conversations of several shapes, encodes texts of many scripts and decodes them. `custom` stands in place of the model's
/// template. `begin` hears what is used next.
///
/// # Errors
/// Where they cannot be opened, the tokenizer refuses a text, or the template refuses every conversation.
pub fn probe(path: &Path, custom: Option<&str>, begin: &mut dyn FnMut(ProbeStage)) -> Result<(), ProbeError> {
    begin(ProbeStage::Files);
    let source = Source::open(path)?;
    begin(ProbeStage::Tokenizer);
    let mut tokenizer = Tokenizer::from_metadata(&source.metadata, path)?;
    use_tokenizer(&tokenizer, &texts()).map_err(ProbeError::Unusable)?;
    begin(ProbeStage::Template);
    let in_files = source.metadata.template()?;
    let template = choose_template(custom, in_files.as_deref(), &source.facts(path), &tokenizer);
    let template = template.map_err(ModelError::from)?;
    tokenizer.fit_to(&template).map_err(ModelError::from)?;
    let rendered = use_template(&template).map_err(ProbeError::Unusable)?;
    begin(ProbeStage::Tokenizer);
    use_tokenizer(&tokenizer, &rendered).map_err(ProbeError::Unusable)
}

/// Encodes texts, and decodes their tokens. The tokenizer may refuse some, such as letters that it does not know.
fn use_tokenizer(tokenizer: &Tokenizer, texts: &[String]) -> Result<(), TokenError> {
    let encoded = texts.iter().map(|text| {
        let ids = tokenizer.encode_conversation(text)?;
        tokenizer.encode_with_end_offsets(text)?;
        // What the tokens say does not matter, only that they can be read.
        drop(tokenizer.decode(&ids));
        for id in ids.iter().take(PIECES) {
            drop(tokenizer.piece(*id));
        }
        Ok(())
    });
    unless_all_failed(encoded.collect()).map(drop)
}

/// Renders conversations, and returns what the template did not refuse. It may refuse some, such as a system message.
fn use_template(template: &ChatTemplate) -> Result<Vec<String>, TokenError> {
    unless_all_failed(conversations().iter().map(|conversation| template.render(conversation)).collect())
}

/// Returns what succeeded, or the first error if nothing did.
fn unless_all_failed<T>(results: Vec<Result<T, TokenError>>) -> Result<Vec<T>, TokenError> {
    let (mut done, mut first) = (Vec::new(), None);
    for result in results {
        match result {
            Ok(value) => done.push(value),
            Err(error) => first = first.or(Some(error)),
        }
    }
    match first {
        Some(error) if done.is_empty() => Err(error),
        _ => Ok(done),
    }
}

fn conversations() -> Vec<Vec<Message>> {
    let system = || Message::new(Role::System, "Be brief, \u{201c}helpful\u{201d} & honest.");
    let user = |text: &str| Message::user(text);
    let assistant = |text: &str| Message::new(Role::Assistant, text);
    let turn = |number: usize| match number % 2 {
        0 => user(&format!("Question {number}: what is <b>{number}</b> and {{{{ {number} }}}}?")),
        _ => assistant(&format!("<think>\nHm.\n</think>\n\nAnswer {number}.\n```python\nprint('é')\n```")),
    };
    vec![
        vec![user("Hi")],
        vec![system(), user("What is a model?")],
        vec![user("Hi"), assistant("Hello."), user("价格 и цены\n\n")],
        [system()].into_iter().chain((0..=LONG).map(turn)).collect(),
        vec![user(&"word ".repeat(400))],
    ]
}

fn texts() -> Vec<String> {
    vec![
        "a".to_owned(),
        "The quick brown fox, 1,234.56 & <|im_end|> [INST] </s> don't\r\n\tdo  that!".to_owned(),
        "Ünïcödé ﷺ ＡＢ Ⅷ 价格 の 한국어 العربية हिन्दी ไทย e\u{301} \u{200d}👩\u{200d}🚀 \u{0} \u{fffd} ½"
            .to_owned(),
        (0x20..0x2000).filter_map(char::from_u32).collect(),
        "a".repeat(2000),
        "Antidisestablishmentarianism ".repeat(100),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(source: &str) -> Result<Vec<String>, TokenError> {
        use_template(&ChatTemplate::new(source, "<s>", "</s>").unwrap())
    }

    #[test]
    fn a_template_may_refuse_some_conversations_and_not_all() {
        let some = "{% for m in messages %}{% if m.role == 'assistant' %}{{ raise_exception('No') }}{% endif %}\
                    {{ m.content }}{% endfor %}";
        assert_eq!(used(some).unwrap().len(), 3);
        let refused = used("{{ raise_exception('Not with me') }}").unwrap_err();
        assert!(refused.to_string().contains("Not with me"), "{refused}");
    }
}

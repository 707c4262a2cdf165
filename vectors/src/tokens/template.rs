//! A model's own chat template, rendered as Hugging Face's library renders it.

use candle_core::quantized::gguf_file::{Content, Value};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, ErrorKind, Value as Jinja, context};

use super::{TokenError, Tokenizer};

/// Steps that a template may take: the longest real ones need some thousands for a conversation.
const FUEL: u64 = 1_000_000;

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The instruction that stands over the conversation.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: String,
}

impl Message {
    /// A message.
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        Self { role, content: content.into() }
    }

    fn value(&self) -> Jinja {
        let role = match self.role {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
        };
        context! { role, content => self.content.as_str() }
    }
}

/// A chat template, ready to render.
pub struct ChatTemplate {
    environment: Environment<'static>,
    begin: String,
    end: String,
}

impl ChatTemplate {
    /// Reads the template from a GGUF header.
    ///
    /// # Errors
    /// Where there is none, or it is no Jinja template.
    pub fn from_gguf(header: &Content, tokenizer: &Tokenizer) -> Result<Self, TokenError> {
        match header.metadata.get("tokenizer.chat_template") {
            Some(Value::String(source)) => Self::new(source, tokenizer.begin_text(), tokenizer.end_text()),
            _ => Err(TokenError::NoTemplate),
        }
    }

    fn new(source: &str, begin: &str, end: &str) -> Result<Self, TokenError> {
        let mut environment = Environment::new();
        let syntax =
            SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(refused)?;
        environment.set_syntax(syntax);
        environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.set_fuel(Some(FUEL));
        environment.add_function("raise_exception", |message: String| -> Result<String, Error> {
            Err(Error::new(ErrorKind::InvalidOperation, message))
        });
        environment.add_template_owned("chat", source.to_owned()).map_err(refused)?;
        Ok(Self { environment, begin: begin.to_owned(), end: end.to_owned() })
    }

    /// The conversation as text, up to where the model's answer begins.
    ///
    /// # Errors
    /// Where the template refuses the messages (some know no system message) or runs too long.
    pub fn render(&self, messages: &[Message]) -> Result<String, TokenError> {
        let template = self.environment.get_template("chat").map_err(refused)?;
        let values = context! {
            messages => messages.iter().map(Message::value).collect::<Vec<_>>(),
            add_generation_prompt => true,
            bos_token => self.begin.as_str(),
            eos_token => self.end.as_str(),
        };
        template.render(values).map_err(refused)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "passed to map_err, which hands the error over")]
fn refused(error: Error) -> TokenError {
    TokenError::Template { detail: format!("{error:#}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(source: &str) -> Result<String, TokenError> {
        let messages = [Message::new(Role::System, " Be brief. "), Message::new(Role::User, "Hi")];
        ChatTemplate::new(source, "<s>", "</s>")?.render(&messages)
    }

    #[test]
    fn blocks_leave_no_white_space() {
        let source = "{% for m in messages %}\n  {% if m.role == 'user' %}\n{{ m['content'] }}!\n  {% endif %}\n{% endfor %}";
        assert_eq!(rendered(source).unwrap(), "Hi!\n");
    }

    #[test]
    fn python_methods_and_tokens_are_known() {
        assert_eq!(
            rendered("{{ bos_token }}{{ messages[0].content.strip() }}{{ eos_token }}").unwrap(),
            "<s>Be brief.</s>"
        );
    }

    #[test]
    fn a_template_can_refuse() {
        let refusal = rendered("{{ raise_exception('System role not supported') }}").unwrap_err();
        assert!(refusal.to_string().contains("System role not supported"), "{refusal}");
    }

    #[test]
    fn an_endless_template_is_stopped() {
        let source = "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}";
        assert!(matches!(rendered(source), Err(TokenError::Template { .. })));
    }
}

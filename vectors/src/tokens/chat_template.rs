//! A model's chat template, rendered as transformers' `apply_chat_template` renders it.

use minijinja::{Environment, Error, Value as Jinja, context};
use serde_json::Value;
pub use steering_types::Role;

use super::{TokenError, built_in_templates, jinja};

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The speaker.
    pub role: Role,
    /// The text.
    pub content: String,
}

impl Message {
    /// Makes a message.
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        Self { role, content: content.into() }
    }

    /// Makes the user's message.
    pub fn user(content: impl Into<String>) -> Self {
        Self::new(Role::User, content)
    }

    fn to_jinja(&self) -> Jinja {
        context! { role => self.role.name(), content => self.content.as_str() }
    }
}

/// The source of a chat template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The model's files.
    File,
    /// One of Tiller's templates, by its name, because the model's files carry none.
    BuiltIn(&'static str),
    /// The person who uses the model.
    Person,
}

/// A compiled chat template.
pub struct ChatTemplate {
    environment: Environment<'static>,
    source: String,
    origin: Origin,
    begin: String,
    end: String,
    folds_system: bool,
}

impl ChatTemplate {
    /// Compiles a template; `begin` and `end` are the texts of the begin-of-text and end-of-text tokens.
    ///
    /// # Errors
    /// Where `source` is not a Jinja template, or the system refuses the memory to read it.
    pub fn new(source: &str, begin: &str, end: &str) -> Result<Self, TokenError> {
        let mut template = Self {
            environment: jinja::environment(source).map_err(refused)?,
            source: source.to_owned(),
            origin: Origin::File,
            begin: begin.to_owned(),
            end: end.to_owned(),
            folds_system: false,
        };
        let (system, user) = ("a system message", "a question");
        let probe = [Message::new(Role::System, system), Message::new(Role::User, user)];
        template.folds_system = match template.render_messages(&probe, true) {
            Ok(text) => !(text.contains(system) && text.contains(user)),
            Err(memory @ TokenError::Memory { .. }) => return Err(memory),
            Err(_) => true,
        };
        Ok(template)
    }

    /// Chooses a model's template: the person's own, else the one that the model's files carry, else one of Tiller's
    /// that fits the model's name.
    ///
    /// # Errors
    /// Where there is none, or it is not a Jinja template.
    pub(crate) fn choose(
        custom: Option<&str>,
        in_files: Option<&str>,
        (family, name): (&str, &str),
        (begin, end): (&str, &str),
    ) -> Result<Self, TokenError> {
        let (source, origin) = match (custom, in_files) {
            (Some(custom), _) => (custom, Origin::Person),
            // An empty one would leave out every message.
            (None, Some(in_files)) if !in_files.trim().is_empty() => (in_files, Origin::File),
            (None, _) => {
                let found = built_in_templates::for_model(family, name).ok_or(TokenError::NoTemplate)?;
                (found.source, Origin::BuiltIn(found.name))
            }
        };
        Ok(Self { origin, ..Self::new(source, begin, end)? })
    }

    /// Returns the Jinja source.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the source of the template.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Returns whether the template refuses or drops a system message. Then [`ChatTemplate::render`] puts the system
    /// message before the first question, with an empty line between them, as one message of the user.
    #[must_use]
    pub fn folds_system(&self) -> bool {
        self.folds_system
    }

    /// Renders a conversation, up to where the model's answer begins.
    ///
    /// # Errors
    /// Where the template refuses the messages or runs too long.
    pub fn render(&self, messages: &[Message]) -> Result<String, TokenError> {
        match messages {
            [system, user, rest @ ..]
                if self.folds_system && (system.role, user.role) == (Role::System, Role::User) =>
            {
                let both = format!("{}\n\n{}", system.content.trim(), user.content);
                let mut folded = vec![Message::new(Role::User, both)];
                folded.extend_from_slice(rest);
                self.render_messages(&folded, true)
            }
            _ => self.render_messages(messages, true),
        }
    }

    fn render_messages(
        &self,
        messages: &[Message],
        add_generation_prompt: bool,
    ) -> Result<String, TokenError> {
        let values = context! {
            messages => messages.iter().map(Message::to_jinja).collect::<Vec<_>>(),
            add_generation_prompt,
            // The variable is defined but none, as in transformers.
            tools => (),
            documents => (),
            bos_token => self.begin.as_str(),
            eos_token => self.end.as_str(),
        };
        jinja::render(&self.environment, values).map_err(refused)
    }

    /// Returns what the template writes around conversations of several shapes. The messages have no marks of their own;
    /// shapes that the template refuses are left out.
    ///
    /// # Errors
    /// Where the system refuses the memory.
    pub(crate) fn written(&self) -> Result<Vec<String>, TokenError> {
        let system = || Message::new(Role::System, "a system message");
        let user = || Message::new(Role::User, "a question");
        let assistant = || Message::new(Role::Assistant, ANSWER);
        let shapes = [
            vec![user()],
            vec![system(), user()],
            vec![system(), user(), assistant()],
            vec![user(), assistant(), user()],
        ];
        let mut written = Vec::new();
        for (shape, prompts) in shapes.iter().flat_map(|shape| [(shape, true), (shape, false)]) {
            match self.render_messages(shape, prompts) {
                Ok(text) => written.push(text),
                Err(memory @ TokenError::Memory { .. }) => return Err(memory),
                Err(_) => (),
            }
        }
        Ok(written)
    }

    /// Whether the template leaves out the user's message, so that all prompts are the same.
    pub(crate) fn drops_questions(&self) -> bool {
        let question = "a question";
        let text = self.render_messages(&[Message::user(question)], true);
        text.is_ok_and(|text| !text.contains(question))
    }

    /// Returns what the template writes after an answer, with which the model was trained to end its turn. Returns an
    /// empty text where the template refuses the question.
    pub(crate) fn after_answer(&self) -> String {
        let talk = [Message::new(Role::User, "a question"), Message::new(Role::Assistant, ANSWER)];
        let text = self.render_messages(&talk, false).unwrap_or_default();
        text.rsplit_once(ANSWER).map_or_else(String::new, |(_, after)| after.to_owned())
    }

    /// Returns what the template writes between an answer and the next question. Some templates end an answer only here.
    pub(crate) fn before_next_question(&self) -> String {
        let next = "another question";
        let talk = [
            Message::new(Role::User, "a question"),
            Message::new(Role::Assistant, ANSWER),
            Message::new(Role::User, next),
        ];
        let text = self.render_messages(&talk, false).unwrap_or_default();
        let between = text.split_once(ANSWER).and_then(|(_, after)| after.split_once(next));
        between.map_or_else(String::new, |(between, _)| between.to_owned())
    }
}

/// The answer of the conversations with which a template is tried.
const ANSWER: &str = "an answer";

/// Returns the chat template in a `tokenizer_config.json`: a text, or the entry named `default` of a list.
pub(crate) fn template_from_config(config: &Value) -> Option<&str> {
    let template = &config["chat_template"];
    let named = || {
        let list = template.as_array()?;
        list.iter().find(|entry| entry["name"] == "default")?["template"].as_str()
    };
    template.as_str().or_else(named)
}

#[expect(clippy::needless_pass_by_value, reason = "passed to map_err, which hands the error over")]
fn refused(error: Error) -> TokenError {
    let no_stack = std::error::Error::source(&error).and_then(|source| source.downcast_ref());
    match no_stack {
        Some(jinja::NoStack { bytes }) => TokenError::Memory { bytes: *bytes },
        None => TokenError::Template { detail: format!("{error:#}") },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(source: &str) -> ChatTemplate {
        ChatTemplate::new(source, "<s>", "</s>").unwrap()
    }

    fn rendered(source: &str) -> Result<String, TokenError> {
        let messages = [Message::new(Role::System, " Be brief. "), Message::new(Role::User, "Hi")];
        template(source).render(&messages)
    }

    #[test]
    fn blocks_leave_no_white_space() {
        let source = "{% for m in messages %}\n  {% if m.role != 'assistant' %}\n{{ m['content'] }}!\n  {% endif %}\n{% endfor %}";
        assert_eq!(rendered(source).unwrap(), " Be brief. !\nHi!\n");
    }

    #[test]
    fn python_methods_and_tokens_are_known() {
        let source =
            "{{ bos_token }}{{ messages[0].content.strip() }}{{ eos_token }}{{ messages[-1].content }}";
        assert_eq!(rendered(source).unwrap(), "<s>Be brief.</s>Hi");
    }

    #[test]
    fn a_template_can_refuse() {
        let refusal = rendered("{{ raise_exception('Say nothing') }}").unwrap_err();
        assert!(refusal.to_string().contains("Say nothing"), "{refusal}");
    }

    #[test]
    fn a_system_message_that_would_be_refused_or_lost_is_folded() {
        let refuses = "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('No') }}{% endif %}\
                       [{{ m.role }}: {{ m.content }}]{% endfor %}";
        let loses = "{% for m in messages %}{% if m.role != 'system' %}[{{ m.role }}: {{ m.content }}]{% endif %}\
                     {% endfor %}";
        for source in [refuses, loses] {
            assert!(template(source).folds_system());
            assert_eq!(rendered(source).unwrap(), "[user: Be brief.\n\nHi]");
        }
        let knows = "{% for m in messages %}[{{ m.role }}: {{ m.content }}]{% endfor %}";
        assert!(!template(knows).folds_system());
        assert_eq!(rendered(knows).unwrap(), "[system:  Be brief. ][user: Hi]");
    }

    #[test]
    fn what_follows_an_answer_is_found() {
        let source = "{% for m in messages %}<{{ m.role }}>{{ m.content }}<end>\n{% endfor %}";
        assert_eq!(template(source).after_answer(), "<end>\n");
        let late = "{% for m in messages %}{% if not loop.first %}<end>{% endif %}<{{ m.role }}>{{ m.content }}{% endfor %}";
        assert_eq!(
            (template(late).after_answer(), template(late).before_next_question()),
            (String::new(), "<end><user>".into())
        );
        assert!(template(source).written().unwrap().contains(&"<user>a question<end>\n".to_owned()));
    }

    #[test]
    fn templates_are_found_in_configurations_and_the_persons_goes_first() {
        let config = serde_json::json!({"chat_template": [
            {"name": "tool_use", "template": "a"}, {"name": "default", "template": "b"}]});
        assert_eq!(template_from_config(&config), Some("b"));
        assert_eq!(template_from_config(&serde_json::json!({"chat_template": "c"})), Some("c"));
        assert_eq!(template_from_config(&serde_json::json!({})), None);
        let choose = |custom, in_files, name| {
            ChatTemplate::choose(custom, in_files, ("Llama", name), ("<s>", "</s>")).map(|t| t.origin())
        };
        assert_eq!(choose(Some("x"), Some("y"), "").unwrap(), Origin::Person);
        assert_eq!(choose(None, Some("y"), "vicuna").unwrap(), Origin::File);
        assert_eq!(choose(None, None, "vicuna").unwrap(), Origin::BuiltIn("Vicuna"));
        assert!(matches!(choose(None, None, "base"), Err(TokenError::NoTemplate)));
        assert!(matches!(choose(None, Some(" \n"), "base"), Err(TokenError::NoTemplate)));
        assert_eq!(choose(None, Some(""), "vicuna").unwrap(), Origin::BuiltIn("Vicuna"));
    }

    #[test]
    fn a_template_that_leaves_out_the_question_is_noticed() {
        assert!(template("{% for m in messages[:-1] %}{{ m.content }}{% endfor %}").drops_questions());
        assert!(!template("{% for m in messages %}{{ m.content }}{% endfor %}").drops_questions());
        assert!(!template("{{ raise_exception('No') }}").drops_questions());
    }
}

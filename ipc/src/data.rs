//! Preference data: pairs of answers to one prompt.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
pub use steering_types::Role;

use crate::score::Rubric;
use crate::{Id, Millis};

/// A set of preference pairs for one behaviour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataSet {
    /// Its id.
    pub id: Id,
    /// The name.
    pub name: String,
    /// The behaviour that the wanted answers show, in a sentence.
    pub description: String,
    /// The rubric by which answers to it are judged. `None` for the one that is made from its name and description.
    #[serde(default)]
    pub rubric: Option<Rubric>,
    /// The suffixes with which a sweep measures its prompts: each prompt with each, joined by a blank.
    #[serde(default)]
    pub suffixes: Vec<String>,
    /// The number of training pairs.
    pub train: u32,
    /// The number of held-out pairs.
    pub held_out: u32,
    /// Whether the last edit can be undone.
    pub can_undo: bool,
    /// Whether the last undone edit can be repeated.
    pub can_redo: bool,
}

impl DataSet {
    /// Returns the rubric by which answers to it are judged: a person's own, else the built-in one about the same
    /// behaviour, else one made from the behaviour.
    #[must_use]
    pub fn rubric(&self) -> Rubric {
        self.rubric.clone().unwrap_or_else(|| Rubric::about(&self.name, &self.description))
    }

    /// Returns the behaviour of its wanted answers: the description, or else the name. It has no full stop, so that it can
    /// stand inside a sentence.
    #[must_use]
    pub fn behaviour(&self) -> &str {
        let said = self.description.trim();
        let text = if said.is_empty() { self.name.trim() } else { said };
        text.trim_end_matches('.')
    }
}

/// A preference pair: a prompt, an answer that shows the behaviour, and one that shows its opposite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// Its id.
    pub id: Id,
    /// The data set that it belongs to.
    pub data_set: Id,
    /// Its position in the data set. Only the order of positions matters.
    pub position: f64,
    /// Its content.
    #[serde(flatten)]
    pub content: PairContent,
    /// The time of the last change.
    pub changed: Millis,
}

/// The content of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PairContent {
    /// The person's message to the model.
    pub prompt: String,
    /// The answer that shows the behaviour.
    pub wanted: String,
    /// The answer that shows its opposite.
    pub opposite: String,
    /// Whether the pair is trained on or held out.
    pub split: Split,
    // The fields below are left out of the JSON if they are empty, so that pairs without them keep their hash.
    /// The pair's own system prompt. `None` uses that of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The conversation before the prompt, oldest turn first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<Turn>,
    /// The pair's tags, without repetitions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// A person's note on the pair. No model reads it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Whether the pair keeps its split when the data set is split again. Set by its file or by a person.
    #[serde(default, skip_serializing_if = "is_false")]
    pub pinned: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// The maximum number of characters of a tag.
pub const LONGEST_TAG: usize = 60;

/// The maximum number of tags of a pair.
pub const MOST_TAGS: usize = 50;

impl PairContent {
    /// Returns only the fields that a model reads, and the split. Two pairs that differ in tags or notes train the same
    /// vector.
    #[must_use]
    pub fn as_seen(&self) -> Self {
        Self { tags: vec![], note: String::new(), pinned: false, ..self.clone() }
    }
}

/// Normalizes a tag: removes surrounding blanks and commas, and cuts it to [`LONGEST_TAG`]. `None` if nothing is left.
#[must_use]
pub fn tag(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control() || c == ',').collect();
    let whole = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let short: String = whole.chars().take(LONGEST_TAG).collect();
    Some(short.trim_end().to_owned()).filter(|tag| !tag.is_empty())
}

/// A turn of the conversation before a pair's prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The speaker: the person or the model.
    #[serde(deserialize_with = "speaker")]
    pub role: Role,
    /// The text of the turn.
    pub text: String,
}

/// Reads the speaker of a turn. The system prompt of a pair has a field of its own and is not a turn.
fn speaker<'de, D: Deserializer<'de>>(from: D) -> Result<Role, D::Error> {
    match Role::deserialize(from)? {
        Role::System => Err(D::Error::unknown_variant("system", &["user", "assistant"])),
        role => Ok(role),
    }
}

/// The side of the split: a pair is trained on or held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// The pair is trained on.
    #[default]
    Train,
    /// The pair is only measured on.
    HeldOut,
}

/// The result of an edit, an undo or a redo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edited {
    /// The data set with its new counts.
    pub data_set: DataSet,
    /// The pair after the edit. `None` if the edit removed it.
    pub pair: Option<Pair>,
    /// The id of the edited pair.
    pub pair_id: Id,
    /// The number of edited pairs.
    pub pairs: u32,
    /// Whether the edit changed several pairs, so that all of them must be read again.
    pub is_many: bool,
    /// Whether pairs were added, removed or moved.
    pub order: bool,
    /// The undone or repeated edit, for example "Delete 3 pairs". Empty for a new edit.
    pub title: String,
}

/// Token counts of a pair with the loaded model's tokenizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairTokens {
    /// Tokens of the prompt with the system prompt and the chat template.
    pub prompt: u32,
    /// Tokens of the wanted answer with the closing token.
    pub wanted: u32,
    /// Tokens of the opposite answer with the closing token.
    pub opposite: u32,
    /// The maximum number of tokens of a prompt with one answer.
    pub limit: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_the_persons_or_the_models() {
        for (role, name) in [(Role::User, "user"), (Role::Assistant, "assistant")] {
            let turn = Turn { role, text: "Hi".into() };
            let text = format!(r#"{{"role":"{name}","text":"Hi"}}"#);
            assert_eq!(serde_json::to_string(&turn).expect("serialized"), text);
            assert_eq!(serde_json::from_str::<Turn>(&text).expect("a turn"), turn);
        }
        let system = serde_json::from_str::<Turn>(r#"{"role":"system","text":"Hi"}"#);
        let message = system.expect_err("a system prompt is no turn").to_string();
        assert!(message.starts_with("unknown variant `system`, expected `user` or `assistant`"), "{message}");
    }
}
